"""What the columns of a grid are called, over one or several header lines."""

from __future__ import annotations

from ptce_analysis.survey.parse.words import tidy
from ptce_analysis.survey.read.grid import Grid

# The header is one of the first lines: what is above it is a title.
SEARCHED = 40


def header_texts(grid: Grid, start: int, n_rows: int) -> list[list[str]]:
    """Return, for each column, what it may be called: its header lines joined by ` / `, then each, the lowest first."""
    block = grid.rows[start : start + n_rows]
    width = max(map(len, block), default=0)
    filled = [_spread(grid, start + i, width, i < len(block) - 1) for i in range(len(block))]
    texts = []
    for column in range(width):
        lines = list(dict.fromkeys(text for row in filled if (text := tidy(row[column]))))
        texts.append(list(dict.fromkeys([" / ".join(lines), *reversed(lines)])) if lines else [""])
    return texts


def above_texts(grid: Grid, start: int, width: int) -> list[tuple[list[str], list[str]]]:
    """Return, for each column of a header, what the lines above say over it, and the titles, which say it of none."""
    texts: list[tuple[list[str], list[str]]] = [([], []) for _ in range(width)]
    for position in range(start):
        filled = [text for cell in grid.rows[position] if (text := tidy(cell))]
        alone = len(filled) == 1 and bool(grid.rows[position][0].strip())
        spread = _spread(grid, position, max(len(grid.rows[position]), width), upper=not alone)
        for (over, titles), cell in zip(texts, spread, strict=False):
            (over if tidy(cell) else titles).append(tidy(cell) or " | ".join(filled))
    return texts


def _spread(grid: Grid, position: int, width: int, upper: bool) -> list[str]:
    """Return a header line, merged cells spread over all they cover; in a CSV an upper line fills to the right."""
    row = [*grid.rows[position], *[""] * (width - len(grid.rows[position]))]
    number, positions = grid.numbers[position], {n: i for i, n in enumerate(grid.numbers[: 2 * SEARCHED])}
    for top, left, bottom, right in grid.merged:
        if top <= number <= bottom and top in positions:
            text = grid.rows[positions[top]][left : left + 1]
            for column in range(left, min(right + 1, width)) if text else ():
                row[column] = row[column] or text[0]
    if upper and not grid.sparse:
        for column in range(1, width):
            row[column] = row[column] or row[column - 1]
    return row

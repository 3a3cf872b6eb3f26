"""Neighbours of a drawing that look alike say once how they look, and it is drawn as before."""

from __future__ import annotations

import re

# How an element looks: its attributes but its place. A run catches those of its first element and asks for the same.
LOOK = r'((?: [a-z-]+="[^"]*")+?)'
LINE, TEXT = '<path d="M[^"]*"{}/>', '<text{} x="[^"]*" y="[^"]*">[^<]*</text>'
CIRCLE = '<circle cx="[^"]*" cy="[^"]*" r="[^"]*"{}/>'
GROUP = "<g{}>(?:(?!</?g[ >]).)*</g>"


def _run(first: str, again: str) -> re.Pattern[str]:
    return re.compile(f"{first}(?:{again})+")


TICKS = _run(LINE.format(LOOK) + TEXT.format(LOOK), LINE.format(r"\1") + TEXT.format(r"\2"))
GROUPS, LINES, TEXTS, CIRCLES = (_run(one.format(LOOK), one.format(r"\1")) for one in (GROUP, LINE, TEXT, CIRCLE))


def gathered(body: str) -> str:
    """Return the elements of a drawing with lines alike as one path; texts, circles and groups alike as one group.

    The labels of ticks are drawn after the lines of the grid instead of between them. What is filled, see-through or
    moved stays as it is.

    >>> gathered('<path d="M0 0H1" fill="none" stroke="red"/><path d="M0 1H1" fill="none" stroke="red"/>')
    '<path d="M0 0H1M0 1H1" fill="none" stroke="red"/>'
    >>> gathered('<text fill="red" x="0" y="0">a</text><text fill="red" x="0" y="1">b</text>')
    '<g fill="red"><text x="0" y="0">a</text><text x="0" y="1">b</text></g>'
    """
    body = GROUPS.sub(_one_group, TICKS.sub(_lines_first, body))
    return CIRCLES.sub(_circles_in_a_group, TEXTS.sub(_texts_in_a_group, LINES.sub(_one_path, body)))


def _lines_first(ticks: re.Match[str]) -> str:
    lines, texts = re.findall("<path[^>]*>", ticks[0]), re.findall("<text.*?</text>", ticks[0])
    return "".join(lines + texts)


def _one_group(groups: re.Match[str]) -> str:
    return groups[0].replace(f"</g><g{groups[1]}>", "")


def _one_path(lines: re.Match[str]) -> str:
    if 'fill="none"' not in lines[1] or re.search("opacity|transform|marker", lines[1]):
        return lines[0]
    drawn = "".join(re.findall(r'<path d="([^"]*)"', lines[0]))
    return f'<path d="{drawn}"{lines[1]}/>'


def _texts_in_a_group(texts: re.Match[str]) -> str:
    return f"<g{texts[1]}>{texts[0].replace(f'<text{texts[1]} ', '<text ')}</g>"


def _circles_in_a_group(circles: re.Match[str]) -> str:
    return f"<g{circles[1]}>{circles[0].replace(f'{circles[1]}/>', '/>')}</g>"

"""The supports: who supports each pole, and for how much. No row, an unknown amount and a zero are three things."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ptce_analysis.survey.clean.cells import Column, funders, repeated
from ptce_analysis.survey.codebook import Codebook, Support
from ptce_analysis.survey.parse.levels import codes, in_order
from ptce_analysis.survey.parse.words import Reading
from ptce_analysis.vocabulary import LEVELS

if TYPE_CHECKING:
    import pandas as pd

# What is known of the link between a pole and a level, the stronger last: several columns of a level are combined so.
LINKS: dict[str, str] = {
    "not_asked": "no column of the questionnaire covers this level",
    "not_answered": "nothing was answered about it",
    "not_involved": "the answers say, or imply, that the level is not involved",
    "undecided": "a funder was named that no rule or decision places on a level",
    "declared_zero": "an amount of zero was declared",
    "involved": "the level is involved",
    "contradictory": "an amount is given where the link says no",
}
NOT_ASKED, NOT_ANSWERED, NOT_INVOLVED, UNDECIDED, DECLARED_ZERO, INVOLVED, CONTRADICTORY = range(len(LINKS))
AMOUNT_STATUSES = (
    "exact", "approximate", "zero", "range", "unknown", "not_applicable", "ambiguous", "unreadable", "implausible",
    "not_answered", "not_asked", "shared",
)  # fmt: skip
# Assumption: any answer in a column of amounts means that the level is involved, but a blank, a dash, a zero, or words
# saying that the question does not apply. Source: the column asks for an amount. If wrong: add the link's column.
_NO_SIGNAL_RULES = ("blank", "no_answer", "software_blank")
Array = npt.NDArray[np.int8]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Part:
    """What one source of the codebook says about one level: the link, and the amount where it has a column for it."""

    level: str
    link: Array
    amounts: npt.NDArray[np.float64] | None
    statuses: npt.NDArray[np.object_] | None


def level_parts(support: Support, columns: dict[str, Column], codebook: Codebook, ticked: Mask) -> list[Part]:
    """Return what one source says, level by level. `ticked`: the respondents who answered yes to some link."""
    n = len(ticked)
    amount = columns[support.amount.name] if support.amount else None
    if support.funder:
        return _funder_parts(columns[support.funder.name], amount, codebook)
    link = columns[support.link.name] if support.link else None
    code = _combined(_link_signal(link, ticked), _amount_signal(amount, n))
    return [_part(support.level, code, amount)]


def _part(level: str, link: Array, amount: Column | None) -> Part:
    return Part(level, link, amount.numbers() if amount else None, amount.statuses() if amount else None)


_NONE, _BLANK, _NO, _UNTICKED, _YES = range(5)
_A_NONE, _A_BLANK, _A_NOT, _A_ZERO, _A_SOME, _A_STATED = range(6)
# Rows: what the link says; columns: what the amount says (no column, blank, not applicable, zero, something, a number).
_LINK_OF = np.array(
    [
        [NOT_ANSWERED, NOT_ANSWERED, NOT_INVOLVED, DECLARED_ZERO, INVOLVED, INVOLVED],
        [NOT_ANSWERED, NOT_ANSWERED, NOT_INVOLVED, DECLARED_ZERO, INVOLVED, INVOLVED],
        [NOT_INVOLVED, NOT_INVOLVED, NOT_INVOLVED, NOT_INVOLVED, NOT_INVOLVED, CONTRADICTORY],
        [NOT_INVOLVED, NOT_INVOLVED, NOT_INVOLVED, DECLARED_ZERO, INVOLVED, INVOLVED],
        [INVOLVED] * 6,
    ],
    np.int8,
)


def _link_signal(link: Column | None, ticked: Mask) -> Array:
    """Return what a yes/no column says."""
    # Assumption: in a column where nobody wrote « non », a blank is an unticked box for whoever ticked another one.
    # Source: how survey software exports tick boxes. If wrong: the answer « non » in the export, even once, says so.
    if link is None:
        return np.full(len(ticked), _NONE, np.int8)
    signals = [_signal(reading) for reading in link.readings]
    found = np.array(signals, np.int8)[link.codes]
    return found if _NO in signals else np.where(ticked & (found == _BLANK), _UNTICKED, found).astype(np.int8)


def _signal(reading: Reading) -> int:
    if reading.status == "not_applicable":
        return _NO
    return {"oui": _YES, "non": _NO}.get(str(reading.value), _BLANK)


def _ticked(codebook: Codebook, columns: dict[str, Column], n: int) -> Mask:
    """Return the respondents who answered yes to at least one link."""
    found = np.zeros(n, bool)
    for support in codebook.supports:
        if support.link:
            column = columns[support.link.name]
            found |= np.array([_signal(reading) == _YES for reading in column.readings], bool)[column.codes]
    return found


def _amount_signal(amount: Column | None, n: int) -> Array:
    """Return what a column of amounts says about the link."""
    if amount is None:
        return np.full(n, _A_NONE, np.int8)
    signals = []
    for reading in amount.readings:
        quiet = reading.status in ("not_answered", "not_asked") or reading.rule in _NO_SIGNAL_RULES
        fixed = {"zero": _A_ZERO, "not_applicable": _A_NOT, "exact": _A_STATED, "approximate": _A_STATED}
        signals.append(_A_BLANK if quiet else fixed.get(reading.status, _A_SOME))
    return np.array(signals, np.int8)[amount.codes]


def _combined(link: Array, amount: Array) -> Array:
    return np.asarray(_LINK_OF[link, amount], np.int8)


def _funder_parts(column: Column, amount: Column | None, codebook: Codebook) -> list[Part]:
    """Return the levels a column of funders names; the levels an answer does not name are not involved.

    One amount for several levels is shared in a way nobody said: each level is involved, its amount unknown. A funder
    that cannot be placed counts as `inconnu`, so that its money is not lost, and leaves the other levels undecided.
    """
    readings = [funders(text, column.variable, codebook) for text in column.texts]
    named = [_levels_named(parts) for parts in readings]
    doubtful = np.array(["inconnu" in levels for levels in named], bool)
    answered = np.array([bool(levels) or any(r.status in ("zero", "not_applicable") for r in parts)
                         for levels, parts in zip(named, readings, strict=True)], bool)  # fmt: skip
    alone = np.array([len(levels) == 1 for levels in named], bool)[column.codes]
    unnamed = np.where(doubtful, UNDECIDED, np.where(answered, NOT_INVOLVED, NOT_ANSWERED))
    parts = []
    for level in LEVELS:
        code = np.where(np.array([level in levels for levels in named], bool), INVOLVED, unnamed).astype(np.int8)[
            column.codes
        ]
        parts.append(_shared_part(level, code, amount, alone))
    return parts


def _levels_named(readings: list[Reading]) -> tuple[str, ...]:
    found = {code for reading in readings for code in codes(reading)}
    unplaced = any(reading.status in ("ambiguous", "unreadable") for reading in readings)
    return in_order(found | ({"inconnu"} if unplaced else set()))


def _shared_part(level: str, code: Array, amount: Column | None, alone: Mask) -> Part:
    """Return the part of one level in a cell that may name several: its amount is known only if it is alone."""
    if amount is None:
        return Part(level, code, None, None)
    zero = (code == INVOLVED) & alone & (amount.statuses() == "zero")
    statuses = np.where(alone | (code != INVOLVED), amount.statuses(), "shared")
    return Part(
        level, np.where(zero, DECLARED_ZERO, code).astype(np.int8), np.where(alone, amount.numbers(), np.nan), statuses
    )


def supports_tables(
    columns: dict[str, Column], codebook: Codebook
) -> tuple[pd.DataFrame, dict[str, npt.NDArray[np.object_]]]:
    """Return the supports, one row per pole and level involved or declared zero, and the columns `link_<level>`."""
    poles = columns["pole_id"].words()
    ticked = _ticked(codebook, columns, len(poles))
    parts = [part for support in codebook.supports for part in level_parts(support, columns, codebook, ticked)]
    links = dict[str, npt.NDArray[np.object_]]()
    found = list[tuple[npt.NDArray[np.generic], ...]]()
    for level in LEVELS:
        link, amounts, statuses = _of_level([part for part in parts if part.level == level], len(poles))
        links[f"link_{level}"] = np.array(list(LINKS), object)[link]
        here = np.flatnonzero(np.isin(link, (DECLARED_ZERO, INVOLVED)))
        found.append((here, np.full(len(here), len(found), np.int8), amounts[here], statuses[here]))
    rows, levels, amounts, statuses = (np.concatenate(field) for field in zip(*found, strict=True))
    at = np.lexsort((levels, rows))
    return _table(codebook, poles[rows[at]], levels[at], amounts[at], statuses[at]), links


def _table(
    codebook: Codebook,
    poles: npt.NDArray[np.object_],
    levels: Array,
    amounts: npt.NDArray[np.float64],
    statuses: npt.NDArray[np.object_],
) -> pd.DataFrame:
    """Return the supports in the order of the poles, then of the levels."""
    import pandas as pd

    return pd.DataFrame(
        {
            "wave": np.full(len(poles), codebook.wave, np.int64),
            "pole_id": pd.array(poles, dtype="str"),
            "level": pd.array(np.array(list(LEVELS), object)[levels], dtype="str"),
            "origin": pd.array(repeated(codebook.origin, len(poles)), dtype="str"),
            "amount_eur": amounts,
            "amount_status": pd.array(statuses, dtype="str"),
        }
    )


def _of_level(parts: list[Part], n: int) -> tuple[Array, npt.NDArray[np.float64], npt.NDArray[np.object_]]:
    """Return the link with one level, its amount (the sum of its parts, unknown as soon as one is) and its status."""
    link = np.full(n, NOT_ASKED, np.int8)
    for part in parts:
        link = np.maximum(link, part.link)
    total, status = np.full(n, np.nan), repeated("not_asked", n)
    started = np.zeros(n, bool)
    for part in parts:
        if part.amounts is None or part.statuses is None:
            continue
        counts = np.isin(part.link, (DECLARED_ZERO, INVOLVED))
        status = np.where(counts & started, _worse(status, part.statuses), np.where(counts, part.statuses, status))
        total = np.where(counts & started, total + part.amounts, np.where(counts, part.amounts, total))
        started |= counts
    return link, total, status


def _worse(first: npt.NDArray[np.object_], second: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Return the less certain of two statuses, a zero adding nothing to an amount."""
    rank = {name: i for i, name in enumerate(("zero", *AMOUNT_STATUSES[:2], *AMOUNT_STATUSES[3:]))}
    a, b = (np.array([rank[str(name)] for name in statuses], np.int8) for statuses in (first, second))
    return np.where(a >= b, first, second)


def contradictions(support: Support, columns: dict[str, Column]) -> Mask:
    """Return the rows where an amount is stated and the link says no."""
    if support.link is None or support.amount is None:
        return np.array([], bool)
    link, amount = columns[support.link.name], columns[support.amount.name]
    nobody = np.zeros(len(link.codes), bool)
    found = _combined(_link_signal(link, nobody), _amount_signal(amount, len(nobody)))
    return np.asarray(found == CONTRADICTORY)

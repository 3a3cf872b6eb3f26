"""What may be shown of answers: tables whose every number was released by the rules, and the check that no other is."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from ptce_analysis.errors import InputError
from ptce_analysis.protect.leaks import folded, own_words

# Origins whose data are answers: nothing of them is shown that was not released.
PROTECTED_ORIGINS = ("survey", "fictitious")
# An id of fewer than eight digits is a number like any other; folded, it has a blank on each side.
LEAST_ID = 10
DIGITS = re.compile(r"\d+(?:[.,]\d+)?")


@dataclass(frozen=True, eq=False)
class Protected:
    """A table that may be shown, the ledger of what it hides, and every number and text that was released with it.

    The ledger says which rule hides which cell: it is for the team that holds the answers, since it tells more than
    the marks do. `units` are the respondents' ids, which no exhibit may hold.
    """

    table: pd.DataFrame
    ledger: pd.DataFrame = field(repr=False)
    numbers: frozenset[float] = field(repr=False)
    texts: frozenset[str] = field(repr=False)
    units: frozenset[str] = field(repr=False)


def released(table: pd.DataFrame, ledger: pd.DataFrame | None = None, units: Iterable[str] = ()) -> Protected:
    """Return a table as one that may be shown: for the rules of this library alone to call."""
    cells = [value for name in table.columns for value in table[name]]
    texts = frozenset(map(str, (*table.columns, *(value for value in cells if isinstance(value, str)))))
    ledger = ledger_table([]) if ledger is None else ledger
    return Protected(table, ledger, frozenset(_numbers(cells)), texts, frozenset(units))


def derived(function: Callable[..., pd.DataFrame], *sources: Protected) -> Protected:
    """Return what a function makes of tables that may be shown, which may be shown too: it sees nothing else.

    Raises `InputError` when no table is given.
    """
    if not sources:
        raise InputError("derived needs a protected table: what is made of nothing protected is not.")
    return joined(released(function(*(source.table.copy() for source in sources))), *sources)


# What is public already (printed figures) and counts of lines of a file by cleaning rule are shown as they are.
public = of_lines = released


def joined(first: Protected, *others: Protected) -> Protected:
    """Return the first table with everything that was released with any of them."""
    every = (first, *others)
    ledger = pd.concat([one.ledger for one in every], ignore_index=True).drop_duplicates(ignore_index=True)
    sets = ([getattr(one, what) for one in every] for what in ("numbers", "texts", "units"))
    return Protected(first.table, ledger, *(frozenset().union(*some) for some in sets))


def protection(*arguments: object) -> Protected | None:
    """Return all that was released with the protected tables among arguments, or in their `protected`; None if none."""
    found = (getattr(argument, "protected", argument) for argument in arguments)
    tables = [one for one in found if isinstance(one, Protected)]
    return joined(*tables) if tables else None


def unreleased(
    origin: str,
    protected: Protected | None,
    table: pd.DataFrame | None = None,
    numbers: Iterable[float | None] = (),
    texts: Iterable[str] = (),
) -> list[str]:
    """Return why data, or the numbers and texts of a sentence, of some origin cannot be shown; nothing when they can.

    Only answers (`survey`, `fictitious`) need to be released. Each number must be one that was, each text must hold no
    respondent's id and no other number; rows may be chosen, ordered, reshaped and labelled freely.
    """
    if origin not in PROTECTED_ORIGINS:
        return []
    if protected is None:
        return [f"data of origin {origin} come from answers: give the table that protect returns"]
    stated: dict[str, list[Any]] = {"a sentence": list(numbers)}
    stated |= {f"column {name!r}": list(table[name]) for name in table.columns} if table is not None else {}
    known, faults = {*protected.numbers, *(one for text in protected.texts for one in _inside(text))}, list[str]()
    for where, cells in stated.items():
        odd = [f"{where} holds a number, {value:g}," for value in _numbers(cells) if value not in known]
        faults += [f"{one} that was not released: protect it, or derive it from what is" for one in odd]
        for text in {value for value in cells if isinstance(value, str)} - protected.texts:
            if _named([text], protected.units):
                faults.append(f"{where} names a respondent")
            elif not known.issuperset(_inside(text)):
                faults.append(f"{where} holds a text with a number that was not released: keep it apart")
    return list(dict.fromkeys([*faults, *["a sentence names a respondent"] * _named(texts, protected.units)]))


def _named(texts: Iterable[str], units: Iterable[str]) -> bool:
    """Whether texts hold the id of a respondent, however written; short numbers and words of the library are none."""
    whole = " ".join(folded(text) for text in texts)
    held = (words for unit in units if (words := folded(unit)).strip() and words in whole)
    return any(words not in own_words() for words in held if not (words.strip().isdecimal() and len(words) < LEAST_ID))


def ledger_table(rows: Sequence[tuple[str, ...]]) -> pd.DataFrame:
    """Return the ledger: a hidden figure (`measure`, `cell`, `statistic`), its `rule`, what it `protects`."""
    return pd.DataFrame(rows, columns=["measure", "cell", "statistic", "rule", "protects"]).astype("str")


def _inside(text: str) -> Iterator[float]:
    """The numbers that a text holds."""
    return (float(digits.replace(",", ".")) for digits in DIGITS.findall(text))


def _numbers(cells: Iterable[Any]) -> Iterator[float]:
    """The numbers among some cells, to twelve digits; missing values and texts have none."""
    return (float(f"{float(cell):.12g}") for cell in cells if not isinstance(cell, str) and not pd.isna(cell))

"""What the sources say of the roles of each level, what they learn and whom they quote: one `Role` per statement."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from ptce_analysis.errors import nearest
from ptce_analysis.published import Row, read_sources, read_table, refuse, repeated
from ptce_analysis.published_cells import NAME, matches, one_of
from ptce_analysis.vocabulary import ADDRESSEES, LEVELS, LOCAL_LEVELS, ROLE_KINDS, Label

ROLES_FILE = "roles.csv"
COLUMNS = ("id", "levels", "addressee", "kind", "text_fr", "text_en", "source", "locator", "note")

# How the file names all local authorities at once, when a source tells none of them apart.
ALL_LOCAL = "local"

# A transcription stays a short quotation.
MOST_WORDS = 14


@dataclass(frozen=True)
class Role:
    """One statement of a source: to which levels it is addressed, what kind it is, its text in both languages.

    `levels` is empty when the source addresses no level. `general` when it is said of all local authorities alike;
    `stated` when the source itself names the addressee, and not our reading of it.
    """

    id: str
    levels: tuple[str, ...]
    general: bool
    stated: bool
    kind: str
    text: Label
    source: str
    locator: str
    note: str


def read_roles(folder: Path) -> tuple[Role, ...]:
    """Return the statements of a published folder (`roles.csv`), in file order, each citing a source of `sources.csv`.

    Raises `InputError` with every fault of the file: file, row, column, value and what is legal.
    """
    sources, path = read_sources(folder), folder / ROLES_FILE
    rows, faults = read_table(path, COLUMNS)
    faults += [(number, fault) for number, row in rows for fault in _row_faults(row, sources)]
    refuse(path, faults + repeated(rows))
    return tuple(_role(row) for _, row in rows)


def roles_of(roles: Collection[Role], level: str) -> tuple[Role, ...]:
    """Return the statements addressed to a level: those that single it out, then those for all alike, by kind."""
    addressed = [role for role in roles if level in role.levels]
    return tuple(sorted(addressed, key=lambda role: (role.general, ROLE_KINDS.index(role.kind))))


def _row_faults(row: Row, sources: Collection[str]) -> list[str]:
    rules: dict[str, Callable[[str], str]] = {
        "id": matches(NAME, "a name in lower case such as lever_1"),
        "levels": _levels_fault,
        "addressee": one_of(ADDRESSEES),
        "kind": one_of(ROLE_KINDS),
        "text_fr": _text_fault,
        "text_en": lambda text: "" if text else "a translation is expected.",
        "source": one_of(sources),
        "locator": lambda text: "" if text else "the place in the source is expected.",
    }
    nobody = () if row["levels"] or row["addressee"] else ("levels", "addressee")
    found = {name: rule(row[name]) for name, rule in rules.items() if name not in nobody}
    return [f"column {name!r}: value {row[name]!r}: {text}" for name, text in found.items() if text]


def _levels_fault(value: str) -> str:
    names, legal = value.split(), (ALL_LOCAL, *LEVELS)
    unknown = [name for name in names if name not in legal]
    if unknown or not names:
        guess = nearest(unknown[0], legal) if unknown else ""
        return f"one or several of {', '.join(legal)} are expected, separated by spaces; none, for no addressee.{guess}"
    return f"{ALL_LOCAL!r} stands alone." if ALL_LOCAL in names and len(names) > 1 else ""


def _text_fault(value: str) -> str:
    # A double sign (« : », « ! ») stands apart in French and is no word.
    n_words = sum(any(map(str.isalnum, word)) for word in value.split())
    return "" if 0 < n_words <= MOST_WORDS else f"from 1 to {MOST_WORDS} words are expected, found {n_words}."


def _role(row: Row) -> Role:
    general = row["levels"] == ALL_LOCAL
    return Role(
        id=row["id"],
        levels=LOCAL_LEVELS if general else tuple(row["levels"].split()),
        general=general,
        stated=row["addressee"] == "stated",
        kind=row["kind"],
        text=(row["text_en"], row["text_fr"]),
        **{name: row[name] for name in ("source", "locator", "note")},
    )

"""The questionnaire of a wave as data: which header is which variable, in which unit, asked to whom, decided how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

# What each kind of answer is stored as. `id` and `text` are kept as written, `choice` and `multi` go through `answers`.
KINDS = (
    "id", "text", "choice", "multi", "yes_no", "date", "stage", "legal_form", "count", "amount", "share", "staff",
)  # fmt: skip
NUMERIC = ("count", "amount", "share", "staff")
UNITS: Mapping[str, tuple[str, ...]] = {"amount": ("eur", "keur", "meur"), "share": ("percent", "share")}
SUFFIXES: Mapping[str, str] = {"amount": "_eur", "share": "_share", "staff": "_fte"}
ORIGINS = ("fictitious", "survey")
# What a decision may read a spelling as, besides a value: the status of a silence.
SILENT = ("unknown", "not_applicable")


@dataclass(frozen=True)
class Standard:
    """A variable every wave has or says it did not ask: its kind, and the bounds of what is plausible."""

    kind: str
    low: float | None = None
    high: float | None = None


# Assumption: outside these bounds a figure is a slip of unit or of typing. Source: the printed medians and totals (3 M€
# and 88 employees at the median, 235 M€ and 22,000 jobs on 40 poles), times a hundred or so. If wrong: the codebook
# states other bounds (`min`, `max`); nothing is rescaled, the cell is set aside and listed.
STANDARD: Mapping[str, Standard] = {
    "pole_id": Standard("id"),
    "stage": Standard("stage"),
    "members": Standard("count", 0, 2_000),
    "employees": Standard("count", 0, 20_000),
    "budget_eur": Standard("amount", 0, 500_000_000),
    "cell_budget_eur": Standard("amount", 0, 5_000_000),
    "cell_self_financed_share": Standard("share", 0, 1),
    "cell_fte": Standard("staff", 0, 100),
    "legal_form": Standard("legal_form"),
}
COMPLETE = "layout.complete"
SUPPORT_BOUNDS = (0.0, 5_000_000.0)


@dataclass(frozen=True)
class Variable:
    """One variable of the poles: the headers it may have, how it is read, who was asked."""

    name: str
    headers: tuple[str, ...]
    kind: str
    unit: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    decisions: Mapping[str, str] = field(default_factory=dict)
    low: float | None = None
    high: float | None = None
    asked_if: tuple[str, tuple[str, ...]] | None = None
    three_digits: str = ""
    separator: str = ""


@dataclass(frozen=True)
class Support:
    """One source of the supports: a level with its yes/no and amount columns, or a column that names the funders."""

    level: str = ""
    funder: Variable | None = None
    link: Variable | None = None
    amount: Variable | None = None


@dataclass(frozen=True)
class Layout:
    """How the export is laid out, where that cannot be recognised."""

    encoding: str = ""
    separator: str = ""
    sheet: str = ""
    header_rows: int = 1
    complete: tuple[str, ...] = ()
    not_shown: tuple[str, ...] = ()
    total_rows: tuple[str, ...] = ()
    test_rows: tuple[str, ...] = ()
    respondent: str = "pole_id"


@dataclass(frozen=True)
class Codebook:
    """A questionnaire. `exclude` maps pole ids to the reason for leaving them out; `to_finish` is left by a draft."""

    file: str
    wave: int
    origin: str
    title: str
    layout: Layout
    variables: tuple[Variable, ...]
    supports: tuple[Support, ...]
    not_asked: tuple[str, ...]
    exclude: Mapping[str, str]
    to_finish: tuple[str, ...] = ()

    def columns(self) -> list[Variable]:
        """Return every variable that is read from a column: those of the poles, then those of the supports."""
        of_supports = [v for s in self.supports for v in (s.funder, s.link, s.amount) if v is not None]
        return [*self.variables, *of_supports, *self._completion()]

    def _completion(self) -> list[Variable]:
        """Return the column that says whether an answer was submitted, if the codebook names one."""
        return [Variable(COMPLETE, self.layout.complete, "text")] if self.layout.complete else []


def read_codebook(path: Path | str) -> Codebook:
    """Return the codebook a YAML file holds.

    Raises
    ------
    InputError
        If the file is not YAML, or is not a codebook: one message lists every fault, with the legal values.
    """
    from ptce_analysis.survey.codebook.check import checked
    from ptce_analysis.survey.codebook.yaml_text import yaml_mapping

    path = Path(path)
    return checked(yaml_mapping(path), path.name)


def draft_codebook(export: Path | str) -> str:
    """Return the text of a codebook drafted from an export, to be finished by hand; see `codebook.draft`."""
    from ptce_analysis.survey.codebook.draft import drafted

    return drafted(export)

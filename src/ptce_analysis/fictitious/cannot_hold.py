"""What the fictitious waves cannot hold, each with its reason: found by the audit and the verifier, not by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from ptce_analysis.analysis.audit import audit
from ptce_analysis.analysis.audit.reasons import Phrase, english
from ptce_analysis.analysis.audit.records import Verdict, contradictions
from ptce_analysis.fictitious.verify import verified
from ptce_analysis.published import Facts

# Why a printed figure, or several together, cannot hold in answers.
KINDS = {
    "figure": "no answers give the printed figure: the nearest is kept",
    "together": "each figure holds by itself, on its own number of answers; what they say together does not",
    "other_base": "the figure holds, on fewer answers than the respondents of its source",
    "outside": "the figure counts something that respondents do not answer",
}


@dataclass(frozen=True)
class CannotHold:
    """Figures that cannot all hold as printed: a key of `KINDS`, their ids, the audit's arithmetic if it has some.

    `bases`: how many answers each figure rests on in the fictitious waves; `value`: what a single one gives there.
    """

    kind: str
    ids: tuple[str, ...]
    phrase: Phrase | None
    bases: tuple[int, ...]
    value: float | None = None

    @property
    def reason(self) -> str:
        """The reason on one line, in English."""
        return english(self.phrase) if self.phrase else KINDS[self.kind]


def what_cannot_hold(facts: Facts, table: pd.DataFrame | None = None) -> tuple[CannotHold, ...]:
    """Return everything printed about the fictitious years that their answers do not hold, or not together.

    `table`: what `verified` returns, if it is known already. A figure that is neither reproduced there nor listed here
    does not exist (tested).
    """
    found = (verified(facts) if table is None else table).set_index("id")
    verdicts = {one.id: one for one in audit(facts) if one.id in found.index}
    return (*_not_reproduced(found, verdicts), *_not_together(found, verdicts), *_outside(found))


def _not_reproduced(found: pd.DataFrame, verdicts: dict[str, Verdict]) -> Iterator[CannotHold]:
    """Figures for which the answers give something else."""
    for name, row in found[~found["verdict"].isin(("reproduced", "not_in_answers"))].iterrows():
        phrase = verdicts[str(name)].findings[0].phrase
        yield CannotHold("figure", (str(name),), phrase, (int(row["n"]),), float(row["value"]))


def _not_together(found: pd.DataFrame, verdicts: dict[str, Verdict]) -> Iterator[CannotHold]:
    """Figures that hold one by one although the audit finds that they cannot as they are printed."""
    held = found.index[found["verdict"] == "reproduced"]
    for one in contradictions(verdicts.values()):
        if set(one.members) <= set(held):
            kind = "together" if len(one.members) > 1 else "other_base"
            bases = tuple(int(found.loc[name, "n"]) for name in one.members)
            yield CannotHold(kind, one.members, one.finding.phrase, bases)


def _outside(found: pd.DataFrame) -> Iterator[CannotHold]:
    """Figures about something else than answers, all in one entry."""
    ids = tuple(map(str, found.index[found["verdict"] == "not_in_answers"]))
    if ids:
        yield CannotHold("outside", ids, None, (0,) * len(ids))

"""Printed figures for the tests: one short call per figure."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ptce_analysis.analysis.audit import Verdict, audit
from ptce_analysis.published import Fact

PUBLISHED = Path(__file__).parents[1] / "data" / "raw" / "published"

Number = int | str | Fraction


def fact(
    indicator: str,
    value: Number,
    statistic: str,
    unit: str,
    grain: Number,
    *,
    level: str = "",
    wave: int = 2015,
    base_n: int | None = None,
    base_label: str = "",
    source: str = "R",
    part_of: str = "",
    note: str = "",
    second: bool = False,
) -> Fact:
    """A printed figure of a report called R; `second` when another figure already has the plain id."""
    id_ = "_".join(part for part in (indicator, level, str(wave), source.lower() if second else "") if part)
    texts = {"base_label": base_label, "source": source, "locator": "", "note": note, "part_of": part_of}
    numbers = {"value": Fraction(value), "grain": Fraction(grain), "base_n": base_n, "row": 2}
    return Fact(id=id_, wave=wave, indicator=indicator, level=level, statistic=statistic, unit=unit, **texts, **numbers)


def share(indicator: str, value: Number, grain: Number = "0.01", **known: object) -> Fact:
    """A percentage, between 0 and 1, rounded to the point."""
    return fact(indicator, value, "share", "share", grain, **known)


def count(indicator: str, value: Number, grain: Number = 1, **known: object) -> Fact:
    """A count."""
    return fact(indicator, value, "count", "count", grain, **known)


def euros(indicator: str, value: Number, grain: Number = 1, statistic: str = "sum", **known: object) -> Fact:
    """An amount of money, rounded to the euro."""
    return fact(indicator, value, statistic, "eur", grain, **known)


def row(
    n: Number, total: Number, median: Number, level: str = "commune", stem: str = "loans", grain: Number = 1
) -> tuple[Fact, Fact, Fact]:
    """A printed row: amount, number and median of one level."""
    return (
        euros(f"{stem}_amount", total, grain, level=level),
        count(f"{stem}_projects", n, level=level),
        euros(f"{stem}_median", median, grain, "median", level=level),
    )


def report(*facts: Fact) -> dict[str, Fact]:
    """Figures by id, as the loader gives them."""
    return {one.id: one for one in facts}


def changed(facts: Mapping[str, Fact], **values: Number | None) -> dict[str, Fact]:
    """The same figures with some other values; without those for which None is given."""
    kept = {id_: one for id_, one in facts.items() if values.get(id_, 0) is not None}
    return {id_: replace(one, value=Fraction(values[id_])) if id_ in values else one for id_, one in kept.items()}


def sampled(cases: Iterable[Any], quick: int) -> list[Any]:
    """Cases of a test, one value each: the first ones for every run, the others for the thorough one."""
    return [
        case if place < quick else pytest.param(case, marks=pytest.mark.thorough) for place, case in enumerate(cases)
    ]


def audited(*facts: Fact) -> dict[str, Verdict]:
    """The verdicts on a report, by figure."""
    return {one.id: one for one in audit(report(*facts))}


def measured(amounts: Iterable[Any]) -> dict[str, float]:
    """Statistics of amounts from their definitions: Gini as half the relative mean difference, numpy for the rest."""
    x = np.sort(np.asarray(amounts, float))
    n, total, found = len(x), x.sum(), {"total": x.sum(), "mean": x.mean(), "median": np.median(x), "min": x[0]}
    with np.errstate(invalid="ignore", divide="ignore"):
        gini, top = np.abs(x[:, None] - x).sum() / (2 * n * total), x[n - n // 2 :].sum() / total
        found |= {"max": x[-1], "gini": gini, "top_half_share": top, "top_1_share": x[-1] / total}
    return found | {"sd": np.std(x, ddof=1) if n > 1 else np.nan}

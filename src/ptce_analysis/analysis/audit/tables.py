"""Tables behind the figures of the audit: numbers and codes only, one row per figure, level or verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

import pandas as pd

from ptce_analysis.analysis.audit import audit, contradictions
from ptce_analysis.analysis.audit.grains import documents
from ptce_analysis.analysis.audit.reasons import english
from ptce_analysis.analysis.audit.records import Printed
from ptce_analysis.analysis.audit.rows import (
    Amounts,
    highest_median,
    printed_rows_of_amounts,
    printed_totals,
)
from ptce_analysis.analysis.audit.shares import is_percentage
from ptce_analysis.analysis.feasible.bounds import bounds
from ptce_analysis.analysis.feasible.row import largest_n, minimum_sum
from ptce_analysis.analysis.percent import count_range
from ptce_analysis.published import Facts
from ptce_analysis.vocabulary import LEVELS, VERDICT_LABELS, WAVES


def verdict_counts(facts: Facts, waves: Collection[int] = WAVES) -> pd.DataFrame:
    """Return how many survey figures of some waves have each verdict: `verdict` and `n`, the most reassuring first.

    Every verdict has a row, so that the counts add up to the figures. Those on calls for projects are left out.
    """
    found = Counter(one.verdict for one in audit(facts) if one.subject == "survey" and one.fact.wave in waves)
    return pd.DataFrame({"verdict": list(VERDICT_LABELS), "n": [found[name] for name in VERDICT_LABELS]})


def disagreements(facts: Facts, waves: Collection[int] = WAVES) -> pd.DataFrame:
    """Return a row for each contradiction between figures of some waves, the most telling first.

    Columns: `verdict`, `rule`, `members` (ids of the figures), `reason` and `premises` in English.
    """
    found = contradictions(one for one in audit(facts) if one.fact.wave in waves)
    rows = [
        (one.verdict, one.finding.rule, one.members, one.finding.reason, [english(it) for it in one.finding.premises])
        for one in found
    ]
    return pd.DataFrame(rows, columns=["verdict", "rule", "members", "reason", "premises"])


def attainability_map(facts: Facts, wave: int, bases: Iterable[int]) -> pd.DataFrame:
    """Return whether each percentage of a wave (rows, by id) can occur on each base (columns).

    They are read at the grain they were typed with; `grains.at_inferred_grains` gives figures read more coarsely.
    """
    bases = list(bases)
    shares = [fact for fact in facts.values() if fact.wave == wave and is_percentage(fact)]
    cells = [[bool(count_range(fact.value, base, fact.grain)) for base in bases] for fact in shares]
    index = pd.Index([fact.id for fact in shares], name="id", dtype="str")
    return pd.DataFrame(cells, index=index, columns=pd.Index(bases, name="base"), dtype="bool")


def inferred_grains(facts: Facts) -> pd.DataFrame:
    """Return, per source and wave that prints percentages, how many are multiples of 5 points (or 10, if they heap so).

    Columns: `source`, `wave`; `n` percentages that can show it and `k` multiples of `step`; `probability` of so many by
    chance, and `probability_on_bases` where counts out of the stated bases are as likely as one another; `grain`, the
    step inferred, missing where there is none.
    """
    rows = [
        (one.source, one.wave, one.n, one.k, float(one.step), one.probability, one.probability_on_bases,
         float(one.grain) if one.grain else None)
        for one in documents(Printed(facts))
    ]  # fmt: skip
    columns = ["source", "wave", "n", "k", "step", "probability", "probability_on_bases", "grain"]
    return pd.DataFrame(rows, columns=columns).astype({"grain": "float64"})


def minimum_sums(facts: Facts, wave: int) -> pd.DataFrame:
    """Return one row per printed row of amounts in euros, by level: what its median asks of its total.

    `n`, `sum_eur` and its band, `median_eur`; `minimum_sum_eur` for the median as printed, `..._low_eur` and
    `..._high_eur` for the lowest and highest median that round to it; `highest_median_eur` and `largest_n` still
    possible (`largest_n` is missing when there is no limit); `verdict`.
    """
    rows = [_minimum(row) for row in _rows(facts, wave) if row.total.unit == "eur" and row.numbers]
    table = pd.DataFrame(rows, columns=MINIMUM_COLUMNS)
    return table.astype({"largest_n": "Int64"})


MINIMUM_COLUMNS = (
    "level", "source", "n", "sum_eur", "sum_low_eur", "sum_high_eur", "median_eur", "minimum_sum_eur",
    "minimum_sum_low_eur", "minimum_sum_high_eur", "highest_median_eur", "largest_n", "verdict",
)  # fmt: skip


def _minimum(row: Amounts) -> dict[str, object]:
    (low, high), (total_low, total_high), n = row.median.band, row.total.band, row.n
    return {
        "level": row.total.level,
        "source": row.total.source,
        "n": n,
        "sum_eur": float(row.total.value),
        "sum_low_eur": float(total_low),
        "sum_high_eur": float(total_high),
        "median_eur": float(row.median.value),
        "minimum_sum_eur": float(minimum_sum(n, row.median.value)),
        "minimum_sum_low_eur": float(minimum_sum(n, low)),
        "minimum_sum_high_eur": float(minimum_sum(n, high)),
        "highest_median_eur": float(highest_median(n, row.total.band, row.median)),
        "largest_n": largest_n(row.bands),
        "verdict": "consistent" if row.allows(n, row.median) else "impossible",
    }


def _rows(facts: Facts, wave: int) -> list[Amounts]:
    """The rows of amounts of a wave, in the order of the levels."""
    rows = (row for row in printed_rows_of_amounts(Printed(facts)) if row.total.wave == wave)
    places = {level: place for place, level in enumerate(("", *LEVELS))}
    return sorted(rows, key=lambda row: places[row.total.level])


def forced_concentrations(facts: Facts, wave: int) -> pd.DataFrame:
    """Return, per printed total said with a median, the least concentration of all the data sets that round to both.

    Columns: `indicator`, `n`, `total`, `median` (stored units, as printed); the least possible `gini` and
    `top_half_share`. Totals that no data set can have are left out.
    """
    rows = (row for row in printed_totals(Printed(facts)) if row.total.wave == wave and row.numbers and row.same_units)
    kept = [row for row in rows if row.allows(row.n, row.median)]
    return pd.DataFrame([_forced(row) for row in kept], columns=FORCED_COLUMNS)


FORCED_COLUMNS = ("indicator", "n", "total", "median", "gini", "top_half_share")


def _forced(row: Amounts) -> dict[str, object]:
    forced = bounds(row.bands)
    return {
        "indicator": row.total.indicator,
        "n": row.n,
        "total": float(row.total.value),
        "median": float(row.median.value),
        "gini": forced["gini"].low or 0.0,
        "top_half_share": forced["top_half_share"].low or 0.0,
    }

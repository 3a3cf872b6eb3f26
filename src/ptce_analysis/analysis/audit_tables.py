"""Tables behind the figures of the audit: numbers and codes only, one row per figure, level or verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

import pandas as pd

from ptce_analysis.analysis.amounts import bounds, largest_n, minimum_sum
from ptce_analysis.analysis.audit import audit, contradictions
from ptce_analysis.analysis.audit_rows import printed_totals, rows_of_amounts
from ptce_analysis.analysis.audit_shares import Printed, documents, is_percentage
from ptce_analysis.analysis.audit_words import english
from ptce_analysis.analysis.percent import attainable_counts
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
        (one.verdict, one.rule, one.members, english(one.phrase), [english(it) for it in one.premises]) for one in found
    ]
    return pd.DataFrame(rows, columns=["verdict", "rule", "members", "reason", "premises"])


def attainability_map(facts: Facts, wave: int, bases: Iterable[int]) -> pd.DataFrame:
    """Return whether each percentage of a wave (rows, by id) can occur on each base (columns).

    They are read at the grain they carry; `at_inferred_grains` gives figures read more coarsely.
    """
    bases = list(bases)
    shares = [fact for fact in facts.values() if fact.wave == wave and is_percentage(fact)]
    cells = [[bool(attainable_counts(fact.value, base, fact.grain)) for base in bases] for fact in shares]
    index = pd.Index([fact.id for fact in shares], name="id", dtype="str")
    return pd.DataFrame(cells, index=index, columns=pd.Index(bases, name="base"), dtype="bool")


def inferred_grains(facts: Facts) -> pd.DataFrame:
    """Return, per source and wave that prints percentages, how many are multiples of 5 points (or 10, if they heap so).

    Columns: those of `audit_shares.Document` and `grain`, the step inferred, missing where there is none.
    """
    columns = ["source", "wave", "n", "k", "step", "probability", "probability_on_bases", "grain"]
    rows = [[getattr(one, column) for column in columns] for one in documents(Printed(facts))]
    return pd.DataFrame(rows, columns=columns).astype({"step": "float64", "grain": "float64"})


def minimum_sums(facts: Facts, wave: int) -> pd.DataFrame:
    """Return one row per printed row of amounts in euros, by level: what its median asks of its total.

    `n`, `sum_eur` and its band, `median_eur`; `minimum_sum_eur` for the median as printed, `..._low_eur` and
    `..._high_eur` for the lowest and highest median that round to it; `highest_median_eur` and `largest_n` still
    possible (`largest_n` is missing when there is no limit); `verdict`.
    """
    found = [row for row in rows_of_amounts(Printed(facts)) if row.total.wave == wave and row.total.unit == "eur"]
    places = {level: place for place, level in enumerate(("", *LEVELS))}
    rows = [
        {
            "level": row.total.level,
            "source": row.total.source,
            "n": row.n,
            "sum_eur": float(row.total.value),
            "sum_low_eur": float(row.total.band[0]),
            "sum_high_eur": float(row.total.band[1]),
            "median_eur": float(row.median.value),
            "minimum_sum_eur": float(minimum_sum(row.n, row.median.value)),
            "minimum_sum_low_eur": float(minimum_sum(row.n, row.median.band[0])),
            "minimum_sum_high_eur": float(minimum_sum(row.n, row.median.band[1])),
            "highest_median_eur": float(row.highest_median),
            "largest_n": largest_n(row.bands),
            "verdict": "consistent" if row.holds else "impossible",
        }
        for row in sorted(found, key=lambda row: places[row.total.level])
        if row.numbers
    ]
    return pd.DataFrame(rows, columns=MINIMUM_COLUMNS).astype({"largest_n": "Int64"})


MINIMUM_COLUMNS = (
    "level", "source", "n", "sum_eur", "sum_low_eur", "sum_high_eur", "median_eur", "minimum_sum_eur",
    "minimum_sum_low_eur", "minimum_sum_high_eur", "highest_median_eur", "largest_n", "verdict",
)  # fmt: skip


def forced_concentrations(facts: Facts, wave: int) -> pd.DataFrame:
    """Return, per printed total said with a median, the least concentration of all the data sets that round to both.

    Columns: `indicator`, `n`, `total`, `median` (stored units, as printed); the least possible `gini` and
    `top_half_share`. Totals that no data set can have are left out.
    """
    rows = [row for row in printed_totals(Printed(facts)) if row.total.wave == wave and row.can_be_tested and row.holds]
    ends = [(row, bounds(row.bands)) for row in rows]
    found = [
        (row.total.indicator, row.n, float(row.total.value), float(row.median.value),
         forced["gini"].low or 0.0, forced["top_half_share"].low or 0.0)
        for row, forced in ends
    ]  # fmt: skip
    return pd.DataFrame(found, columns=["indicator", "n", "total", "median", "gini", "top_half_share"])

"""The rules of disclosure as data: what may not be shown of a cell; and single figures, shown by the same rules.

The law of 7 June 1951 binds official statistics, not this study; its usual thresholds are what French readers expect.
Tables with margins go through `suppress.protect`; a figure may stand alone where no other could be subtracted from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ptce_analysis.errors import InputError
from ptce_analysis.vocabulary import Label

# What a reader sees instead of a figure that is not shown; the same mark whatever the rule.
MARK = "s"
MARK_LABEL: Label = (
    "s: not shown, so that no respondent can be recognised",
    "s : non diffusé, pour qu’aucun répondant ne soit reconnu",
)
# Assumption: a figure that is not shown counts as recovered when it is known within 10 % of what others contribute.
# Source: the p of 10 % usual in τ-ARGUS and sdcMicro (Hundepool et al. 2012). If wrong: give another `within`.
WITHIN = 0.10
# Assumption: a median of 5 units or more, rounded where fewer than 3 units hold its very value, exposes nobody.
# Source: ACRO's guidance on order statistics. If wrong: raise MEDIAN_UNITS or MEDIAN_BAND.
MEDIAN_UNITS, MEDIAN_BAND, MEDIAN_HOLDERS = 5, 0.05, 3


@dataclass(frozen=True)
class Contributions:
    """What stands behind a cell: a value per unit if it is not only counted, the units of its base not in it."""

    n: int
    values: tuple[float, ...] = ()
    others: int | None = None


@dataclass(frozen=True)
class Rule:
    """A rule: the figures of a cell it hides, its threshold, when a cell fails it, and what it says."""

    name: str
    hides: tuple[str, ...]
    threshold: float
    fails: Callable[[Contributions, float], bool]
    label: str
    by_default: bool = True


def _few(cell: Contributions, threshold: float) -> bool:
    return 0 < cell.n < threshold


def _few_others(cell: Contributions, threshold: float) -> bool:
    return cell.others is not None and 0 < cell.others < threshold


def _unanimous(cell: Contributions, _: float) -> bool:
    return cell.others is not None and cell.n + cell.others > 0 and 0 in (cell.n, cell.others)


def _largest(cell: Contributions, n: int) -> float:
    return sum(sorted(cell.values)[-n:])


# Sources: Insee, Guide du secret statistique (law 51-711 of 7 June 1951): 3 units, 85 %. Hundepool et al., Statistical
# Disclosure Control, 2012: complements, p %. ACRO, checks of UK research data services; sdcMicro: class disclosure, 10.
RULES: tuple[Rule, ...] = (
    Rule("few_units", ("units", "total"), 3, _few, "fewer than 3 units contribute"),
    Rule("few_others", ("units",), 3, _few_others, "fewer than 3 units of the base are outside"),
    Rule("same_answer", ("units",), 0, _unanimous, "all units of the base answered the same"),
    Rule("dominant_unit", ("total",), 0.85, lambda cell, share: _largest(cell, 1) > share * sum(cell.values),
         "one unit makes more than 85 % of the value"),
    Rule("all_zero", ("total",), 0, lambda cell, _: cell.n > 0 and sum(cell.values) == 0,
         "the total is 0, so each unit gave 0"),
    Rule("under_10_units", ("units", "total"), 10, _few, "fewer than 10 units contribute", False),
    Rule("under_10_others", ("units",), 10, _few_others, "fewer than 10 units of the base are outside", False),
    Rule("two_dominant_units", ("total",), 0.90, lambda cell, share: _largest(cell, 2) > share * sum(cell.values),
         "two units make more than 90 % of the value", False),
    Rule("p_percent", ("total",), 0.10, lambda cell, p: sum(sorted(cell.values)[:-2]) < p * _largest(cell, 1),
         "the second largest unit could know the largest within 10 %", False),
)  # fmt: skip

STANDARD = tuple(rule for rule in RULES if rule.by_default)
STRICT = RULES
# The rules of each set that a page may be made under: the names are those of `vocabulary.RULE_SETS`.
RULES_OF = {"standard": STANDARD, "strict": STRICT}

# What each rule of a ledger says: those of one cell alone, and the others.
LABELS = {rule.name: rule.label for rule in RULES} | {
    "recoverable": "a figure that is not shown could be worked out from this one",
    "withheld": "no part of the table can be shown safely",
    "median_of_few": "a median needs 5 units",
}


def threshold(rules: Iterable[Rule]) -> int:
    """Return the fewest units a cell that is shown may have under some rules."""
    return max((int(rule.threshold) for rule in rules if rule.fails is _few), default=1)


def failed(cell: Contributions, rules: Sequence[Rule], statistic: str) -> Rule | None:
    """Return the first rule that hides a figure of a cell (`units`, `total`); None when it may be shown."""
    return next((rule for rule in rules if statistic in rule.hides and rule.fails(cell, rule.threshold)), None)


def checked_values(values: Iterable[float], where: str) -> tuple[float, ...]:
    """Return the contributions that are known. Raises `InputError` for one that is negative or infinite."""
    numbers = np.array(list(values), float)
    bad = numbers[(numbers < 0) | np.isinf(numbers)]
    if bad.size:
        raise InputError(f"{where}: value {bad[0]:g}: contributions must be finite and not negative to be protected.")
    return tuple(numbers[~np.isnan(numbers)].tolist())


def rounded(value: float, grain: float) -> float:
    """Return a value rounded to a multiple of a grain, halves upwards."""
    return float(np.floor(value / grain + 0.5) * grain)


@dataclass(frozen=True)
class Shown:
    """One figure: its value, or None and the name of the rule that hides it; `n` is what stands behind it."""

    value: float | None
    rule: str = ""
    n: int = 0


def protected_share(k: int, n: int, rules: Sequence[Rule] = STANDARD) -> Shown:
    """Return k/n unless too few units are in it or outside it, or all answered the same.

    Raises `InputError` for a count that is not between 0 and its base.
    """
    if not 0 <= k <= n:
        raise InputError(f"share {k}/{n}: the count must lie between 0 and its base.")
    rule = failed(Contributions(k, others=n - k), rules, "units")
    return Shown(None if rule or n == 0 else k / n, rule.name if rule else "", n)


def protected_total(values: Iterable[float], grain: float = 1.0, rules: Sequence[Rule] = STANDARD) -> Shown:
    """Return a total rounded to a grain, unless too few units make it or one dominates it."""
    known = checked_values(values, "total")
    rule = failed(Contributions(len(known), known), rules, "total")
    return Shown(None if rule or not known else rounded(sum(known), grain), rule.name if rule else "", len(known))


def protected_median(
    values: Iterable[float], grain: float = 1.0, rules: Sequence[Rule] = STANDARD, units: Sequence[str] = ()
) -> Shown:
    """Return the median of five units or more, rounded so that it is nobody's own value.

    `units` says whose each known value is, where a unit may have several; otherwise each is another unit's.
    """
    known = checked_values(values, "median")
    n = len(set(units)) if units else len(known)
    rule = failed(Contributions(n), rules, "units")
    if rule or n < MEDIAN_UNITS:
        return Shown(None, rule.name if rule else "median_of_few" if known else "", len(known))
    return Shown(shown_median(known, grain, units)[0], "", len(known))


def shown_median(values: Sequence[float], grain: float, units: Sequence[str] = ()) -> tuple[float, float]:
    """Return the median as it is shown, and the grain it is rounded to; `units`: whose each value is.

    Fewer than three units that hold the median itself would be exposed by it, and so would the one that holds both
    middle values: it is rounded to 1, 2 or 5 × 10^k, to hide 5 % of it. Any other is rounded to the ordinary grain.
    """
    median, ranked = float(np.median(values)), sorted(values)
    middle = {ranked[(len(ranked) - 1) // 2], ranked[len(ranked) // 2]}
    holders = {unit for unit, value in zip(units or range(len(values)), values, strict=True) if value in middle}
    if median > 0 and (len(holders) == 1 or (len(middle) == 1 and len(holders) < MEDIAN_HOLDERS)):
        wanted = 2 * MEDIAN_BAND * median
        steps = (step * 10.0 ** np.floor(np.log10(wanted)) for step in (1, 2, 5, 10, 20))
        grain = max(grain, next(float(step) for step in steps if step >= wanted * (1 - 1e-9)))
    return rounded(median, grain), grain

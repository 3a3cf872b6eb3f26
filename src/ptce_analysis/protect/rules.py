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
INSEE = "Insee, Guide du secret statistique (law 51-711 of 7 June 1951)"
HUNDEPOOL = "Hundepool et al., Statistical Disclosure Control, 2012"
ACRO = "ACRO, the checks of outputs of UK research data services; sdcMicro, R package"

# Assumption: a figure that is not shown counts as recovered when it is known within 10 % of what others contribute.
# Source: the p of 10 % usual in τ-ARGUS and sdcMicro (Hundepool et al. 2012). If wrong: give another `within`.
WITHIN = 0.10
# Assumption: a median of 5 units or more, rounded where fewer than 3 units hold its very value, exposes nobody.
# Source: ACRO's guidance on order statistics. If wrong: raise MEDIAN_UNITS or MEDIAN_BAND.
MEDIAN_UNITS, MEDIAN_BAND, MEDIAN_HOLDERS = 5, 0.05, 3


@dataclass(frozen=True)
class Contributions:
    """What stands behind a cell: a value per contributing unit, and how many units of its base are not in it.

    `values` is empty for a cell that is only counted; `others` is None when the cell has no base.
    """

    n: int
    values: tuple[float, ...] = ()
    others: int | None = None


@dataclass(frozen=True)
class Rule:
    """A rule: the figures of a cell it hides, its threshold, where it comes from, and when a cell fails it."""

    name: str
    hides: tuple[str, ...]
    threshold: float
    label: Label
    source: str
    fails: Callable[[Contributions, float], bool]
    by_default: bool = True


def _few(cell: Contributions, threshold: float) -> bool:
    return 0 < cell.n < threshold


def _few_others(cell: Contributions, threshold: float) -> bool:
    return cell.others is not None and 0 < cell.others < threshold


def _unanimous(cell: Contributions, _: float) -> bool:
    return cell.others is not None and cell.n + cell.others > 0 and 0 in (cell.n, cell.others)


RULES: tuple[Rule, ...] = (
    Rule("few_units", ("units", "total"), 3,
         ("fewer than 3 units contribute", "moins de 3 unités contribuent"), INSEE, _few),
    Rule("few_others", ("units",), 3,
         ("fewer than 3 units of the base are outside", "moins de 3 unités de la base sont en dehors"),
         f"{HUNDEPOOL}: the complement of a share is a cell like any other", _few_others),
    Rule("same_answer", ("units",), 0,
         ("all units of the base answered the same", "toutes les unités de la base ont répondu de même"),
         f"{ACRO}: class disclosure", _unanimous),
    Rule("dominant_unit", ("total",), 0.85,
         ("one unit makes more than 85 % of the value", "une unité fait plus de 85 % de la valeur"), INSEE,
         lambda cell, share: max(cell.values, default=0.0) > share * sum(cell.values)),
    Rule("all_zero", ("total",), 0,
         ("the total is 0, so each unit gave 0", "le total est 0, donc chaque unité a donné 0"),
         f"{ACRO}: class disclosure", lambda cell, _: cell.n > 0 and sum(cell.values) == 0),
    Rule("under_10_units", ("units", "total"), 10,
         ("fewer than 10 units contribute", "moins de 10 unités contribuent"), ACRO, _few, by_default=False),
    Rule("under_10_others", ("units",), 10,
         ("fewer than 10 units of the base are outside", "moins de 10 unités de la base sont en dehors"), ACRO,
         _few_others, by_default=False),
    Rule("two_dominant_units", ("total",), 0.90,
         ("two units make more than 90 % of the value", "deux unités font plus de 90 % de la valeur"), ACRO,
         lambda cell, share: sum(sorted(cell.values)[-2:]) > share * sum(cell.values), by_default=False),
    Rule("p_percent", ("total",), 0.10,
         ("the second largest unit could know the largest within 10 %",
          "la deuxième unité pourrait connaître la première à 10 % près"),
         f"{HUNDEPOOL}; {ACRO}",
         lambda cell, p: sum(sorted(cell.values)[:-2]) < p * max(cell.values, default=0.0), by_default=False),
)  # fmt: skip

STANDARD = tuple(rule for rule in RULES if rule.by_default)
STRICT = RULES
# The rules of each set that a page may be made under: the names are those of `vocabulary.RULE_SETS`.
RULES_OF = {"standard": STANDARD, "strict": STRICT}

# Rules that are not about one cell alone; the ledger names them too.
OTHER_RULES: dict[str, Label] = {
    "recoverable": (
        "a figure that is not shown could be worked out from this one",
        "un chiffre non diffusé pourrait être calculé à partir de celui-ci",
    ),
    "withheld": ("no part of the table can be shown safely", "aucune partie du tableau ne peut être diffusée"),
    "median_of_few": ("a median needs 5 units", "une médiane demande 5 unités"),
}


def threshold(rules: Iterable[Rule]) -> int:
    """Return the fewest units a cell that is shown may have under some rules."""
    return max((int(rule.threshold) for rule in rules if rule.fails is _few), default=1)


def failed(cell: Contributions, rules: Sequence[Rule], statistic: str) -> Rule | None:
    """Return the first rule that hides a figure of a cell (`units`, `total`); None when it may be shown.

    >>> failed(Contributions(3, (90.0, 5.0, 4.0)), STANDARD, "total").name
    'dominant_unit'
    """
    return next((rule for rule in rules if statistic in rule.hides and rule.fails(cell, rule.threshold)), None)


def checked_values(values: Iterable[float], where: str) -> tuple[float, ...]:
    """Return the contributions that are known. Raises `InputError` for one that is negative or infinite."""
    numbers = np.array(list(values), float)
    bad = numbers[(numbers < 0) | np.isinf(numbers)]
    if bad.size:
        raise InputError(f"{where}: value {bad[0]:g}: contributions must be finite and not negative to be protected.")
    return tuple(numbers[~np.isnan(numbers)].tolist())


def rounded(value: float, grain: float) -> float:
    """Return a value rounded to a multiple of a grain, halves upwards.

    >>> rounded(1500, 1000), rounded(17, 2)
    (2000.0, 18.0)
    """
    return float(np.floor(value / grain + 0.5) * grain)


def band_grain(value: float, share: float = MEDIAN_BAND) -> float:
    """Return the smallest grain 1, 2 or 5 × 10^k whose rounding hides a value within ± `share` of it; 0 for 0.

    >>> band_grain(25_000), band_grain(88)
    (5000.0, 10.0)
    """
    if value <= 0:
        return 0.0
    wanted = 2 * share * value
    power = 10.0 ** np.floor(np.log10(wanted))
    return float(next(step * power for step in (1, 2, 5, 10, 20) if step * power >= wanted * (1 - 1e-9)))


@dataclass(frozen=True)
class Shown:
    """One figure: its value, or None and the name of the rule that hides it; `n` is what stands behind it."""

    value: float | None
    rule: str = ""
    n: int = 0


def protected_share(k: int, n: int, rules: Sequence[Rule] = STANDARD) -> Shown:
    """Return k/n unless too few units are in it, too few are outside it, or all answered the same.

    Raises `InputError` for a count that is not between 0 and its base.

    >>> protected_share(13, 42).value, protected_share(51, 52).rule
    (0.30952380952380953, 'few_others')
    """
    if not 0 <= k <= n:
        raise InputError(f"share {k}/{n}: the count must lie between 0 and its base.")
    rule = failed(Contributions(k, others=n - k), rules, "units")
    return Shown(None if rule or n == 0 else k / n, rule.name if rule else "", n)


def protected_total(values: Iterable[float], grain: float = 1.0, rules: Sequence[Rule] = STANDARD) -> Shown:
    """Return a total rounded to a grain, unless too few units make it or one dominates it.

    >>> protected_total([400, 350, 250]), protected_total([900, 50, 50]).rule
    (Shown(value=1000.0, rule='', n=3), 'dominant_unit')
    """
    known = checked_values(values, "total")
    rule = failed(Contributions(len(known), known), rules, "total")
    return Shown(None if rule or not known else rounded(sum(known), grain), rule.name if rule else "", len(known))


def protected_median(
    values: Iterable[float], grain: float = 1.0, rules: Sequence[Rule] = STANDARD, units: Sequence[str] = ()
) -> Shown:
    """Return the median of five units or more, rounded so that it is nobody's own value.

    `units` says whose each known value is, where a unit may have several; otherwise each is another unit's.

    >>> protected_median([10, 20, 23, 60, 90]).value, protected_median([10, 20, 23, 60, 90], units="aabbc").rule
    (25.0, 'median_of_few')
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
    middle values: it is rounded to hide 5 % of it. One that three units share, or that falls between the values of two,
    is rounded to the ordinary grain.
    """
    median, ranked = float(np.median(values)), sorted(values)
    middle = {ranked[(len(ranked) - 1) // 2], ranked[len(ranked) // 2]}
    holders = {unit for unit, value in zip(units or range(len(values)), values, strict=True) if value in middle}
    if len(holders) == 1 or (len(middle) == 1 and len(holders) < MEDIAN_HOLDERS):
        grain = max(grain, band_grain(median))
    return rounded(median, grain), grain

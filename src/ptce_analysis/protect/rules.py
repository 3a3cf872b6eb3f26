"""The rules of disclosure as data: what may not be shown of a cell; and single figures, shown by the same rules.

The law of 7 June 1951 binds official statistics, not this study; its usual thresholds are what French readers expect.
Tables with margins go through `suppress.protect`; a figure may stand alone where no other could be subtracted from it.
"""

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
# Amounts that people write are round, and a rounded median is a middle unit's own amount: a median is shown as a class,
# whose ends are fixed beforehand (the grain of the table times a power of three: 9, 27, 81 k€…), and which holds
# different amounts, of several units. No protection counts on rounding.
# Assumption: five units, three of them in the class, are enough. Source: ACRO asks for ten behind any quantile, shown
# as it is. If wrong: raise them. With 2, a median in three is hidden; with 3, in ten.
MEDIAN_UNITS, MEDIAN_HOLDERS, MEDIAN_STEP = 5, 3, 3.0
FAR_ENOUGH = (1 + WITHIN) / (1 - WITHIN)  # two numbers of this ratio are not within `WITHIN` of any third
EXACT = 1e-9  # a logarithm that is whole, but for the processor's rounding


@dataclass(frozen=True)
class Contributions:
    """What stands behind a cell: a value per unit if it is not only counted, the units of its base not in it.

    `least`: what everybody knows that each unit gives at least, as amounts are written in thousands, say.
    """

    n: int
    values: tuple[float, ...] = ()
    others: int | None = None
    least: float = 0.0


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


def _second_knows_first(cell: Contributions, share: float) -> bool:
    return sum(value - cell.least for value in sorted(cell.values)[:-2]) < share * _largest(cell, 1)


# Sources: Insee, Guide du secret statistique (law 51-711 of 7 June 1951): 3 units, 85 %. Hundepool et al., Statistical
# Disclosure Control, 2012: complements, p %. ACRO, checks of UK research data services; sdcMicro: class disclosure, 10.
RULES: tuple[Rule, ...] = (
    Rule("few_units", ("units", "total"), 3, _few, "fewer than 3 units contribute"),
    Rule("few_others", ("units",), 3, _few_others, "fewer than 3 units of the base are outside"),
    Rule("same_answer", ("units",), 0, _unanimous, "all units of the base answered the same"),
    Rule("dominant_unit", ("total",), 0.85, lambda cell, share: _largest(cell, 1) > share * sum(cell.values),
         "one unit makes more than 85 % of the value"),
    Rule("all_least", ("total",), 0, lambda cell, _: cell.n > 0 and sum(cell.values) <= cell.n * cell.least,
         "the total is the least that its units can give, so each is known"),
    Rule("under_10_units", ("units", "total"), 10, _few, "fewer than 10 units contribute", False),
    Rule("under_10_others", ("units",), 10, _few_others, "fewer than 10 units of the base are outside", False),
    Rule("two_dominant_units", ("total",), 0.90, lambda cell, share: _largest(cell, 2) > share * sum(cell.values),
         "two units make more than 90 % of the value", False),
    Rule("p_percent", ("total",), 0.10, _second_knows_first,
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
    "median_alike": "the class of the median would tell it, or an amount beside it, too closely",
}


def threshold(rules: Iterable[Rule]) -> int:
    """Return the fewest units a cell that is shown may have under some rules."""
    return max((int(rule.threshold) for rule in rules if rule.fails is _few), default=1)


def failed(cell: Contributions, rules: Sequence[Rule], statistic: str) -> str:
    """Return the name of the first rule that hides a figure of a cell (`units`, `total`); "" when it may be shown."""
    return next((rule.name for rule in rules if statistic in rule.hides and rule.fails(cell, rule.threshold)), "")


def checked_values(values: Iterable[float], where: str) -> tuple[float, ...]:
    """Return the contributions that are known. Raises `InputError` for one that is negative or infinite."""
    numbers = np.array(list(values), float)
    bad = numbers[(numbers < 0) | np.isinf(numbers)]
    if bad.size:
        raise InputError(f"{where}: value {bad[0]:g}: contributions must be finite and not negative to be protected.")
    return tuple(numbers[~np.isnan(numbers)].tolist())


def least_of(values: Iterable[float], grain: float) -> float:
    """Return what each value is at least, as all are multiples of it: 0 unless it is a grain or more.

    Readers guess it: amounts in tens of thousands of euros add up to no other total.
    """
    given = np.array(list(values), float)
    if not given.size or (given <= 0).any() or (given != np.rint(given)).any():
        return 0.0
    common = float(np.gcd.reduce(given.astype(np.int64)))
    return common if common >= grain else 0.0


def rounded(value: float, grain: float) -> float:
    """Return a value rounded to a multiple of a grain, halves upwards."""
    return float(np.floor(value / grain + 0.5) * grain)


@dataclass(frozen=True)
class Shown:
    """One figure: its value, or None and the name of the rule that hides it; `n` is what stands behind it.

    A median is a class, from `value` up to `below`.
    """

    value: float | None
    rule: str = ""
    n: int = 0
    below: float | None = None


def protected_median(
    values: Iterable[float], grain: float = 1.0, rules: Sequence[Rule] = STANDARD, units: Sequence[str] = ()
) -> Shown:
    """Return the class of the median of five units or more, unless it tells too much (`_tells`).

    `units` says whose each known value is, where a unit may have several; otherwise each is another unit's.
    """
    known = checked_values(values, "median")
    n = len(set(units)) if units else len(known)
    rule = failed(Contributions(n), rules, "units")
    if rule or n < MEDIAN_UNITS:
        return Shown(None, rule or ("median_of_few" if known else ""), len(known))
    low, below = median_class(float(np.median(known)), grain)
    whose = list(units) or [str(at) for at in range(len(known))]
    if _tells(low, below, known, whose, least_of(known, grain), rules):
        return Shown(None, "median_alike", len(known))
    return Shown(low, "", len(known), below)


def median_class(median: float, grain: float) -> tuple[float, float]:
    """Return the class of a median: from a power of three times the grain up to the next; one of 0 is alone in its own.

    >>> median_class(20_000, 1_000)
    (9000.0, 27000.0)
    """
    power = np.floor(np.log(median / grain) / np.log(MEDIAN_STEP) + EXACT) if median > 0 else -np.inf
    return float(grain * MEDIAN_STEP**power), float(grain * MEDIAN_STEP ** (power + 1))


def _tells(
    low: float, below: float, values: Sequence[float], whose: Sequence[str], least: float, rules: Sequence[Rule]
) -> bool:
    """Return whether a class, with the total and each respondent's own values, tells a median or a value too closely.

    The part of the class that the total leaves possible to each attacker must be wider than `WITHIN` around any number,
    and hold different values, of `MEDIAN_HOLDERS` units. What it leaves unknown of the values must pass the rules of
    totals where the values do.
    """
    ranked, total = sorted(values), sum(values)
    own = [[], *([v for v, unit in zip(values, whose, strict=True) if unit == one] for one in sorted(set(whose)))]

    def possible(median: float) -> bool:
        return low <= median < below and all(_possible(median, some, len(values), total, least) for some in own)

    held = [(value, unit) for value, unit in zip(values, whose, strict=True) if possible(value)]
    n_values, n_units = (len(set(some)) for some in zip(*held, strict=True)) if held else (0, 0)
    if n_values < 2 or n_units < MEDIAN_HOLDERS:
        return True
    # Readers who guess that all values are multiples of one number look at these only.
    step = least or EXACT * low
    first = np.ceil(low / step) * step
    if not possible(np.ceil(first * FAR_ENOUGH / step) * step):
        return True
    unknown = [value - (least if at < len(ranked) // 2 else low) for at, value in enumerate(ranked[:-2])]
    left = Contributions(len(ranked), (*unknown, *ranked[-2:]))
    whole = Contributions(len(ranked), tuple(ranked), least=least)
    return not failed(whole, rules, "total") and failed(left, rules, "total") != ""


def _possible(median: float, own: Sequence[float], n: int, total: float, least: float) -> bool:
    """Return whether n values of a total, some of them known, may have a median: others are least, or equal to it."""
    lower, below = (n - 1) // 2, sum(value < median for value in own)
    above = n - lower - (len(own) - below)
    fewest = sum(own) + (lower - below) * least + above * median
    return below <= lower and above >= 0 and fewest <= total

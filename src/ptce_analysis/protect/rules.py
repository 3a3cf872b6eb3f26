"""The rules of disclosure as data: what may not be shown of a cell; and single figures, shown by the same rules.

The law of 7 June 1951 binds official statistics, not this study; its usual thresholds are what French readers expect.
Tables with margins go through `suppress.protect`; a figure may stand alone where no other could be subtracted from it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np

from ptce_analysis.vocabulary import Label

# What a reader sees instead of a figure that is not shown; the same mark whatever the rule.
MARK = "s"
MARK_LABEL: Label = (
    "s: not shown, so that no respondent can be recognised",
    "s : non diffusé, pour qu’aucun répondant ne soit reconnu",
)
# Assumption: a figure that is not shown counts as recovered when it is known within 10 % of what others contribute.
# Source: the p of 10 % usual in τ-ARGUS and sdcMicro (Hundepool et al. 2012). If wrong: change it.
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

    def largest(self, n: int) -> float:
        """Return what its n largest units give together."""
        return sum(sorted(self.values)[-n:])


@dataclass(frozen=True)
class Rule:
    """A rule: what it says, the figures of a cell it hides, and when a cell fails it."""

    name: str
    label: str
    hides: tuple[str, ...]
    fails: Callable[[Contributions], bool]
    by_default: bool = True


# Sources: Insee, Guide du secret statistique (law 51-711 of 7 June 1951): 3 units, 85 %. Hundepool et al., Statistical
# Disclosure Control, 2012: complements, p %. ACRO, checks of UK research data services; sdcMicro: class disclosure, 10.
RULES: tuple[Rule, ...] = (
    Rule("few_units", "fewer than 3 units contribute", ("units", "total"), lambda cell: 0 < cell.n < 3),
    Rule("few_others", "fewer than 3 units of the base are outside", ("units",),
         lambda cell: cell.others is not None and 0 < cell.others < 3),
    Rule("same_answer", "all units of the base answered the same", ("units",),
         lambda cell: cell.others is not None and (cell.n == 0) != (cell.others == 0)),
    Rule("dominant_unit", "one unit makes more than 85 % of the value", ("total",),
         lambda cell: cell.largest(1) > 0.85 * sum(cell.values)),
    Rule("all_least", "the total is the least that its units can give, so each is known", ("total",),
         lambda cell: cell.n > 0 and sum(cell.values) <= cell.n * cell.least),
    Rule("under_10_units", "fewer than 10 units contribute", ("units", "total"), lambda cell: 0 < cell.n < 10, False),
    Rule("under_10_others", "fewer than 10 units of the base are outside", ("units",),
         lambda cell: cell.others is not None and 0 < cell.others < 10, False),
    Rule("two_dominant_units", "two units make more than 90 % of the value", ("total",),
         lambda cell: cell.largest(2) > 0.90 * sum(cell.values), False),
    Rule("p_percent", "the second largest unit could know the largest within 10 %", ("total",),
         lambda cell: sum(value - cell.least for value in sorted(cell.values)[:-2]) < 0.10 * cell.largest(1), False),
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


def threshold(rules: Sequence[Rule]) -> int:
    """Return the fewest units a cell that is shown may have under some rules."""
    return next(n for n in count(1) if not failed(Contributions(n), rules, "units"))


def failed(cell: Contributions, rules: Sequence[Rule], statistic: str) -> str:
    """Return the name of the first rule that hides a figure of a cell (`units`, `total`); "" when it may be shown."""
    return next((rule.name for rule in rules if statistic in rule.hides and rule.fails(cell)), "")


def least_of(values: Iterable[float], grain: float) -> float:
    """Return what readers guess each value to be at least, as all are multiples of it; 0 where less than a grain."""
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
    """One figure: its value, or None and the name of the rule that hides it; a median is a class, up to `below`."""

    value: float | None
    rule: str = ""
    below: float | None = None


def protected_median(
    values: Sequence[float], grain: float = 1.0, rules: Sequence[Rule] = STANDARD, units: Sequence[str] = ()
) -> Shown:
    """Return the class of the median of five units or more, unless it tells too much (`_tells`).

    `units` says whose each value is, where a unit may have several; otherwise each is another unit's.
    """
    whose = list(units) or [str(at) for at in range(len(values))]
    rule = failed(Contributions(n := len(set(whose))), rules, "units")
    if rule or n < MEDIAN_UNITS:
        return Shown(None, rule or ("median_of_few" if n else ""))
    low, below = median_class(float(np.median(values)), grain)
    told = _tells(low, below, values, whose, least_of(values, grain), rules)
    return Shown(None, "median_alike") if told else Shown(low, "", below)


def median_class(median: float, grain: float) -> tuple[float, float]:
    """Return the class of a median, from a power of three times the grain to the next; one of 0 is alone in its own."""
    power = np.floor(np.log(median / grain) / np.log(MEDIAN_STEP) + EXACT) if median > 0 else -np.inf
    return float(grain * MEDIAN_STEP**power), float(grain * MEDIAN_STEP ** (power + 1))


def _tells(
    low: float, below: float, values: Sequence[float], whose: Sequence[str], least: float, rules: Sequence[Rule]
) -> bool:
    """Whether a class, with the total and each respondent's own values, tells a median or a value too closely.

    What the total leaves possible of it to each attacker must be wider than `WITHIN` around any number, and hold
    different values, of `MEDIAN_HOLDERS` units; what is unknown of the values must pass the rules of totals as they do.
    """
    ranked, n, total = sorted(values), len(values), sum(values)
    own = [[], *([v for v, unit in zip(values, whose, strict=True) if unit == one] for one in sorted(set(whose)))]

    def possible_to(known: Sequence[float], median: float) -> bool:
        """Whether the total allows a median to one who knows these values: the others give as little as they can."""
        lower, under = (n - 1) // 2, sum(value < median for value in known)
        above = n - lower - (len(known) - under)
        return under <= lower and above >= 0 and sum(known) + (lower - under) * least + above * median <= total

    def possible(median: float) -> bool:
        return low <= median < below and all(possible_to(known, median) for known in own)

    held = [(value, unit) for value, unit in zip(values, whose, strict=True) if possible(value)]
    if len({value for value, _ in held}) < 2 or len({unit for _, unit in held}) < MEDIAN_HOLDERS:
        return True
    # Readers who guess that all values are multiples of one number look at these only.
    step = least or EXACT * low
    first = np.ceil(low / step) * step
    if not possible(np.ceil(first * FAR_ENOUGH / step) * step):
        return True
    unknown = [value - (least if at < n // 2 else low) for at, value in enumerate(ranked[:-2])]
    whole, left = Contributions(n, tuple(ranked), least=least), Contributions(n, (*unknown, *ranked[-2:]))
    return not failed(whole, rules, "total") and failed(left, rules, "total") != ""

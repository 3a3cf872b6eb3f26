"""What every comparison of two proportions is made of: checked counts, and results that carry method and convention."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

from ptce_analysis.errors import InputError, nearest

Rate = tuple[int, int]

LARGEST_GROUP = 1_000_000


@dataclass(frozen=True)
class Method:
    """What a method does where methods differ (its convention), and where it comes from."""

    convention: str
    source: str


_FAGERLAND = "Fagerland, Lydersen & Laake 2017, Statistical Analysis of Contingency Tables, ch. 4"
METHODS: dict[str, Method] = {
    "wilson": Method("score, no continuity correction", "Wilson 1927, JASA 22:209-212"),
    "clopper_pearson": Method("exact, each tail at most (1 - confidence)/2", "Clopper & Pearson 1934, Biometrika 26"),
    "jeffreys": Method(
        "equal tails of Beta(k + 1/2, n - k + 1/2); bound 0 when k = 0, bound 1 when k = n",
        "Brown, Cai & DasGupta 2001, Statistical Science 16:101-133",
    ),
    "newcombe": Method(
        "hybrid of two Wilson intervals, no continuity correction",
        "Newcombe 1998, Statistics in Medicine 17:873-890, method 10",
    ),
    "agresti_caffo": Method(
        "Wald after one success and one failure are added to each group, cut at -1 and 1",
        "Agresti & Caffo 2000, The American Statistician 54:280-288",
    ),
    "miettinen_nurminen": Method(
        "score, variance at the restricted maximum likelihood times N/(N - 1), N units in all",
        "Miettinen & Nurminen 1985, Statistics in Medicine 4:213-226",
    ),
    "koopman": Method("score for a ratio, no variance factor", "Koopman 1984, Biometrics 40:513-517"),
    "sample_odds_ratio": Method("cross product of the four counts", "definition"),
    "conditional_odds_ratio": Method(
        "conditional maximum likelihood given both margins; exact interval, each tail (1 - confidence)/2",
        "Cornfield 1956; Fisher's noncentral hypergeometric distribution",
    ),
    "fisher": Method(
        "two-sided: all tables with the same margins no more likely than the observed one",
        "Fisher 1935; Freeman & Halton 1951",
    ),
    "mid_p": Method(
        "two-sided: as Fisher's test, tables as likely as the observed one counted by half",
        f"Lydersen, Fagerland & Laake 2009, Statistics in Medicine 28:1159-1175; {_FAGERLAND}",
    ),
    "barnard": Method(
        "two-sided: tables whose pooled score statistic is as large in absolute value; maximum over the common share",
        "Suissa & Shuster 1985, JRSS A 148:317-327",
    ),
    "boschloo": Method(
        "two-sided: tables whose two-sided Fisher p-value is as small; maximum over the common share",
        "Boschloo 1970, Statistica Neerlandica 24:1-9",
    ),
    "pearson": Method("chi-square with one degree of freedom, no continuity correction", "Pearson 1900"),
    "beta_binomial": Method(
        "independent Beta priors with the printed parameters; equal-tailed credible interval",
        "Gelman et al. 2013, Bayesian Data Analysis, ch. 2; factor: Gunel & Dickey 1974, Biometrika 61:545-557",
    ),
    "manski": Method(
        "worst cases: no silent unit counts, every silent unit counts", "Manski 1989, Journal of Human Resources 24"
    ),
    "finite_exact": Method(
        "hypergeometric, each tail above (1 - confidence)/2; random response assumed",
        "Buonaccorsi 1987, The American Statistician 41:215-218",
    ),
}  # fmt: skip

# Why a value is not estimable, or why a bound has no finite value.
REASONS: dict[str, str] = {
    "no_success": "neither group has a success: a ratio of shares has no meaning",
    "no_success_in_first": "the first group has no success: the ratio has no finite estimate and no upper bound",
    "zero_cell": "a count of zero makes the odds ratio infinite: no finite estimate and no upper bound",
    "no_variation": "every unit of both groups has the same answer: the data cannot tell the groups apart",
    "beyond_numbers": "the Bayes factor is larger than a number can hold",
    "group_too_large": "a group is larger than this exact test is computed for; use the other tests",
    "population_not_found": "the number of units in the population was not found",
    "population_below_base": "fewer units are printed for the population than answered",
    "nobody_silent": "every unit of the population answered",
    "out_of_reach": "no answer of the silent units could give this share",
    "equal_shares": "the two shares are the same: no size tells them apart",
    "beyond_largest": "not reached with the largest size considered",
}


@dataclass(frozen=True)
class Estimate:
    """An estimate with its interval. `None` where nothing can be stated, with a `reason` (a key of `REASONS`).

    `high` is `math.inf` when the data set no upper bound.
    """

    method: str
    estimate: float | None
    low: float | None
    high: float | None
    confidence: float | None = None
    reason: str = ""


@dataclass(frozen=True)
class Test:
    """A two-sided p-value; `None` where it cannot be stated, with a `reason` (a key of `REASONS`)."""

    __test__ = False  # its name is no reason for pytest to collect it

    method: str
    p_value: float | None
    reason: str = ""


def parse_rate(text: str) -> Rate:
    """Return the count and the base written as `13/42`.

    Raises `InputError` for a text that is not two whole numbers with a slash.

    >>> parse_rate("13/42")
    (13, 42)
    """
    found = re.fullmatch(r"\s*(\d{1,9})\s*/\s*(\d{1,9})\s*", text, flags=re.ASCII)
    if not found:
        raise InputError(f"rate {text!r}: a count, a slash and a base are expected, in whole numbers, such as 13/42.")
    return checked_rate((int(found[1]), int(found[2])), f"rate {text!r}")


def checked_rate(rate: Rate, name: str) -> Rate:
    """Return the rate as two Python whole numbers, 0 <= count <= base, 1 <= base <= `LARGEST_GROUP`.

    A group without units is refused: nothing can be said of it, and leaving it out is the caller's decision.
    """
    try:
        count, base = (operator.index(part) for part in rate if not isinstance(part, bool))
    except (TypeError, ValueError):
        raise InputError(f"{name}: value {rate!r}: two whole numbers (count, base) are expected.") from None
    if base == 0:
        raise InputError(f"{name}: value {count}/0: a group without units has no share; leave it out and say why.")
    if not 1 <= base <= LARGEST_GROUP:
        raise InputError(f"{name}: base {base}: legal bases are 1 to {LARGEST_GROUP}.")
    if not 0 <= count <= base:
        raise InputError(f"{name}: count {count}: legal counts are 0 to {base}, the base; is it count/base?")
    return count, base


def checked_fraction(value: float, name: str) -> float:
    """Return a number strictly between 0 and 1 (a confidence, a level, a power).

    Raises `InputError`, naming it, for any other.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < 1:
        raise InputError(f"{name}: value {value!r}: legal values lie strictly between 0 and 1; write 0.95 for 95 %.")
    return float(value)


def checked_choice(value: str, name: str, legal: tuple[str, ...]) -> str:
    """Return a value that is one of the legal ones.

    Raises `InputError`, naming it, the legal ones and the nearest, for any other.
    """
    if value not in legal:
        raise InputError(f"{name}: value {value!r}: legal values: {', '.join(legal)}.{nearest(value, legal)}")
    return value


def normal_quantile(confidence: float) -> float:
    """Return z such that a standard normal lies within -z and z with that probability."""
    return NormalDist().inv_cdf((1 + checked_fraction(confidence, "confidence")) / 2)


def boundary(inside: Callable[[float], bool], inner: float, outer: float, halvings: int = 64) -> float:
    """Return where a condition that holds at `inner` stops holding on the way to `outer` (`outer` if it never does).

    Bisection: the same steps on any machine, and no starting value to choose.
    """
    if inside(outer):
        return outer
    for _ in range(halvings):
        middle = (inner + outer) / 2
        if middle in (inner, outer):  # no number lies between them
            break
        inner, outer = (middle, outer) if inside(middle) else (inner, middle)
    return inner


def is_finite(value: float | None) -> bool:
    """Whether a bound can be printed as a number."""
    return value is not None and math.isfinite(value)

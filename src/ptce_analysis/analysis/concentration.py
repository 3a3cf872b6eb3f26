"""How unequal n non-negative amounts must be, at the least, when their total and their median are known."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from ptce_analysis.analysis.feasible.row import can_hold
from ptce_analysis.errors import InputError
from ptce_analysis.vocabulary import Band


@dataclass(frozen=True)
class Concentration:
    """The most equal amounts possible, as `(value, times)` from low to high, and what they imply.

    Every other data set with the same number, total and median is at least as unequal by all three measures: `gini`,
    `top_half_share` (what the largest floor(n/2) hold) and `maximum`.
    """

    n: int
    total: Fraction
    runs: tuple[tuple[Fraction, int], ...]

    @property
    def amounts(self) -> tuple[Fraction, ...]:
        """The extreme data set itself, from low to high, for display."""
        return tuple(value for value, times in self.runs for _ in range(times))

    @property
    def maximum(self) -> Fraction:
        """The largest amount."""
        return self.runs[-1][0]

    @property
    def gini(self) -> Fraction:
        """The Gini index (of the n amounts as a population); 0 when the total is 0."""
        lowest, times = self.runs[0]
        return Fraction(times, self.n) - times * lowest / self.total if self.total else Fraction(0)

    @property
    def top_half_share(self) -> Fraction:
        """The share of the total held by the largest floor(n/2); 0 when the total is 0."""
        half, lowest, (highest, above) = self.n // 2, self.runs[0][0], self.runs[-1]
        held = min(above, half) * highest + max(half - above, 0) * lowest
        return held / self.total if self.total else Fraction(0)


def forced_concentration(n: int, total: Fraction, median: Fraction) -> Concentration:
    """Return the most equal n amounts with this total and median: floor(n/2) + 1 at the median, the others all alike.

    The others share what is left: above the median when the mean is, below it otherwise. The sum of the i smallest
    amounts is then, for every i, the greatest possible (the data set is majorised by all others), hence the smallest
    Gini index, top half and maximum.

    >>> forced_concentration(5, Fraction(100), Fraction(10)).amounts == (10, 10, 10, 35, 35)
    True

    Raises `InputError` when no n amounts have this total and median.
    """
    if n < 1 or not can_hold(n, (total, total), (median, median)):
        raise InputError(f"{n} amounts with median {median} cannot total {total}.")
    centre, others = n // 2 + 1, (n - 1) // 2
    if not others:
        return Concentration(n, total, ((median, n),))
    rest = (total - centre * median) / others
    return Concentration(n, total, tuple(sorted(((median, centre), (rest, others)))))


def mildest(n: int, total: Band, median: Band) -> Band:
    """Return the total and median, within their bands, that force the least concentration on n amounts (n above 0)."""
    if total[0] > n * median[1]:
        return total[0], median[1]
    if total[1] < n * median[0]:
        return total[1], median[0]
    shared = max(total[0] / n, median[0])
    return n * shared, shared

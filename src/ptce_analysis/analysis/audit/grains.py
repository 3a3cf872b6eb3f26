"""To what step a document rounded its percentages: the grain typed is a hypothesis, and heaping may speak against it.

A document is what one source prints of one wave. Percentages rounded to the point are multiples of 5 points once in
five; where nearly all of them are, the document most likely rounded to 5 points, and the audit is run again with that
grain. Only the multiples are read with it: a document that rounds to 5 points cannot print 41%.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

import numpy as np

from ptce_analysis.analysis.audit.reasons import Phrase, Quantity, Reason
from ptce_analysis.analysis.audit.records import Finding, Printed, stated_base
from ptce_analysis.analysis.audit.shares import Values, is_percentage
from ptce_analysis.analysis.percent import count_range
from ptce_analysis.published import Fact

FIVE, TEN = Fraction(5, 100), Fraction(10, 100)
# Assumption: fewer percentages, or a likelier heap, show nothing of how a document rounds. Source: usage of tests at
# one in a thousand. If wrong: a coarse grain is missed, or seen where there is none; both verdicts are shown.
LEAST_FIGURES, BEYOND_CHANCE = 8, 0.001
LONGEST_ODDS = 10**9


@dataclass(frozen=True)
class Document:
    """How many of the percentages of a source and wave are multiples of a step, and how likely that is by chance.

    Those counted (`n`) are typed with a grain finer than 5 points, other than 0% and 100%. `probability` is that of so
    many multiples (`k`) where percentages fall on every multiple of their grain alike; `probability_on_bases` where
    every count out of their base is as likely, for those whose base is known: on a base of 20 all are multiples of 5.
    `grain` is the step inferred, None where chance or the bases can explain the heap.
    """

    source: str
    wave: int
    n: int
    k: int
    probability: float
    probability_on_bases: float
    step: Fraction
    grain: Fraction | None = None

    @property
    def is_heaped(self) -> bool:
        """Whether neither chance nor the bases explain so many multiples."""
        return self.n >= LEAST_FIGURES and max(self.probability, self.probability_on_bases) < BEYOND_CHANCE


def documents(printed: Printed) -> tuple[Document, ...]:
    """Return what the percentages of each source and wave say of their rounding, in the order of the figures."""
    found: dict[tuple[str, int], list[Fact]] = defaultdict(list)
    for fact in printed.facts.values():
        if is_percentage(fact):
            found[fact.source, fact.wave].append(fact)
    return tuple(_document(printed, *key, facts) for key, facts in found.items())


def _document(printed: Printed, source: str, wave: int, facts: Iterable[Fact]) -> Document:
    """The heap on fives, unless it is one on tens: no odd multiple of 5, or fewer than one in two leaves to chance."""
    counted = [fact for fact in facts if _is_fine(fact) and 0 < fact.value < 1]
    fives, tens = (_heap(printed, source, wave, counted, step) for step in (FIVE, TEN))
    halves = [_chance(fact, TEN) / _chance(fact, FIVE) for fact in counted if fact.value % FIVE == 0]
    rather_tens = tens.k == fives.k or tail(halves, tens.k) < BEYOND_CHANCE
    chosen = tens if tens.is_heaped and (rather_tens or not fives.is_heaped) else fives
    return replace(chosen, grain=chosen.step) if chosen.is_heaped else chosen


def _is_fine(fact: Fact) -> bool:
    """Whether a percentage is typed as rounded, and more finely than to 5 points (a fraction in words is not)."""
    return 0 < fact.grain < FIVE


def _heap(printed: Printed, source: str, wave: int, counted: Sequence[Fact], step: Fraction) -> Document:
    k = sum(fact.value % step == 0 for fact in counted)
    typed = tail([_chance(fact, step) for fact in counted], k)
    on_bases = tail([_chance_on_base(printed, fact, step) for fact in counted], k)
    return Document(source, wave, len(counted), k, typed, on_bases, step)


def _chance(fact: Fact, step: Fraction) -> float:
    """How often a multiple of the grain of a figure is one of a step: once in five, for 1 point and 5."""
    return 1 / (step / fact.grain).numerator


def _chance_on_base(printed: Printed, fact: Fact, step: Fraction) -> float:
    """How often a count out of the base of a figure prints as a multiple of a step, neither 0% nor 100%, at the most.

    Halves are rounded either way, whichever makes the heap likelier.
    """
    base = stated_base(printed, fact)
    if base is None:
        return _chance(fact, step)
    return max(_multiples(n, fact.grain, step) for n in base.numbers)


@lru_cache(maxsize=1024)
def _multiples(n: int, grain: Fraction, step: Fraction) -> float:
    found = sum(len(count_range(j * step, n, grain)) for j in range(1, int(1 / step)))
    others = n + 1 - 2 * math.ceil(n * grain / 2)
    return min(found / others, 1.0) if others > 0 else 1.0


def tail(chances: Iterable[float], k: int) -> float:
    """Return the probability that at least k of independent events happen, each with its own chance.

    With equal chances, this is the upper tail of the binomial.
    """
    exactly = np.ones(1)
    for chance in chances:
        exactly = np.convolve(exactly, (1 - chance, chance))
    return float(exactly[k:].sum())


def at_inferred_grains(facts: Mapping[str, Fact]) -> Mapping[str, Fact]:
    """Return the figures with the percentages of documents that heap on a step read as rounded to it.

    What is no multiple of the step keeps the grain it was typed with, and so does a fraction in words.
    """
    grains = {(one.source, one.wave): one.grain for one in documents(Printed(facts))}
    found = {}
    for id_, fact in facts.items():
        grain = grains.get((fact.source, fact.wave))
        heaped = grain and is_percentage(fact) and _is_fine(fact) and fact.value % grain == 0
        found[id_] = replace(fact, grain=grain) if grain and heaped else fact
    return found


def heaped(printed: Printed) -> Iterator[Finding]:
    """Where too many percentages of a source and wave are multiples of 5 or 10 points, it most likely rounded to that.

    An exact binomial test on eight percentages or more, at one in a thousand; fractions in words, 0% and 100% do not
    count, nor does a heap that the stated bases explain. A note: it changes no verdict, and the audit gives a second
    one, with the multiples read at the inferred grain.
    """
    heaps = {(one.source, one.wave): one for one in documents(printed) if one.grain}
    for fact in printed.facts.values():
        heap = heaps.get((fact.source, fact.wave))
        if heap and is_percentage(fact):
            yield Finding(fact.id, "unverifiable", Phrase(Reason.HEAPED, _values(heap)), origin="assumption")


def _values(heap: Document) -> Values:
    likeliest = max(heap.probability, heap.probability_on_bases, 1 / LONGEST_ODDS)
    odds = math.floor(1 / likeliest)
    # "Less than once in": cut to two figures, never rounded above.
    digits = 10 ** max(len(str(odds)) - 2, 0)
    return {
        "k": Quantity(heap.k),
        "n": Quantity(heap.n),
        "source": Quantity(heap.source, "text"),
        "wave": Quantity(str(heap.wave), "text"),
        "step": Quantity(heap.step * 100),
        "odds": Quantity(odds // digits * digits),
    }

"""What the rules of the audit work with, and those on what counts allow: percentages, counts, heaps."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, lru_cache

from ptce_analysis.analysis.audit_words import Phrase, Quantity, Said, english, say, steps_of
from ptce_analysis.analysis.percent import LARGEST_BASE, attainable_counts, joint_bases, nearest_counts, smallest_base
from ptce_analysis.published import Fact

FIVE = Fraction(5, 100)
# Assumption: fewer percentages, or a likelier heap, show nothing of how a document rounds. Source: usage of tests at
# one in a thousand. If wrong: a coarse grain is missed, or seen where there is none; both verdicts are shown.
LEAST_FIGURES, BEYOND_CHANCE = 8, 0.001


@dataclass(frozen=True)
class Finding:
    """What one rule (by its name) says of one figure: a verdict and its arithmetic.

    `related`: the other figures of the arithmetic. `premises`: what must hold for it to say anything of them. `origin`
    is `assumption` when it rests on a base that is not printed beside the figure, else `derived`.
    """

    id: str
    verdict: str
    phrase: Phrase
    related: tuple[str, ...] = ()
    premises: tuple[Phrase, ...] = ()
    origin: str = "derived"
    rule: str = ""

    @property
    def reason(self) -> str:
        """The arithmetic on one line, in English."""
        return english(self.phrase)

    @property
    def members(self) -> tuple[str, ...]:
        """The figures of the arithmetic, by id."""
        return (self.id, *self.related)


def each(
    facts: Sequence[Fact], verdict: str, phrase: Phrase, premises: tuple[Phrase, ...] = (), origin: str = "derived"
) -> Iterator[Finding]:
    """Yield the same finding of each figure, the others being related to it."""
    for fact in facts:
        yield Finding(fact.id, verdict, phrase, ids(one for one in facts if one is not fact), premises, origin)


def ids(facts: Iterable[Fact]) -> tuple[str, ...]:
    """Return the ids of figures, in order."""
    return tuple(fact.id for fact in facts)


@dataclass(frozen=True)
class Base:
    """What a figure is said of: the possible numbers of units, `n` the likeliest; whether it is `printed` beside it."""

    numbers: range
    n: int
    phrase: Phrase
    printed: bool = False


@dataclass(frozen=True)
class Printed:
    """The printed figures, arranged so that every rule finds what it needs without searching."""

    facts: Mapping[str, Fact]

    @cached_property
    def figures(self) -> Mapping[tuple[str, str, int, str], Fact]:
        """Figures by indicator, level, wave and source; of a figure the same source prints twice, the first."""
        found: dict[tuple[str, str, int, str], Fact] = {}
        for fact in self.facts.values():
            found.setdefault((fact.indicator, fact.level, fact.wave, fact.source), fact)
        return found

    @cached_property
    def bases(self) -> defaultdict[tuple[int, str, str | None], set[int]]:
        """Every base a source prints in a wave, beside each label of units and (under None) beside any."""
        found = defaultdict[tuple[int, str, str | None], set[int]](set)
        for fact in self.facts.values():
            if fact.base_n:
                found[fact.wave, fact.source, None].add(fact.base_n)
                found[fact.wave, fact.source, units(fact)].add(fact.base_n)
        return found

    def base(self, fact: Fact) -> Base | None:
        """Return the base of a figure: printed beside it, else beside the same units (if it is one), else respondents.

        Their number is no base when it is printed too coarsely (more than a hundred candidates).
        """
        said: Said = {"n": fact.base_n, "source": fact.source}
        if fact.base_n:
            return Base(range(fact.base_n, fact.base_n + 1), fact.base_n, say("base_printed", **said), True)
        same = self.bases[fact.wave, fact.source, units(fact)] if units(fact) else ()
        if len(same) == 1:
            (n,) = same
            return Base(range(n, n + 1), n, say("base_same_units", n=n, source=fact.source))
        # Assumption (01, 02): A percentage without a base concerns all the respondents of its source. Source: usage of
        # survey reports. If wrong: it is judged on another base than its own.
        respondents = self.figures.get(("respondents", "", fact.wave, fact.source))
        numbers = whole_numbers(respondents) if respondents else range(0)
        if respondents is None or not 1 <= len(numbers[:101]) <= 100 or numbers[-1] < 1:
            return None
        low, high = max(numbers[0], 1), numbers[-1]
        said["n"] = n = min(max(round(respondents.value), low), high)
        told = say("base_respondents", **said) if low == high else say("base_about", **said, low=low, high=high)
        return Base(range(low, high + 1), n, told)


def whole_numbers(fact: Fact) -> range:
    """Return the whole numbers that round to a printed count; none for what is no count."""
    low, high = fact.band
    return range(math.ceil(low), math.floor(high) + 1) if fact.statistic == fact.unit == "count" else range(0)


def units(fact: Fact) -> str:
    """Return the units a figure is said of, as its source words them, without what stands in parentheses."""
    return fact.base_label.split("(")[0].strip()


def is_percentage(fact: Fact) -> bool:
    """Return whether a figure is a share of a number of units, rather than a median, mean or limit of shares."""
    return fact.unit == fact.statistic == "share"


def percentages(printed: Printed) -> Iterator[Finding]:
    """A percentage printed with grain g over n units must be within g/2 of k/n for some whole k (the GRIM test).

    Where it can occur on another base (see `Printed.base`), it is `other_base_only`; `impossible` needs a printed base,
    and no base up to it nor up to 120. A median, a mean or a limit of shares is not a count out of a base.
    """
    for fact in printed.facts.values():
        if is_percentage(fact) and (base := printed.base(fact)):
            premises = say("all_of_base", base=base.phrase), say("unweighted"), steps_of(fact)
            origin = "derived" if base.printed else "assumption"
            yield Finding(fact.id, *_percentage(printed, fact, base), (), premises, origin)
        elif is_percentage(fact):
            yield Finding(fact.id, "unverifiable", say("percent_no_base", source=fact.source))
        elif fact.unit == "share":
            phrase = say("not_a_count", statistic=Quantity(fact.statistic, "statistic"))
            yield Finding(fact.id, "unverifiable", phrase)


def _percentage(printed: Printed, fact: Fact, base: Base) -> tuple[str, Phrase]:
    share, grain, largest = fact.value, fact.grain, base.numbers[-1]
    for n in sorted(base.numbers, key=lambda number: abs(number - base.n)):
        if counts := attainable_counts(share, n, grain):
            nearest = Quantity(((min(max(round(share * n), counts[0]), counts[-1]), n),), "fraction")
            return "consistent", say("percent_holds", nearest=nearest, printed=fact, base=base.phrase)
    nearest = Quantity(tuple((count, base.n) for count in nearest_counts(share, base.n)), "fraction")
    said: Said = {"printed": fact, "n": base.n, "exact": share * base.n, "nearest": nearest, "base": base.phrase}
    if found := joint_bases([(share, grain)]):
        below = Quantity(tuple(n for n in found if n <= largest), "bases")
        others = Quantity(tuple(n for n in found if n in printed.bases[fact.wave, fact.source, None]), "bases")
        return "other_base_only", say("percent_elsewhere", **said, below=below, others=others)
    first = smallest_base(share, grain)
    refuted = base.printed and first > max(LARGEST_BASE, largest)
    return "impossible" if refuted else "other_base_only", say("percent_beyond", **said, first=first)


def counts(printed: Printed) -> Iterator[Finding]:
    """A count cannot exceed the base printed beside it."""
    for fact in printed.facts.values():
        if fact.statistic == fact.unit == "count" and fact.base_n:
            holds, premise = fact.band[0] <= fact.base_n, say("counted", n=fact.base_n)
            phrase = say("count_holds" if holds else "count_fails", count=fact, n=fact.base_n)
            yield Finding(fact.id, "consistent" if holds else "impossible", phrase, (), (premise,))


def bases(printed: Printed) -> Iterator[Finding]:
    """The percentages and counts said of a printed number (respondents, or a base beside them) must occur on it.

    One that cannot has its own finding: it accuses the figure or what it is said of.
    """
    for fact in (one for one in printed.facts.values() if one.unit == "count" and not one.level):
        if fact.statistic not in ("count", "sum") or len(set(fact.band)) > 1:
            continue
        n, said = int(fact.value), list[bool]()
        for other in printed.facts.values():
            assumed = fact.indicator == "respondents" and is_percentage(other)
            if (other.wave, other.source) == (fact.wave, fact.source) and (other.base_n == n or assumed):
                if is_percentage(other) and (base := printed.base(other)) and list(base.numbers) == [n]:
                    said.append(bool(attainable_counts(other.value, n, other.grain)))
                elif other.statistic == other.unit == "count":
                    said.append(other.band[0] <= n)
        if said:
            code = "base_holds" if all(said) else "base_fails"
            phrase = say(code, k=len(said), n=n, fails=said.count(False))
            yield Finding(fact.id, "consistent" if all(said) else "unverifiable", phrase)


@dataclass(frozen=True)
class Document:
    """How many (`k`) of the `n` percentages of a source and wave are multiples of `step`, and how likely by chance.

    Those counted are typed with a grain finer than 5 points, other than 0% and 100%. Every multiple of their grain is
    as likely or, if that makes `k` likelier, every count out of their base: on a base of 20 all are multiples of 5.
    """

    source: str
    wave: int
    n: int
    k: int
    probability: float
    step: Fraction = FIVE

    @property
    def grain(self) -> Fraction | None:
        """The step inferred; None where chance or the bases can explain the heap."""
        return self.step if self.n >= LEAST_FIGURES and self.probability < BEYOND_CHANCE else None


def documents(printed: Printed) -> dict[tuple[str, int], Document]:
    """Return what the percentages of each source and wave say of their rounding, in the order of the figures."""
    grouped, found = defaultdict[tuple[str, int], list[Fact]](list), dict[tuple[str, int], Document]()
    for fact in filter(is_percentage, printed.facts.values()):
        grouped[fact.source, fact.wave].append(fact)
    for key, facts in grouped.items():
        counted = [fact for fact in facts if 0 < fact.grain < FIVE and 0 < fact.value < 1]
        n, k, chance = len(counted), sum(fact.value % FIVE == 0 for fact in counted), 0.0
        for fact in counted:
            # A multiple of the grain is one of 5 points once in five, for a grain of 1 point. Halves of counts out of a
            # base are rounded either way, whichever makes the heap likelier; so does the likeliest figure for all.
            base = printed.base(fact)
            bases = [_multiples(number, fact.grain) for number in base.numbers] if base else []
            chance = max(chance, 1 / (FIVE / fact.grain).numerator, *bases)
        tail = (math.comb(n, some) * chance**some * (1 - chance) ** (n - some) for some in range(k, n + 1))
        found[key] = Document(*key, n, k, math.fsum(tail))
    return found


@lru_cache(maxsize=1024)
def _multiples(n: int, grain: Fraction) -> float:
    """How often a count out of n, other than those that print as 0% and 100%, prints as a multiple of 5 points."""
    found = sum(len(attainable_counts(j * FIVE, n, grain)) for j in range(1, 20))
    others = n + 1 - 2 * math.ceil(n * grain / 2)
    return min(found / others, 1.0) if others > 0 else 1.0


def at_inferred_grains(facts: Mapping[str, Fact]) -> Mapping[str, Fact]:
    """Return the figures, the multiples of a step on which the percentages of their document heap rounded to it."""
    found = documents(Printed(facts))

    def coarser(fact: Fact) -> Fact:
        step = found[fact.source, fact.wave].grain if is_percentage(fact) else None
        return replace(fact, grain=step) if step and 0 < fact.grain < FIVE and fact.value % step == 0 else fact

    return {id_: coarser(fact) for id_, fact in facts.items()}


def heaped(printed: Printed) -> Iterator[Finding]:
    """Where too many percentages of a source and wave are multiples of 5 points, it most likely rounded to that."""
    found = documents(printed)
    for fact in filter(is_percentage, printed.facts.values()):
        heap = found[fact.source, fact.wave]
        if heap.grain:
            said: Said = {"k": heap.k, "n": heap.n, "source": heap.source, "step": heap.step * 100}
            phrase = say("heaped", **said, wave=Quantity(str(heap.wave), "text"))
            yield Finding(fact.id, "unverifiable", phrase, origin="assumption")

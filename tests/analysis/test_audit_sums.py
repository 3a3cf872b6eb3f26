"""Rules on parts and wholes: small reports, every verdict worked out by hand or by trying every choice."""

import itertools
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from printed_figures import count, euros, fact, report, share
from ptce_analysis.analysis.audit import Verdict, audit
from ptce_analysis.analysis.audit_rows import choices
from ptce_analysis.published import Fact

LEVELS = ("commune", "epci", "departement", "region", "etat", "europe")


def verdicts(*facts: Fact) -> dict[str, Verdict]:
    """The verdicts on a report, by figure."""
    return {one.id: one for one in audit(report(*facts))}


def loans(*amounts: int | Fraction, grain: int = 1) -> list[Fact]:
    """Amounts lent, one level each."""
    return [euros("loans_amount", amount, grain, level=level) for level, amount in zip(LEVELS, amounts, strict=False)]


def total_verdict(total: int, *amounts: int, grain: int = 1) -> Verdict:
    """The verdict on a total printed above amounts by level."""
    return verdicts(*loans(*amounts, grain=grain), euros("loans_total", total, grain))["loans_total_2015"]


def test_all_parts_make_the_total() -> None:
    """1 + 2 + 4 = 7; parts and total are consistent."""
    found = verdicts(*loans(1, 2, 4), euros("loans_total", 7))
    assert {one.verdict for one in found.values()} == {"consistent"}
    assert found["loans_total_2015"].reason == "The 3 parts add up to €7 (€5.5 to €8.5 with roundings), published €7."


def test_some_parts_make_the_total() -> None:
    """Of 100, 20 and 40, only 100 and 40 make 140: the reason names them."""
    verdict = total_verdict(140, 100, 20, 40)
    assert verdict.verdict == "other_base_only"
    assert "only some of them do: Communes + Départements = €140" in verdict.reason


def test_no_parts_make_the_total() -> None:
    """Of 100, 20 and 40, the choices nearest to 130 are 120 and 140."""
    verdict = total_verdict(130, 100, 20, 40)
    assert verdict.verdict == "impossible"
    assert "nearest below: Communes + EPCI (groupings of communes) = €120" in verdict.reason
    assert "nearest above: Communes + Départements = €140" in verdict.reason


def test_the_total_carries_the_verdict() -> None:
    """The parts of a total that does not add up are referred to it, not refuted."""
    found = verdicts(*loans(100, 20), euros("loans_total", 500))
    part = found["loans_amount_commune_2015"]
    assert (part.verdict, part.findings[0].related) == ("unverifiable", ("loans_total_2015",))
    assert part.reason == "A part of €500, which the 2 parts do not add up to: see that figure."


def test_parts_are_declared_or_named() -> None:
    """A `part_of` prevails over the name; parts of no level are named by their indicator."""
    gifts = [euros("gifts_cash", 10, part_of="means_total"), euros("gifts_kind", 20, part_of="means_total")]
    found = verdicts(*gifts, euros("means_total", 10), euros("gifts_total", 999))
    assert found["means_total_2015"].verdict == "other_base_only"
    assert "some of them do: gifts cash = €10" in found["means_total_2015"].reason
    assert found["gifts_total_2015"].verdict == "unverifiable"


def test_a_total_of_a_level_takes_the_parts_of_that_level() -> None:
    """The total of one level is that of its own parts; a total of no level has two sets of parts, each must fit."""
    parts = [
        euros("gifts_cash", 10, level="epci", part_of="gifts_total"),
        euros("gifts_kind", 5, part_of="gifts_total"),
    ]
    found = verdicts(*parts, euros("gifts_total", 10, level="epci"), euros("gifts_total", 10))
    assert found["gifts_total_epci_2015"].verdict == "consistent"
    assert [f.verdict for f in found["gifts_total_2015"].findings] == ["impossible", "consistent"]


@pytest.mark.parametrize(
    "part",
    [
        fact("loans_amount", 5, "mean", "eur", 1, level="epci"),
        fact("loans_amount", 5, "sum", "count", 1, level="epci"),
        euros("loans_total", 5, part_of="loans_total", second=True),
    ],
)
def test_what_does_not_add_up_is_left_alone(part: Fact) -> None:
    """A mean, another unit, and a figure declared part of itself are no parts."""
    found = verdicts(part, euros("loans_total", 999))
    assert all(f.rule != "sums" for one in found.values() for f in one.findings)


def test_a_figure_printed_twice_by_its_source_is_added_once() -> None:
    """The second print of an amount does not enter the sum a second time."""
    found = verdicts(*loans(10, 20), euros("loans_amount", 10, level="epci", second=True), euros("loans_total", 30))
    assert found["loans_total_2015"].verdict == "consistent"


amounts = st.lists(st.integers(0, 40), min_size=1, max_size=6)


@given(amounts, st.integers(0, 120))
def test_verdicts_on_totals_match_every_choice(parts: list[int], total: int) -> None:
    """Trying every choice with its rounding gives the same verdict."""
    fits = {
        choice: abs(sum(choice) - total) <= Fraction(len(choice) + 1, 2)
        for size in range(1, len(parts) + 1)
        for choice in itertools.combinations(parts, size)
    }
    # An amount printed 0 cannot have been rounded up: its band is 0 to 1/2 and the enumeration says otherwise.
    if 0 in (*parts, total):
        return
    expected = "consistent" if fits[tuple(parts)] else "other_base_only" if any(fits.values()) else "impossible"
    assert total_verdict(total, *parts).verdict == expected


def shares(whole: str, *parts: str) -> list[Verdict]:
    """Verdicts on a share and the shares said of it, without any base."""
    said = [share(f"kind{i}_share", part, part_of="whole_share") for i, part in enumerate(parts)]
    return list(audit(report(share("whole_share", whole), *said)))


def test_shares_said_of_a_share_add_up_to_it() -> None:
    """45 + 15 + 20 = 80: within the rounding of 81 and 82 (4 halves), not of 83."""
    for whole in ("0.80", "0.82"):
        assert {one.verdict for one in shares(whole, "0.45", "0.15", "0.20")} == {"consistent"}
    assert {one.verdict for one in shares("0.83", "0.45", "0.15", "0.20")} == {"impossible"}


def test_shares_may_be_given_as_shares_of_the_part() -> None:
    """60 + 25 + 15 = 100: they divide the 75% themselves."""
    found = shares("0.75", "0.60", "0.25", "0.15")
    assert {one.verdict for one in found} == {"consistent"}
    assert "not 75% but 100%: they are given as shares of it" in found[0].reason


def test_many_shares_are_counted_rather_than_listed() -> None:
    """Beyond twenty the terms are not spelled out."""
    reason = shares("0.5", *["0.01"] * 21)[0].reason
    assert reason.startswith("The 21 parts = 21% (10.5% to 31.5% with roundings), but they are said of 50%")


def counted(whole: int, parts: list[int], grains: list[int], grain: int = 1) -> Verdict:
    """The verdict on a count and the counts that are parts of it, each with its rounding step."""
    rounded = enumerate(zip(parts, grains, strict=True))
    said = [count(f"kind{i}_sites", part, step, part_of="sites") for i, (part, step) in rounded]
    return verdicts(count("sites", whole, grain), *said)["sites_2015"]


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 6), st.sampled_from([1, 2, 5])), min_size=1, max_size=4),
    st.integers(0, 40),
    st.sampled_from([1, 5]),
)
def test_sums_of_counts_match_every_whole_number(printed: list[tuple[int, int]], whole: int, grain: int) -> None:
    """Every choice of whole numbers that round to the printed ones, added up."""
    parts, grains = [step * times for times, step in printed], [step for _, step in printed]
    whole -= whole % grain
    true = [[k for k in range(40) if 2 * abs(k - part) <= step] for part, step in zip(parts, grains, strict=True)]
    near = {k for k in range(80) if 2 * abs(k - whole) <= grain}

    def meets(places: tuple[int, ...]) -> bool:
        return any(sum(values) in near for values in itertools.product(*(true[place] for place in places)))

    chosen = [c for size in range(1, len(parts) + 1) for c in itertools.combinations(range(len(parts)), size)]
    expected = "consistent" if meets(chosen[-1]) else "other_base_only" if any(map(meets, chosen)) else "impossible"
    assert counted(whole, parts, grains, grain).verdict == expected


halves = st.integers(0, 24).map(lambda n: Fraction(n, 2))
bands = st.tuples(halves, st.integers(0, 4)).map(lambda pair: (pair[0], pair[0] + Fraction(pair[1], 2)))


@settings(max_examples=150, deadline=None)
@given(st.lists(bands, min_size=1, max_size=6), bands, st.sampled_from([1, 10**19]))
def test_choices_are_those_found_by_trying_every_one(
    some: list[tuple[Fraction, Fraction]], target: tuple[Fraction, Fraction], scale: int
) -> None:
    """The choice named fits; else none ends between those named and the target. Sums beyond 64 bits are exact too."""
    some, target = [(scale * low, scale * high) for low, high in some], (scale * target[0], scale * target[1])
    every = [c for size in range(1, len(some) + 1) for c in itertools.combinations(range(len(some)), size)]
    ends = {chosen: tuple(sum(some[place][end] for place in chosen) for end in (0, 1)) for chosen in every}
    fits = {chosen for chosen, (low, high) in ends.items() if low <= target[1] and high >= target[0]}
    fitting, below, above = choices(some, target)
    assert fitting in fits if fits else fitting == ()
    assert (ends[below][1] if below else None) == max(
        (high for _, high in ends.values() if high < target[0]), default=None
    )
    assert (ends[above][0] if above else None) == min(
        (low for low, _ in ends.values() if low > target[1]), default=None
    )


def test_twenty_parts_are_tried_and_no_more() -> None:
    """Powers of three: one choice reaches a sum, that of its digits in base three; of 21 parts nothing is said."""
    powers = [(Fraction(3**i), Fraction(3**i)) for i in range(20)]
    wanted = (1, 4, 9, 16, 19)
    target = Fraction(sum(3**i for i in wanted))
    assert choices(powers, (target, target))[0] == wanted
    assert choices(powers, (target + 2, target + 2))[0] == ()
    parts = [euros(f"part{i}_gift", 100, part_of="gifts_total") for i in range(21)]
    for total, verdict in ((2100, "consistent"), (1000, "unverifiable")):
        found = verdicts(euros("gifts_total", total), *parts)["gifts_total_2015"]
        assert (found.verdict, "too many" in found.reason) == (verdict, verdict == "unverifiable")

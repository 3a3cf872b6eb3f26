"""The audit of the published figures: what it finds, on which premises, what makes it vanish, and other reports."""

import json
import statistics
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from printed_figures import PUBLISHED, audited, count, euros, report, row, share
from ptce_analysis.analysis import audit as tables
from ptce_analysis.analysis import audit_words
from ptce_analysis.analysis.audit import VERDICTS, audit, audit_json, contradictions
from ptce_analysis.analysis.audit_shares import Finding, Printed, documents
from ptce_analysis.analysis.audit_words import SENTENCES, Quantity, as_printed, english
from ptce_analysis.published import Fact, read_published
from ptce_analysis.vocabulary import FUNDING_LEVELS, VERDICT_LABELS, WAVES

FACTS = read_published(PUBLISHED)
AUDITED = audited(*FACTS.values())
ALL = contradictions(audit(FACTS))


@pytest.mark.parametrize(
    ("id_", "arithmetic"),
    [
        ("funding_median_commune_2015", "(8 + 1) × €29.5k = €265.5k > €246.5k"),
        ("funding_median_commune_2015", "published medians it could hold: €17k, €10k"),
        ("funding_total_2015", "The 6 parts add up to €4,398k (€4,395k to €4,401k with roundings), not €3,250k"),
        ("funding_total_2015", "nearest above: Communes + Regions + Central government + Europe = €3,269k"),
        ("emergence_share_2015", "20% of 52 is 10.4, but 10/52 = 19.23%, 11/52 = 21.15%"),
        ("emergence_share_2015", "44–46, 49–51 within the base, and on 40, 75 of the other bases stated"),
        ("cell_fte_below_1_share_2015", "assumed: the respondents of DECK"),
        ("established_share_2015", "45% + 15% + 20% = 80% (78.5% to 81.5% with roundings)"),
        ("aim_1_share_2020", "Base: 23 to 27 (no base found; assumed: the respondents of S13, about 25)"),
        ("emergence_share_2013_s3", "S3 gives at least 50% but DECK 31% (30.5% to 31.5%)"),
    ],
)
def test_reasons_can_be_redone_by_hand(id_: str, arithmetic: str) -> None:
    """Each arithmetic line was worked out by hand from the printed figures."""
    assert arithmetic in AUDITED[id_].reason


TABLE = {
    id_: fact
    for id_, fact in FACTS.items()
    if (fact.wave, fact.source) == (2015, "DECK")
    and fact.indicator.startswith(("funding_", "link_share", "respondents"))
}


def test_the_same_rules_audit_another_report() -> None:
    """Under other names (loans of a 2019 report), the funding table gets the same verdicts: nothing reads an id."""
    renamed = {}
    for printed in TABLE.values():
        indicator = printed.indicator.replace("funding", "loans")
        part_of = printed.part_of.replace("funding", "loans") if printed.level == "region" else ""
        id_ = printed.id.replace("funding", "loans").replace("2015", "2019")
        renamed[id_] = replace(printed, id=id_, indicator=indicator, part_of=part_of, wave=2019, source="OTHER")
    expected = {one.id: AUDITED[one.id].verdict for one in TABLE.values()}
    renamed["respondents_2019"] = replace(renamed["respondents_2019"], base_n=None)
    found = {one.id.replace("loans", "funding").replace("2019", "2015"): one.verdict for one in audit(renamed)}
    assert found == expected


def test_json_of_every_figure() -> None:
    """In file order: as printed, grain, verdict, the rule, its premises, origin and sources, the values behind it."""
    rows = audit_json(FACTS)
    assert [row["id"] for row in rows] == list(FACTS) and json.loads(json.dumps(rows, allow_nan=False)) == rows
    found: dict[object, Any] = {row["id"]: row for row in rows}
    row = found["emergence_share_2015"]
    assert (row["printed"], row["grain"]) == ("20 % des projets en émergence", 0.01)
    assert (row["rule"], row["origin"], row["sources"]) == ("percentages", "assumption", ["DECK"])
    assert row["values"]["printed"] == {"value": 0.2, "unit": "share"} and 52 not in row["attainable_bases"]
    assert row["values"]["nearest"] == {"value": [[10, 52], [11, 52]], "unit": "fraction"}
    assert row["values"]["base"]["key"] == "{n} (no base found; assumed: the respondents of {source})"
    assert row["values"]["base"]["values"]["source"] == {"value": "DECK", "unit": "text"}
    assert found["age_median_2015"]["premises"] == []
    assert found["funding_median_commune_2015"]["premises"] == [
        "16 is the number of amounts the median rests on and the total adds up: none of them is missing.",
        "The median of an even number of amounts is the mean of the middle two.",
        "No amount is negative.",
        "Each figure is rounded to the nearest step (€1k): not cut down, and no more coarsely.",
    ]
    assert found["funding_total_2015"]["premises"][:2] == [
        "The parts cover the total’s base, 37: they are of the same units, though no base is published beside them.",
        "Nothing but these parts enters the total, though DECK names what has no row among them: PNR / PETR.",
    ]


def test_the_worst_verdict_wins_and_all_findings_are_kept() -> None:
    """A percentage that its base allows, in a sum that cannot be, is impossible; both findings stay."""
    findings = AUDITED["established_share_2015"].findings
    assert [(f.rule, f.verdict) for f in findings] == [
        ("shares_of_a_share", "impossible"),
        ("percentages", "consistent"),
        ("heaped", "unverifiable"),
    ]


def test_a_figure_alone_is_unverifiable() -> None:
    """When nothing bears on a figure, that is the verdict."""
    (verdict,) = audit(report(count("poles_identified", 75)))
    assert (verdict.verdict, verdict.reason) == ("unverifiable", "No test of the audit sets it against another figure.")


def test_a_base_is_set_against_what_is_said_of_it() -> None:
    """13/42 = 30.95%, which rounds to 31%; no k/42 rounds to 33.5% (14/42 = 33.3%): then the base decides nothing."""
    base = count("respondents", 42)
    held = {one.id: one for one in audit(report(base, share("fits", "0.31", "0.01", base_n=42)))}[base.id]
    assert (held.verdict, held.reason) == ("consistent", "Each figure said of 42 (1 in all) can occur on it.")
    failed = {one.id: one for one in audit(report(base, share("not", "0.335", "0.001", base_n=42)))}[base.id]
    assert failed.verdict == "unverifiable" and "cannot occur on it (1 of 1)" in failed.reason


def test_figures_of_other_waves_levels_and_sources_are_kept_apart() -> None:
    """A total of 2013, of another level or another source, is not added up from the amounts of 2015."""
    parts = [euros("loans_amount", 10, level=level) for level in ("commune", "epci")]
    for other in ({"wave": 2013}, {"level": "region"}, {"source": "S"}):
        assert {one.verdict for one in audit(report(*parts, euros("loans_total", 999, **other)))} == {"unverifiable"}


def test_a_percentage_of_a_huge_base_takes_no_memory() -> None:
    """A base of 999,999,999 and a coarse grain hold fifty million counts: none is listed."""
    (verdict,) = audit(report(share("a_share", "0.5", "0.1", base_n=999_999_999)))
    assert verdict.verdict == "consistent"


LEVELS = ("commune", "epci", "region")


def found(*facts: Fact) -> list[Finding]:
    """What is found in a report."""
    return list(contradictions(audit(report(*facts))))


def groups(verdict: str) -> set[frozenset[str]]:
    """The members of what is found of one kind in the published figures; none stands twice."""
    members = [frozenset(one.members) for one in ALL if one.verdict == verdict]
    assert len(members) == len(set(members))
    return set(members)


def premises(one: Finding) -> set[str]:
    """The codes of what the arithmetic rests on."""
    return {code for code, text in SENTENCES.items() if text in {premise.key for premise in one.premises}}


def test_three_groups_of_the_slides_do_not_agree() -> None:
    """Counted by hand: the total against six rows, the Communes row, three shares said of three quarters."""
    total = {"funding_total_2015", *(f"funding_amount_{level}_2015" for level in FUNDING_LEVELS)}
    communes = {f"funding_{part}_commune_2015" for part in ("amount", "projects", "median")}
    quarters = {"established_share_2015", *(f"relation_{how}_share_2015" for how in ("widened", "stable", "weakened"))}
    assert groups("impossible") == {*map(frozenset, (total, communes, quarters))}


def test_four_percentages_and_four_pairs_of_sources_stand_apart() -> None:
    """20, 41, 45 and 20% of 52; 31% or a majority, 180 or 183, 37 or 34, 18 or 21. Fifty and 52 agree."""
    shares = ("emergence_share", "cell_fte_below_1_share", "relation_widened_share", "relation_weakened_share")
    assert groups("other_base_only") == {frozenset({f"{name}_2015"}) for name in shares}
    twice = (("emergence_share_2013", "s3"), ("call_applications_2013", "s7"), ("laureates_both_calls_2016", "s17"),
             ("pilot_poles_2012", "s19"))  # fmt: skip
    assert groups("sources_differ") == {frozenset({name, f"{name}_{source}"}) for name, source in twice}
    assert AUDITED["respondents_2015_s6"].verdict == "consistent"


def test_the_most_telling_come_first_and_figures_lead_to_them() -> None:
    """Verdicts never become more telling down the list; JSON gives each figure the numbers of its findings."""
    order = [VERDICTS.index(one.verdict) for one in ALL]
    assert order == sorted(order, reverse=True)
    numbers = {row["id"]: row["contradictions"] for row in audit_json(FACTS)}
    assert numbers == {id_: [n for n, one in enumerate(ALL, 1) if id_ in one.members] for id_ in FACTS}


def prints(amounts: list[Fraction], median: Fraction, total: int, middle: int) -> bool:
    """Whether amounts print as a total and a median, both rounded to the unit."""
    return abs(sum(amounts) - total) <= Fraction(1, 2) and abs(median - middle) <= Fraction(1, 2)


def test_without_any_one_premise_the_communes_row_holds() -> None:
    """Amounts that print as (16; 246; 30) once a premise is dropped, each checked with Python's own medians."""
    row = next(one for one in ALL if "funding_median_commune_2015" in one.members)
    assert premises(row) == {"amounts", "middle_two", "not_negative", "rounded"}
    fifteen = [Fraction(0)] * 7 + [Fraction(30)] * 8
    assert prints([*fifteen[:6], Fraction(6), *fifteen[7:]], statistics.median(fifteen), 246, 30)
    upper = [Fraction(0)] * 7 + [Fraction(10)] + [Fraction("29.5")] * 8
    assert len(upper) == 16 and prints(upper, statistics.median_high(upper), 246, 30)
    negative = [Fraction(-24)] + [Fraction(0)] * 6 + [Fraction(30)] * 9
    assert len(negative) == 16 and prints(negative, statistics.median(negative), 246, 30)
    coarse = [Fraction(0)] * 7 + [Fraction(27)] * 9  # printed 30, had it been rounded to the ten
    assert abs(sum(coarse) - 246) <= 5 and abs(statistics.median(coarse) - 30) <= 5


def test_all_sources_that_do_not_meet_some_other_are_told_together() -> None:
    """180 and twice 183 are one finding of three; about 180, to the ten, differs from none of them."""
    printed = ((180, 1), (183, 1), (183, 1), (180, 10))
    figures = [count("beds", n, grain, source=f"S{k}", second=True) for k, (n, grain) in enumerate(printed)]
    (one,) = found(*figures)
    assert (one.verdict, set(one.members)) == ("sources_differ", {figure.id for figure in figures[:3]})
    assert audited(*figures)[figures[3].id].verdict == "consistent"


def test_a_total_printed_over_another_base_than_its_parts_is_not_compared() -> None:
    """Over 37 and 52 units, 10 and 20 need not make 50; where they make it, or no base is printed, they are."""
    parts = [euros("gifts_amount", 10, level="epci", base_n=52), euros("gifts_amount", 20, level="region", base_n=52)]
    (verdict, *_) = audit(report(euros("gifts_total", 50, base_n=37), *parts))
    assert (verdict.verdict, verdict.findings[0].premises) == ("unverifiable", ())
    assert "different bases (37, 52): they are not said of the same units" in verdict.reason
    assert audit(report(euros("gifts_total", 30, base_n=37), *parts))[0].verdict == "consistent"
    assert audit(report(euros("gifts_total", 50, base_n=52), *parts))[0].verdict == "impossible"
    assert audit(report(euros("gifts_total", 50), *parts))[0].verdict == "impossible"


def test_premises_name_what_has_no_row_only_where_something_has_none() -> None:
    """A level of which the source prints another figure; without one, nothing else is said to enter the total."""
    figures = [euros("gifts_amount", 10, level="epci"), euros("gifts_total", 50, base_n=9)]
    (one,) = found(*figures)
    assert premises(one) == {"cover_base", "nothing_else", "rounded"}
    (one,) = found(*figures, count("gifts_projects", 3, level="europe"))
    assert premises(one) == {"cover_base", "no_row", "rounded"}
    assert english(one.premises[1]).endswith("names what has no row among them: Europe.")


def test_the_map_says_where_percentages_can_occur() -> None:
    """20% occurs on 40 and 75, not on 37 nor 52; a median of shares is no row of the map."""
    table = tables.attainability_map(FACTS, 2015, [37, 40, 52, 75])
    assert table.loc["emergence_share_2015"].tolist() == [False, True, False, True]
    assert table.columns.tolist() == [37, 40, 52, 75]
    assert len(table) == 15 and "cell_self_financed_share_median_2015" not in table.index


def test_minimum_sums_of_the_funding_table() -> None:
    """Communes: 9 × 29.5 = 265.5 > 246.5; median 27 or number 15 at the most; the others hold."""
    table = tables.minimum_sums(FACTS, 2015).set_index("level")
    assert list(table.index) == list(FUNDING_LEVELS)
    communes = table.loc["commune"]
    assert (communes["highest_median_eur"], communes["largest_n"]) == (27_000, 15)
    assert table["verdict"].tolist() == ["impossible"] + ["consistent"] * 5
    assert table["largest_n"].tolist() == [15, 95, 23, 259, 61, 21]


def test_survey_figures_are_counted_by_verdict() -> None:
    """Counted again from the command's own list: 60 survey figures of 2013 and 2015, the calls apart."""
    table = tables.verdict_counts(FACTS).set_index("verdict")["n"]
    listed = [one for one in audit_json(FACTS) if one["wave"] in WAVES and one["subject"] == "survey"]
    assert table.to_dict() == {name: sum(one["verdict"] == name for one in listed) for name in table.index}
    assert set(table.index) == set(VERDICTS) and table.sum() == len(listed) == 60
    assert set(VERDICT_LABELS) == set(VERDICTS)  # each has a name for readers
    assert tables.verdict_counts({}, WAVES)["n"].tolist() == [0] * len(VERDICTS)


# Each pole: what it got from each level (nothing, or an amount), and whether it is in emergence.
AMOUNT = st.none() | st.fractions(0, 100, max_denominator=4)
POLES = st.lists(st.tuples(*[AMOUNT] * len(LEVELS), st.booleans()), min_size=1, max_size=14)


def figures(answers: list[tuple], grain: Fraction, points: Fraction) -> list[Fact]:
    """A report of these answers: respondents, stages, links, and per level a number, an amount and a median."""

    def said(value: Fraction | int, step: Fraction) -> Fraction | int:
        return round(value / step) * step if step else value

    n, printed = len(answers), [count("respondents", len(answers)), share("any_part", 1, 0)]
    for stage in (True, False):
        part = Fraction([answer[-1] for answer in answers].count(stage), n)
        printed.append(share(f"stage_{stage:d}_part", said(part, points), points, part_of="any_part"))
    given_ = {level: [one[place] for one in answers if one[place] is not None] for place, level in enumerate(LEVELS)}
    for level, some in given_.items():
        printed.append(share("link_share", said(Fraction(len(some), n), points), points, level=level, base_n=n))
        median = said(statistics.median(some or [0]), grain)
        printed += row(len(some), said(sum(some), grain), median, level, grain=grain)
    every = [one for some in given_.values() for one in some]
    printed.append(euros("loans_total", said(sum(every), grain), grain, base_n=len(every) or None))
    return [*printed, euros("loans_median", said(statistics.median(every or [0]), grain), grain, "median")]


@settings(max_examples=40, deadline=None)
@given(
    POLES,
    st.sampled_from([Fraction(0), Fraction(1, 2), Fraction(1), Fraction(10)]),
    st.sampled_from([Fraction(0), Fraction(1, 1000), Fraction(1, 100), Fraction(1, 20)]),
)
def test_a_report_of_real_answers_is_never_refuted(answers: list[tuple], grain: Fraction, step: Fraction) -> None:
    """Whatever the data and the roundings, no figure is impossible, nor said to need another base."""
    found = {id_: (one.verdict, one.reason) for id_, one in audited(*figures(answers, grain, step)).items()}
    assert not {id_: said for id_, said in found.items() if said[0] in ("impossible", "other_base_only")}


def test_the_deck_rounds_to_five_points() -> None:
    """12 of 13 typed to the point, one in five by chance (scipy); counts out of 52 are multiples of 5 as rarely."""
    found = documents(Printed(FACTS))
    deck, fives = found["DECK", 2015], sum(round(100 * k / 52) % 5 == 0 for k in range(1, 52))
    assert (deck.n, deck.k, deck.grain) == (13, 12, Fraction(1, 20))
    assert deck.probability == pytest.approx(float(binom.sf(11, 13, max(1 / 5, fives / 51))), rel=1e-6)
    assert sum(one.grain is not None for one in found.values()) == 1


@pytest.mark.parametrize(
    ("quantity", "text"),
    [
        (Quantity(Fraction(1, 3_000), "share"), "0.0333%"),
        (Quantity(Fraction("123456789012345.5")), "123,456,789,012,345.5"),
        (Quantity(None), "unbounded"),
        (Quantity(Fraction("1.75"), "fte"), "1.75 FTE"),
        (Quantity((Fraction(1, 100), Fraction(1, 20)), "points", " / "), "1 point / 5 points"),
        (Quantity((("median", Fraction(30)), ("sum", Fraction(246))), "eur"), "median €30, total €246"),
        (Quantity((1, 2, 3, 5, 6, 9), "bases"), "1–3, 5, 6, 9"),
        (Quantity(("commune", "etat"), "level", joint=" + "), "Communes + Central government"),
        (Quantity("scic_share", "indicator"), "coordinating teams run as SCIC"),
    ],
)
def test_quantities_in_english(quantity: Quantity, text: str) -> None:
    """Money in thousands, shares in per cent, runs of bases, names of levels: as a reader expects them."""
    assert english(quantity) == text


@pytest.mark.parametrize(
    ("note", "text"),
    [
        ("printed: 1500 entreprises; rounded to the hundred (assumption)", "1500 entreprises"),
        ("printed as 152 K Euros", "152 K Euros"),
        ("about 130 k€ each", "€152k"),
        ("printed:", "€152k"),
    ],
)
def test_figures_are_shown_as_printed(note: str, text: str) -> None:
    """The note quotes the source; without a quotation the value is written out."""
    assert as_printed(euros("cell_budget_median", 152_000, note=note)) == text


def test_no_sentence_stands_in_the_table_for_nothing() -> None:
    """Each code is named by a rule."""
    code = "".join(path.read_text(encoding="utf-8") for path in Path(audit_words.__file__).parent.glob("audit*.py"))
    assert {name for name in SENTENCES if f'"{name}"' in code} == set(SENTENCES)

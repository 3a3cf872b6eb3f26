"""The audit of the published figures: what it finds, what makes it vanish, and what another report gets."""

import json
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import pytest

from printed_figures import PUBLISHED, count, euros, report, share
from ptce_analysis.analysis.audit import VERDICTS, Verdict, audit, audit_json
from ptce_analysis.published import Fact, read_published

FACTS = read_published(PUBLISHED)


def by_id(facts: Mapping[str, Fact]) -> dict[str, Verdict]:
    """The verdicts of an audit, by figure."""
    return {verdict.id: verdict for verdict in audit(facts)}


def changed(id_: str, value: str | int | Fraction) -> dict[str, Fact]:
    """The published figures with one of them altered."""
    return {**FACTS, id_: replace(FACTS[id_], value=Fraction(value))}


AUDITED = by_id(FACTS)


def test_the_impossible_figures_are_found() -> None:
    """The Communes row, the total mobilised and the shares said of « trois quarts »: these and no others."""
    assert {id_ for id_, verdict in AUDITED.items() if verdict.verdict == "impossible"} == {
        "funding_amount_commune_2015",
        "funding_projects_commune_2015",
        "funding_median_commune_2015",
        "funding_total_2015",
        "established_share_2015",
        "relation_widened_share_2015",
        "relation_stable_share_2015",
        "relation_weakened_share_2015",
    }


def test_the_percentages_of_another_base_are_found() -> None:
    """20% and 41% have no count out of 52; of the shares that cannot be, 45% and 20% have none either."""
    found = {id_ for id_, verdict in AUDITED.items() if verdict.verdict == "other_base_only"}
    assert found == {"emergence_share_2015", "cell_fte_below_1_share_2015"}
    hidden = [f.verdict for f in AUDITED["relation_weakened_share_2015"].findings]
    assert hidden == ["impossible", "other_base_only", "unverifiable"]


@pytest.mark.parametrize(
    ("id_", "arithmetic"),
    [
        ("funding_median_commune_2015", "(8 + 1) × €29.5k = €265.5k > €246.5k"),
        ("funding_median_commune_2015", "Highest median possible: €27k; largest number: 15"),
        ("funding_median_commune_2015", "published medians it could hold: €17k, €10k"),
        ("funding_total_2015", "The 6 parts add up to €4,398k (€4,395k to €4,401k with roundings), not €3,250k"),
        ("funding_total_2015", "nearest above: Communes + Regions + Central government + Europe = €3,269k"),
        ("emergence_share_2015", "20% of 52 is 10.4, but 10/52 = 19.23%, 11/52 = 21.15%"),
        ("emergence_share_2015", "44–46, 49–51 within the base, and on 40, 75 of the other bases stated"),
        ("cell_fte_below_1_share_2015", "41% of 52 is 21.32, but 21/52 = 40.38%, 22/52 = 42.31%"),
        ("cell_fte_below_1_share_2015", "assumed: the respondents of DECK"),
        ("established_share_2015", "45% + 15% + 20% = 80% (78.5% to 81.5% with roundings)"),
        ("established_share_2015", "said of 75% (72.5% to 77.5%)"),
        ("sector_food_share_2017", "37/187 = 19.79%, which rounds to 20%"),
        ("aim_1_share_2020", "Base: 23 to 27 (no base found; assumed: the respondents of S13, about 25)"),
        ("emergence_share_2013_s3", "S3 gives at least 50% but DECK 31% (30.5% to 31.5%)"),
    ],
)
def test_reasons_can_be_redone_by_hand(id_: str, arithmetic: str) -> None:
    """Each arithmetic line was worked out by hand from the printed figures."""
    assert arithmetic in AUDITED[id_].reason


@pytest.mark.parametrize(
    ("id_", "value", "cleared"),
    [
        ("funding_median_commune_2015", 15_000, "funding_projects_commune_2015"),
        ("funding_projects_commune_2015", 15, "funding_median_commune_2015"),
        ("funding_amount_commune_2015", 266_000, "funding_median_commune_2015"),
        ("emergence_share_2015", "0.21", "emergence_share_2015"),
        ("cell_fte_below_1_share_2015", "0.40", "cell_fte_below_1_share_2015"),
        ("funding_total_2015", 4_400_000, "funding_total_2015"),
        ("established_share_2015", "0.80", "established_share_2015"),
        ("relation_stable_share_2015", "0.10", "established_share_2015"),
    ],
)
def test_findings_vanish_with_their_cause(id_: str, value: str | int, cleared: str) -> None:
    """The rules judge the numbers: once a printed figure is altered to fit, the finding is gone."""
    assert AUDITED[cleared].verdict != "consistent"
    assert by_id(changed(id_, value))[cleared].verdict == "consistent"


# The smallest change of each figure of the funding table, in its own rounding steps, that changes some verdict.
SMALLEST_CHANGE = {
    "funding_total_2015": 2,  # 3,270 (3,265 to 3,275) holds 3,269
    "funding_amount_commune_2015": -12,  # 3,269 - 12 = 3,257, at least 3,255, the most that prints as 3,250
    "funding_projects_commune_2015": -1,  # 8 × 29.5 = 236 <= 246.5
    "funding_median_commune_2015": -3,  # 9 × 26.5 = 238.5 <= 246.5
    "funding_amount_epci_2015": -32,  # 3,289 - 32 = 3,257
    "funding_projects_epci_2015": -18,  # two amounts would total 2 × 17
    "funding_median_epci_2015": 56,  # 11 × 72.5 = 797.5 > 796.5
    "funding_amount_departement_2015": 84,  # 3,159 + 84 = 3,243, at most 3,245.5 with five parts
    "funding_projects_departement_2015": 9,  # 13 × 27.5 = 357.5 > 333.5
    "funding_median_departement_2015": 15,  # 8 × 42.5 = 340 > 333.5
    "funding_amount_region_2015": -12,
    "funding_projects_region_2015": 11,  # 40 supported, at most 39 of 52 linked
    "funding_median_region_2015": 74,  # 15 × 83.5 = 1,252.5 > 1,239.5
    "funding_amount_etat_2015": -12,
    "funding_projects_etat_2015": -22,
    "funding_median_etat_2015": 46,  # 13 × 78.5 = 1,020.5 > 1,008.5
    "funding_amount_europe_2015": -12,
    "funding_projects_europe_2015": -5,
    "funding_median_europe_2015": 125,  # 4 × 194.5 = 778 > 776.5
}
TABLE = {
    id_: fact
    for id_, fact in FACTS.items()
    if (fact.wave, fact.source) == (2015, "DECK")
    and fact.indicator.startswith(("funding_", "link_share", "respondents"))
}


def verdicts_after(id_: str, steps: int) -> dict[str, str] | None:
    """The verdicts of the funding table after a figure moves by some rounding steps; `None` below zero."""
    fact = TABLE[id_]
    value = fact.value + steps * fact.grain
    moved = {**TABLE, id_: replace(fact, value=value)}
    return {one.id: one.verdict for one in audit(moved)} if value >= 0 else None


def test_every_figure_of_the_funding_table_is_named() -> None:
    """The 18 cells of the table and its total each have a change that is known to matter."""
    assert {id_ for id_ in TABLE if id_.startswith("funding_")} == set(SMALLEST_CHANGE)


@pytest.mark.parametrize("id_", SMALLEST_CHANGE)
def test_each_figure_of_the_funding_table_decides_a_verdict(id_: str) -> None:
    """The change named above changes a verdict, one step less does not."""
    steps = SMALLEST_CHANGE[id_]
    assert verdicts_after(id_, steps) != verdicts_after(id_, 0)
    assert verdicts_after(id_, steps - 1 if steps > 0 else steps + 1) == verdicts_after(id_, 0)


@pytest.mark.thorough
@pytest.mark.parametrize("id_", SMALLEST_CHANGE)
def test_no_smaller_change_decides_a_verdict(id_: str) -> None:
    """Neither up nor down."""
    before = verdicts_after(id_, 0)
    for smaller in range(1, abs(SMALLEST_CHANGE[id_])):
        assert {True} == {verdicts_after(id_, move) in (before, None) for move in (smaller, -smaller)}


def test_the_same_rules_audit_another_report() -> None:
    """Under other names (loans of a 2019 report), the funding table gets the same verdicts: nothing reads an id."""
    renamed = {}
    for fact in TABLE.values():
        indicator = fact.indicator.replace("funding", "loans")
        part_of = fact.part_of.replace("funding", "loans") if fact.level == "region" else ""
        id_ = fact.id.replace("funding", "loans").replace("2015", "2019")
        renamed[id_] = replace(fact, id=id_, indicator=indicator, part_of=part_of, wave=2019, source="OTHER")
    expected = {fact.id: AUDITED[fact.id].verdict for fact in TABLE.values()}
    expected["respondents_2015"] = "unverifiable"  # Its base, 75, and the other source are read below, not here.
    renamed["respondents_2019"] = replace(renamed["respondents_2019"], base_n=None)
    found = {one.id.replace("loans", "funding").replace("2019", "2015"): one.verdict for one in audit(renamed)}
    assert found == expected


def test_json_has_the_agreed_keys() -> None:
    """One object per figure, in file order, that JSON can hold, with the keys of the command line."""
    rows = audit_json(FACTS)
    assert [row["id"] for row in rows] == list(FACTS)
    agreed = {"id", "wave", "level", "indicator", "verdict", "reason", "attainable_bases"}
    assert all(agreed <= row.keys() and row["verdict"] in VERDICTS for row in rows)
    assert json.loads(json.dumps(rows, allow_nan=False)) == rows


def test_json_of_a_figure() -> None:
    """The figure as printed, the rule, its origin and sources, and the values behind the sentence."""
    row = next(row for row in audit_json(FACTS) if row["id"] == "emergence_share_2015")
    assert row["printed"] == "20 % des projets en émergence"
    assert (row["rule"], row["origin"], row["sources"]) == ("percentages", "assumption", ["DECK"])
    values = row["values"]
    assert isinstance(values, dict)
    assert values["printed"] == {"value": 0.2, "unit": "share"}
    assert values["nearest"] == {"value": [[10, 52], [11, 52]], "unit": "fraction"}
    assert values["base"]["key"] == "{n} (no base found; assumed: the respondents of {source})"
    assert isinstance(row["attainable_bases"], list) and 52 not in row["attainable_bases"]


def test_an_assumed_base_is_an_assumption() -> None:
    """A verdict on a base that was not found beside the figure says so in its origin."""
    assert AUDITED["cell_fte_below_1_share_2015"].findings[0].origin == "assumption"
    assert AUDITED["emergence_share_2015"].findings[0].origin == "assumption"
    assert AUDITED["creation_share_2015"].findings[0].origin == "derived"


def test_the_figures_of_both_sources_are_cited() -> None:
    """A finding between two sources cites both."""
    assert AUDITED["call_applications_2013"].sources == ("S9", "S7")


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
    assert (verdict.verdict, verdict.reason) == ("unverifiable", "No other published figure bears on it.")
    assert verdict.attainable_bases == ()


def test_figures_of_other_waves_levels_and_sources_are_kept_apart() -> None:
    """A total of 2013, of another level or another source, is not added up from the amounts of 2015."""
    parts = [euros("loans_amount", 10, level=level) for level in ("commune", "epci")]
    for total in (
        euros("loans_total", 999, wave=2013),
        euros("loans_total", 999, level="region"),
        euros("loans_total", 999, source="S"),
    ):
        assert {one.verdict for one in audit(report(*parts, total))} == {"unverifiable"}


def test_a_percentage_of_a_huge_base_takes_no_memory() -> None:
    """A base of 999,999,999 and a coarse grain hold fifty million counts: none is listed."""
    (verdict,) = audit(report(share("a_share", "0.5", "0.1", base_n=999_999_999)))
    assert verdict.verdict == "consistent"

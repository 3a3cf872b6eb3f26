"""The published figures, typed a second time from the sources: one unit more or less in `figures.csv` is noticed."""

from fractions import Fraction

from printed_figures import PUBLISHED
from ptce_analysis.published import read_published

SLIDES_2015 = """
poles_identified 75; respondents 52; emergence_share 20 %; jobs_total 22000; enterprises_total 1500;
budget_total 235 M€; association_or_scic_share 3/4; scic_share 15 %; age_median 3; cell_budget_median 100 k€;
cell_self_financed_share_median 20 %; cell_fte_median 1.75; cell_fte_below_1_share 41 %; members_median 14;
employees_median 88; budget_median 3 M€; creation_share 25 %; established_share 3/4; relation_widened_share 45 %;
relation_stable_share 15 %; relation_weakened_share 20 %; funding_total 3.25 M€; link_2_to_6_share 90 %;
link_share_commune 50 %; link_share_departement 50 %; link_share_epci 75 %; link_share_region 75 %;
link_share_pnr_petr 15 %; collectivities_involved_median 2; aid_per_collectivity_median 25 k€
"""
# Level: amount in k€, projects, median in k€.
TABLE_2015 = (
    "commune 246 16 30; epci 796 20 17; departement 333 15 28; region 1239 29 10; etat 1008 24 33; europe 776 7 70"
)
OTHERS = {
    2013: """respondents 42; emergence_share 31 %; cell_budget_median 152 k€; cell_self_financed_share_median 32 %;
        cell_fte_median 2; members_median 11; employees_median 110; budget_median 5 M€; qualitative_cases 13;
        emergence_share@s3 1/2; link_share_region 95 %; call_applications 180; call_applications@s7 183;
        call_eligible 130; call_laureates 23; call_budget 3 M€""",
    2015: """respondents@s6 50; call_applications 125; call_eligible 99; call_laureates 14; call_budget 2.75 M€;
        call_budget@s11 2.7 M€; call_grant_minimum 26 k€; call_grant_maximum 290 k€""",
    2016: "laureates_both_calls 37; laureates_both_calls@s17 34; laureates_both_calls@s6 35",
    2011: "call_answers 150; call_answers@s21 130",
    2012: "pilot_poles 18; pilot_poles@s19 21",
    2017: """respondents 24; members_total 187; poles_identified 160; infra_departmental_share 79 %;
        pivot_sector_share 46 %; members_association_share 57 %; members_in_qpv 72; sector_eco_activities_share 24 %;
        sector_employment_share 24 %; sector_food_share 20 %; sector_culture_share 19 %;
        sector_business_services_share 18 %; sector_personal_services_share 12 %; turnover_credited_share 8.2 %""",
    2020: """poles_created 74; poles_active 56; respondents 25; cell_budget_mean 247 k€; public_subsidy_share_mean 43 %;
        cell_fte_mean 3.3; aim_1_share 70 %; aim_2_share 57 %; aim_3_share 48 %; scale_communal_share 43 %;
        scale_regional_share 17 %; sustainable_development_share 70 %; agri_food_share 57 %;
        covid_effect_expected_share 67 %""",
    2021: "call_applications 134; call_laureates 15; call_grant 100 k€",
    2022: "call_applications 67; call_laureates 15; poles_identified 218",
    2024: "call_laureates 15",
}
UNITS = {"": Fraction(1), "%": Fraction(1, 100), "k€": Fraction(1000), "M€": Fraction(10**6)}


def typed(text: str, wave: int) -> dict[str, Fraction]:
    """Values by id, from `indicator[@source] number [unit]` between semicolons."""
    found = {}
    for entry in text.split(";"):
        name, number, *unit = entry.split()
        stem, _, source = name.partition("@")
        found["_".join(filter(None, (stem, str(wave), source)))] = Fraction(number) * UNITS["".join(unit)]
    return found


def test_each_figure_is_the_one_its_source_prints() -> None:
    """Slides, table and the other sources, read a second time: the same figures, no more and no fewer."""
    expected = typed(SLIDES_2015, 2015)
    for line in TABLE_2015.split(";"):
        level, amount, projects, median = line.split()
        row = {"amount": f"{amount} k€", "projects": projects, "median": f"{median} k€"}
        expected |= typed("; ".join(f"funding_{part}_{level} {value}" for part, value in row.items()), 2015)
    for wave, text in OTHERS.items():
        expected |= typed(text, wave)
    assert {fact.id: fact.value for fact in read_published(PUBLISHED).values()} == expected

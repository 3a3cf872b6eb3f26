"""The pages on money and on the typical pole: no sentence says more than its tables, and each changes with them."""

import dataclasses
from fractions import Fraction

import pandas as pd
import pytest
from ptce_analysis.publish.layout import fit, narrow
from ptce_analysis.publish.topics import (
    feasible,
    feasible_exhibits,
    funding,
    funding_exhibits,
    funding_labels,
    funding_means,
    funding_verdicts,
    profile,
    profile_exhibits,
)
from ptce_analysis.publish.topics import sources as source_lines

from printed_figures import PUBLISHED
from ptce_analysis.analysis import funding as funding_analysis
from ptce_analysis.analysis import identification
from ptce_analysis.analysis import profile as profile_analysis
from ptce_analysis.analysis.feasible import levels as sets
from ptce_analysis.analysis.funding import funding_by_level, lognormal_fits, pooled_local_median, totals
from ptce_analysis.errors import InputError
from ptce_analysis.publish import drawings_money
from ptce_analysis.publish.exhibit import faults
from ptce_analysis.publish.language import NO_BREAK, Words
from ptce_analysis.publish.style import drawing
from ptce_analysis.published import read_published, read_sources
from ptce_analysis.vocabulary import SCENARIOS

EN = Words("en")
N_DRAWS = 60


@pytest.fixture(scope="module")
def facts():
    return read_published(PUBLISHED)


@pytest.fixture(scope="module")
def sources():
    return read_sources(PUBLISHED)


def changed(facts, **values):
    """The same figures with some other values."""
    return {id: dataclasses.replace(f, value=Fraction(values[id])) if id in values else f for id, f in facts.items()}


def without(facts, *ids):
    """The figures but some."""
    return {id: fact for id, fact in facts.items() if id not in ids}


def moved(facts, wave):
    """The figures of 2015 as those of another wave."""
    later = [
        dataclasses.replace(f, id=f.id.replace("2015", str(wave)), wave=wave) for f in facts.values() if f.wave == 2015
    ]
    return {fact.id: fact for fact in later}


def funding_page(words, facts, scenario="as_printed", wave=2015):
    """Every exhibit of the funding page."""
    table = funding_by_level(facts, wave, scenario)
    decided = identification.comparisons(facts, wave, scenario)
    limits = identification.limits_by_level(facts, wave, scenario)
    return [
        funding_exhibits.funding_table(words, table, funding_by_level(facts, 2013)),
        funding_exhibits.amounts_figure(words, table),
        funding_means.mean_median_figure(words, table, limits),
        funding_exhibits.totals_figure(words, totals(facts, wave)),
        funding_verdicts.pairs_table(words, decided),
        funding_verdicts.conclusions_table(words, decided, identification.surviving_comparisons(facts, wave)),
    ]


def feasible_page(words, facts, scenario="as_printed", wave=2015):
    """Every exhibit of the page on feasible sets."""
    table = sets.feasible_levels(facts, wave, scenario, N_DRAWS)
    level = sets.example_level(facts, wave, scenario)
    bands = [
        feasible_exhibits.largest,
        feasible_exhibits.inequality,
        feasible_exhibits.spread,
        feasible_exhibits.top_half,
    ]
    return [
        feasible_exhibits.alike(words, sets.data_sets_alike(facts, wave, scenario, level)),
        feasible_exhibits.counts_table(words, sets.data_set_counts(facts, wave, scenario)),
        *(exhibit(words, table) for exhibit in bands),
        feasible_exhibits.attaining(words, sets.attaining_sets(facts, wave, scenario, level)),
    ]


def profile_page(words, facts, sources):
    """Every exhibit of the profile page."""
    pairs = profile_analysis.paired_medians(facts)
    return [
        profile_exhibits.medians(words, pairs, facts, sources),
        profile_exhibits.totals(words, profile_analysis.totals_and_medians(facts), facts, 2015),
    ]


def test_every_exhibit_can_be_shown_and_drawn(facts, sources):
    """Nothing a reader needs is missing in French, and every figure has a form for a phone."""
    words = Words("fr")
    for exhibit in funding_page(words, facts) + feasible_page(words, facts) + profile_page(words, facts, sources):
        assert faults(exhibit) == [], exhibit.key
        if exhibit.draw:
            with drawing():
                figure = exhibit.draw(exhibit.data)
                fit(figure)
                assert narrow(figure), exhibit.key


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_scenario_can_be_shown_and_says_what_it_rests_on(facts, scenario):
    """Under a hypothesis, what depends on it is marked as an assumption; amounts and shares do not depend on it."""
    exhibits = {
        exhibit.key: exhibit for exhibit in funding_page(EN, facts, scenario) + feasible_page(EN, facts, scenario)
    }
    assert [faults(exhibit) for exhibit in exhibits.values()] == [[]] * len(exhibits)
    origin = "derived" if scenario == "as_printed" else "assumption"
    assert {exhibits[key].origin for key in ("mean_median", "pairs", "conclusions", "counts", "attaining")} == {origin}
    assert {exhibits[key].origin for key in ("amounts", "totals")} == {"derived"}
    assert exhibits["bounds_max"].title.numbers["low"].origin == origin
    assert SCENARIOS[scenario][0] in str(funding.scenario(EN, scenario))


def test_another_wave_is_named_by_its_year(facts):
    """A page on a later survey says its year, and that 2013 was not found."""
    later = moved(facts, 2017)
    exhibits = funding_page(EN, later, wave=2017) + feasible_page(EN, later, wave=2017)
    assert [faults(exhibit) for exhibit in exhibits] == [[]] * len(exhibits)
    table, amounts = exhibits[:2]
    assert [column.heading for column in table.columns[1:3]] == ["Amount, 2013", "Amount, 2017"]
    assert set(table.data["before"]) == {"not found"}
    assert "2017" in str(amounts.measure)
    assert "2015" not in str(amounts.population)


def test_an_earlier_wave_that_was_found_fills_its_column(facts):
    """When a researcher supplies 2013, its amounts stand beside those of 2015."""
    both = facts | moved(changed(facts, funding_amount_europe_2015=500_000), 2013)
    earlier = funding_by_level(both, 2013)
    exhibit = funding_exhibits.funding_table(EN, funding_by_level(both, 2015), earlier)
    assert list(exhibit.data["before"])[-1] == "€500k"
    assert str(funding.earlier_wave(EN, earlier)) == "For 2013, amounts are known for 6 levels."
    assert str(funding.earlier_wave(EN, funding_by_level(facts, 2013))).startswith(
        "For 2013, no amount by level was found"
    )


def test_a_wave_without_amounts_says_so_and_shows_nothing(facts):
    """2013 printed no amounts: sentences say it, and no exhibit is made of nothing."""
    table, none = funding_by_level(facts, 2013), totals(facts, 2013)
    assert "No amount by collectivity level was found" in str(funding.answer(EN, table, none))
    assert str(funding.totals_sentence(EN, none)).startswith("The table and the printed total are not both known")
    assert str(funding.pooled(EN, pooled_local_median(facts, 2013))).startswith(
        "The four local rows were not all found"
    )
    assert str(funding.lognormal(EN, lognormal_fits(facts, 2013))).startswith("No whole row was found")
    survivors = identification.surviving_comparisons(facts, 2013), identification.surviving_levels(facts, 2013)
    assert str(funding_verdicts.survivors(EN, *survivors)) == "No conclusion holds under all the scenarios."
    refused = [
        (funding_exhibits.amounts_figure, (table,), "For 2013, no amount by level was found"),
        (funding_means.mean_median_figure, (table, {}), "For 2013, no amount by level was found"),
        (funding_exhibits.totals_figure, (none,), "No total and no complete table was found"),
        (feasible_exhibits.largest, (sets.feasible_levels(facts, 2013),), "there are no bounds to show"),
        (feasible_exhibits.counts_table, (sets.data_set_counts(facts, 2013),), "there are no sets of amounts to count"),
    ]
    for exhibit, tables, message in refused:
        with pytest.raises(InputError, match=message):
            exhibit(EN, *tables)


def test_the_answer_names_the_largest_only_when_rounding_allows(facts):
    """Two amounts that round alike leave no first: neither in the answer nor in the title of the figure."""
    tie = changed(facts, funding_amount_etat_2015=1_239_000)
    table = funding_by_level(tie, 2015)
    assert "too close for their rounding" in str(funding.answer(EN, table, totals(tie, 2015)))
    assert "too close for their rounding" in str(funding_exhibits.amounts_figure(EN, table).title)
    printed = funding_by_level(facts, 2015)
    said = str(funding.answer(EN, printed, totals(facts, 2015)))
    assert said.startswith(
        "In the printed table, Régions give most (28.2% of the six levels’ money), ahead of State (22.9%)."
    )
    assert str(funding_exhibits.amounts_figure(EN, printed).title).startswith("Régions are first with 28.2%")
    europe = changed(facts, funding_amount_europe_2015=5_000_000)
    assert "Europe give most" in str(funding.answer(EN, funding_by_level(europe, 2015), totals(europe, 2015)))


def test_the_answer_compares_the_table_with_the_printed_total(facts):
    """It adds up, or it does not, or nothing was printed to compare."""
    meets = changed(facts, funding_total_2015=4_398_000)
    assert "adds up to the printed total, €4.40m" in str(
        funding.answer(EN, funding_by_level(meets, 2015), totals(meets, 2015))
    )
    silent = without(facts, "funding_total_2015")
    said = str(funding.answer(EN, funding_by_level(silent, 2015), totals(silent, 2015)))
    assert "adds up" not in said


def test_totals_are_told_with_what_they_meet(facts):
    """One of the sums may be the printed total; the title of the figure says whether none is."""
    assert str(funding.totals_sentence(EN, totals(facts, 2015))).endswith("none of these is that total.")
    meets = totals(changed(facts, funding_total_2015=3_620_000), 2015)
    assert "One of these is the total that the slides print" in str(funding.totals_sentence(EN, meets))
    title = "None of these choices of levels adds up to the printed total"
    assert str(funding_exhibits.totals_figure(EN, totals(facts, 2015)).title) == title
    assert str(funding_exhibits.totals_figure(EN, meets).title) != title
    alone = totals(without(facts, "funding_total_2015"), 2015)
    assert str(funding_exhibits.totals_figure(EN, alone).title) != title


def test_impossible_rows_are_told_with_their_arithmetic(facts):
    """Worked by hand: 9 × 29.5 = 265.5 > 246; two amounts of median 70 do not total 776; a mended row says nothing."""
    assert "add up to at least €265.5k" in str(funding.impossible_rows(EN, funding_by_level(facts, 2015)))
    two = changed(facts, funding_projects_europe_2015=2, funding_median_commune_2015=15_000)
    said = str(funding.impossible_rows(EN, funding_by_level(two, 2015)))
    assert said == "Europe: 2 amounts with a median of €70k cannot add up to €776k."
    mended = changed(facts, funding_median_commune_2015=15_000)
    assert "every printed row can be true" in str(funding.impossible_rows(EN, funding_by_level(mended, 2015)))


def test_a_printed_median_is_shown_even_where_it_cannot_be_used(facts):
    """The table prints the Communes median as published and says that the row cannot be true."""
    exhibit = funding_page(EN, facts)[0]
    communes = exhibit.data.set_index("level").loc["commune"]
    assert (communes["median_eur"], communes["state"]) == (30_000, "no")
    assert "n_amounts" not in [column.name for column in exhibit.columns]
    silent = funding_page(EN, facts, "communes_15")[0]
    assert silent.data.set_index("level").loc["commune", "n_amounts"] == 15
    assert "n_amounts" in [column.name for column in silent.columns]


def test_the_mean_is_said_to_be_above_the_median_only_where_it_is(facts):
    """The widest gap names its level; with high medians everywhere, no mean is above one."""
    title = str(funding_page(EN, facts)[2].title)
    assert title == (
        "For Régions the mean is 4.3 times the printed median: the 14 largest of the 29 amounts make up at least 87% of"
        " the money"
    )
    europe = changed(facts, funding_median_europe_2015=2_000)
    assert str(funding_page(EN, europe)[2].title).startswith("For Europe the mean is 55.4 times the printed median")
    high = {"epci": 42_000, "region": 45_000, "etat": 44_000, "europe": 115_000}
    flat = changed(facts, **{f"funding_median_{level}_2015": value for level, value in high.items()})
    assert str(funding_page(EN, flat)[2].title) == "No mean is above the median where the median can be used"
    zero = changed(facts, **{f"funding_median_{level}_2015": 0 for level in (*high, "departement")})
    with pytest.raises(InputError, match="No level has a median that can be used"):
        funding_page(EN, zero)


def test_what_is_identified_is_counted_not_written(facts):
    """All, some and none are told apart, and change with the scenario."""
    said = {
        name: str(funding_verdicts.identified(EN, identification.comparisons(facts, 2015, name))) for name in SCENARIOS
    }
    assert said["as_printed"].startswith(
        "The printed figures decide all 15 comparisons of two levels by total amount.\nBy mean amount, they decide 14"
    )
    assert "By median amount, they decide 10 of 15." in said["as_printed"]
    assert said["as_printed"].endswith("share of the larger half of amounts: any level may have more.")
    assert "all 15 comparisons of two levels by total amount and median amount" in said["communes_15"]
    nothing = str(funding_verdicts.identified(EN, identification.comparisons(facts, 2013, "as_printed")))
    assert nothing.startswith("They decide none by total amount")


def test_exact_rows_may_leave_nothing_undecided(facts):
    """When every quantity is decided there is no sentence about what is not."""
    table = identification.comparisons(facts, 2015, "as_printed")
    certain = table.assign(verdict="decided")
    assert str(funding_verdicts.identified(EN, certain)).count(".") == 1


def test_survivors_are_told_by_order_number_and_none(facts):
    """Complete orders are listed, incomplete ones counted, and what never survives is named."""
    kept, levels = identification.surviving_comparisons(facts, 2015), identification.surviving_levels(facts, 2015)
    said = str(funding_verdicts.survivors(EN, kept, levels))
    assert "from the most to the least: Régions, State, EPCI, Europe, Départements and Communes." in said
    assert "By median amount, 7 comparisons of two levels come out the same" in said
    assert "one project at least received more than €100k from: Europe." in said
    assert "none does" in said
    half = pd.DataFrame([("top_half_share", 0.75, "europe", True), ("max", 5e4, "etat", False)], columns=levels.columns)
    alone = str(funding_verdicts.survivors(EN, kept.head(0), half.astype({"holds": "boolean"})))
    assert "makes up more than 75% of the money for: Europe." in alone
    assert "State" not in alone


def test_the_pooled_median_neither_confirms_nor_refutes(facts):
    """Within the limits, outside them, or not found."""
    inside = str(funding.pooled(EN, pooled_local_median(facts, 2015)))
    assert "between €0.5k and €28.5k" in inside
    assert "Communes: only the number and the total are used" in inside
    assert "neither confirms nor refutes" in inside
    outside = pooled_local_median(changed(facts, aid_per_collectivity_median_2015=40_000), 2015, "communes_15")
    assert "outside these limits" in str(funding.pooled(EN, outside))
    assert "only the number" not in str(funding.pooled(EN, outside))
    silent = pooled_local_median(without(facts, "aid_per_collectivity_median_2015"), 2015)
    assert "per collectivity" not in str(funding.pooled(EN, silent))


def test_lognormal_refusals_name_their_reason(facts):
    """Each reason is told for its own levels, and no level is told twice."""
    printed = str(funding.lognormal(EN, lognormal_fits(facts, 2015)))
    assert "for Communes: the row is impossible" in printed
    assert "for Départements: the mean is not above the median" in printed
    reversed_medians = str(funding.lognormal(EN, lognormal_fits(facts, 2015, "local_medians_reversed")))
    assert "cannot exist" not in reversed_medians
    none = (funding_analysis.Lognormal("region", None, None, "not_above"),)
    assert "could be written down" not in str(funding.lognormal(EN, none))


def test_pairs_name_the_level_that_has_more(facts):
    """Each cell is a level, either, not known, or equal."""
    table = funding_page(EN, facts)[4].data.set_index("name")
    assert table.loc["Départements – Europe", ["total", "median", "max", "gini"]].tolist() == ["Europe"] * 3 + [
        "either"
    ]
    assert table.loc["Communes – EPCI", "median"] == "not known"
    decided = identification.comparisons(facts, 2015, "as_printed")
    equal = decided.assign(more=decided["more"].where(decided["verdict"] != "decided", "neither"))
    assert set(funding_verdicts.pairs_table(EN, equal).data["total"]) == {"equal"}


def test_conclusions_add_up(facts):
    """Every pair is decided, bounded or open, and no more survive than are decided."""
    for scenario in SCENARIOS:
        data = funding_page(EN, facts, scenario)[5].data
        assert set(data[["decided", "bounded", "open"]].sum(axis=1)) == {15}
        assert (data["alike"] <= data["decided"]).all()


def test_every_quantity_has_its_labels():
    """A quantity or question that the analysis adds must be named for readers."""
    assert (
        set(funding_labels.QUANTITY_LABELS) == set(funding_labels.QUANTITY_HEADINGS) == set(identification.QUANTITIES)
    )
    assert set(funding_labels.OUTSIDE_LABELS) == set(identification.OUTSIDE)
    assert set(feasible_exhibits.KINDS) == set(feasible_exhibits.STARTS) == set(sets.SHOWN)


@pytest.mark.parametrize(
    ("count", "lang", "shown"),
    [(0, "en", "0"), (65, "en", "65"), (999_999, "en", "999,999"), (1_000_000, "en", "1.0 × 10⁶"),
     (1_049_999, "en", "1.0 × 10⁶"), (1_060_000, "fr", "1,1 × 10⁶"), (9_970_000, "en", "1.0 × 10⁷"),
     (8991628548688797528220177, "fr", "9,0 × 10²⁴")],
)  # fmt: skip
def test_huge_counts_are_shown_as_powers_of_ten(count, lang, shown):
    """Six digits are written out; beyond, two figures and a power of ten, rounded as by hand."""
    assert feasible.power_of_ten(Words(lang), count) == shown.replace(" ", NO_BREAK)


def test_the_feasible_answer_follows_the_widest_level(facts):
    """Régions as printed; with few projects and a high median elsewhere, another level; refused rows are named."""
    table, counts = sets.feasible_levels(facts, 2015, n_draws=0), sets.data_set_counts(facts, 2015)
    said = str(feasible.answer(EN, table, counts))
    assert "Régions, for instance: the largest amount can be anything from €77.2k to €1,099.5k" in said
    assert f"about 3.4{NO_BREAK}×{NO_BREAK}10²⁴ sets" in said
    assert said.endswith("Communes: no amounts at all have the printed row, which is refused, not repaired.")
    mended = changed(facts, funding_median_commune_2015=15_000, funding_amount_europe_2015=9_000_000)
    table, counts = sets.feasible_levels(mended, 2015, n_draws=0), sets.data_set_counts(mended, 2015)
    said = str(feasible.answer(EN, table, counts))
    assert "Europe, for instance" in said
    assert "refused" not in said
    assert "sets of amounts print" not in str(feasible.answer(EN, table, counts.assign(datasets="")))
    nothing = sets.feasible_levels(facts, 2013), sets.data_set_counts(facts, 2013)
    assert str(feasible.answer(EN, *nothing)).startswith("No printed row leaves any set of amounts possible")


def test_refused_rows_are_named_or_none_is(facts):
    """Impossible rows and rows not found are told apart."""
    assert str(feasible.refused(EN, sets.feasible_levels(facts, 2015, n_draws=0))).startswith(
        "Communes: no amounts at all"
    )
    partly = sets.feasible_levels(without(facts, "funding_median_europe_2015"), 2015, n_draws=0)
    assert str(feasible.refused(EN, partly)).endswith("Europe: the row was not found, or not whole.")
    fine = sets.feasible_levels(facts, 2015, "communes_15", n_draws=0)
    assert str(feasible.refused(EN, fine)) == "Under this scenario every printed row leaves some amounts possible."


def test_draws_are_said_to_depend_on_their_measure(facts):
    """The level where both measures differ most, those where the second leaves the bounds; or that there are none."""
    table = sets.feasible_levels(facts, 2015)
    said = str(feasible.dependence(EN, table))
    assert said.startswith(
        "Europe: the largest amount is €445k or less in 97.5% of the uniform draws, and €711k or less"
    )
    assert "even leave the bounds (Europe)" in said
    inside = str(feasible.dependence(EN, table[table["level"] == "region"]))
    assert "even leave" not in inside
    assert (
        str(feasible.dependence(EN, sets.feasible_levels(facts, 2015, n_draws=0)))
        == "No row has draws under both measures."
    )
    assert "10,000 draws" in str(feasible.draws_made(EN))


def test_one_band_can_be_missing_and_its_row_is_labelled(facts):
    """A level without bounds keeps its line and says why."""
    exhibit = feasible_page(EN, facts)[2]
    with drawing():
        axes = exhibit.draw(exhibit.data).axes[0]
    assert "impossible row" in [text.get_text() for text in axes.texts]
    assert len(axes.texts) == 6


def test_equal_amounts_are_stacked_around_their_line():
    """Three equal amounts are three dots, none over another, centred on the line; the median is marked on it."""
    data = pd.DataFrame({"name": ["a"], "amounts": [(1.0, 2.0, 2.0, 2.0)], "median": [2.0]})
    with drawing():
        figure = drawings_money.dots(
            EN, data, values="amounts", marked=("median", "m"), kind="count", colours=["accent"], labels=["2"]
        )
    heights = [list(line.get_ydata()) for line in figure.axes[0].lines]
    assert sorted(map(len, heights)) == [1, 3]
    assert sum(max(heights, key=len)) == pytest.approx(0)


def test_sets_alike_print_the_same_row_and_say_they_are_invented(facts):
    """The title states the row, the note that nobody observed these amounts, and the reading both ends."""
    exhibit = feasible_page(EN, facts)[0]
    assert str(exhibit.title) == "All of these print as the same row: 7 amounts, €776k in total, a median of €70k"
    assert str(exhibit.note).startswith("Invented amounts")
    assert exhibit.origin == "assumption"
    said = feasible.same_sets(EN, sets.attaining_sets(facts, 2015, "as_printed", "europe"))
    assert str(said) == "Europe: 2 sets of amounts are enough to attain all 8 bounds."


def test_the_profile_answer_counts_directions_and_claims_no_change(facts):
    """Four lower, one higher, one that rounding leaves open; and nothing when nothing is paired."""
    pairs = profile_analysis.paired_medians(facts)
    said = str(profile.answer(EN, pairs))
    assert said.startswith(
        "6 medians are printed for both surveys. In the second one, 4 of them stand lower and 1 higher; for 1,"
    )
    assert said.endswith("this is no evidence that the typical pole changed.")
    risen = profile_analysis.paired_medians(changed(facts, employees_median_2015=150))
    assert "3 of them stand lower and 2 higher" in str(profile.answer(EN, risen))
    assert str(profile.answer(EN, pairs.head(0))) == "No median was found for both surveys."


def test_directions_are_named_one_by_one(facts):
    """Each median stands under its own direction."""
    pairs = profile_analysis.paired_medians(facts)
    said = str(profile.directions(EN, pairs))
    assert "Higher in the second survey, whatever the rounding: median number of member structures." in said
    assert "Rounding alone could explain the difference for: median staff of the coordinating unit." in said
    same = pairs.assign(direction="equal")
    assert str(profile.directions(EN, same)).startswith("The same in both surveys: median budget")
    assert str(profile.directions(EN, pairs.head(0))) == "No median was found for both surveys."


def test_sources_of_both_sides_are_named(facts, sources):
    """Two sources call for caution; one source does not; an unknown one is named by its id."""
    pairs = profile_analysis.paired_medians(facts)
    said = str(profile.not_one_source(EN, pairs, sources))
    assert "told by COORACE, 2014, those of the second by RTES" in said
    one = pairs.assign(first_source="S9", second_source="S9")
    assert str(profile.not_one_source(EN, one, {})) == "Both sides are printed by S9."
    assert str(profile.not_one_source(EN, pairs.head(0), sources)) == "No median was found for both surveys."
    assert source_lines.name({"S": {"author": "A", "year": ""}}, "S") == "A"


def test_links_are_told_with_what_their_labels_say(facts):
    """The Région shares do not measure the same thing; another pair would carry no such caution."""
    found = profile_analysis.paired_links(facts)
    said = str(profile.links(EN, found))
    assert said.startswith("Régions: 95% of the poles in the first survey, 75% in the second.")
    assert "their difference is no fall" in said
    assert "no fall" not in str(profile.links(EN, found.assign(second_id="link_share_region_2017")))
    assert str(profile.links(EN, found.head(0))).startswith("No share of poles linked with a level was found for both")


def test_euros_per_job_agree_or_not(facts):
    """28.25 / 10.95 = 2.6 apart as printed; 10.42 / (3,500 / 899.5) = 2.7 the other way; one kind says nothing."""
    said = str(profile.per_job(EN, profile_analysis.euros_per_job(facts)))
    assert said.startswith(
        "In 2015, €10.7k of budget stand beside one job in totals, €34.1k in medians, and no rounding closes"
    )
    assert "some pole has at least 2.6 times as much budget per job" in said
    many = profile_analysis.euros_per_job(changed(facts, employees_median_2015=900))
    assert "some pole has at least 2.7 times as much" in str(profile.per_job(EN, many))
    fewer = profile_analysis.euros_per_job(changed(facts, jobs_total_2015=7_000))
    assert str(profile.per_job(EN, fewer)).endswith("they agree.")
    alone = profile_analysis.euros_per_job(without(facts, "jobs_total_2015"))
    assert str(profile.per_job(EN, alone)).startswith("Budget and jobs were not found both as totals and as medians")


def test_the_profile_figures_change_with_the_figures(facts, sources):
    """Titles count and name; nothing is drawn of nothing."""
    medians, force = profile_page(EN, facts, sources)
    assert str(medians.title).startswith("5 of the 6 medians differ by more than their rounding")
    assert str(force.title) == "Total jobs: the upper half of the poles would hold at least 92% of it"
    fewer = changed(facts, jobs_total_2015=5_000)
    assert "Total enterprises" in str(profile_page(EN, fewer, sources)[1].title)
    assert list(medians.data["after"])[-1] == "€3m"
    pairs = profile_analysis.paired_medians(facts)
    with pytest.raises(InputError, match="No median was found for both surveys"):
        profile_exhibits.medians(EN, pairs.head(0), facts, sources)
    with pytest.raises(InputError, match="No total was found with its number of poles and a median"):
        profile_exhibits.totals(EN, profile_analysis.totals_and_medians(facts, 2013), facts, 2013)


def test_what_is_said_to_be_at_most_or_at_least_stays_true_when_rounded():
    """Rounding goes outwards: half a hundredth of a point more is a hundredth, and 87.99% is at least 87%."""
    assert funding_labels.points_at_most(pd.Series([0.00011, 0.000201])).value == 0.03
    assert funding_labels.points_at_most(pd.Series([0.0002])).value == 0.02
    assert funding_labels.at_least(0.8799).value == 0.87 and funding_labels.at_least(0.88).value == 0.88


def test_a_median_that_is_printed_and_not_used_is_never_said_to_be_unknown(facts):
    """The data of the figure show the Communes median as printed and say that it is not drawn."""
    exhibit = funding_page(EN, facts)[2]
    row = exhibit.data.set_index("level").loc["commune"]
    assert (row["median_eur"], row["used"]) == (30_000, "no")
    assert "median_used_eur" not in [column.name for column in exhibit.columns]


def test_limits_of_a_share_have_as_many_decimals(facts):
    """Two on each side, so that the band can be read."""
    limits = funding_page(EN, facts)[0].data["limits"]
    assert all(len(part.split(".")[1]) == 3 for band in limits for part in band.split(" to "))

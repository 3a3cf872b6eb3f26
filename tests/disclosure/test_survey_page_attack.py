"""The survey page read by an attacker: every table of it together, and its comparison with the printed figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from attacker import Knowledge, is_sensitive
from conftest import REPOSITORY
from ptce_analysis.analysis.survey import amounts
from ptce_analysis.errors import InputError
from ptce_analysis.publish import survey_page, survey_tables
from ptce_analysis.publish.disclosure import MARK, Measure
from ptce_analysis.publish.language import Words
from ptce_analysis.publish.survey_tables import Shown, shown
from ptce_analysis.published import Facts, read_published
from ptce_analysis.survey.tables import Cleaned
from survey_exports import cleaned

EN = Words("en")
LEVELS = ("commune", "epci", "region", "etat", "europe")
HEADER = "id;Stade;Relation;Statut;Lien;" + ";".join(LEVELS)
RELATIONS = {"élargies": "widened", "stables": "stable", "fragiles": "weakened", "autre": "other"}
CHANGES: dict[str, Any] = {
    "origin": "survey",
    "variables": {
        "pole_id": {"header": "id"},
        "stage": {"header": "Stade"},
        "legal_form": {"header": "Statut"},
        "relation": {"header": "Relation", "kind": "choice", "answers": RELATIONS},
    },
    "not_asked": ["members", "employees", "budget_eur", "cell_budget_eur", "cell_self_financed_share", "cell_fte"],
    "supports": [{"level": level, "amount": level, "unit": "keur"} | ({"link": "Lien"} if level == "region" else {})
                 for level in LEVELS],
}  # fmt: skip


@pytest.fixture(scope="module")
def facts() -> Facts:
    """The figures of the collection."""
    return read_published(REPOSITORY / "data" / "raw" / "published")


def random_wave(folder: Path, seed: int) -> Cleaned:
    """A wave of 2015 with few poles, rare answers and heavy tails."""
    rng = np.random.default_rng(seed)
    n, rare = int(rng.integers(6, 40)), rng.uniform(0.03, 0.4)
    rows = []
    for i in range(n):
        stage = rng.choice(["émergence", "création", "fonctionnement"], p=[rare, 0.5 - rare / 2, 0.5 - rare / 2])
        relation = rng.choice([*RELATIONS, ""], p=[0.4, 0.3, rare / 2, 0.1, 0.2 - rare / 2])
        form = rng.choice(["association", "SCIC", "SARL"], p=[0.9 - rare, rare, 0.1])
        money = [f"{np.exp(rng.normal(3, 1.5)):.0f}" if rng.random() < 0.6 ** (k + 1) else "" for k in range(5)]
        rows.append(";".join([f"P{i}", stage, relation, form, rng.choice(["Oui", "Non"], p=[1 - rare, rare]), *money]))
    return cleaned(folder, *rows, header=HEADER, **CHANGES)


def said(tables: Shown) -> dict[str, float]:
    """What may be known from the answers of each printed figure that is not hidden, by its id: the page shows less."""
    rows = tables.printed.table
    return {row["id"]: row["given"] for row in rows[rows["given"] != MARK].to_dict("records")}


def recovered(tables: Shown) -> list[str]:
    """The levels whose total is sensitive, and that the totals of the page give within 10 %."""
    page, given, known = survey_page.funded(EN, tables).table.set_index("level"), said(tables), Knowledge()
    for level in (one for one in LEVELS if one in page.index):
        cell = page.loc[level]
        if isinstance(cell["total"], float):
            known.between(level, cell["total"] - 500, cell["total"] + 500)
        if cell["units"] == 0:
            known.between(level, 0, 0)
    if "funding_total_2015" in given:
        whole = given["funding_total_2015"]
        known.line(dict.fromkeys(LEVELS, 1.0), whole - 5e3, whole + 5e3)
    found = []
    for level, units in amounts(tables.waves[0]).groupby("level")["amount_eur"]:
        if is_sensitive(list(units), 3):
            low, high = known.range_of({str(level): 1.0}, whole=False)
            total = float(units.sum())
            found += [f"{level}: {total} in {low} to {high}"] if 0.9 * total < low and high < 1.1 * total else []
    return found


@pytest.mark.parametrize("block", range(6))
def test_no_amount_is_recovered_from_the_page(tmp_path: Path, facts: Facts, block: int) -> None:
    """The total of all levels is printed too: what is hidden of a level cannot be found by taking the others away."""
    for seed in range(10 * block, 10 * block + 10):
        assert recovered(shown([random_wave(tmp_path, seed)], facts)) == [], seed


def test_the_attacker_wins_when_the_total_of_all_levels_is_protected_alone(
    tmp_path: Path, facts: Facts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it was before it went through the same call as the levels."""
    measures = survey_tables._measures

    def apart(waves: Sequence[Cleaned]) -> tuple[Measure, ...]:
        by_level = (("wave", "level"),)
        return tuple(replace(one, by=by_level) if one.name == "amounts" else one for one in measures(waves))

    monkeypatch.setattr(survey_tables, "_measures", apart)
    assert sum(bool(recovered(shown([random_wave(tmp_path, seed)], facts))) for seed in range(60)) >= 3


def test_shares_that_add_up_do_not_give_the_hidden_one(tmp_path: Path, facts: Facts) -> None:
    """The base of the shares on relations is told: what is left of it never says that a hidden count is below three."""
    hidden = 0
    for seed in range(100, 140):
        wave = random_wave(tmp_path, seed)
        given = said(shown([wave], facts))
        counts = wave.poles["relation"].value_counts()
        shares = {one: given.get(f"relation_{one}_share_2015") for one in ("widened", "stable", "weakened")}
        left = counts.sum() - sum(counts.get(one, 0) for one, share in shares.items() if share)
        small = [one for one, share in shares.items() if not share and 0 < counts.get(one, 0) < 3]
        hidden += len(small)
        assert not small or left >= 3, seed
    assert hidden > 5


def test_what_a_table_hides_the_comparison_does_not_confirm(tmp_path: Path, facts: Facts) -> None:
    """Every printed figure of a cell with a mark stands as not shown and not compared."""
    n_hidden = 0
    for seed in range(200, 230):
        tables = shown([random_wave(tmp_path, seed)], facts)
        given = said(tables)
        links = tables.tables["links"].table.set_index("level")["share"].to_dict()
        stages = tables.tables["stages"].table.set_index("stage")["share"].to_dict()
        marks = {f"link_share_{level}_2015": share for level, share in links.items()}
        marks |= {"emergence_share_2015": stages["emergence"], "creation_share_2015": stages["creation"]}
        confirmed = [name for name, share in marks.items() if share == MARK and name in given]
        assert confirmed == [], seed
        n_hidden += sum(share == MARK for share in marks.values())
    assert n_hidden > 10


def test_a_median_of_several_amounts_of_two_poles_is_not_shown(tmp_path: Path, facts: Facts) -> None:
    """Eight amounts of local levels, two poles: five amounts are not five units."""
    rows = [f"P{i};création;;;Oui;{20 + i};{30 + i};{40 + i};;" for i in range(2)]
    rows += [f"Q{i};création;;;Oui;;;;;" for i in range(20)]
    tables = shown([cleaned(tmp_path, *rows, header=HEADER, **CHANGES)], facts)
    assert "aid_per_collectivity_median_2015" not in said(tables)


def test_several_amounts_of_one_pole_at_the_median_are_its_own(tmp_path: Path, facts: Facts) -> None:
    """By hand: 32 thrice is one pole's, shown as 30 to the five; of three poles it is nobody's."""
    money = {"b": "10;;", "c": "15;;", "d": ";20;", "e": ";25;", "f": ";;40", "g": ";;50"}
    rows = [f"{name};création;;;Oui;{given};;" for name, given in money.items()]
    alone = [*rows, "a;création;;;Oui;32;32;32;;"]
    three = [*rows, "a;création;;;Oui;32;;;;", "h;création;;;Oui;;32;;;", "i;création;;;Oui;;;32;;"]
    for answers, expected in ((alone, 30_000), (three, 32_000)):
        tables = shown([cleaned(tmp_path, *answers, header=HEADER, **CHANGES)], facts)
        assert said(tables)["aid_per_collectivity_median_2015"] == expected


LINKED = ("commune", "epci", "departement", "region", "pnr_petr")
LINKS: dict[str, Any] = {
    "origin": "survey",
    "variables": {"pole_id": {"header": "id"}, "stage": {"header": "Stade"}},
    "not_asked": [*CHANGES["not_asked"], "legal_form"],
    "supports": [{"level": one, "link": f"Lien {one}", "amount": one, "unit": "keur"} for one in LINKED[:4]]
    + [{"level": "pnr_petr", "link": "Lien pnr_petr"}],
}


def linked(folder: Path, links: dict[str, int], n: int, money: dict[str, list[int]] | None = None) -> Cleaned:
    """A wave of n poles: the first so many are linked with a level, and the first of those have its amounts (k€)."""
    given = money or {}
    rows = [
        ["création", *("Oui" if i < links.get(one, 0) else "Non" for one in LINKED)]
        + [str(given[one][i]) if i < len(given.get(one, [])) else "" for one in LINKED[:4]]
        for i in range(n)
    ]
    header = ";".join(["id", "Stade", *(f"Lien {one}" for one in LINKED), *LINKED[:4]])
    return cleaned(folder, *(";".join([f"P{i}", *row]) for i, row in enumerate(rows)), header=header, **LINKS)


def test_figures_of_several_levels_tell_nothing_of_a_hidden_one(tmp_path: Path, facts: Facts) -> None:
    """By hand: five poles of twenty have two links, so that levels add up to ten: five are shown."""
    others = {"commune": 5, "epci": 5, "departement": 5, "pnr_petr": 5}
    made_of_links = {"link_2_to_6_share_2015", "collectivities_involved_median_2015"}
    every = said(shown([linked(tmp_path, {"region": 15} | others, 20)], facts))
    assert made_of_links <= set(every) and every["link_2_to_6_share_2015"] == 0.25
    hidden = said(shown([linked(tmp_path, {"region": 18, "commune": 5}, 20)], facts))
    assert "link_share_region_2015" not in hidden and not made_of_links & set(hidden)


def test_a_median_of_nought_leaves_no_room_for_three(tmp_path: Path, facts: Facts) -> None:
    """By hand: four poles of six at least have no link, so that no level can have three."""
    given = said(shown([linked(tmp_path, dict.fromkeys(LINKED, 2), 6)], facts))
    assert "collectivities_involved_median_2015" not in given


def test_the_median_of_all_amounts_tells_nothing_of_a_hidden_total(tmp_path: Path, facts: Facts) -> None:
    """By hand: eight of fourteen amounts are 100 k€ or more, and the shown totals add up to 550: the rest is hidden."""
    several = {"commune": 4, "epci": 5, "region": 5}
    money = {"commune": [5000, 100, 100, 100], "epci": [100] * 5, "region": [10] * 5}
    tables = shown([linked(tmp_path, several, 20, money)], facts)
    totals = tables.tables["amounts"].table.set_index("level")["total"]
    assert totals["commune"] == MARK and totals["epci"] + totals["region"] == 550_000
    assert "aid_per_collectivity_median_2015" not in said(tables)
    money["commune"] = [100] * 4
    given = said(shown([linked(tmp_path, several, 20, money)], facts))
    assert given["aid_per_collectivity_median_2015"] == 100_000


def test_supports_do_not_give_what_links_hide(tmp_path: Path, facts: Facts) -> None:
    """Eighteen poles of twenty linked: two are not. That eighteen are supported would say so; the page has twenty."""
    tables = shown([linked(tmp_path, {"region": 18, "epci": 9}, 20, {"region": [10] * 18, "epci": [9] * 9})], facts)
    links, money = (tables.tables[name].table.set_index("level")["units"] for name in ("links", "supported"))
    assert (links["region"], money["region"]) == (MARK, MARK)
    assert (links["epci"], money["epci"]) == (9, 9)


def test_a_printed_figure_shows_amounts_no_finer_than_the_tables(tmp_path: Path, facts: Facts) -> None:
    """A source that prints to the euro has the answers beside it to the thousand euros: as far as may be shown."""
    one = replace(facts["funding_amount_region_2015"], grain=Fraction(1), value=Fraction(60_000))
    tables = shown([linked(tmp_path, {"region": 6}, 20, {"region": [10] * 6})], {one.id: one})
    row = tables.printed.table.iloc[0]
    assert (row["given"], row["grain"], row["verdict"]) == (60_000, 1_000, "as_far_as_shown")


def test_what_the_usual_rules_hide_the_stricter_ones_hide_too(tmp_path: Path, facts: Facts) -> None:
    """So that a page made under each gives, together, no more than the one: in every table and printed figure."""
    n_hidden = 0
    for seed in range(300, 312):
        wave = random_wave(tmp_path, seed)
        usual, strict = shown([wave], facts), shown([wave], facts, "strict")
        for name, one in {**usual.tables, "printed": usual.printed}.items():
            found = (strict.printed if name == "printed" else strict.tables[name]).table
            marks = found == MARK
            same = marks | (one.table.map(str) == found.map(str))
            assert same.drop(columns="verdict", errors="ignore").all(axis=None), (seed, name)
            n_hidden += int(marks.to_numpy().sum())
    assert n_hidden > 100


def test_unknown_rules_are_refused() -> None:
    """The message names the legal ones."""
    with pytest.raises(InputError, match=r"parameter 'rules': value 'strickt': legal values: standard, strict\."):
        shown([], rules="strickt")

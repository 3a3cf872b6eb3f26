"""The survey page read by an attacker: every table of it together, and its comparison with the printed figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from attacker import Knowledge, is_sensitive
from conftest import REPOSITORY
from ptce_analysis import vocabulary
from ptce_analysis.analysis.survey_levels import amounts
from ptce_analysis.publish import survey_tables
from ptce_analysis.publish.disclosure import MARK, Measure
from ptce_analysis.publish.language import Words
from ptce_analysis.publish.survey_tables import Shown, shown
from ptce_analysis.publish.topics import survey_files, survey_levels
from ptce_analysis.published import Facts, read_published
from ptce_analysis.survey.clean import Cleaned
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


def said(tables: Shown, facts: Facts) -> dict[str, str]:
    """What the page gives from the answers for each printed figure that it shows, by the figure's id."""
    rows = survey_files.printed_again(EN, tables).data.to_dict("records")
    written = {(survey_files.figure_name(EN, fact), survey_files.printed(EN, fact)): fact for fact in facts.values()}
    found = {written[row["name"], row["printed"]].id: row["given"] for row in rows if row["verdict"]}
    return {name: given for name, given in found.items() if given != "not shown"}


def euros(text: str) -> float:
    """An amount as the page writes it."""
    return float(text.strip("€km").replace(",", "")) * {"k": 1e3, "m": 1e6}.get(text[-1], 1.0)


def recovered(tables: Shown, facts: Facts) -> list[str]:
    """The levels whose total is sensitive, and that the totals of the page give within 10 %."""
    page, given, known = survey_levels.funding(EN, tables).data.set_index("name"), said(tables, facts), Knowledge()
    for level in LEVELS:
        cell = page.loc[EN.label(vocabulary.LEVELS[level])]
        if isinstance(cell["total"], float):
            known.between(level, cell["total"] - 500, cell["total"] + 500)
        if cell["known"] == 0:
            known.between(level, 0, 0)
    if "funding_total_2015" in given:
        whole = euros(given["funding_total_2015"])
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
        assert recovered(shown([random_wave(tmp_path, seed)], facts), facts) == [], seed


def test_the_attacker_wins_when_the_total_of_all_levels_is_protected_alone(
    tmp_path: Path, facts: Facts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it was before it went through the same call as the levels."""
    measures = survey_tables._measures

    def apart(waves: Sequence[Cleaned]) -> tuple[Measure, ...]:
        by_level = (("wave", "level"),)
        return tuple(replace(one, by=by_level) if one.name == "amounts" else one for one in measures(waves))

    monkeypatch.setattr(survey_tables, "_measures", apart)
    assert sum(bool(recovered(shown([random_wave(tmp_path, seed)], facts), facts)) for seed in range(60)) >= 3


def test_shares_that_add_up_do_not_give_the_hidden_one(tmp_path: Path, facts: Facts) -> None:
    """The base of the shares on relations is told: what is left of it never says that a hidden count is below three."""
    hidden = 0
    for seed in range(100, 140):
        wave = random_wave(tmp_path, seed)
        given = said(shown([wave], facts), facts)
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
        given = said(tables, facts)
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
    assert "aid_per_collectivity_median_2015" not in said(tables, facts)

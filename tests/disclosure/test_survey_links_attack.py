"""The survey page read by an attacker who lists every way of answering about the levels, and counts poles by way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from test_survey_page_attack import EN, LINKED, LINKS, said

from attacker import Knowledge
from conftest import REPOSITORY
from ptce_analysis.analysis.survey import linked_with, marginal
from ptce_analysis.publish import survey_page, survey_printed, survey_tables
from ptce_analysis.publish.disclosure import Measure
from ptce_analysis.publish.survey_tables import Shown, shown
from ptce_analysis.published import Facts, read_published
from ptce_analysis.survey.tables import Cleaned
from survey_exports import cleaned

SILENT, NO, YES = "", "Non", "Oui"
WAYS = tuple(product((SILENT, NO, YES), repeat=len(LINKED)))
FEWEST = 3


@pytest.fixture(scope="module")
def facts() -> Facts:
    """The figures of the collection."""
    return read_published(REPOSITORY / "data" / "raw" / "published")


def random_links(folder: Path, seed: int) -> Cleaned:
    """A wave of 2015 with few or many poles, levels that nearly all or hardly any are linked with, some supported."""
    rng = np.random.default_rng(seed)
    linked, silent, supported = rng.beta(0.6, 0.6, len(LINKED)), rng.choice([0, 0.2]), rng.beta(0.6, 0.6, 4)
    rows = []
    for i in range(int(rng.integers(8, 40))):
        links = [SILENT if rng.random() < silent else (YES if rng.random() < p else NO) for p in linked]
        money = [
            f"{np.exp(rng.normal(3, 1)):.0f}" if link == YES and rng.random() < p else ""
            for link, p in zip(links[:4], supported, strict=True)
        ]
        rows.append(";".join([f"P{i}", "création", *links, *money]))
    header = ";".join(["id", "Stade", *(f"Lien {one}" for one in LINKED), *LINKED[:4]])
    return cleaned(folder, *rows, header=header, **LINKS)


def read(tables: Shown, facts: Facts) -> Knowledge:
    """What the page says of how many poles answered in each way."""
    known, poles = Knowledge(), int(tables.flow.table["kept"].iloc[0])
    known.line(dict.fromkeys(WAYS, 1.0), poles, poles)
    links = survey_page.linked(EN, tables).table.set_index("level")
    money = survey_page.funded(EN, tables).table.set_index("level")
    for at, level in enumerate(LINKED):
        row, yes = links.loc[level], ways(at, YES)
        if isinstance(row["units"], (int, float)):
            known.line(yes, row["units"], row["units"])
        if isinstance(row["base"], (int, float)):
            known.line(yes | ways(at, NO), row["base"], row["base"])
        if level in LINKED[:4] and level in money.index:
            told = money.loc[level, ["projects", "units"]]
            known.line(yes, max([int(n) for n in told if isinstance(n, (int, float))], default=0), poles)
    given = said(tables)
    for name in sorted({"link_2_to_6_share_2015", "collectivities_involved_median_2015"} & set(given)):
        # The page does not say how many poles told about every level: this attacker knows it.
        n, told = marginal(tables.waves[0], facts[name]).n, [way for way in WAYS if SILENT not in way]
        known.line(dict.fromkeys(told, 1.0), n, n)
        if name == "link_2_to_6_share_2015":
            counts = [k for k in range(n + 1) if abs(k / n - given[name]) <= 0.0005]
            known.line({w: 1.0 for w in told if w.count(YES) > 1}, counts[0], counts[-1])
        else:
            median = given[name]
            known.line({w: 1.0 for w in told if w.count(YES) <= median + 0.5}, n / 2, n)
            known.line({w: 1.0 for w in told if w.count(YES) >= median - 0.5}, n / 2, n)
    return known


def ways(at: int, answer: str) -> dict[object, float]:
    """The ways that have an answer about one level."""
    return {way: 1.0 for way in WAYS if way[at] == answer}


def found_small(tables: Shown, facts: Facts) -> list[str]:
    """The levels of which the page says that fewer than three poles are linked, or answered that they are not."""
    known, wave, found = read(tables, facts), tables.waves[0], []
    for at, level in enumerate(LINKED):
        linked = linked_with(wave, level)["linked"]
        for answer, truth in ((YES, int(linked.sum())), (NO, int((~linked).sum()))):
            if 0 < truth < FEWEST and known.range_of(ways(at, answer), whole=True)[1] < FEWEST - 0.5:
                found.append(f"{level}: {answer}")
    return found


@pytest.mark.parametrize("block", range(4))
def test_nobody_learns_that_few_poles_are_linked_or_not(tmp_path: Path, facts: Facts, block: int) -> None:
    """Links, supports, how many poles there are, how many have two links or more, and the median of their number."""
    for seed in range(5 * block, 5 * block + 5):
        assert found_small(shown([random_links(tmp_path, seed)], facts), facts) == [], seed


def test_the_attacker_wins_when_the_number_of_poles_is_forgotten(
    tmp_path: Path, facts: Facts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it was before the poles that the page counts went through the same call as the links."""
    measures = survey_tables._measures

    def apart(waves: Sequence[Cleaned]) -> tuple[Measure, ...]:
        return tuple(replace(one, within=()) if one.name == "said" else one for one in measures(waves))

    monkeypatch.setattr(survey_tables, "_measures", apart)
    monkeypatch.setattr(survey_printed, "_tells", lambda *_: "")
    assert any(found_small(shown([random_links(tmp_path, seed)], facts), facts) for seed in range(20))

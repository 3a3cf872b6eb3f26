"""Emergence by level: shown as a whole or not at all, and read by an attacker who has the page's other counts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from attacker import Knowledge
from ptce_analysis.protect.rules import MARK
from ptce_analysis.publish import survey_by_level, survey_page
from ptce_analysis.publish.language import Words
from ptce_analysis.publish.survey_tables import Shown, shown
from survey_exports import cleaned

STAGES = {"emergence": "émergence", "other": "création", "untold": ""}
LINKS = {"yes": "Oui", "no": "Non", "untold": ""}
CHANGES: dict[str, Any] = {
    "origin": "survey",
    "variables": {"pole_id": {"header": "id"}, "stage": {"header": "Stade"}},
    "not_asked": [
        "members", "employees", "budget_eur", "cell_budget_eur", "cell_self_financed_share", "cell_fte", "legal_form",
    ],
    "supports": [{"level": "region", "link": "Lien"}],
}  # fmt: skip
Group = tuple[str, str]


def of_groups(folder: Path, counts: Mapping[Group, int]) -> Shown:
    """A survey with so many poles of each stage and link."""
    said = [f"{STAGES[stage]};{LINKS[link]}" for (stage, link), n in counts.items() for _ in range(n)]
    rows = [f"P{i};{answers}" for i, answers in enumerate(said)]
    return shown([cleaned(folder, *rows, header="id;Stade;Lien", **CHANGES)])


def table(yes: tuple[int, int], no: tuple[int, int], **more: int) -> dict[Group, int]:
    """In emergence and other, among linked poles and among the others; then the groups that told less."""
    counts = {
        ("emergence", "yes"): yes[0],
        ("other", "yes"): yes[1],
        ("emergence", "no"): no[0],
        ("other", "no"): no[1],
    }
    return counts | {(name.split("_")[0], name.split("_")[1]): n for name, n in more.items()}


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        (table((5, 5), (4, 6)), (5, 10, 4, 10)),
        (table((5, 5), (4, 6), untold_yes=3, untold_no=4), (5, 10, 4, 10)),
        (table((2, 8), (4, 6)), "few_others"),
        (table((0, 9), (4, 6)), "same_answer"),
        (table((5, 5), (4, 6), untold_yes=1, untold_no=4), "few_others"),
        (table((5, 5), (4, 6), emergence_untold=3, other_untold=0), "same_answer"),
        (table((5, 15), (0, 0)), "withheld"),
    ],
)
def test_a_level_is_shown_as_a_whole_or_not_at_all(tmp_path: Path, counts: dict[Group, int], expected: Any) -> None:
    """Worked by hand: every group that exists has three poles or more, and so have those beside it."""
    found = of_groups(tmp_path, counts).by_level
    (row,) = found.table.to_dict("records")
    if isinstance(expected, str):
        assert {row[name] for name in survey_by_level.FIGURES} == {MARK} and set(found.ledger["rule"]) == {expected}
    else:
        assert tuple(row[name] for name in survey_by_level.FIGURES[:4]) == expected and found.ledger.empty


def test_a_level_is_hidden_when_it_would_give_a_count_that_another_table_hides(tmp_path: Path) -> None:
    """All the poles told both: the linked ones are the row « linked » of the other table."""
    tables = of_groups(tmp_path, table((5, 5), (4, 6)))
    links = tables.tables["links"]
    links.table.loc[links.table["level"] == "region", "units"] = MARK
    again = survey_by_level.by_level(tables.waves, tables.tables, tables.rules)
    assert set(again.ledger["rule"]) == {"recoverable"}


def random_counts(seed: int) -> dict[Group, int]:
    """Groups of up to a dozen poles, those that told less rarely there."""
    rng = np.random.default_rng(seed)
    names = [(stage, link) for stage in STAGES for link in LINKS]
    told = {name: int(rng.integers(0, 13)) * int("untold" not in name or rng.random() < 0.3) for name in names}
    # A line without any answer is no pole, and where nobody writes « Non » a blank is one.
    return told | {("untold", "untold"): 0, ("other", "no"): max(1, told["other", "no"])}


def pinned(tables: Shown, counts: Mapping[Group, int]) -> list[Group]:
    """The groups of one or two poles that a reader of all the counts of the page knows exactly."""
    known, level = Knowledge(), tables.by_level.table.set_index("level").loc["region"]
    every = {(stage, link): 1.0 for stage in STAGES for link in LINKS}
    both = {"yes": ("count_linked", "base_linked"), "no": ("count_others", "base_others")}
    told = tables.tables["told"].table["units"].iloc[0]
    said = tables.tables["said"].table.set_index("level")["units"]
    lines = [(every, tables.tables["poles"].table["units"].iloc[0])]
    lines.append(({group: 1.0 for group in every if group[0] != "untold"}, told))
    lines.append(({group: 1.0 for group in every if group[1] != "untold"}, said["region"]))
    stages = tables.tables["stages"].table.set_index("stage")["units"]
    links = tables.tables["links"].table.set_index("level")["units"]
    lines.append(({("emergence", link): 1.0 for link in LINKS}, stages["emergence"]))
    lines.append(({(stage, "yes"): 1.0 for stage in STAGES}, links["region"]))
    for link, (count, base) in both.items():
        lines += [
            ({("emergence", link): 1.0}, level[count]),
            ({("emergence", link): 1.0, ("other", link): 1.0}, level[base]),
        ]
    for group in every:
        known.between(group, 0, 1000)
    for terms, value in lines:
        if value != MARK:
            known.line(terms, float(value), float(value))
    found = {group: known.range_of({group: 1.0}, whole=True) for group in every if 0 < counts[group] < 3}
    return [group for group, (low, high) in found.items() if low == high]


SEEDS = range(40)


def test_no_small_group_is_known_from_a_level_that_is_shown(tmp_path: Path) -> None:
    """With poles, stages and links beside it, none of the groups by stage and link that are pinned is a small one."""
    n_shown = 0
    for seed in SEEDS:
        counts = random_counts(seed)
        tables = of_groups(tmp_path, counts)
        if MARK not in set(tables.by_level.table.set_index("level").loc["region", list(survey_by_level.FIGURES)]):
            n_shown += 1
            assert pinned(tables, counts) == [], seed
    assert n_shown >= 5


def test_the_attacker_wins_when_groups_are_not_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the rules, the counts of a level give small groups away."""
    monkeypatch.setattr(survey_by_level, "_hiding", lambda *_: "")
    monkeypatch.setattr(survey_by_level, "_untold_elsewhere", lambda *_: "")
    found = {seed: pinned(of_groups(tmp_path, random_counts(seed)), random_counts(seed)) for seed in SEEDS}
    assert sum(map(bool, found.values())) >= 5


def test_the_page_says_what_may_be_shown(tmp_path: Path) -> None:
    """The counts of a level and their difference; hidden, nothing of it is drawn."""
    found = survey_page.apart(Words("en"), of_groups(tmp_path, table((5, 5), (4, 6))))
    (row,) = survey_page.seen(found, "difference").to_dict("records")
    assert (row["name"], row["count_linked"], row["base_others"]) == ("Regions 2015", 5, 10)
    assert row["difference"] == pytest.approx(0.1)
    hidden = survey_page.apart(Words("en"), of_groups(tmp_path, table((2, 8), (4, 6))))
    assert survey_page.seen(hidden, "difference").empty and MARK in set(hidden.table.iloc[0])

"""Nothing that is hidden can be worked out: an attacker tries, on surveys drawn at random."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from attacker import Answers, random_answers, recovered_counts, recovered_medians, recovered_totals
from ptce_analysis.protect import suppress
from ptce_analysis.protect.cells import Measure
from ptce_analysis.protect.rules import MARK
from ptce_analysis.protect.suppress import protect

TABLES = (
    (("level", "wave"), ("level",), ("wave",), ()),
    (("level",), ("wave",), ()),
    (("level", "wave"), ("level",)),
)


def published(answers: Answers, by: tuple[tuple[str, ...], ...], **how: object) -> dict[str, pd.DataFrame]:
    """The tables of a survey as they would be printed, by name."""
    base = Measure("base", answers.base, by=(("wave",), ()))
    statistics = ("share", "total", "median")
    measure = Measure("answers", answers.rows, by, statistics, value=answers.value, grain=answers.grain, base="base")
    return {name: one.table for name, one in protect(base, measure, **how).items()}


@pytest.mark.parametrize("block", [0, *(pytest.param(n, marks=pytest.mark.thorough) for n in range(1, 10))])
def test_no_hidden_figure_is_recovered_from_everything_published(block: int) -> None:
    """Over random surveys and layouts, no attacker learns a sensitive total within 10 %, or that a count is small."""
    for seed in range(20 * block, 20 * block + 20):
        answers = random_answers(seed)
        tables = published(answers, TABLES[seed % len(TABLES)])
        assert recovered_counts(tables, answers) == [], seed
        assert recovered_totals(tables["answers"], answers, ["", *insiders(answers)[:2]]) == [], seed
        assert recovered_medians(tables["answers"], answers, insiders(answers)) == [], seed


def one_answer_each(seed: int) -> tuple[Answers, dict[str, pd.DataFrame]]:
    """A question with one answer, rare ones among them, and its tables: no margin, but the base is printed."""
    rng = np.random.default_rng(seed)
    chances = rng.dirichlet(np.full(int(rng.integers(2, 6)), rng.uniform(0.3, 2.0)))
    again = rng.random() < 0.5
    rows = [
        (f"p{i}" if again else f"{wave}p{i}", wave, f"S{rng.choice(len(chances), p=chances)}")
        for wave in ("2013", "2015")[: int(rng.integers(1, 3))]
        for i in range(int(rng.integers(5, 40)))
    ]
    frame = pd.DataFrame(rows, columns=["pole_id", "wave", "stage"])
    told = Measure("base", frame.drop(columns="stage"), by=(("wave",),))
    stages = Measure("answers", frame, by=(("wave", "stage"),), statistics=("share",), base="base")
    tables = {name: one.table for name, one in protect(told, stages).items()}
    return Answers(frame, ("wave", "stage"), base=frame.drop(columns="stage"), base_dims=("wave",)), tables


def small_ones_found(seed: int) -> list[str]:
    """The hidden counts that must be below three once those that are shown are taken from the printed base."""
    answers, tables = one_answer_each(seed)
    bases = dict(zip(tables["base"]["wave"], tables["base"]["units"], strict=True))
    found = []
    for wave, table in tables["answers"].groupby("wave"):
        left = bases[wave] if bases[wave] != MARK else np.inf
        left -= sum(units for units in table["units"] if units != MARK)
        truth = answers.rows.loc[answers.rows["wave"] == wave, "stage"].value_counts()
        hidden = [stage for stage, n in zip(table["stage"], table["units"], strict=True) if n == MARK]
        found += [f"{wave} {stage}" for stage in hidden if 0 < truth.get(stage, 0) < 3 and left < 3]
    return found


@pytest.mark.parametrize("seeds", [range(60), pytest.param(range(60, 400), marks=pytest.mark.thorough)])
def test_the_base_of_a_question_with_one_answer_does_not_give_the_hidden_one(seeds: range) -> None:
    """Its cells add up to the base, and everybody knows it: a rare stage is not what is left of the poles that told."""
    assert {seed: found for seed in seeds if (found := small_ones_found(seed))} == {}


def test_the_attacker_wins_when_it_is_forgotten_that_answers_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the lines that tie a base to its cells, rare answers are found."""
    monkeypatch.setattr(suppress, "is_shared_out", lambda *_: False)
    assert sum(bool(small_ones_found(seed)) for seed in range(100)) >= 5


def insiders(answers: Answers) -> list[str]:
    """The respondents who know most: those alone in a cell first."""
    alone = answers.rows.groupby(["level", "wave"])["pole_id"].transform("nunique") == 1
    return list(dict.fromkeys([*answers.rows.loc[alone, "pole_id"], *answers.rows["pole_id"]]))


EVERY_GOAL = suppress.goals
FORGOTTEN = {
    # Without further suppression, anybody recovers figures of one survey in five or more.
    "all but the primary rules": (lambda _: [], 30, 6),
    # A table that is safe against outsiders alone is read by those who subtract their own answers.
    "respondents": (lambda system: EVERY_GOAL(replace(system, attackers=system.attackers[:1])), 60, 2),
}


@pytest.mark.parametrize("forgotten", FORGOTTEN)
def test_the_attacker_wins_when_a_protection_is_forgotten(forgotten: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that who recovers nothing from the tables as they are has tried."""
    goals, n_surveys, least = FORGOTTEN[forgotten]
    monkeypatch.setattr(suppress, "goals", goals)
    beaten = 0
    for seed in range(n_surveys):
        answers = random_answers(seed)
        tables = published(answers, TABLES[0])
        attackers = insiders(answers)[:2] if forgotten == "respondents" else [""]
        found = recovered_totals(tables["answers"], answers, attackers)
        beaten += bool(found or (attackers == [""] and recovered_counts(tables, answers)))
    assert beaten >= least

"""The survey page, run on waves of every kind: what it shows is protected, complete, and says what it is made of."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import REPOSITORY
from ptce_analysis.errors import InputError
from ptce_analysis.publish import survey_page as page06
from ptce_analysis.publish.language import Words
from ptce_analysis.publish.survey_tables import Shown, shown
from ptce_analysis.published import Facts, read_published
from ptce_analysis.survey.tables import Cleaned
from ptce_analysis.survey.waves import read_waves
from ptce_analysis.vocabulary import LANGUAGES
from survey_exports import cleaned
from survey_pages import survey_page

EN = Words("en")
FIGURES, TABLES = {"emergence", "links", "emergence_by_level", "funding"}, {"stages", "compared", "lines"}


@pytest.fixture(scope="module")
def facts() -> Facts:
    """The figures of the study."""
    return read_published(REPOSITORY / "data" / "raw" / "published")


@pytest.fixture(scope="module")
def fictitious() -> tuple[Cleaned, ...]:
    """The waves of the study."""
    return read_waves(REPOSITORY / "data" / "raw" / "waves", "fictitious")


@pytest.fixture(scope="module")
def tables(fictitious: tuple[Cleaned, ...], facts: Facts) -> Shown:
    """What may be shown of them."""
    return shown(fictitious, facts)


def folders(folder: Path) -> tuple[Path, Path]:
    """Two folders for two exports."""
    for name in ("a", "b"):
        (folder / name).mkdir()
    return folder / "a", folder / "b"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_everything_made_of_invented_answers_says_so(
    fictitious: tuple[Cleaned, ...], monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    """Head, drawing and sentence, in the same output as the number; no identifier of a pole anywhere."""
    found = survey_page(fictitious, monkeypatch, lang)
    words = {"en": "fictitious data", "fr": "données fictives"}[lang]
    assert {f"{key}.drawing" for key in FIGURES} | FIGURES | TABLES <= set(found)
    for key in FIGURES | TABLES:
        assert words in found[key]
    for key in FIGURES:
        assert found[f"{key}.drawing"].count(words) == 2
    assert "FICTIF" not in str(found)
    assert found["answer"].startswith(f"[{words}] ") and "PTCE" in found["answer"] + "PTCE" * (lang == "en")


def test_the_answer_on_invented_answers_states_no_number(
    fictitious: tuple[Cleaned, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says what the page is for, and that no figure describes a real cluster."""
    answer = survey_page(fictitious, monkeypatch)["answer"]
    assert "Test page, invented data." in answer and not any(map(str.isdigit, answer))


def test_the_change_is_that_of_two_known_proportions(
    fictitious: tuple[Cleaned, ...], tables: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    """10/52 less 13/42: Newcombe by hand from both Wilson intervals (10.8 to 31.9, 19.1 to 46.0), R's fisher.test."""
    assert tables.rates.table[["n", "base"]].to_numpy().tolist() == [[13, 42], [10, 52]]
    said = " ".join(text for key, text in survey_page(fictitious, monkeypatch).items() if key.startswith("say-"))
    assert "changes by −11.7 points (95% interval of Newcombe, −29.0 points to +5.7 points;" in said
    assert "p = 0.23). The interval contains zero" in said


def test_lines_and_published_figures_are_counted(
    fictitious: tuple[Cleaned, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """47 and 58 lines, 42 and 52 poles; of 58 figures three are not given, and one is hidden."""
    said = " ".join(text for key, text in survey_page(fictitious, monkeypatch).items() if key.startswith("say-"))
    assert "Of 105 lines, 94 are clusters; 11 were set aside" in said
    assert "Of 58 published figures that answers can give, 48 are found again exactly and 6 up to the" in said
    assert "confidentiality requires; 3 differ." in said
    assert "1 is not compared, so that no respondent can be recognised" in said


def test_unknown_amounts_and_questions_not_asked_are_no_zeros(tables: Shown) -> None:
    """2013 did not ask, and has no line; 16 projects of communes and 15 amounts."""
    rows = page06.funded(EN, tables).table.set_index("level")
    assert set(rows["wave"].astype(str)) == {"2015"} and rows["total"].is_monotonic_decreasing
    assert tuple(rows.loc["commune", ["projects", "units", "total"]]) == (16, 15, 246_000)


def test_a_share_with_fewer_than_three_outside_is_not_shown(tables: Shown) -> None:
    """40 of 42 linked with their Région in 2013: two could be recognised. It stands last, and is not drawn."""
    linked = page06.linked(EN, tables)
    rows = linked.table.set_index(["wave", "level"])
    assert tuple(rows.loc[("2013", "region"), ["units", "share"]]) == ("s", "s")
    assert rows.index[-1] == ("2013", "region") and rows.loc[("2015", "region"), "share"] == pytest.approx(0.75)
    assert "2013" not in set(page06.seen(linked, "share")["wave"])


def test_the_lines_set_aside_in_several_waves_are_added_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By hand: nine totals and ten are nineteen lines, a number that no wave has of its own."""
    rows = [f"P{i};création;10;1;Oui;5;;" for i in range(20)]
    first, second = folders(tmp_path)
    both = [
        cleaned(first, *rows, *["Total;;;;;;;"] * 9, wave="2013"),
        cleaned(second, *rows, *["Total;;;;;;;"] * 10, wave="2015"),
    ]
    said = str(survey_page(both, monkeypatch))
    assert "Of 59 lines, 40 are clusters; 19 were set aside" in said


def test_figures_that_the_answers_do_not_give_stand_first(tables: Shown) -> None:
    """Then those that other published figures contradict and that these answers hold, on fewer answers: by hand."""
    rows = page06.compared(EN, tables).table
    n = int((rows["verdict"] == "differs").sum())
    assert n >= 3 and (rows["verdict"][:n] == "differs").all()
    assert {"31.0%", "19.2%", "€4.40m"} <= set(rows["given"][:n])
    held = rows[n:].set_index("id")
    communes = held.loc[["funding_amount_commune_2015", "funding_projects_commune_2015"]]
    assert communes["base"].tolist() == [15, 16] and set(communes["said"]) == {"found again"}


def test_a_wave_of_which_nothing_may_be_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two poles of 2017: the page stands, with neither figure nor table, and no word of fiction."""
    wave = cleaned(tmp_path, "P1;création;10;1;Oui;5;;", "P2;émergence;10;1;Oui;7;;", wave="2017", origin="survey")
    found = survey_page([wave], monkeypatch)
    assert not (FIGURES | TABLES) & set(found)
    assert found["answer"].startswith("[") is False and "2 clusters answered." in found["answer"]
    said = str(found)
    for subject in ("share of emerging clusters", "share of clusters linked with a tier", "amount"):
        assert f"No {subject} can be shown" in said
    assert "No figure was found" in said
    assert "fictitious" not in said and "over time" not in said


def test_the_answer_on_real_answers_says_whether_the_share_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """30 of 34 emerging, then 4 of 34: more than chance; 15 and 12 of 34: not."""
    first, second = folders(tmp_path)

    def wave(folder: Path, emerging: int, year: str) -> Cleaned:
        stages = ["émergence"] * emerging + ["création"] * (34 - emerging)
        rows = [f"P{i};{stage};10;1;Oui;5;;" for i, stage in enumerate(stages)]
        return cleaned(folder, *rows, wave=year, origin="survey")

    apart = survey_page([wave(first, 30, "2013"), wave(second, 4, "2015")], monkeypatch)
    assert "more than chance explains" in apart["answer"] and "−76.5 points" in apart["answer"]
    assert "Only amounts given by" in str(apart) and "does not contain zero" in str(apart)
    close = survey_page([wave(first, 15, "2013"), wave(second, 12, "2015")], monkeypatch)
    assert close["answer"].startswith("We cannot tell whether the share of emerging clusters changed")


def test_the_mark_is_explained_where_it_stands_and_nowhere_else(
    fictitious: tuple[Cleaned, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Links of 2013 bear it; stages and funding do not."""
    found = survey_page(fictitious, monkeypatch)
    explained = {key for key in FIGURES | TABLES if "s: not shown" in found[f"{key}.notes"]}
    assert explained == {"links", "emergence_by_level"}


def test_nothing_asked_about_levels_still_makes_a_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither link nor amount: stages alone."""
    bare = cleaned(tmp_path, *(f"P{i};création;10;1;;;;" for i in range(5)), supports=[])
    found = survey_page([bare], monkeypatch)
    assert not {"links", "funding", "emergence_by_level"} & set(found)


def test_two_origins_are_never_shown_together(tmp_path: Path) -> None:
    """Fictitious and real answers on one page are refused."""
    first, second = folders(tmp_path)
    real = cleaned(second, "P1;création;10;1;Oui;5;;", wave="2017", origin="survey")
    both = shown([cleaned(first, "P1;création;10;1;Oui;5;;"), real])
    with pytest.raises(InputError, match="waves of origins fictitious, survey cannot be shown together"):
        _ = both.origin

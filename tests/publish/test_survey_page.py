"""The survey page, run on waves of every kind: what it shows is protected, complete, and says what it is made of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from conftest import REPOSITORY
from ptce_analysis.errors import InputError
from ptce_analysis.publish import survey_page as page06
from ptce_analysis.publish.language import Words
from ptce_analysis.publish.survey_tables import ShownWaves, shown
from ptce_analysis.published import Facts, read_published
from ptce_analysis.survey.tables import Cleaned
from ptce_analysis.survey.waves import read_waves
from ptce_analysis.vocabulary import FUNDING_LEVELS, LANGUAGES
from survey_exports import SMALL, cleaned
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
def tables(fictitious: tuple[Cleaned, ...], facts: Facts) -> ShownWaves:
    """What may be shown of them."""
    return shown(fictitious, facts)


@pytest.fixture(scope="module")
def pages(fictitious: tuple[Cleaned, ...]) -> dict[str, dict[str, Any]]:
    """What the page shows of them, by language."""
    with pytest.MonkeyPatch.context() as patch:
        return {lang: survey_page(fictitious, patch, lang) for lang in LANGUAGES}


def sentences(found: dict[str, Any]) -> str:
    """What a page says."""
    return " ".join(text for key, text in found.items() if key.startswith("say-"))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_everything_made_of_invented_answers_says_so(pages: dict[str, dict[str, Any]], lang: str) -> None:
    """Head, drawing and sentence, in the same output as the number; no identifier of a pole; the mark is explained."""
    found = pages[lang]
    words = {"en": "fictitious data", "fr": "données fictives"}[lang]
    assert {f"{key}.drawing" for key in FIGURES} | FIGURES | TABLES <= set(found)
    assert all(words in found[key] for key in FIGURES | TABLES)
    assert all(found[f"{key}.drawing"].count(words) == 2 for key in FIGURES)
    assert "FICTIF" not in str(found)
    assert found["answer"].startswith(f"[{words}] ") and not any(map(str.isdigit, found["answer"]))
    mark = {"en": "s: not shown", "fr": "s\u202f: non diffusé"}[lang]
    explained = {key for key in FIGURES | TABLES if mark in found[f"{key}.notes"].replace("\u00a0", "\u202f")}
    assert explained == {"links", "emergence_by_level"}


def test_the_page_says_what_these_answers_say(tables: ShownWaves, pages: dict[str, dict[str, Any]]) -> None:
    """10/52 less 13/42: Newcombe by hand from both Wilson intervals (10.8 to 31.9, 19.1 to 46.0), R's fisher.test.

    47 and 58 lines, 42 and 52 poles; of 58 figures three are not given, and one is hidden.
    """
    assert tables.rates.table[["n", "base"]].to_numpy().tolist() == [[13, 42], [10, 52]]
    found = sentences(pages["en"])
    assert "changes by −11.7 points (95% interval of Newcombe, −29.0 points to +5.7 points;" in found
    assert "p = 0.23). The interval contains zero" in found
    assert "Of 105 lines, 94 are clusters; 11 were set aside" in found
    assert "Of 58 published figures" in found and "3 differ." in found and "1 is not compared" in found


def test_a_share_with_fewer_than_three_outside_is_not_shown(tables: ShownWaves) -> None:
    """40 of 42 linked with their Région in 2013: two could be recognised. It stands last, and is not drawn."""
    linked = page06.linked(EN, tables)
    rows = linked.table.set_index(["wave", "level"])
    assert tuple(rows.loc[("2013", "region"), ["units", "share"]]) == ("s", "s")
    assert rows.index[-1] == ("2013", "region") and rows.loc[("2015", "region"), "share"] == pytest.approx(0.75)
    assert "2013" not in set(page06.seen(linked, "share")["wave"])


def test_figures_that_the_answers_do_not_give_stand_first(tables: ShownWaves) -> None:
    """Then those that other published figures contradict and that these answers hold, on fewer answers: by hand."""
    rows = page06.compared(EN, tables).table
    n = int((rows["verdict"] == "differs").sum())
    assert n >= 3 and (rows["verdict"][:n] == "differs").all()
    assert {"31.0%", "19.2%", "€4.40m"} <= set(rows["given"][:n])
    communes = rows[n:].set_index("id").loc[["funding_amount_commune_2015", "funding_projects_commune_2015"]]
    assert communes["base"].tolist() == [15, 16] and set(communes["said"]) == {"found again"}


def made(folder: Path, *rows: str, year: str = "2015", **changes: Any) -> Cleaned:
    """A wave of a survey."""
    (folder / year).mkdir()
    return cleaned(folder / year, *rows, wave=year, **{"origin": "survey"} | changes)


def asked_about_all(folder: Path, year: str, n: int = 40) -> Cleaned:
    """A wave that asked about the six levels, of which nothing has to be hidden: half of n poles linked with each."""
    levels = FUNDING_LEVELS
    supports = [{"level": level, "link": f"Lien {level}", "amount": level} for level in levels]
    variables = {"pole_id": {"header": "id"}, "stage": {"header": "Stade"}}
    rows = []
    for i in range(n):
        yes = [(i // 4 + k) % 2 == 0 for k in range(len(levels))]
        links, money = ["Oui" if one else "Non" for one in yes], [str(20_000 + 500 * i) if one else "" for one in yes]
        rows.append(";".join([f"P{i}", ("émergence", "création", "amorçage", "fonctionnement")[i % 4], *links, *money]))
    header = ";".join(["id", "Stade", *(f"Lien {level}" for level in levels), *levels])
    not_asked = [*SMALL["not_asked"], "cell_budget_eur", "cell_fte"]
    return made(folder, *rows, year=year, header=header, variables=variables, supports=supports, not_asked=not_asked)


@pytest.mark.parametrize(("lang", "years"), [("en", ("2015",)), ("fr", ("2013", "2015"))])
def test_waves_of_which_nothing_is_hidden_or_missing_make_a_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, years: tuple[str, ...], lang: str
) -> None:
    """Columns without a mark or a gap are whole numbers to pandas: each exhibit states them all the same."""
    derived = page06.derived
    monkeypatch.setattr(page06, "derived", lambda f, *given: derived(lambda *t: f(*t).infer_objects(), *given))
    waves = [asked_about_all(tmp_path, year) for year in years]
    tables = shown(waves)
    assert not any((one.table == "s").any(axis=None) for one in [*tables.tables.values(), tables.by_level])
    assert page06.linked(EN, tables).table["units"].dtype == page06.stages(EN, tables).table["base"].dtype == "int64"
    found = survey_page(waves, monkeypatch, lang)
    assert FIGURES | {"stages"} <= set(found) and "lines" not in found
    claims = {claim["id"]: claim["value"] for claim in found["claims"]}
    assert claims["links.reading.units"] == 20 and claims["stages.reading.units"] == 10


def test_waves_of_which_nothing_may_be_shown_make_a_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two poles of 2017: neither figure nor table, and no word of fiction; no pole at all."""
    wave = made(tmp_path, "P1;création;10;1;Oui;5;;", "P2;émergence;10;1;Oui;7;;", year="2017")
    found = survey_page([wave], monkeypatch)
    assert not (FIGURES | TABLES) & set(found)
    assert found["answer"].startswith("2 clusters answered.")
    for subject in ("share of emerging clusters", "share of clusters linked with a tier", "amount"):
        assert f"No {subject} can be shown" in str(found)
    assert "No figure was found" in str(found) and "fictitious" not in str(found) and "over time" not in str(found)
    nobody = survey_page([made(tmp_path, "Total;;10;1;;;;", year="2016")], monkeypatch)
    assert (FIGURES | TABLES) & set(nobody) == {"lines"} and "0 clusters answered." in nobody["answer"]


def test_the_answer_on_real_answers_says_whether_the_share_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """30 of 34 emerging, then 4 of 34: more than chance; 15 and 12: not. Nine totals and ten are nineteen lines."""

    def page(*emerging: int) -> dict[str, Any]:
        waves = []
        for year, n in zip(("2013", "2015"), emerging, strict=True):
            stages = ["émergence"] * n + ["création"] * (34 - n)
            rows = [f"P{i};{stage};10;1;Oui;5;;" for i, stage in enumerate(stages)]
            totals = ["Total;;;;;;;"] * {"2013": 9, "2015": 10}[year]
            (tmp_path / str(n)).mkdir()
            waves.append(made(tmp_path / str(n), *rows, *totals, year=year))
        return survey_page(waves, monkeypatch)

    apart, close = page(30, 4), page(15, 12)
    assert "more than chance explains" in apart["answer"] and "−76.5 points" in apart["answer"]
    assert "Only amounts given by" in sentences(apart) and "does not contain zero" in sentences(apart)
    assert "Of 87 lines, 68 are clusters; 19 were set aside" in sentences(apart)
    assert close["answer"].startswith("We cannot tell whether the share of emerging clusters changed")


def test_two_origins_are_never_shown_together(tmp_path: Path) -> None:
    """Fictitious and real answers on one page are refused, and so is no wave at all."""
    row = "P1;création;10;1;Oui;5;;"
    both = [made(tmp_path, row, origin="fictitious"), made(tmp_path, row, year="2017")]
    with pytest.raises(InputError, match="waves of origins fictitious, survey cannot be shown together"):
        shown(both)
    with pytest.raises(InputError, match="waves of origins unknown cannot be shown"):
        shown([])

"""The survey page, run on waves of every kind: what it shows is protected, complete, and says what it is made of."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from conftest import REPOSITORY
from ptce_analysis.errors import InputError
from ptce_analysis.publish import survey_page as page06
from ptce_analysis.publish.language import Words
from ptce_analysis.publish.survey_tables import ShownWaves, shown
from ptce_analysis.published import read_published
from ptce_analysis.survey.tables import Cleaned
from ptce_analysis.survey.waves import read_waves
from ptce_analysis.vocabulary import LANGUAGES
from survey_exports import cleaned
from survey_pages import ASKED, survey_page, wave

EN, FACTS = Words("en"), read_published(REPOSITORY / "data" / "raw" / "published")
BY_TIER, FIGURES = {"links", "aided", "funding"}, {"links", "aided", "funding", "emergence", "emergence_by_level"}
ABOUT = {"profile", "forms", "stages", "emergence"}
SIX = ("commune", "epci", "departement", "region", "etat", "europe")


def years(*some: int, **kind: Any) -> Callable[[Path], list[Cleaned]]:
    """A survey of several years, of one kind."""
    return lambda folder: [wave(folder, year, **kind) for year in some]


# Waves of every kind, and the exhibits that their page has, worked out from what they ask and how many answer.
EVERY = BY_TIER | ABOUT | {"emergence_by_level"}
KINDS: dict[str, tuple[Callable[[Path], list[Cleaned]], set[str]]] = {
    "all levels, one wave": (years(2019), EVERY),
    "two waves": (years(2019, 2023), EVERY),
    "three waves, two of them published": (years(2013, 2015, 2023), EVERY | {"compared"}),
    "no amount": (years(2019, 2023, amounts=()), EVERY - {"aided", "funding"}),
    "no link": (years(2019, links=()), EVERY - {"links", "emergence_by_level"}),
    "amounts alone": (years(2019, links=(), asked=()), {"aided", "funding", "lines"}),
    "links alone": (years(2019, amounts=(), asked=()), {"links"}),
    "no stage": (years(2019, asked=tuple(ASKED)[1:]), BY_TIER | {"profile", "forms"}),
    "stage alone": (years(2019, asked=("stage",)), EVERY - {"profile", "forms"}),
    "a State that is linked and gives nothing": (years(2019, amounts=SIX[:4]), EVERY),
    "a park": (years(2019, links=(*SIX, "pnr_petr")), EVERY),
    "other levels each year": (
        lambda folder: [
            wave(folder, 2019, links=SIX[:3], amounts=SIX[4:]),
            wave(folder, 2023, links=SIX[3:], amounts=()),
        ],
        EVERY,
    ),
    "funders that nobody can place": (
        years(2019, links=(), amounts=(), funder="Bidule", asked=("stage",)),
        {"stages", "emergence"},
    ),
    "nothing on levels": (years(2019, links=(), amounts=()), ABOUT),
    "one respondent": (years(2019, n=1), set()),
}
QUICK = ("two waves", "amounts alone", "one respondent")


@pytest.mark.parametrize("rules", ["standard", pytest.param("strict", marks=pytest.mark.thorough)])
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=[pytest.mark.thorough] * (kind not in QUICK)) for kind in KINDS]
)
def test_a_wave_of_each_kind_makes_a_page_that_can_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, lang: str, rules: str
) -> None:
    """What was asked is there, of its own years; no table is empty, too wide or says one thing on each row."""
    make, expected = KINDS[kind]
    waves = make(tmp_path)
    found = survey_page(waves, monkeypatch, lang, rules)
    exhibits = set(found["tables"])
    assert exhibits == expected if rules == "standard" else exhibits <= expected
    texts = {key: text for key, text in found.items() if isinstance(text, str) and not key.endswith(".drawing")}
    said = " ".join(texts.values())
    assert not re.search(r"\b(nan|NaN|None|<NA>|inf)\b|[a-z]_[a-z]", said), said
    published = {2013, 2015} if BY_TIER & exhibits or "profile" in exhibits else set()
    assert {int(year) for year in re.findall(r"\b(?:19|20)\d\d\b", said)} <= {one.year for one in waves} | published
    assert texts["answer"].count(".") and len(texts["answer"].split()) <= 45
    for key, html in found["tables"].items():
        table = BeautifulSoup(html, "html.parser").table
        rows = [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in table.find_all("tr")]
        assert len(rows) > 1 and 2 <= len(rows[0]) <= 6, key
        constant = [head for head, *cells in zip(*rows, strict=True) if len(cells) > 1 and len(set(cells)) == 1]
        assert not constant or len(rows[0]) == 2, key
        marked, note = any("s" in row for row in rows), {"en": "s: not shown", "fr": "s\u00a0: non diffusé"}[lang]
        assert (note in found[f"{key}.notes"]) is (marked or "(s)" in html), key


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_of_a_survey_leads_with_what_its_answers_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    """By hand: half of forty linked; the more so beside the printed figures, each in a row that says so."""
    amounts = ("region", "commune")
    waves = [wave(tmp_path, 2023, links=("region",), amounts=amounts, title="Enquête du RTES", date="2023-11-05")]
    found = survey_page(waves, monkeypatch, lang)
    leads = {
        "en": "In 2023, 50% of the clusters that answered are linked with regions",
        "fr": "En 2023, 50\u00a0% des pôles",
    }
    named = {"en": "Enquête du RTES (export of 5 November 2023)", "fr": "Enquête du RTES (export du 5 novembre 2023)"}
    assert found["answer"].startswith(leads[lang]) and named[lang] in sentences(found)
    aid = page06.by_tier(EN, shown(waves, FACTS), "aided").table.set_index("name")
    assert list(aid.index[:2]) == ["Regions 2023", "Regions 2015, published"] or aid.index[0] == "Communes 2023"
    # 29 of 52 respondents: Wilson's interval by its formula, with z = 1.96.
    printed = aid.loc["Regions 2015, published"]
    assert (printed["units"], printed["base"]) == (29, 52) and printed["interval"] == "42% – 69%"
    links = page06.by_tier(EN, shown(waves, FACTS), "links").table.set_index("name")
    assert links.loc["Regions 2015, published", ["units", "share"]].tolist() == ["–", 0.75]
    assert set(links["level"]) == {"region"}  # an amount alone asks about no link


@pytest.fixture(scope="module")
def fictitious() -> tuple[Cleaned, ...]:
    """The waves of the study."""
    return read_waves(REPOSITORY / "data" / "raw" / "waves", "fictitious")


@pytest.fixture(scope="module")
def tables(fictitious: tuple[Cleaned, ...]) -> ShownWaves:
    """What may be shown of them."""
    return shown(fictitious, FACTS)


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
    exhibits = FIGURES | ABOUT | {"relations", "compared", "lines"}
    assert {f"{key}.drawing" for key in FIGURES} <= set(found) and set(found["tables"]) == exhibits
    assert all(words in found[key] for key in exhibits)
    assert all(found[f"{key}.drawing"].count(words) == 2 for key in FIGURES)
    assert "FICTIF" not in str(found)
    assert found["answer"].startswith(f"[{words}] ") and not any(map(str.isdigit, found["answer"]))
    mark = {"en": "s: not shown", "fr": "s\u202f: non diffusé"}[lang]
    explained = {key for key in exhibits if mark in found[f"{key}.notes"].replace("\u00a0", "\u202f")}
    assert explained == {"links", "funding", "emergence_by_level"}


def test_the_page_says_what_these_answers_say(pages: dict[str, dict[str, Any]]) -> None:
    """10/52 less 13/42: Newcombe by hand from both Wilson intervals (10.8 to 31.9, 19.1 to 46.0), R's fisher.test.

    47 and 58 lines, 42 and 52 poles; of 51 figures three are not given, and three are hidden.
    """
    found = sentences(pages["en"])
    assert (
        "The difference, −11.7 points, may be chance (95% interval of Newcombe, −29.0 points to +5.7 points;" in found
    )
    assert "p = 0.23)" in found
    assert "Of 105 lines, 94 are clusters; 11 were set aside" in found
    assert "Of 51 published figures" in found and "3 differ." in found and "3 are not compared" in found


def test_a_share_with_fewer_than_three_outside_is_not_shown(tables: ShownWaves) -> None:
    """40 of 42 linked with their Région in 2013: two could be recognised. It stands below 2015, and is not drawn."""
    linked = page06.by_tier(EN, tables, "links")
    rows = linked.table.set_index(["wave", "level"])
    assert tuple(rows.loc[("2013", "region"), ["units", "share"]]) == ("s", "s")
    at = rows.index.get_loc(("2015", "region"))
    assert rows.index[at + 1] == ("2013", "region") and rows.iloc[at]["share"] == pytest.approx(0.75)
    assert not rows["printed"].any()  # no published figure stands beside invented ones
    assert "2013" not in set(page06.seen(linked, "share")["wave"])


def test_figures_that_the_answers_do_not_give_stand_first(pages: dict[str, dict[str, Any]]) -> None:
    """Then those that other published figures contradict and that these answers hold, on fewer answers: by hand."""
    table = BeautifulSoup(pages["en"]["tables"]["compared"], "html.parser").tbody
    assert table
    rows = [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in table.find_all("tr")]
    n = sum(said == "another value" for *_, said in rows)
    assert n >= 3 and [said for *_, said in rows[:n]] == ["another value"] * n
    assert {"31.0%", "19.2%", "€4.40m"} <= {given for _, _, given, *_ in rows[:n]}
    found = {name: rest for name, _, _, *rest in rows[n:]}
    assert found["Amount from communes, 2015"] == ["15", "found again"]
    assert found["Projects supported by communes, 2015"] == ["16", "found again"]


def made(folder: Path, *rows: str, year: str = "2015", **changes: Any) -> Cleaned:
    """A wave of a survey."""
    (folder / year).mkdir()
    return cleaned(folder / year, *rows, wave=year, **{"origin": "survey"} | changes)


def test_columns_without_a_mark_or_a_gap_are_stated_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are whole numbers to pandas, which are no `int`."""
    derived = page06.derived
    monkeypatch.setattr(page06, "derived", lambda f, *given: derived(lambda *t: f(*t).infer_objects(), *given))
    found = survey_page([wave(tmp_path)], monkeypatch)
    claims = {claim["id"]: claim["value"] for claim in found["claims"]}
    assert claims["links.reading.first.units"] == 20 and claims["stages.reading.units"] == 10


def test_waves_of_which_nothing_may_be_shown_make_a_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two poles of 2017: neither figure nor table, and no word of fiction; no pole at all."""
    wave = made(tmp_path, "P1;création;10;1;Oui;5;;", "P2;émergence;10;1;Oui;7;;", year="2017")
    found = survey_page([wave], monkeypatch)
    assert not found["tables"] and found["answer"].startswith("No figure by tier can be shown")
    for subject in ("share of emerging clusters", "share of clusters linked with a tier", "amount"):
        assert f"No {subject} can be shown" in str(found)
    assert "No figure was found" in str(found) and "fictitious" not in str(found) and "over time" not in str(found)
    nobody = survey_page([made(tmp_path, "Total;;10;1;;;;", year="2016")], monkeypatch)
    assert set(nobody["tables"]) == {"lines"} and "0 answers of clusters" in sentences(nobody)


def test_the_page_says_whether_the_share_of_emerging_clusters_changed(
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

    apart, close = (sentences(page(*emerging)) for emerging in ((30, 4), (15, 12)))
    assert "more than chance explains" in apart and "−76.5 points" in apart
    assert "Of 87 lines, 68 are clusters; 19 were set aside" in apart
    assert "We cannot tell whether the share of emerging clusters changed" in close


def test_two_origins_are_never_shown_together(tmp_path: Path) -> None:
    """Fictitious and real answers on one page are refused, and so is no wave at all."""
    row = "P1;création;10;1;Oui;5;;"
    both = [made(tmp_path, row, origin="fictitious"), made(tmp_path, row, year="2017")]
    with pytest.raises(InputError, match="waves of origins fictitious, survey cannot be shown together"):
        shown(both)
    with pytest.raises(InputError, match="waves of origins unknown cannot be shown"):
        shown([])

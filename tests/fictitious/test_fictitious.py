"""The fictitious waves: same bytes, marked as such, and every printed figure reproduced or listed with its reason."""

import csv
import io
import re
import runpy
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from conftest import REPOSITORY
from ptce_analysis.analysis.audit import audit, contradictions
from ptce_analysis.publish.survey_tables import QUANTITIES, shown
from ptce_analysis.published import Facts, read_published
from ptce_analysis.survey.tables import Cleaned
from ptce_analysis.survey.waves import read_waves
from ptce_analysis.vocabulary import LOCAL_LEVELS

# What writes the waves stands beside them, as a folder of Python run by its name.
MAKE = runpy.run_path(str(REPOSITORY / "data" / "raw" / "waves" / "make"))

# Words of the names of real poles found in public sources; two letters or common words apart.
REAL = Path(__file__).with_name("real_names.txt").read_text(encoding="utf-8").splitlines()


@pytest.fixture(scope="module")
def facts() -> Facts:
    """The figures of the collection."""
    return read_published(REPOSITORY / "data" / "raw" / "published")


@pytest.fixture(scope="module")
def waves() -> tuple[Cleaned, ...]:
    """The committed files, cleaned as any export is."""
    return read_waves(REPOSITORY / "data" / "raw" / "waves", "fictitious")


@pytest.fixture(scope="module")
def table(waves: tuple[Cleaned, ...], facts: Facts) -> pd.DataFrame:
    """Every figure printed about the fictitious years beside what the files give."""
    return shown(waves, facts).printed.table


def test_the_committed_files_are_those_that_are_written_beside_them(tmp_path: Path) -> None:
    """The same bytes each time, and those of the project."""
    assert MAKE["wave_files"]() == (first := MAKE["wave_files"]())
    folder = REPOSITORY / "data" / "raw" / "waves"
    assert {name: (folder / name).read_bytes() for name in first} == first
    assert {path.relative_to(tmp_path).as_posix() for path in MAKE["write_waves"](tmp_path)} == set(first)
    assert {path.name for path in tmp_path.rglob("*") if path.is_file()} == {Path(name).name for name in first}


def test_what_the_files_do_not_give_is_what_other_figures_contradict(facts: Facts, table: pd.DataFrame) -> None:
    """By hand: 20 % of 52, the total, a majority of 2013. All else is given, as far as it is shown."""
    other = set(table.loc[~table["verdict"].isin(("reproduced", "as_far_as_shown", "hidden")), "id"])
    assert other == {"emergence_share_2013_s3", "emergence_share_2015", "funding_total_2015"}
    assert table["verdict"].value_counts()["reproduced"] == 28
    assert other <= {one for found in contradictions(audit(facts)) for one in found.members}


def test_what_is_shown_as_a_class_or_not_at_all_is_given_too(waves: tuple[Cleaned, ...], facts: Facts) -> None:
    """Route: medians, sums and shares of the clean tables; levels of which each pole is linked with some."""
    given = dict[str, float]()
    for wave in waves:
        poles, money = wave.poles, wave.supports[wave.supports["amount_eur"] > 0]
        found = {QUANTITIES[name]: poles[name].dropna().astype(float).median() for name in QUANTITIES if name in poles}
        found |= {f"funding_median_{one}": rows["amount_eur"].median() for one, rows in money.groupby("level")}
        sums = {"jobs_total": "employees", "enterprises_total": "members", "budget_total": "budget_eur"}
        found |= {name: poles[column].sum() for name, column in sums.items()}
        found["aid_per_collectivity_median"] = money["amount_eur"][money["level"].isin(LOCAL_LEVELS)].median()
        found["cell_fte_below_1_share"] = (poles["cell_fte"].dropna() < 1).mean()
        links = [f"link_{one}" for one in (*LOCAL_LEVELS, "pnr_petr")]
        linked = poles[links].eq("involved").sum(axis=1)
        found |= {"collectivities_involved_median": linked.median(), "link_2_to_6_share": linked.between(2, 6).mean()}
        given |= {f"{name}_{wave.year}": float(value) for name, value in found.items()}
    told = {name: facts[name].band for name in given.keys() & facts.keys() if not facts[name].limit}
    assert len(told) == 26
    assert {name: given[name] for name, (low, high) in told.items() if not low <= given[name] <= high} == {}


def test_contradictory_figures_all_hold_on_fewer_answers(table: pd.DataFrame) -> None:
    """The row of the communes, and the three quarters: each figure is given, 15 amounts for 16 projects, 40 of 52."""
    found = table.set_index("id")
    communes = [f"funding_{part}_commune_2015" for part in ("amount", "projects")]
    relations = [f"relation_{how}_share_2015" for how in ("widened", "stable", "weakened")]
    assert found.loc[communes, "base"].tolist() == [15, 16]
    assert found.loc[["established_share_2015", *relations], "base"].tolist() == [52, 40, 40, 40]
    assert set(found.loc[[*communes, *relations, "established_share_2015"], "verdict"]) == {"reproduced"}


def test_every_line_is_kept_or_quarantined(waves: tuple[Cleaned, ...]) -> None:
    """42 and 52 poles; trials, drafts, totals and notes are set aside, and no cell of a pole is lost."""
    assert [(w.rows_in, w.rows_kept, w.rows_quarantined) for w in waves] == [(47, 42, 5), (58, 52, 6)]
    assert [set(w.quarantine["column"]) for w in waves] == [{""}, {""}]
    assert all(set(frame["origin"]) == {"fictitious"} for w in waves for frame in (w.poles, w.supports))


def texts() -> dict[str, str]:
    """Everything that can be read in each file."""
    found = {}
    for name, data in MAKE["wave_files"]().items():
        if name.endswith(".xlsx"):
            parts = zipfile.ZipFile(io.BytesIO(data))
            found[name] = "\n".join(parts.read(part).decode() for part in parts.namelist())
        else:
            found[name] = data.decode("cp1252" if name.endswith(".csv") else "utf-8")
    return found


def test_every_file_says_that_it_is_fictitious_and_names_no_real_pole() -> None:
    """In words, in both languages, and in the codebooks as an origin; invented identifiers only."""
    for name, text in texts().items():
        assert "fictitious" in text.lower() and "données fictives" in text.lower(), name
        assert not name.endswith(".yml") or "\norigin: fictitious\n" in text
        assert [word for word in REAL if word in text.lower()] == [], name
    ids = [answer.pole_id for answer in (*MAKE["answers_2013"](), *MAKE["answers_2015"]())]
    assert len(set(ids)) == 94 and all(re.fullmatch(r"FICTIF-201[35]-\d{3}", one) for one in ids)


def test_every_answer_says_that_it_is_fictitious() -> None:
    """Each line of an invented pole carries the words, so that a line copied elsewhere still does."""
    rows = csv.reader(io.StringIO(texts()["2013/reponses_2013.csv"]), delimiter=";")
    lines = [row for row in rows if any("FICTIF" in cell for cell in row)]
    assert len(lines) == 45 and all("données fictives / fictitious data" in row for row in lines)
    sheet = openpyxl.load_workbook(io.BytesIO(MAKE["wave_files"]()["2015/reponses_2015.xlsx"])).active
    poles = [row for row in sheet.iter_rows(values_only=True) if "FICTIF" in str(row[0]) and row[1]]
    assert len(poles) == 54 and all("données fictives" in row for row in poles)

"""The file formats of published figures and of statements on roles: what is read, what is refused, every message."""

import csv
from fractions import Fraction
from pathlib import Path

import pytest

from printed_figures import PUBLISHED
from ptce_analysis import published
from ptce_analysis.errors import InputError
from ptce_analysis.published import (
    INDICATORS,
    ROLE_COLUMNS,
    indicator,
    read_facts,
    read_published,
    read_roles,
    read_sources,
    roles_of,
    stated,
)
from ptce_analysis.vocabulary import FUNDING_LEVELS

HEADER = "id,wave,indicator,level,statistic,value,unit,grain,base_n,base_label,source,locator,note"
CELLS = "emergence_share_2015,2015,emergence_share,,share,0.20,share,0.01,52,projets,DECK,slide 1,"
GOOD = dict(zip(HEADER.split(","), CELLS.split(","), strict=True))


def table(name: str) -> list[dict[str, str]]:
    """The rows of a file of cases beside this one."""
    return list(csv.DictReader(Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines()))


def line(**cells: str) -> str:
    """A good row with some cells changed."""
    return ",".join({**GOOD, **cells}.values())


def written(folder: Path, *lines: str, header: str = HEADER, name: str = "report.csv") -> Path:
    """A file of these lines."""
    path = folder / name
    path.write_text("\n".join((header, *lines)) + "\n", encoding="utf-8")
    return path


def faults(path: Path, sources: list[str] | None = None) -> list[str]:
    """The lines of the error that reading a file raises."""
    with pytest.raises(InputError) as error:
        read_facts(path, sources)
    return str(error.value).split("\n")


@pytest.mark.parametrize(
    ("statistic", "unit", "value", "grain", "band"),
    [
        ("share", "share", "0.20", "0.01", ("0.195", "0.205")),
        ("share", "share", "0", "0.01", ("0", "0.005")),
        ("count", "count", "52", "1", ("52", "52")),
        ("sum", "count", "160", "10", ("155", "165")),
        ("median", "count", "14", "1", ("13.5", "14.5")),
        ("mean", "count", "2.5", "0.5", ("2.25", "2.75")),
        ("sum", "eur", "0", "1", ("0", "0.5")),
    ],
)
def test_a_row_becomes_a_fact_whose_band_is_half_a_grain_each_way(
    tmp_path: Path, statistic: str, unit: str, value: str, grain: str, band: tuple[str, str]
) -> None:
    """Never negative; what is counted is whole, medians and means can be halves. The line of the file is kept."""
    cells = {"id": "visits_2015", "indicator": "visits", "statistic": statistic, "unit": unit, "value": value}
    (fact,) = read_facts(written(tmp_path, line(**cells, grain=grain))).values()
    assert (fact.value, fact.grain, fact.base_n, fact.row) == (Fraction(value), Fraction(grain), 52, 2)
    assert fact.band == tuple(map(Fraction, band))


@pytest.mark.parametrize(("is_stated", "cells"), [
    (True, {}),
    (False, {"statistic": "minimum"}),
    (True, {"indicator": "respondents", "statistic": "count", "value": "50", "unit": "count", "grain": "1"}),
    (False, {"indicator": "respondents", "statistic": "count", "value": "50", "unit": "count", "grain": "10"}),
    (True, {"indicator": "budget_median", "statistic": "median", "value": "70000", "unit": "eur", "grain": "10000"}),
])  # fmt: skip
def test_a_limit_and_a_count_in_tens_are_not_computed_with(
    tmp_path: Path, is_stated: bool, cells: dict[str, str]
) -> None:
    """What is at least half, or about fifty, is printed but no figure to divide by; amounts keep their rounding."""
    id = f"{cells.get('indicator', 'emergence_share')}_2015"
    facts = read_facts(written(tmp_path, line(base_n="", **cells, id=id)))
    assert stated(facts, id) == (facts[id] if is_stated else None) and stated(facts, "another") is None


@pytest.mark.parametrize("case", table("faults.csv"), ids=lambda case: case["cells"])
def test_each_fault_has_its_message(tmp_path: Path, case: dict[str, str]) -> None:
    """The message names the file, the row, the column, the value and what is legal; nothing else is blamed."""
    cells = dict(cell.split("=", 1) for cell in case["cells"].split(";"))
    found = [fault for fault in faults(written(tmp_path, line(**cells))) if "column 'id'" not in fault or "id" in cells]
    assert len(found) == 1
    assert found[0].startswith("report.csv, row 2, column") and case["message"] in found[0]


def test_all_faults_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    """Faults of cells, of rows that are too short, and repeated ids: one line each."""
    wrong = line(unit="m", level="ville", grain="?", note='"one\ntwo"')
    found = faults(written(tmp_path, line(id="a", wave="x", value="?"), "a,b", line(), line(), wrong, line()))
    rows = ["row 2", "row 2", "row 3", "row 5", "row 6", "row 6", "row 6", "row 6", "row 8"]
    assert [fault.split(",")[1].strip() for fault in found] == rows  # a note over two lines shifts no row below it
    assert "column 'wave'" in found[0] and "column 'value'" in found[1]
    assert found[2] == (
        "report.csv, row 3, 2 cells: 13 cells are expected, as many as columns; quote the cells that hold a ','."
    )
    assert found[3].endswith("column 'id': value 'emergence_share_2015': already stands in row 4; ids are unique.")
    assert found[7].endswith("already stands in row 4; ids are unique.")


def test_another_report_may_bring_its_own_indicators(tmp_path: Path) -> None:
    """A name that resembles no known one is accepted and described by itself."""
    other = line(id="loans_amount_epci_2019", wave="2019", indicator="loans_amount", level="epci", unit="eur")
    assert read_facts(written(tmp_path, other))["loans_amount_epci_2019"].part_of == ""
    assert indicator("loans_amount").label == ("loans amount", "loans amount")
    assert indicator("scic_share") is INDICATORS["scic_share"]


def test_a_report_may_say_what_its_indicators_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In `indicators.csv` beside it: labels, unit, whole; what is illegal there is refused like a figure."""
    monkeypatch.setattr(published, "INDICATORS", dict(INDICATORS))
    header = "id,unit,statistic,label_en,label_fr,part_of,quantity,subject"
    gift = line(id="gift_2015", indicator="gift", unit="eur")
    rows = ["gifts,eur,sum,all gifts,tous les dons,,,survey", "gift,eur,sum,gifts,dons,gifts,,survey"]
    written(tmp_path, *rows, header=header, name="indicators.csv")
    assert read_facts(written(tmp_path, gift))["gift_2015"].part_of == "gifts"
    assert indicator("gift").label == ("gifts", "dons")
    written(tmp_path, "gift,km,sum,gifts,,all,,survey", header=header, name="indicators.csv")
    found = faults(written(tmp_path, gift))
    assert [fault.split("'")[1] for fault in found] == ["unit", "label_fr", "part_of"]
    assert found[0].startswith("indicators.csv, row 2, column 'unit': value 'km': legal values: eur, share")


def test_parts_are_declared_in_an_optional_column(tmp_path: Path) -> None:
    """`part_of` in the file prevails; a known indicator has its own."""
    header = HEADER + ",part_of"
    gift = line(id="gift_2015", indicator="gift", unit="eur") + ",gifts_all"
    whole = line(id="gifts_all_2015", indicator="gifts_all", unit="eur") + ","
    known = line(id="funding_amount_2015", indicator="funding_amount", unit="eur") + ","
    facts = read_facts(written(tmp_path, gift, whole, known, header=header))
    assert [fact.part_of for fact in facts.values()] == ["gifts_all", "", "funding_total"]
    for part_of in ("Gifts", "gift", "gifts_al"):  # a part of nothing in the file, or of itself, is never added up
        fault = f"column 'part_of': value '{part_of}': another indicator that stands in the file is expected."
        lone = line(id="gift_2015", indicator="gift", unit="eur") + f",{part_of}"
        assert faults(written(tmp_path, lone, header=header)) == [f"report.csv, row 2, {fault}"]


def test_semicolons_allow_decimal_commas(tmp_path: Path) -> None:
    """What a French spreadsheet saves is read; a text that only looks like a number is refused as it stands."""
    path = tmp_path / "fr.csv"
    good = ";".join({**GOOD, "value": "0,20", "grain": "0,01"}.values())
    path.write_text("\n".join((HEADER.replace(",", ";"), good)), encoding="utf-8")
    assert read_facts(path)["emergence_share_2015"].value == Fraction(1, 5)
    bad = ";".join({**GOOD, "value": "1,2,3"}.values())
    path.write_text("\n".join((HEADER.replace(",", ";"), bad)), encoding="utf-8")
    assert "column 'value': value '1,2,3'" in faults(path)[0]


@pytest.mark.parametrize(("start", "end"), [("\ufeffsep=,\n", "\n"), ("\n\n", "\r\n"), ('"sep=,"\n', "\r")])
def test_spreadsheet_habits_are_read(tmp_path: Path, start: str, end: str) -> None:
    """Byte order mark, `sep=` line, blank lines, any line end, spaces around cells."""
    path = tmp_path / "report.csv"
    body = end.join((HEADER.replace("wave", " wave "), "", line(wave=" 2015 "), "," * 12, ""))
    path.write_bytes((start + body).encode())
    assert list(read_facts(path)) == ["emergence_share_2015"]


def test_columns_must_be_the_ones_expected(tmp_path: Path) -> None:
    """Missing, unknown and doubled columns are all named, with the nearest legal name."""
    found = faults(written(tmp_path, header=HEADER.replace("grain", "grian").replace("note", "wave")))
    assert found[:4] == [
        "report.csv, row 1: column 'grain' is missing",
        "report.csv, row 1: column 'note' is missing",
        "report.csv, row 1: column 'grian' is unknown. Did you mean 'grain'?",
        "report.csv, row 1: column 'wave' stands twice",
    ]
    assert found[4].startswith("Legal columns: id, wave") and found[4].endswith("optional: part_of.")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "report.csv: is empty. Legal columns: id, wave"),
        (HEADER.encode(), "report.csv: holds no figure. Type one row per printed figure below the header."),
        (b"id,note\nx,caf\xe9", "report.csv, line 2: not UTF-8. Save the file as UTF-8 CSV."),
        (f'{HEADER}\n\n"x'.encode(), "report.csv, line 3: unexpected end of data. Check the quotes of that line."),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, data: bytes, message: str) -> None:
    """Nothing can be said of the rows: one fault, with the line where there is one."""
    path = tmp_path / "report.csv"
    path.write_bytes(data)
    (fault,) = faults(path)
    assert fault.startswith(message)
    reason = "cannot be read (No such file or directory). Give the path of a CSV file."
    assert faults(tmp_path / "none.csv")[0].endswith(f"none.csv: {reason}")


def test_sources_are_known_and_checked_like_figures(tmp_path: Path) -> None:
    """Those of a list, if one is given; repeated and empty ids of that list are refused."""
    path = written(tmp_path, line(source="S99"))
    assert faults(path, ["DECK", "S1"]) == ["report.csv, row 2, column 'source': value 'S99': legal values: DECK, S1."]
    assert read_facts(path)["emergence_share_2015"].source == "S99"
    header = "id,author,title,year,kind,address,read,note"
    written(tmp_path, "A,,,,,,,", "A,,,,,,,", ",x,,,,,,", header=header, name="sources.csv")
    with pytest.raises(InputError) as error:
        read_sources(tmp_path)
    assert str(error.value).split("\n") == [
        "sources.csv, row 3, column 'id': value 'A': already stands in row 2; ids are unique.",
        "sources.csv, row 4, column 'id': value '': a name is expected.",
    ]


def test_figures_are_a_table_to_a_notebook() -> None:
    """One row each, labels beside codes, numbers as numbers."""
    facts = read_published(PUBLISHED)
    row = facts.table().set_index("id").loc["funding_amount_etat_2015"]
    assert (row["level_label"], row["statistic_label"], row["value"]) == ("Central government", "total", 1_008_000)
    assert "<table" in facts._repr_html_() and repr(facts) == f"{len(facts)} published figures: .table() shows them"


def test_our_own_vocabulary_is_used_and_refers_to_itself() -> None:
    """No indicator is declared for nothing; relations name declared indicators of the same unit."""
    assert {fact.indicator for fact in read_published(PUBLISHED).values()} == set(INDICATORS)
    for known in INDICATORS.values():
        assert not known.part_of or INDICATORS[known.part_of].unit == known.unit
        named = [other for other in INDICATORS if f"{other}_".startswith(f"{known.quantity}_")]
        assert not known.quantity or any(INDICATORS[other].unit in (known.unit, "eur") for other in named)


SOURCES = "id,author,title,year,kind,address,read,note\nDECK,RTES,T,2015,slides,,full,\n"


def roles_in(folder: Path, *rows: str, header: str = ",".join(ROLE_COLUMNS)) -> Path:
    """A published folder with these statements."""
    (folder / "sources.csv").write_text(SOURCES, encoding="utf-8")
    (folder / "roles.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize("kind", ["lesson", "testimony"])
def test_lessons_and_testimonies_are_those_of_the_deck_in_its_words_and_order(kind: str) -> None:
    """Copied whole, not shortened; the text of the slides was copied to `deck.csv` once more, from the deck itself."""
    found = [role.text[1].replace("’", "'") for role in read_roles(PUBLISHED) if role.kind == kind]
    printed = [row["text"] for row in table("deck.csv") if row["kind"] == kind]
    assert [text.replace(",", "") for text in found] == [text.replace(",", "") for text in printed]


def test_only_a_name_that_is_a_level_s_own_makes_a_testimony_that_level_s() -> None:
    """The deck addresses its lessons and testimonies to nobody; Sicoval alone is the name of a local authority."""
    roles = read_roles(PUBLISHED)
    unaddressed = [role for role in roles if not role.levels]
    assert {role.kind for role in unaddressed} == {"lesson", "testimony"}
    assert not any(role.general for role in unaddressed)
    (addressed,) = {role for role in roles if role.kind in ("lesson", "testimony")} - set(unaddressed)
    assert addressed.levels == ("epci",) and "Sicoval" in addressed.text[1]
    assert addressed in roles_of(roles, "epci") and addressed not in roles_of(roles, "commune")


def test_statements_for_one_level_come_before_those_for_all() -> None:
    """The slides name the regional plans for Régions, the programmes for Europe, and nothing for the State."""
    roles = read_roles(PUBLISHED)
    own = {level: [role.id for role in roles_of(roles, level) if not role.general] for level in FUNDING_LEVELS}
    assert own["region"] == ["srdeii", "sraddt"] and own["europe"] == ["sri", "programmes"]
    assert own["departement"] == own["etat"] == []
    assert [role.id for role in roles_of(roles, "region")][:2] == own["region"]
    assert roles_of(roles, "etat") == ()


def test_a_statement_may_name_several_levels(tmp_path: Path) -> None:
    """Levels are separated by spaces; whoever reads semicolons or commas gets the same."""
    row = "a,region europe,stated,role,Un texte,A text,DECK,slide 1,"
    (role,) = read_roles(roles_in(tmp_path, row))
    assert (role.levels, role.general) == (("region", "europe"), False)
    assert role.text == ("A text", "Un texte")
    semicolons = roles_in(tmp_path, row.replace(",", ";"), header=";".join(ROLE_COLUMNS))
    assert read_roles(semicolons) == (role,)


@pytest.mark.parametrize("case", table("refused_roles.csv"), ids=lambda case: case["row"])
def test_an_illegal_statement_is_refused(tmp_path: Path, case: dict[str, str]) -> None:
    """File, row, column, value and what is legal."""
    with pytest.raises(InputError, match=f"roles.csv, row 2, {case['message']}"):
        read_roles(roles_in(tmp_path, case["row"]))

"""Who supports a pole and for how much: no row, an unknown amount and a zero are three things."""

from __future__ import annotations

from pathlib import Path

import pytest

from ptce_analysis.survey.clean import Cleaned, clean
from ptce_analysis.vocabulary import LEVELS
from survey_exports import SMALL, book, lines, saved


def of(folder: Path, cells: str, **changes: object) -> Cleaned:
    """Return the clean tables of one pole, its last cells given: link and amount of the region, epci, others."""
    return clean(saved(folder, lines(f"P1;création;1;1;{cells}")), book(**changes))


def support(result: Cleaned, level: str) -> tuple[float | None, str] | None:
    """Return the amount (None: unknown) and status of a level, None without a row."""
    rows = result.supports[result.supports["level"] == level]
    if rows.empty:
        return None
    amount = float(rows["amount_eur"].iloc[0])
    return (None if amount != amount else amount), str(rows["amount_status"].iloc[0])


@pytest.mark.parametrize(("link", "amount", "row", "linked"), [
    ("Oui", "5 000", (5_000, "exact"), "involved"), ("Oui", "", (None, "not_answered"), "involved"),
    ("Oui", "0", (0, "zero"), "involved"),
    ("Oui", "NC", (None, "unknown"), "involved"), ("Oui", "1.500", (None, "ambiguous"), "involved"),
    ("Oui", "10-15 k€", (None, "range"), "involved"),
    ("Oui", "sans objet", (None, "not_applicable"), "involved"),
    ("Non", "", None, "not_involved"), ("Non", "0", None, "not_involved"), ("Non", "NC", None, "not_involved"),
    ("Non", "5 000", None, "contradictory"),
    ("", "", None, "not_answered"), ("", "-", None, "not_answered"), ("", "5 000", (5_000, "exact"), "involved"),
    ("", "0", (0, "zero"), "declared_zero"),
    ("", "env. 30 000", (30_000, "approximate"), "involved"), ("", "sans objet", None, "not_involved"),
    ("", "x", (None, "unknown"), "involved"),
    ("peut-être", "", None, "not_answered"), ("N/A", "5 000", None, "contradictory"),
    ("", "99 M€", (None, "implausible"), "involved"),
])  # fmt: skip
def test_the_link_and_the_amount_of_a_level(
    tmp_path: Path, link: str, amount: str, row: tuple[float | None, str] | None, linked: str
) -> None:
    """Each pair of answers gives a row, an unknown or nothing, by the module's table."""
    result = of(tmp_path, f"{link};{amount};;")
    assert (support(result, "region"), result.poles["link_region"].iloc[0]) == (row, linked)
    assert (linked == "contradictory") == any("contradictory" in str(reason) for reason in result.quarantine["reason"])


@pytest.mark.parametrize(("amount", "row", "linked"), [("néant", (0, "zero"), "declared_zero"),
    ("mise à disposition de locaux", (None, "unknown"), "involved"),
    ("", None, "not_answered"), ("oui", (None, "unknown"), "involved"), ("non", None, "not_involved"),
    ("abc", (None, "unreadable"), "involved")])  # fmt: skip
def test_an_amount_alone_says_whether_the_level_is_involved(
    tmp_path: Path, amount: str, row: tuple[float | None, str] | None, linked: str
) -> None:
    """Without a yes/no column, any answer but a blank, a zero or a no is a link."""
    result = of(tmp_path, f";;{amount};")
    assert (support(result, "epci"), result.poles["link_epci"].iloc[0]) == (row, linked)


def test_levels_no_column_covers_are_not_asked(tmp_path: Path) -> None:
    """The link of every level of the study is in the table, in its order."""
    result = of(tmp_path, "Oui;5;7;", supports=SMALL["supports"][:2])
    links = {
        name.removeprefix("link_"): value for name, value in result.poles.iloc[0].items() if name.startswith("link_")
    }
    assert list(links) == list(LEVELS)
    assert {level for level, link in links.items() if link == "not_asked"} == set(LEVELS) - {"region", "epci"}


def test_funders_named_in_a_cell_are_involved_and_the_others_are_not(tmp_path: Path) -> None:
    """An answered list says who is not in it; a funder nobody can place leaves the others undecided."""
    sure, doubtful = of(tmp_path, ";;;FSE et mairie").poles.iloc[0], of(tmp_path, ";;;FSE + CDC").poles.iloc[0]
    assert (sure["link_europe"], sure["link_commune"], sure["link_etat"], sure["link_inconnu"]) == (
        "involved",
        "involved",
        "not_involved",
        "not_involved",
    )
    assert (doubtful["link_europe"], doubtful["link_etat"], doubtful["link_inconnu"]) == (
        "involved",
        "undecided",
        "involved",
    )
    assert set(of(tmp_path, ";;;aucune").poles.iloc[0][[f"link_{level}" for level in LEVELS]]) == {"not_involved"}
    assert set(of(tmp_path, ";;;").poles.iloc[0][[f"link_{level}" for level in LEVELS]]) == {"not_answered"}
    assert set(of(tmp_path, ";;;#;", layout={"not_shown": "#"}).poles.iloc[0][["link_etat"]]) == {"not_answered"}


PAIRS = [{"funder": "Région", "amount": "Montant Région"}, {"funder": "EPCI", "amount": "Autres"}]


@pytest.mark.parametrize(("cells", "row"), [("Région;5 000;CR;2 k€", (7_000, "exact")),
    ("Région;5 000;CR;env. 2 k€", (7_000, "approximate")),
    ("Région;5 000;CR;NC", (None, "unknown")), ("Région;5 000;;", (5_000, "exact")),
    ("Région;0;CR;5 000", (5_000, "exact")),
    ("Région et CG;5 000;;", (None, "shared")), ("Région;0;;", (0, "zero")),
    ("Région;0;CR;0", (0, "zero"))])  # fmt: skip
def test_amounts_of_one_level_add_up_or_are_unknown(tmp_path: Path, cells: str, row: tuple[float | None, str]) -> None:
    """Two funders of a level make one row: their sum, or unknown; one amount for two levels is nobody's."""
    assert support(of(tmp_path, cells, supports=PAIRS), "region") == row


def test_money_of_a_funder_nobody_can_place_is_not_lost(tmp_path: Path) -> None:
    """It is counted at the level `inconnu`, and the cell is in the quarantine."""
    result = of(tmp_path, "Trucmuche;5 000;;", supports=PAIRS)
    assert support(result, "inconnu") == (5_000, "exact")
    assert [str(reason) for reason in result.quarantine["reason"]] == ["unreadable: no_rule"]


def test_an_unticked_box_is_a_no_only_for_who_ticked_another(tmp_path: Path) -> None:
    """In a column of ticks a blank is no answer from somebody who ticked nothing."""
    boxes = [{"level": "region", "link": "Région"}, {"level": "epci", "link": "EPCI"}]
    rows = ("P1;création;1;1;X;;;", "P2;création;1;1;;;;", "P3;création;1;1;;;X;")
    found = clean(saved(tmp_path, lines(*rows)), book(supports=boxes)).poles.set_index("pole_id")
    assert list(found["link_epci"]) == ["not_involved", "not_answered", "involved"]
    words = clean(saved(tmp_path, lines(*rows, "P4;création;1;1;;;Non;")), book(supports=boxes)).poles
    assert words["link_epci"].iloc[0] == "not_answered"


def test_a_level_with_a_link_and_no_amount_column_has_an_amount_not_asked(tmp_path: Path) -> None:
    """The amounts of a wave that did not ask for them are missing, never zero."""
    result = of(tmp_path, "Oui;;;", supports=[{"level": "region", "link": "Région"}])
    assert support(result, "region") == (None, "not_asked")

"""The unit a header states: an amount in thousands read as euros would be exact, and a thousand times too small."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ptce_analysis.errors import InputError
from ptce_analysis.survey.clean import clean
from ptce_analysis.survey.codebook import stated_units, title_fault, unit_fault
from ptce_analysis.survey.draft import draft_codebook
from survey_exports import book, saved, xlsx

# One line each: the unit stated | headers.
AMOUNTS = """
keur|Budget (k€);Budget (K€);Budget en K€uros;Budget (k €);Budget en k.€;Budget en KE;Budget (kE)
keur|budget_keur;budget_k_eur
keur|Budget en milliers d'euros;Budget en milliers d’€;Budget (milliers);Budget en mille euros;Budget en kilo-euros
keur|Budget x 1000 €;Budget (x 1 000);Budget (000 €);Budget en 1 000 euros;Budget 2014 k€;Montant (en K)
keur|€k;Budget : K€ ?
keur|Montants (k€) / Région;Budget prévu pour l'année 2015 (en k€)
meur|Budget (en M€);Budget en millions d'euros;Budget (MEUR);Budget (M euros);Budget en M d'euros
eur|Budget (€);Budget en euros;Budget EUR;budget_eur;Montant en €uros;Budget arrondi au millier (en euros)
keur meur|Budget en m€
keur eur|Budget (en euros, pas en k€)
|Budget;Montant de la Région;Plus de 25 k€ ?;entre 10 et 25 k€;Commune;Mille-feuille;Aide européenne
|Arrondi au k€;Kermesse
|Budget en milliards d'euros
"""
SHARES = "percent|Part (%);Part en %;Pourcentage;% d'autofinancement;Part, en pour cent\n|Part;50 % ou plus;Proportion"


@pytest.mark.parametrize(
    ("kind", "header", "units"),
    [(kind, header, line.split("|")[0].split()) for kind, lines in (("amount", AMOUNTS), ("share", SHARES))
     for line in lines.strip().split("\n") for header in line.split("|")[1].split(";")],
)  # fmt: skip
def test_a_header_states_its_unit(kind: str, header: str, units: list[str]) -> None:
    """However it is written; a threshold of the question, or what answers are rounded to, is no unit of theirs."""
    assert set(stated_units(kind, header)) == set(units)
    assert stated_units("staff", header) == ()


def test_a_contradiction_is_told_and_an_agreement_is_not() -> None:
    """Euros are what no unit means: only a header that states them may go without one."""
    assert unit_fault("amount", "Budget (k€)", "keur") == unit_fault("amount", "Budget (€)", "") == ""
    assert unit_fault("amount", "Budget", "keur") == unit_fault("count", "Budget (k€)", "") == ""
    assert unit_fault("amount", "Budget (en euros, pas en k€)", "eur") == ""
    assert unit_fault("amount", "Budget (k€)", "eur").endswith(
        "thousands of euros and the codebook eur: write `unit: keur`."
    )
    assert unit_fault("amount", "Budget (€)", "keur").endswith("states euros and the codebook keur: write `unit: eur`.")
    assert unit_fault("amount", "Budget (m€)", "").endswith("write `unit: keur` or `unit: meur`.")
    assert unit_fault("share", "Part (%)", "share").endswith(
        "states per cent and the codebook share: write `unit: percent`."
    )
    assert title_fault("amount", ["Montants en euros"], "") == title_fault("amount", ["en k€"], "eur") == ""
    assert "'en k€' states thousands of euros" in title_fault("amount", ["Enquête", "en k€"], "")


VARIABLES: dict[str, Any] = {"pole_id": {"header": "id"}}
NOT_ASKED = ["stage", "members", "employees", "budget_eur", "cell_budget_eur", "cell_self_financed_share", "cell_fte",
             "legal_form"]  # fmt: skip


def one_amount(amount: str, unit: str = "", header_rows: str = "1") -> Any:
    """Return a codebook of one amount, that of the Region."""
    entry = {"level": "region", "amount": amount} | ({"unit": unit} if unit else {})
    return book(variables=VARIABLES, not_asked=NOT_ASKED, supports=[entry], layout={"header_rows": header_rows})


HEADERS: dict[str, tuple[Any, str]] = {
    "one line": ("id;Région (k€)\nP1;25\n", "1"),
    "two lines, read as one": (";Montants (k€);\nid;Région;EPCI\nP1;25;3\n", "1"),
    "units below, read as an answer": ("id;Région;EPCI\n;(k€);(k€)\nP1;25;3\n", "1"),
    "a title": ("Montants en k€\nid;Région\nP1;25\n", "1"),
    "a workbook, read as one": ([[None, "En milliers d'euros", None], ["id", "Région", "EPCI"], ["P1", 25, 3]], "1"),
}


@pytest.mark.parametrize("shape", HEADERS)
def test_an_export_whose_header_states_thousands_needs_their_unit(tmp_path: Path, shape: str) -> None:
    """Named with the export, its column and what to write; with the unit, twenty-five thousand euros are read."""
    content, header_rows = HEADERS[shape]
    merged = xlsx(content, lambda sheet: sheet.merge_cells("B1:C1")) if isinstance(content, list) else content
    export = saved(tmp_path, merged, "export.xlsx" if isinstance(content, list) else "export.csv")
    name = "Région (k€)" if shape == "one line" else "Région"
    if shape != "one line":  # the codebook itself is refused there, see above
        with pytest.raises(
            InputError, match=rf"{export.name}: .*\n- supports\[1\].amount, column .*Région.*`unit: keur`"
        ):
            clean(export, one_amount(name, header_rows=header_rows))
    result = clean(export, one_amount(name, "keur", header_rows))
    assert result.supports["amount_eur"].tolist() == [25_000]


def test_a_header_of_two_units_must_be_decided(tmp_path: Path) -> None:
    """« m€ » is written for thousands and for millions: the codebook says which."""
    export = saved(tmp_path, "id;Région (m€)\nP1;2\n")
    with pytest.raises(InputError, match="write `unit: keur` or `unit: meur`"):
        clean(export, one_amount("Région (m€)"))
    assert clean(export, one_amount("Région (m€)", "meur")).supports["amount_eur"].tolist() == [2_000_000]


@pytest.mark.parametrize(("header", "said"), [
    ("Région (€/mois)", "a part of a year"), ("montant_par_mois", "a part of a year"), ("Aide ($)", "another currency"),
    ("Subvention (kF)", "another currency"), ("Montant sur 3 ans (€)", "several years"),
    ("Aide 2013-2015 / Région", "several years"),
])  # fmt: skip
def test_money_that_is_not_euros_of_a_year_is_a_fault_even_with_a_unit(tmp_path: Path, header: str, said: str) -> None:
    """Of the codebook, and of the export where the codebook has the second line only; the draft keeps it as text."""
    with pytest.raises(InputError, match=rf"supports\[1\]\.amount\.header: .* speaks of {said}.*kind: text"):
        one_amount(header, "eur")
    export = saved(tmp_path, f"id;{header}\n;Europe\nP1;5\n")
    with pytest.raises(InputError, match=f"column '.*Europe': .* speaks of {said}"):
        clean(export, one_amount("Europe", "eur", "2"))
    drafted = draft_codebook(saved(tmp_path, f"id;{header}\nP1;5\n"))
    assert f'{{header: "{header}", kind: text}}' in drafted and f"not euros of a year: {header}" in drafted


def test_the_years_of_a_title_are_not_those_of_an_amount(tmp_path: Path) -> None:
    """« Enquête 2013-2015 », above the questions or merged over them, is about the survey."""
    rows = [["Enquête 2013-2015", None], ["id", "Région (€)"], ["P1", 25]]
    export = saved(tmp_path, xlsx(rows, lambda sheet: sheet.merge_cells("A1:B1")), "export.xlsx")
    assert clean(export, one_amount("Région (€)")).supports["amount_eur"].tolist() == [25]
    assert unit_fault("count", "Postes 2013-2015", "") == unit_fault("amount", "Budget 2015 (€ par an)", "") == ""

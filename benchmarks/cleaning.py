"""Ratios of the cleaning chain, measured side by side in one run: `python benchmarks/cleaning.py [ROWS]`.

Prints, as JSON: the time of all rows over that of half of them (linear is 2), parsing cell by cell over parsing each
different text once, and the peak memory of the process.
"""

import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from ptce_analysis.survey.cells import read_column
from ptce_analysis.survey.clean import clean
from ptce_analysis.survey.codebook import Codebook, Variable, checked
from ptce_analysis.survey.grid import Limits
from ptce_analysis.survey.parse.amounts import amount

HEADER = "id;Stade;Membres;Salariés;Budget (k€);Budget cellule;Autofinancement;ETP;Statut;Région;Région k€;EPCI;Autres"
ANSWERS = (
    "Émergence;11;110;5000;100 000;32 %;1,75;Asso loi 1901;Oui;25;15 000 €;CG 93 + Etat",
    "création;une vingtaine;NC;3 M€;152 K Euros;0,32;2 pers. (1,6 ETP);SCIC SA;Non;;1.500;",
    "projet;12;50;12500;env. 100 000;1/3;mi-temps;collectif informel;Oui;10-15;néant;CDC",
    "fonctionnement;14;88;3000;30 000 sur 3 ans;;1 ETP + 1 service civique;SCIC;Oui;1,2;2 x 15 000;FSE et mairie",
)
CODEBOOK = {
    "wave": "2015",
    "origin": "fictitious",
    "variables": {
        "pole_id": {"header": "id"},
        "stage": {"header": "Stade"},
        "members": {"header": "Membres"},
        "employees": {"header": "Salariés"},
        "budget_eur": {"header": "Budget (k€)", "unit": "keur"},
        "cell_budget_eur": {"header": "Budget cellule"},
        "cell_self_financed_share": {"header": "Autofinancement"},
        "cell_fte": {"header": "ETP"},
        "legal_form": {"header": "Statut"},
    },
    "supports": [
        {"level": "region", "link": "Région", "amount": "Région k€", "unit": "keur"},
        {"level": "epci", "amount": "EPCI"},
        {"funder": "Autres"},
    ],
}


# More rows than any survey has: the time of half of them must be long enough to be measured.
MOST = Limits(n_bytes=10**9, n_rows=10**7, n_cells=10**9)


def export(folder: Path, n_rows: int) -> Path:
    """Return an export of that many rows whose answers repeat."""
    path = folder / f"{n_rows}.csv"
    lines = (f"FICTIF-{row:07};{ANSWERS[row % len(ANSWERS)]}" for row in range(n_rows))
    path.write_text("\n".join([HEADER, *lines]) + "\n", encoding="cp1252")
    return path


def seconds(work: Callable[[], object]) -> float:
    """Return the processor time something takes: other programs on the machine do not count."""
    start = time.process_time()
    work()
    return time.process_time() - start


def benchmark(n_rows: int) -> dict[str, float]:
    """Return the ratios, and the peak of memory."""
    book: Codebook = checked(CODEBOOK, "codebook")
    with tempfile.TemporaryDirectory() as folder:
        half, full = export(Path(folder), n_rows // 2), export(Path(folder), n_rows)
        clean(export(Path(folder), 10), book)
        t_half, t_full = seconds(lambda: clean(half, book, MOST)), seconds(lambda: clean(full, book, MOST))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    cells = [ANSWERS[row % len(ANSWERS)].split(";")[4] for row in range(n_rows)]
    variable = Variable("cell_budget_eur", ("x",), "amount")
    by_cell = seconds(lambda: [amount(cell) for cell in cells])
    by_text = seconds(lambda: read_column(cells, variable, book))
    return {
        "rows": n_rows,
        "seconds": round(t_full, 2),
        "all rows / half of them": round(t_full / t_half, 2),
        "parse cell by cell / each different text once": round(by_cell / by_text, 1),
        "peak memory, GB": round(peak, 2),
    }


if __name__ == "__main__":
    print(json.dumps(benchmark(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000), indent=2))

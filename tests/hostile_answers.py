"""What a vandal, a spreadsheet or bad luck may write in a survey; and one wave full of it, with canaries."""

import csv
import io
from pathlib import Path

import yaml

# Each would set a flag, open a dialog or ask for a file if it ever ran in a page.
ACTIVE = tuple(Path(__file__).with_suffix(".txt").read_text(encoding="utf-8").splitlines())
# A formula that never ends, or that is none, cannot be shown: such a page is refused, not published without it.
UNREADABLE = ("$$\\def\\a{\\a\\a}\\a$$", "$\\left( 1$")
FORMULAS = ("=HYPERLINK(\"https://exemple.invalid\",\"x\")", "+1+cmd|'/C calc'!A0", "-2+3", "@SUM(A1:A9)", "\t=1+1",
            "\r=1+1", " =1+1", "＝1+1", "=1+1\";=2+2")  # fmt: skip
REORDERING = ("facture\u202egnp.exe", "a\u2066b\u2069c", "pôle\u200fגד", "x\u061cy")
NULLISH = ("None", "NA", "nan", "NULL", "null", "undefined", "-", "", "0", "False", "#N/A", "N/A", "\u00a0", "\ufeff")
LONG = ("é" * 20_000, "mot " * 5_000, "<b>" * 4_000)
HOSTILE = (*ACTIVE, *UNREADABLE, *FORMULAS, *REORDERING, *NULLISH, *LONG)

POLES = 60
STAGES = ("émergence", "création", "fonctionnement")
HEADERS = ("Pôle", "Stade", "Relation", "Statut", "Membres", "Région", "Montant Région (€)", "EPCI (€)", "Autres",
           "Remarque <script>alert(1)</script>", "Contact", "Courriel", "Téléphone", "SIRET")  # fmt: skip
NOT_ASKED = ("employees", "budget_eur", "cell_budget_eur", "cell_self_financed_share", "cell_fte")

# A canary of each kind, by the place of a pole: what no public file may hold.
CANARIES = {
    "name": "Pôle Canari-Zéphyr {i:02}",
    "contact": "Camille Témoin-Quartz {i:02}",
    "email": "camille{i:02}@canari-zephyr.example",
    "phone": "06 12 34 5{d} 7{d}",
    "id": "KX{i:02}-CANARI-77",
    "remark": "Notre trésorière attend depuis mars la réponse promise par la mairie de Canariville au dossier {i:02}",
}


def canary(kind: str, i: int) -> str:
    """Return the canary of a kind that a pole holds."""
    return CANARIES[kind].format(i=i, d=i % 10)


def row(i: int) -> tuple[str, ...]:
    """One pole: its name or a hostile one, ordinary answers, hostile ones, and its canaries."""
    hostile, other = HOSTILE[i % len(HOSTILE)], HOSTILE[(7 * i + 3) % len(HOSTILE)]
    name = canary("name", i) if i % 2 else canary("id", i) if i % 4 else f"{hostile[:200]} {canary('id', i)}"
    stage = STAGES[i % 3] if i % 10 else hostile
    relation = ("relations stables", "relations élargies", hostile)[i % 3]
    form = ("association", "SCIC", hostile)[i % 3]
    yes = "Oui" if i % 4 else "Non"
    amount = str(1000 * (10 + i % 7)) if i % 4 else ""
    epci = str(1000 * (5 + i % 9)) if i % 3 else other
    return (name, stage, relation, form, str(3 + i % 12), yes, amount, epci, other,
            f"{hostile} {canary('remark', i)}", canary("contact", i), canary("email", i), canary("phone", i),
            "73282932000074" if i == 7 else "")  # fmt: skip


def export() -> bytes:
    """The export: quoted CSV, as survey tools write it."""
    out = io.StringIO()
    csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL).writerows([HEADERS, *map(row, range(POLES))])
    return out.getvalue().encode()


def codebook(year: int = 2015) -> str:
    """Its codebook: the free columns are texts."""
    variables = {
        "pole_id": {"header": HEADERS[0]},
        "stage": {"header": HEADERS[1]},
        "legal_form": {"header": HEADERS[3]},
        "members": {"header": HEADERS[4]},
        "relation": {"header": HEADERS[2], "kind": "choice",
                     "answers": {"relations stables": "stable", "relations élargies": "widened"}},
        "remark": {"header": HEADERS[9], "kind": "text"},
    }  # fmt: skip
    supports = [
        {"level": "region", "link": HEADERS[5], "amount": HEADERS[6]},
        {"level": "epci", "amount": HEADERS[7]},
        {"funder": HEADERS[8]},
    ]
    book = {"wave": year, "origin": "survey", "variables": variables, "not_asked": list(NOT_ASKED)}
    return yaml.safe_dump(book | {"supports": supports}, allow_unicode=True)


def write_waves(folder: Path) -> Path:
    """Write the wave in a folder of waves, and return that folder."""
    (folder / "2015").mkdir(parents=True)
    (folder / "2015" / "export.csv").write_bytes(export())
    (folder / "2015" / "codebook.yml").write_text(codebook(), encoding="utf-8")
    return folder

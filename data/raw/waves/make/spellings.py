"""The many ways in which people write one answer. Each function returns the spellings of a value; a draw takes one.

Every spelling states exactly its value to a careful reader: what is dirty is the writing, never the answer.
"""

from collections.abc import Callable

from workbook import Cell, Formula, Percent

Spellings = list[Cell]

STAGES = {
    "emergence": (
        "En émergence", "émergence", "EMERGENCE", "Emergence ", "phase d'émergence", "Projet en émergence",
    ),
    "amorcage": ("Amorçage", "phase d’amorçage", "amorcage", "Démarrage", "Lancement"),
    "creation": ("En création", "création", "en cours de création", "CREATION", "Création  "),
    "fonctionnement": ("Fonctionnement", "en fonctionnement", "en activité", "régime de croisière", "Exploitation"),
}  # fmt: skip
LEGAL_FORMS = {
    "association": (
        "Association loi 1901", "Asso loi 1901", "association", "Asso.", "Association loi 1908 (Alsace-Moselle)",
    ),
    "scic": ("SCIC", "Scic SARL", "SCIC SA", "Société coopérative d’intérêt collectif (SCIC)"),
    "cooperative": ("SCOP", "Scop SARL", "CAE"),
    "societe": ("SARL", "SAS"),
    "informel": ("collectif informel", "Collectif", "pas de structure juridique"),
    "groupement": ("GES", "Groupement économique solidaire"),
    "autre": ("Fondation",),
}  # fmt: skip
RELATIONS = {
    "widened": ("Élargissement ou consolidation", "élargissement ou consolidation"),
    "stable": ("Relations stables", "relations stables"),
    "weakened": ("Fragilisation", "fragilisation"),
    "other": ("Autre / trop tôt pour le dire", "autre / trop tôt pour le dire"),
}
YES, NO = ("Oui", "oui", "OUI", "x", "O"), ("Non", "non", "N", "NON")
# What stands where no value is given: blank more often than not.
SILENCES = ("", "", "", "NC", "nsp", "Non réponse", "en cours", "?")


def french(value: float) -> str:
    """Return a number as French people type it: a decimal comma, no needless zero."""
    return f"{value:.2f}".rstrip("0").rstrip(".").replace(".", ",")


def grouped(value: int, space: str = " ") -> str:
    """Return a whole number with a space between thousands."""
    return f"{value:,}".replace(",", space)


def amounts_in_keur(euros: int) -> Spellings:
    """Return spellings of an amount in a column whose header says « k€ »: bare numbers count thousands."""
    keur = euros / 1_000
    bare = french(keur)
    found: Spellings = [keur, keur, bare, f"{bare} k€", f"{bare}k€", f"{bare} K€", f"{grouped(euros)} €", f"{bare} KE"]
    found += [f"{grouped(euros, chr(0x202F))} €", f"env. {bare}", f"{bare} k€ HT"]
    if euros % 2_000 == 0:
        found += [f"2 x {french(keur / 2)} k€"]
    if euros > 10_000:
        found += [f"{french(keur - 5)} + 5", Formula(f"{keur - 5:.10g}+5", keur)]
    return found


def amounts_in_euros(euros: int) -> Spellings:
    """Return spellings of an amount in a column without a unit: bare numbers count euros."""
    found: Spellings = [euros, grouped(euros), f"{grouped(euros)} €", f"{grouped(euros)},00 €", f"{euros // 1_000} k€"]
    found += [f"{euros // 1_000} K Euros", f"{grouped(euros, chr(0xA0))} euros", f"{grouped(euros, chr(39))} €"]
    if euros % 10_000 == 0:
        found += [f"{french(euros / 1e6)} M€", f"{french(euros / 1e6)} millions d’euros"]
    return found


def shares(percent: int) -> Spellings:
    """Return spellings of a share in a column whose header says « % »."""
    fractions = {20: ["1/5"], 25: ["1/4", "un quart"], 50: ["la moitié", "1/2"], 75: ["3/4"], 0: ["aucun", "0"]}
    plain = [percent, f"{percent} %", f"{percent}%", f"{percent} pour cent"] if percent > 1 else [f"{percent} %"]
    return [*plain, Percent(percent / 100), *fractions.get(percent, [])]


def staff(hundredths: int) -> Spellings:
    """Return spellings of staff in full-time equivalents."""
    posts = hundredths / 100
    found: Spellings = [posts, french(posts), f"{french(posts)} ETP", f"{french(posts)} etp"]
    if posts < 1:
        found += [f"{hundredths} %", f"{french(posts)} équivalent temps plein"]
    else:
        found += [f"{french(posts)} ETP + 1 service civique", f"{int(posts) + 1} pers. ({french(posts)} ETP)"]
    return found + {50: ["1/2", "mi-temps", "un mi-temps"], 100: ["un temps plein"]}.get(hundredths, [])


def counts(things: str) -> Callable[[int], Spellings]:
    """Return the function that spells a number of things (structures, salariés, ans)."""
    words = {10: "une dizaine", 20: "une vingtaine", 30: "une trentaine", 3: "trois", 2: "deux"}

    def spelled(value: int) -> Spellings:
        found: Spellings = [value, value, grouped(value), f"{grouped(value)} {things}"]
        return found + ([words[value]] if value in words else [])

    return spelled


# How each quantity is written; amounts of a pole's own budget come in thousands of euros.
SPELLED: dict[str, Callable[[int], Spellings]] = {
    "age_years": counts("ans"),
    "members": counts("structures"),
    "employees": counts("salariés"),
    "budget_eur": lambda keur: amounts_in_euros(1_000 * keur),
    "cell_self_financed_share": shares,
    "cell_fte": staff,
}

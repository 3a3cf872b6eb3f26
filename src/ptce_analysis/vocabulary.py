"""The words of the study: waves, levels, stages, origins, scenarios, indicators. Data only, no logic.

Labels are `(English, French)`. Everything that is closed to users (a level, a scenario, a language) is listed here once;
the rest of the library, the notebooks' parameters and the error messages read these tables.
"""

from __future__ import annotations

from dataclasses import dataclass

Label = tuple[str, str]

LANGUAGES: dict[str, Label] = {"fr": ("French", "français"), "en": ("English", "anglais")}

WAVES = (2013, 2015)

# The six levels of the published funding table, in the order every table and figure keeps; then what does not fit them.
LEVELS: dict[str, Label] = {
    "commune": ("Communes", "Communes"),
    "epci": ("EPCI (groupings of communes)", "EPCI (intercommunalités)"),
    "departement": ("Départements", "Départements"),
    "region": ("Régions", "Régions"),
    "etat": ("State", "État"),
    "europe": ("Europe", "Europe"),
    "pnr_petr": ("PNR / PETR", "PNR / PETR"),
    "autre": ("Other", "Autre"),
    "inconnu": ("Unknown", "Inconnu"),
}
FUNDING_LEVELS = ("commune", "epci", "departement", "region", "etat", "europe")
LOCAL_LEVELS = ("commune", "epci", "departement", "region")

STAGES: dict[str, Label] = {
    "emergence": ("emergence", "émergence"),
    "amorcage": ("start-up support", "amorçage"),
    "creation": ("creation", "création"),
    "fonctionnement": ("in operation", "fonctionnement"),
}

ORIGINS: dict[str, Label] = {
    "published": ("published figure", "chiffre publié"),
    "derived": ("computed from published figures", "calculé à partir de chiffres publiés"),
    "assumption": ("assumption", "hypothèse"),
    "fictitious": ("fictitious data", "données fictives"),
    "survey": ("survey answers", "réponses à l’enquête"),
}

# The printed Communes row is arithmetically impossible, so every result on money is shown under three named scenarios.
SCENARIOS: dict[str, Label] = {
    "as_printed": (
        "as printed (the Communes median is not used)",
        "tel qu’imprimé (la médiane des communes n’est pas utilisée)",
    ),
    "communes_15": (
        "15 of the 16 projects supported by communes gave an amount",
        "15 des 16 projets soutenus par des communes ont donné un montant",
    ),
    "local_medians_reversed": (
        "hypothesis: the four local medians were printed in reverse order",
        "hypothèse : les quatre médianes locales ont été imprimées dans l’ordre inverse",
    ),
}

# Unit of a stored value. Money is stored in euros and shares between 0 and 1; k€, % and commas exist at display only.
UNITS: dict[str, Label] = {
    "eur": ("euros", "euros"),
    "share": ("share between 0 and 1", "part entre 0 et 1"),
    "count": ("count", "effectif"),
    "fte": ("full-time equivalents", "équivalents temps plein"),
    "years": ("years", "années"),
}

STATISTICS: dict[str, Label] = {
    "count": ("count", "effectif"),
    "sum": ("total", "total"),
    "share": ("share", "part"),
    "median": ("median", "médiane"),
    "mean": ("mean", "moyenne"),
    "minimum": ("minimum", "minimum"),
    "maximum": ("maximum", "maximum"),
}


@dataclass(frozen=True)
class Indicator:
    """A printed indicator: its unit, statistic and labels, and how it relates to the other figures of its wave.

    `part_of`: the indicator of which this one is a part, when its parts ought to add up to it.
    `median`: for a total, the indicator that prints the median of the same quantity over the same units.
    """

    unit: str
    statistic: str
    label: Label
    part_of: str = ""
    median: str = ""


INDICATORS: dict[str, Indicator] = {
    "poles_identified": Indicator("count", "count", ("poles identified", "pôles identifiés")),
    "respondents": Indicator("count", "count", ("respondents", "répondants")),
    "emergence_share": Indicator("share", "share", ("poles in emergence", "projets en émergence")),
    "creation_share": Indicator("share", "share", ("poles in creation", "projets en création")),
    "established_share": Indicator(
        "share", "share", ("poles reporting how their relation evolved", "projets témoignant d’une évolution")
    ),
    "relation_widened_share": Indicator(
        "share",
        "share",
        ("relation widened or consolidated", "relation élargie ou consolidée"),
        part_of="established_share",
    ),
    "relation_stable_share": Indicator(
        "share", "share", ("relation stable", "relation stable"), part_of="established_share"
    ),
    "relation_weakened_share": Indicator(
        "share", "share", ("relation weakened", "relation fragilisée"), part_of="established_share"
    ),
    "association_or_scic_share": Indicator(
        "share", "share", ("coordinating unit is an association or a SCIC", "cellule en association ou SCIC")
    ),
    "scic_share": Indicator("share", "share", ("coordinating unit is a SCIC", "cellule en SCIC")),
    "age_median": Indicator("years", "median", ("median age", "âge médian")),
    "cell_budget_median": Indicator(
        "eur", "median", ("median budget of the coordinating unit", "budget médian de la cellule d’animation")
    ),
    "cell_self_financed_share_median": Indicator(
        "share", "median", ("median self-financed share of that budget", "part autofinancée médiane de ce budget")
    ),
    "cell_fte_median": Indicator(
        "fte", "median", ("median staff of the coordinating unit", "effectif médian de la cellule d’animation")
    ),
    "cell_fte_below_1_share": Indicator(
        "share", "share", ("units with less than one full-time post", "cellules de moins d’un ETP")
    ),
    "members_median": Indicator(
        "count", "median", ("median number of member structures", "nombre médian de structures membres")
    ),
    "employees_median": Indicator(
        "count", "median", ("median employees of the grouping", "effectif salarié médian du groupement")
    ),
    "budget_median": Indicator(
        "eur", "median", ("median consolidated budget of the grouping", "budget consolidé médian du groupement")
    ),
    "jobs_total": Indicator("count", "sum", ("total jobs", "total des emplois"), median="employees_median"),
    "enterprises_total": Indicator(
        "count", "sum", ("total enterprises", "total des entreprises"), median="members_median"
    ),
    "budget_total": Indicator("eur", "sum", ("total budget", "total des budgets"), median="budget_median"),
    "link_share": Indicator("share", "share", ("poles linked with the level", "projets en lien avec l’échelon")),
    "link_2_to_6_share": Indicator(
        "share",
        "share",
        ("poles linked with two to six collectivities", "projets en lien avec deux à six collectivités"),
    ),
    "collectivities_involved_median": Indicator(
        "count", "median", ("median number of collectivities involved", "nombre médian de collectivités impliquées")
    ),
    "aid_per_collectivity_median": Indicator(
        "eur", "median", ("median aid per collectivity", "aide médiane par collectivité")
    ),
    "funding_total": Indicator("eur", "sum", ("total mobilised", "total mobilisé")),
    "funding_amount": Indicator(
        "eur", "sum", ("amount mobilised by the level", "montant mobilisé par l’échelon"), part_of="funding_total"
    ),
    "funding_projects": Indicator(
        "count", "count", ("projects supported by the level", "projets soutenus par l’échelon")
    ),
    "funding_median": Indicator(
        "eur", "median", ("median amount of the level", "montant médian de l’échelon")
    ),
}

"""The words of the study: waves, levels, stages, origins, scenarios. Data only, no logic.

Labels are `(English, French)`. Everything closed to users (a level, a scenario, a language) is listed here once; the
rest of the library, the notebooks' parameters and the error messages read these tables.
"""

from __future__ import annotations

from fractions import Fraction

Label = tuple[str, str]
# The lowest and the highest value that a printed figure may stand for.
Band = tuple[Fraction, Fraction]

LANGUAGES: dict[str, Label] = {"fr": ("French", "français"), "en": ("English", "anglais")}

WAVES = (2013, 2015)

# The six levels of the published funding table, in the order every table and figure keeps; then what does not fit them.
LEVELS: dict[str, Label] = {
    "commune": ("Communes", "Communes"),
    "epci": ("EPCI (groupings of communes)", "EPCI (intercommunalités)"),
    "departement": ("Départements", "Départements"),
    "region": ("Regions", "Régions"),
    "etat": ("Central government", "État"),
    "europe": ("Europe", "Europe"),
    "pnr_petr": ("PNR / PETR", "PNR / PETR"),
    "autre": ("Other", "Autre"),
    "inconnu": ("Unknown", "Inconnu"),
}
# How each language speaks of a level: with its article, after "of" and "to", as one that gives a grant, that has given,
# and that is asked about. One line a form, one column a level.
_FORM_LEVELS = ("commune", "epci", "departement", "region", "etat", "europe", "pnr_petr")
_FORMS: dict[str, str] = {
    "fr": """
the: les communes | les EPCI | les départements | les Régions | l’État | l’Europe | les PNR et PETR
The: Les communes | Les EPCI | Les départements | Les Régions | L’État | L’Europe | Les PNR et PETR
of: des communes | des EPCI | des départements | des Régions | de l’État | de l’Europe | des PNR et PETR
to: aux communes | aux EPCI | aux départements | aux Régions | à l’État | à l’Europe | aux PNR et PETR
by: par une commune | par un EPCI | par un département | par une Région | par l’État | par l’Europe | par un PNR ou un PETR
have: ont | ont | ont | ont | a | a | ont
did: la commune a-t-elle | l’EPCI a-t-il | le département a-t-il | la Région a-t-elle | l’État a-t-il | l’Europe a-t-elle
""",  # noqa: E501 (one form a line)
    "en": """
the: communes | groupings of communes (EPCI) | départements | regions | central government | Europe | nature parks and rural partnerships (PNR, PETR)
The: Communes | Groupings of communes (EPCI) | Départements | Regions | Central government | Europe | Nature parks and rural partnerships (PNR, PETR)
of: of communes | of groupings of communes (EPCI) | of départements | of regions | of central government | of Europe | of nature parks and rural partnerships (PNR, PETR)
to: to communes | to groupings of communes (EPCI) | to départements | to regions | to central government | to Europe | to nature parks and rural partnerships (PNR, PETR)
by: by a commune | by a grouping of communes (EPCI) | by a département | by a region | by central government | by Europe | by a nature park or a rural partnership (PNR, PETR)
have: have | have | have | have | has | has | have
did: did the commune | did the grouping of communes (EPCI) | did the département | did the region | did central government | did Europe
""",  # noqa: E501 (one form a line)
}
LEVEL_FORMS: dict[str, dict[str, dict[str, str]]] = {
    lang: {
        form: dict(zip(_FORM_LEVELS, map(str.strip, texts.split("|")), strict=False))
        for form, _, texts in (line.partition(":") for line in table.strip().splitlines())
    }
    for lang, table in _FORMS.items()
}
FUNDING_LEVELS = ("commune", "epci", "departement", "region", "etat", "europe")
LOCAL_LEVELS = ("commune", "epci", "departement", "region")

# What a reader calls the methods that compare two shares.
METHOD_LABELS: dict[str, Label] = {
    "wilson": ("Wilson", "Wilson"),
    "clopper_pearson": ("Clopper–Pearson", "Clopper–Pearson"),
    "jeffreys": ("Jeffreys", "Jeffreys"),
    "newcombe": ("Newcombe", "Newcombe"),
    "agresti_caffo": ("Agresti–Caffo", "Agresti–Caffo"),
    "miettinen_nurminen": ("Miettinen–Nurminen", "Miettinen–Nurminen"),
    "beta_binomial": ("beta-binomial", "bêta-binomial"),
    "koopman": ("Koopman", "Koopman"),
    "sample_odds_ratio": ("sample", "échantillon"),
    "conditional_odds_ratio": ("conditional, exact interval", "conditionnel, intervalle exact"),
    "fisher": ("Fisher", "Fisher"),
    "mid_p": ("mid-p", "mid-p"),
    "barnard": ("Barnard", "Barnard"),
    "boschloo": ("Boschloo", "Boschloo"),
    "pearson": ("Pearson", "Pearson"),
}

# What a source says of the roles of public levels, what it learns and whom it quotes; then how its addressee is known.
ROLE_KINDS = ("lever", "role", "asset", "obstacle", "lesson", "testimony")
ADDRESSEES = ("stated", "read")

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

# What a page explains where an abbreviation first stands in it.
ABBREVIATIONS: dict[str, Label] = {
    "PTCE": (
        "pôle territorial de coopération économique: a local cluster for economic cooperation",
        "pôle territorial de coopération économique",
    ),
    "RTES": (
        "Réseau des collectivités territoriales pour une économie solidaire, a network of local authorities",
        "Réseau des collectivités territoriales pour une économie solidaire",
    ),
    "EPCI": (
        "établissement public de coopération intercommunale: a grouping of communes",
        "établissement public de coopération intercommunale",
    ),
    "ESS": ("économie sociale et solidaire: the social and solidarity economy", "économie sociale et solidaire"),
    "ETP": ("équivalent temps plein: full-time equivalent", "équivalent temps plein"),
    "FTE": ("full-time equivalent", "équivalent temps plein"),
    "SCIC": (
        "société coopérative d’intérêt collectif: a multi-stakeholder cooperative",
        "société coopérative d’intérêt collectif",
    ),
    "PNR": ("parc naturel régional: a regional nature park", "parc naturel régional"),
    "PETR": (
        "pôle d’équilibre territorial et rural: a rural partnership of groupings of communes",
        "pôle d’équilibre territorial et rural",
    ),
    "DLA": (
        "dispositif local d’accompagnement: local support for social enterprises",
        "dispositif local d’accompagnement",
    ),
    "COORACE": (
        "Coordination des organismes d’aide aux chômeurs par l’activité économique, a network of employers",
        "Coordination des organismes d’aide aux chômeurs par l’activité économique",
    ),
    "CRESS": (
        "chambre régionale de l’économie sociale et solidaire: a regional chamber of the social economy",
        "chambre régionale de l’économie sociale et solidaire",
    ),
    "FEDER": (
        "Fonds européen de développement régional: European Regional Development Fund",
        "Fonds européen de développement régional",
    ),
    "FSE": ("Fonds social européen: European Social Fund", "Fonds social européen"),
    "QPV": (
        "quartier prioritaire de la politique de la ville: a priority urban district",
        "quartier prioritaire de la politique de la ville",
    ),
    "SGMAP": (
        "Secrétariat général pour la modernisation de l’action publique, a service of the Prime Minister",
        "Secrétariat général pour la modernisation de l’action publique",
    ),
    "GRIM": (
        "granularity-related inconsistency of means: a test of printed means and percentages",
        "granularity-related inconsistency of means : un test de cohérence des moyennes et pourcentages publiés",
    ),
}

# Where a page comes from, as its last lines say.
PROVENANCE: dict[str, Label] = {
    "data": ("Data", "Données"),
    "library": ("Library", "Bibliothèque"),
    "notebook": ("Notebook", "Carnet"),
    "versions": ("Versions", "Versions"),
    "command": ("Command", "Commande"),
}

# No 16 amounts have the printed total and median of the Communes, so money is shown under three scenarios.
SCENARIOS: dict[str, Label] = {
    "as_printed": (
        "published figures, without the Communes median",
        "chiffres publiés, sans la médiane des communes",
    ),
    "communes_15": (
        "15 of the 16 projects supported by communes gave an amount",
        "15 des 16 projets soutenus par des communes ont donné un montant",
    ),
    "local_medians_reversed": (
        "hypothesis: the four local medians were printed in reverse order",
        "hypothèse : les quatre médianes locales ont été publiées dans l’ordre inverse",
    ),
}

# Whose answers a page reads: those invented for the collection, or those of a survey team (never committed).
WAVE_SETS: dict[str, Label] = {
    "fictitious": ("fictitious waves", "vagues fictives"),
    "supplied": ("waves supplied by the reader", "vagues fournies par le lecteur"),
}

# Under which rules of disclosure answers are shown: those of official statistics, or stricter ones on request.
RULE_SETS: dict[str, Label] = {
    "standard": ("usual rules", "règles usuelles"),
    "strict": ("stricter rules", "règles renforcées"),
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


# What a printed figure is about: poles that answer a survey, or what an authority that calls for projects received.
SUBJECTS: dict[str, Label] = {
    "survey": ("survey figures", "chiffres d’enquête"),
    "call": ("figures on calls for projects", "chiffres sur les appels à projets"),
}

# What the audit concludes of a printed figure, the most reassuring first.
VERDICT_LABELS: dict[str, Label] = {
    "consistent": ("consistent", "compatible"),
    "other_base_only": ("base unclear", "base à préciser"),
    "sources_differ": ("two sources differ", "deux sources différentes"),
    "impossible": ("disagrees with others", "en désaccord avec d’autres"),
    "unverifiable": ("nothing to compare with", "rien à quoi le comparer"),
}

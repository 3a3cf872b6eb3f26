"""How respondents write the levels: words that open a name, words that stand alone, words with several meanings.

Patterns are read on text without accents or capitals. A name of a place may follow those of `NAMED`.
"""

from __future__ import annotations

# Assumption: operators of the State (ADEME, agences de l'eau, Caisse des Dépôts, Pôle emploi, ARS) are coded `etat`;
# the family benefit offices (CAF, MSA), chambers and public banks `autre`. Source: their statutes; no source that was
# read says how the published table codes them. If wrong: the codebook of the wave decides, name by name.
NAMED: tuple[tuple[str, str, str], ...] = (
    ("petr", "pnr_petr", r"petr|poles? d'equilibre territorial(?: et rural)?"),
    (
        "park",
        "pnr_petr",
        r"(?:syndicat mixte (?:de gestion )?du )?(?:pnr|parcs? naturels? regiona(?:l|ux))",
    ),
    ("pays_petr", "pnr_petr", r"(?:syndicat mixte (?:du |de )|association du )?pays"),
    ("not_a_level", "autre", r"syndicats? mixtes?|poles? metropolitains?|siv[uo]m?|parcs? nationa(?:l|ux)"),
    ("conseil_general", "departement", r"conseils? gen(?:era(?:l|ux)|\.)?|c\.?g\.?|conseils? gal"),
    (
        "departement_word",
        "departement",
        r"conseils? (?:departementa(?:l|ux)|dep(?:artement|t)?\.?)|c\.?d\.?|departements?|dpts?\.?|depts?\.?|dep\.?|"
        r"departemental"
        r"|collectivites? departementales?",
    ),
    (
        "region_word",
        "region",
        r"conseils? regiona(?:l|ux)|conseils? reg\.?|c\.?r\.?|regions?|reg\.|collectivite territoriale de corse|"
        r"c\.?t\.?c\.?",
    ),
    (
        "municipality_word",
        "commune",
        r"mairies?|villes?|municipalites?|municipal|conseils? municipa(?:l|ux)|communes?(?: nouvelles?)?|"
        r"villages?|ccas|"
        r"centre communal d'action sociale",
    ),
    (
        "grouping_word",
        "epci",
        r"(?:communautes?|ctes?|comm?\.?|coms?\.?) ?(?:de communes?|de com\.?|com\.?|d'agglos?\.?|d'agglomerations?|"
        r"urbaines?)|"
        r"c\.?c\.?|c\.?u\.?|com-?com|agglos?|agglomerations?|san|syndicat d'agglomeration nouvelle|intercos?|"
        r"(?:(?:structures?|groupements?|syndicats?) )?intercommuna(?:lites?|le?s?|ux)|epci|e\.p\.c\.i\.?|ept|"
        r"etablissements? publics? (?:territoria(?:l|ux)|"
        r"de cooperation "
        r"intercommunale)|groupements? de communes",
    ),
    ("metropole", "epci", r"metropoles?|mel|bordeaux metropole"),
    (
        "state_word",
        "etat",
        r"(?:l')?etat|services? (?:deconcentres )?de l'etat|prefectures?(?: de (?:la )?region| (?:de|"
        r"du) departement)?|prefets?"
        r"(?: de (?:la )?region)?|sous[ -]prefectures?|gouvernement|ministeres?|minist\.|secretariats? d'etat|"
        r"(?:ut )?dir+ec+te|"
        r"dreets|drac|drjscs|ddcs(?:pp)?|ddjs|dreal|draaf|ddtm?|dgefp|dgcs|diies|sgar|acse|cget|datar|fnadt|diact|"
        r"rectorat|directions? (?:regiona|departementa)les?|"
        r"(?:aap|appels? a projets?)(?: national)? ptce|commissariat general|premier ministre|fonds national",
    ),
    (
        "state_operator",
        "etat",
        r"caisse des depots(?: et consignations)?|banque des territoires|ademe|agences? de l'eau|pole[ -]emploi|ars|"
        r"agences? regionales? de sante|agence nationale",
    ),
    (
        "european_fund",
        "europe",
        r"(?:l')?europe|union europeenne|u\.?e\.?|fse|feder|feader|feamp|fep|leader\+?|gal|interreg|erasmus\+?|equal|"
        r"iej|"
        r"(?:fonds|aides|credits|programmes?|subventions?) europeen(?:s|ne|nes)?|europeen(?:s|ne|nes)?|"
        r"fonds social europeen|fonds structurels?(?: europeens?)?|commission europeenne",
    ),
    (
        "not_a_level",
        "autre",
        r"cress?|dla|france active|fondations?|banques?|credit (?:cooperatif|mutuel|agricole)|caisse d'epargne|"
        r"mutuelles?|macif|"
        r"maif|caf|caisses? d'allocations? familiales?|msa|bpi(?: ?france)?|chambres? (?:d'agriculture|de commerce|"
        r"de metiers)|"
        r"cci|cma|universites?|entreprises?|associations?|mecenat|dons?|autofinancement|adherents|cotisations|avise|"
        r"franceagrimer|"
        r"labo de l'ess|rtes|prives?|fonds prives?|crowdfunding|societaires|agefiph|opca|uniformation",
    ),
)
ALONE: tuple[tuple[str, str, str], ...] = (
    ("not_a_level", "autre", r"autres?(?: (?:financeurs?|partenaires?|collectivites?|organismes?))?"),
    (
        "level_not_said",
        "inconnu",
        r"(?:les )?(?:collectivites?(?: locales?| territoriales?| publiques?)?|pouvoirs publics|fonds publics|"
        r"(?:subventions?|aides?|financements?|financeurs?|partenaires?|acteurs?)(?: publi(?:c|cs|que|ques)))",
    ),
    ("grouping_name", "epci", r"plaine commune|sicoval|est ensemble|val de bievre"),
    (
        "grouping_name",
        "epci",
        r"(?!grand[ -](?:est|region|projet|public|groupe|entreprise)\b)grand[ -](?P<name>[a-z][a-z' -]+)",
    ),
    ("metropole", "epci", r"(?P<name>[a-z][a-z' -]+) metropole"),
    ("grouping_name", "epci", r"(?P<name>[a-z][a-z' -]+) agglo(?:meration)?"),
)
UNDECIDED: tuple[tuple[str, str], ...] = (
    ("cdc_two_meanings", r"c\.?d\.?c\.?(?: .+)?"),
    ("ca_three_meanings", r"c\.?a\.?(?: .+)?"),
    (
        "contract_of_several",
        r"cucs(?: .+)?|contrats? (?:de ville|urbain.*|de plan.*|de pays|de territoire)|cper|politique de la ville",
    ),
    (
        "several_levels_unseparated",
        r"conseils? (?:genera|departementa)(?:l|ux) (?:.* )?regiona(?:l|ux)(?: .*)?|"
        r"conseils? regiona(?:l|ux) (?:.* )?(?:genera|departementa)(?:l|ux)(?: .*)?",
    ),
    ("commune_or_grouping", r"bloc (?:communal|local)|communaute"),
    ("number_alone", r"[0-9]{1,3}|2[ab]"),
)
# Names of Lyon's grouping: « métropole » says 2015, « Grand Lyon » is older.
LYON_METROPOLE = r"metropole (?:de |grand )?lyon|lyon metropole|metropole lyonnaise|grand lyon (?:la )?metropole"
GRAND_LYON = r"grand lyon|(?:communaute urbaine|cu|c\.u\.) (?:de |du grand )?lyon"
# A level's word inside the name that follows another level's word: two levels without a separator between them.
TELLING = (
    r"\b(?:via|regions?|departements?|conseils?|cg|cr|etat|feder|fse|feader|leader|europe|agglo|interco|epci|mairie|"
    r"ou)\b"
)
KEYWORDS = (
    "region", "regional", "departement", "departemental", "general", "conseil", "commune", "communes", "mairie",
    "municipalite", "communaute", "agglomeration", "intercommunalite", "metropole", "prefecture", "ministere", "europe",
    "europeenne", "direccte", "collectivite",
)  # fmt: skip

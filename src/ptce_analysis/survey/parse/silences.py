"""The many ways of giving no value: they differ, and none of them is a zero unless it says so."""

from __future__ import annotations

import re

from ptce_analysis.survey.parse.wording import acronym

Silence = tuple[str, str]  # status, rule

_WRITTEN: dict[Silence, str] = {
    # Assumption: « NC » is read as "not communicated". Source: usage in survey tables. If wrong: where a wave uses it
    # for "non concerné", its codebook decides so and the level is then not involved.
    ("unknown", "not_disclosed"): "nc|non communique|non communiquee|non communicable|confidentiel|secret",
    ("unknown", "does_not_know"): "nsp|nspp|ne sait pas|ne sais pas|je ne sais pas|sais pas|ne se prononce pas|inconnu|"
    "inconnue|non connu|non connue|pas connu|?|??|???",
    ("unknown", "no_answer"): "nr|non renseigne|non renseignee|non reponse|non-reponse|sans reponse|pas de reponse|"
    "vide|(vide)|-|--|---|/|//|_|__|.|..|...|…|*",
    ("unknown", "not_available"): "nd|non disponible|indisponible|non chiffre|non chiffree|non evalue|non evaluee|"
    "pas chiffre|pas evalue",
    ("unknown", "pending"): "en cours|a definir|a determiner|a venir|en attente|a preciser|a completer|non defini|"
    "non definie|pas defini|pas encore defini|pas encore connu|a negocier|en discussion|en negociation|"
    "demande en cours|"
    "en cours de negociation|en cours de definition|en cours d'instruction|tbd|a voir|en reflexion",
    ("unknown", "software_blank"): "null|none|nan|<na>|undefined|nil|\\n",
    ("not_applicable", "not_applicable"): "so|sans objet|na|non applicable|non concerne|non concernee|pas concerne|"
    "pas concernee|hors sujet|ne s'applique pas|n'est pas concerne",
    ("zero", "nothing_declared"): "neant|aucun|aucune|rien|zero|nul|nulle|pas du tout",
}
SILENCES: dict[str, Silence] = {word: silence for silence, words in _WRITTEN.items() for word in words.split("|")}
_NOTHING = re.compile(
    r"(aucune?|pas (de|d')) ?(subventions?|aides?|financements?|soutiens?|appuis?|montants?|collectivites?|salaries?|"
    r"etp|emplois?|autofinancement|budget)( publique?s?| financiere?s?)?"
)
# Excel's and LibreOffice's, in any language: « #NOM ? » is « #NAME? ». `####`: a number too wide for its column.
SPREADSHEET_ERROR = re.compile(r"#¡?[^\W\d_][\w/]* ?[!?]|#N/?[ADV]|#GETTING_DATA|#{3,}|Err ?: ?[0-9]{3}", re.I)

_PENDING = re.compile(
    r"(?:en (?:cours|attente)|dossiers?|demandes?|conventions?|subventions?)(?: (?:de|d'|du|en|a ete|est))* ?"
    r"(?:demandes?|demandee?s?|instruction|negociation|definition|discussion|validation|examen|versement|vote|"
    r"arbitrage|decision|reponse|notification|conventionnement|signature|finalisation|deposee?s?|faites?|cours|attente)|"
    r"demandee?s?|sollicitee?s?|a demander|a solliciter|variables?|ca depend|depend .*|selon .*"
)
# What may follow a silence without changing it.
_FOR_NOW = re.compile(
    r" \(?(?:a ce jour|a ce stade|pour l'instant|pour le moment|actuellement|encore|cette annee|"
    r"en (?:19|20)[0-9]{2})\)?$"
)


def silence(text: str) -> Silence | None:
    """Return the status and rule of a text that gives no value, or None when it may give one.

    >>> silence("N.S.P."), silence("Sans objet"), silence("néant"), silence("25 k€")
    (('unknown', 'does_not_know'), ('not_applicable', 'not_applicable'), ('zero', 'nothing_declared'), None)
    """
    words = _FOR_NOW.sub("", acronym(text))
    if not words and not text.strip(" .:;,!"):
        return ("unknown", "no_answer" if text.strip() else "blank")
    if _NOTHING.fullmatch(words):
        return ("zero", "nothing_declared")
    return SILENCES.get(words) or (("unknown", "pending") if _PENDING.fullmatch(words) else None)


def machine_text(text: str) -> str | None:
    """Return the rule name of a text only a spreadsheet writes: an error value or a formula never computed."""
    if SPREADSHEET_ERROR.fullmatch(text):
        return "spreadsheet_error"
    return "formula" if text.startswith(("=", "@")) else None

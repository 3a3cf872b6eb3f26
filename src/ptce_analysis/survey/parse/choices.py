"""Answers out of a short list: the stage of a pole, its legal form, yes or no, a date."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from ptce_analysis.survey.parse.asides import doubtful
from ptce_analysis.survey.parse.reading import Reading
from ptce_analysis.survey.parse.silences import machine_text, silence
from ptce_analysis.survey.parse.wording import acronym, bare, misspelt, plain

# Assumption: only words of the stage itself are mapped. Source: the deck prints 20 % « en émergence » and 25 % « en
# création »: near words are not synonyms. If wrong: the codebook's answers decide (for « projet », « consolidation »…).
_STAGES = {
    "emergence": "emergence|emergent|emergente|emergents|emergeant",
    "amorcage": "amorcage|amorce|demarrage|lancement|demarre",
    "creation": "creation|en cours de creation|creation en cours",
    "fonctionnement": "fonctionnement|fonctionnel|fonctionnelle|fonctionne|operationnel|operationnelle|activite|"
    "exploitation|regime de croisiere|"
    "croisiere|rythme de croisiere",
}
_STAGE_WORDS = (
    "emergence",
    "emergent",
    "amorcage",
    "creation",
    "fonctionnement",
    "operationnel",
    "demarrage",
    "lancement",
)
_UNDECIDED_STAGES = re.compile(
    r"projet|en projet|idee|reflexion|prefiguration|etude|experimentation|structuration|consolidation|consolide|"
    r"developpement|"
    r"constitution|constitue|cree|creee?|existant|maturite|mature|essaimage|changement d'echelle|perennisation|"
    r"construction"
)
# A stage's word inside a longer answer: what is said of the stage decides, and no rule reads that.
_STAGE_ROOTS = re.compile(r"\b(?:pre|post)?[ -]?(?:emerge|amorc|creation|cree|fonctionn|operationn|projet|etude|idee)")
_STAGE_ENDING = re.compile(r"(?: (?:du|de ce|de notre) (?:ptce|pole|projet))?(?: depuis (?:19|20)[0-9]{2})?$")
_STAGE_OPENING = re.compile(
    r"^(?:(?:(?:le |un |notre )?(?:ptce|pole|projet) )(?:est )?)?(?:[0-9a-d] ?[.):-] ?)?(?:(?:en |au |a l'|"
    r"a la |le |la |l')?(?:phase|stade|etape|periode) ?:? ?(?:de la |"
    r"de l'|du |de |d'|des )?)?"
    r"(?:en (?:cours d'|cours de )?|au |l'|la |le |d'|de )?"
)
_LEGAL_FORMS = {
    "association": r"asso\.?|assoc\.?|"
    r"associations?(?: de)?(?: loi)?(?: de)?(?: 190[18])?(?: ?\(?alsace[ -]moselle\)?)?|"
    r"asso(?:ciation)?\.?(?: type| de| regie par la| sous)? ?loi(?: de)?(?: du 1er juillet)? 190[18]|"
    r"loi (?:de )?190[18]",
    "scic": r"scic(?:[ -](?:sa|sarl|sas))?(?: a capital variable)?|"
    r"societe cooperative d'interet collectif(?: \(scic\))?(?: (?:sa|sarl|sas))?",
    "cooperative": r"scop(?:[ -](?:sa|sarl|sas))?|cae|cooperative|cuma|societe cooperative(?: et participative)?",
    "societe": r"sarl|eurl|sas|sasu|sa|sci|societe",
    "informel": r"collectif(?: informel)?|informel(?:le)?|(?:reseau|groupement) informel|non structure|"
    r"(?:sans|pas de|aucune?) (?:statut|structure)(?: juridique)?",
    "groupement": r"ges|groupement economique solidaire|gie|gip|geiq|gcsms|groupement d'employeurs",
    "public": r"collectivite|commune|epci|regie(?: municipale| publique)?|syndicat mixte|pays|petr|"
    "etablissement public",
    "autre": r"autres?|fondation|fonds de dotation|mutuelle|union d'economie sociale|ues",
}
YES_NO = {
    "oui": "oui|o|yes|y|x|xx|vrai|true|1|✓|✔|☑|☒|coche|cochee|selectionne|ok",
    "non": "non|n|no|faux|false|0|pas coche|non coche|non selectionne|☐|□",
}


def stage(text: str) -> Reading:
    """Return the stage code of a pole, or why none is stated. Neighbouring words are never merged.

    >>> [stage(text).value for text in ("En émergence", "phase d'amorçage", "Création", "projet")]
    ['emergence', 'amorcage', 'creation', None]
    """
    words = acronym(text)
    if _stage_code(words) == "?":
        return _undecided(text, "near_stage")
    if quiet := no_value(text):
        return quiet
    parts = {
        _stage_code(part.strip(" ()"))
        for part in re.split(r" ?(?:/|\+|;| puis | et | ou |->|,|(?<=[a-z])-(?=[a-z])) ?", words)
    }
    if len(parts) == 1 and (code := parts.pop()):
        return Reading(text, code, None, "exact", "stage_word") if code != "?" else _undecided(text, "near_stage")
    if {_stage_code(words)} | parts != {""}:
        return _undecided(text, "several_stages")
    corrected = misspelt(words, _STAGE_WORDS) if words.isascii() and not doubtful(words) else ""
    if corrected and (code := _stage_code(corrected)) not in ("", "?"):
        return Reading(text, code, None, "approximate", "misspelling")
    return _undecided(text, "near_stage") if _STAGE_ROOTS.search(words) else _unread(text)


def _stage_code(words: str) -> str:
    """Return a stage, `?` for a word that only resembles one, or nothing."""
    core = _STAGE_OPENING.sub("", _STAGE_ENDING.sub("", words))
    for code, spellings in _STAGES.items():
        if {words, core} & set(spellings.split("|")):
            return code
    return "?" if _UNDECIDED_STAGES.fullmatch(core) or _UNDECIDED_STAGES.fullmatch(words) else ""


def legal_form(text: str) -> Reading:
    """Return the family of a legal form; the law of 1908 (Alsace-Moselle) and that of 1901 both make associations.

    >>> [legal_form(text).value for text in ("Asso loi 1901", "association loi 1908", "SCIC SA", "collectif informel")]
    ['association', 'association', 'scic', 'informel']
    """
    words = acronym(text)
    for code, pattern in _LEGAL_FORMS.items():
        if words == code or re.fullmatch(pattern, words):
            return Reading(text, code, None, "exact", "legal_form_word")
    return no_value(text) or _unread(text)


def yes_no(text: str) -> Reading:
    """Return `oui` or `non`: a tick is a yes, a blank says nothing.

    >>> [yes_no(text).value for text in ("X", "Oui", "Non", "")]
    ['oui', 'oui', 'non', None]
    """
    words = plain(text).rstrip(" .!")
    for code, spellings in YES_NO.items():
        if words in spellings.split("|"):
            return Reading(text, code, None, "exact", "yes_no")
    return no_value(text) or _unread(text)


def day(text: str) -> Reading:
    """Return a date as ISO text. French order: the day comes first. A number of days is a spreadsheet's date.

    >>> [day(text).value for text in ("12/03/2015 14:05", "2015-03-12", "42005", "31/02/2015")]
    ['2015-03-12T14:05:00', '2015-03-12', '2015-01-01', None]
    """
    # Assumption: 12/03/2015 is 12 March. Source: the surveys are French. If wrong: the dates of the ledger show it.
    words = bare(text)
    match = re.fullmatch(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})(.*)", words)
    iso = f"{match[3]}-{int(match[2]):02}-{int(match[1]):02}{match[4]}" if match else words
    found = re.fullmatch(
        r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:(?:T| a |,? )([0-9]{1,2})[:hH]([0-9]{2})(?::([0-9]{2}))?(?:\.[0-9]+)?Z?)?", iso
    )
    hour = f"T{int(found[2]):02}:{found[3]}:{found[4] or '00'}" if found and found[2] else ""
    if found and _exists(found[1] + hour):
        return Reading(text, found[1] + hour, None, "exact", "date")
    if re.fullmatch(r"[1-9][0-9]{4}(?:\.[0-9]+)?", words):
        return Reading(text, str(date(1899, 12, 30) + timedelta(int(words[:5]))), None, "exact", "spreadsheet_date")
    return no_value(text) or _unread(text)


def _exists(iso: str) -> bool:
    """Return whether the calendar has that day and the clock that hour."""
    try:
        datetime.fromisoformat(iso)
    except ValueError:
        return False
    return True


def _unread(text: str) -> Reading:
    return Reading(text, None, None, "unreadable", "no_rule")


def _undecided(text: str, rule: str) -> Reading:
    return Reading(text, None, None, "ambiguous", rule)


def no_value(text: str) -> Reading | None:
    """Return the reading of a text that gives no value or that only a spreadsheet writes."""
    if rule := machine_text(bare(text)):
        return Reading(text, None, None, "unreadable", rule)
    found = silence(bare(text))
    return Reading(text, None, None, found[0], found[1]) if found else None

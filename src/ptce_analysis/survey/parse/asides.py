"""Words beside a quantity or a name: those that leave it as it is, and those that make it doubtful."""

from __future__ import annotations

import re

_MONEY = (
    r"subventions?|aides?|dotations?|financements?|montants?|budgets?|participations?|contributions?|soutiens?|"
    r"conventions?|fonctionnement|fonct\.?|investissements?|invest\.?|numeraire|especes|total|tout|animation"
)
_SAID_OF_IT = (
    r"(?: (?:annuel(?:le)?s?|total(?:e)?s?|global(?:e)?s?|publi(?:c|que|ques|cs)|financieres?|directes?|versee?s?|"
    r"obtenue?s?|recue?s?|percue?s?|accordee?s?|attribuee?s?|de|du|d'|en|au))*"
)
_DONE = r"versee?s?|obtenue?s?|recue?s?|percue?s?|accordee?s?|attribuee?s?"
_BEFORE = re.compile(rf"(?:(?:une?|la|le|l'|des?) )?(?:soit|(?:{_MONEY}){_SAID_OF_IT}) ?:? ?(?P<core>.*[0-9].*)", re.I)
_AFTER = re.compile(
    rf"(?P<core>.*[0-9].*?) ?(?:\((?:de |d'|en |au |pour )?(?:(?:{_MONEY}){_SAID_OF_IT}|{_DONE}|cf\.? [a-z' ]+)\)|"
    rf"(?<![a-z])(?:de |d'|en |au |pour )?(?:(?:{_MONEY}){_SAID_OF_IT}|{_DONE}))",
    re.I,
)
# Asked for, refused, hoped for or taken back.
_NOT_GRANTED = (
    r"\b(?:demand(?:e|ee|es|ees|er)|sollicit\w*|refus\w*|rejet\w*|esper\w*|annul\w*|supprim\w*|potentiel\w*|"
    r"eventuel\w*|envisag\w*|pressenti\w*|perdue?s?)(?![\w-])"
)
# Denied or doubted. « Pas-de-Calais » and names in « -pas- » are places.
_DENIED = (
    r"\b(?:peut[ -]etre|bientot|a (?:venir|confirmer|verifier|demander|voir)|prevu\w*|"
    r"en (?:cours|attente|discussion|negociation|projet)|non|(?<!-)pas(?!-)(?! de calais)|jamais|aucun\w*|neant|zero|"
    r"nsp|n\.?c|sans|sauf|hors|hormis|excepte\w*|mais|negati\w*|abandon\w*|arret(?:e|ee|es|ees)|cess(?:e|ee|es|ees)|"
    r"stoppe\w*|termine\w*|fini(?:e|es|s)?|jusqu'(?:en|a|au)|probable\w*|possible\w*|incertain\w*|hypothe\w*|"
    r"retire\w*)(?![\w-])|\?|(?<![0-9,. ])[ ]?\b0(?: ?(?:€|euros?|k€))?$"
)

_NAMED_YEAR = re.compile(
    r"(?:\ben |\((?:en )?|\bpour |^|[;,+/] ?|\bet )(20[0-9]{2})(?= ?(?::|\)|,|;|\+|$| et | puis ))", re.I
)


def without_purpose(text: str) -> str:
    """Return an amount without the neutral words that say what it is for.

    >>> without_purpose("subvention de 25 000 €"), without_purpose("25 000 € (fonctionnement)")
    ('25 000 €', '25 000 €')
    """
    for pattern in (_BEFORE, _AFTER):
        if match := pattern.fullmatch(text):
            text = match["core"].strip()
    return text


def without_year(text: str) -> str:
    """Return a quantity without the year it is for.

    >>> without_year("2,5 ETP en 2014"), without_year("32 % (2014)"), without_year("2014")
    ('2,5 ETP', '32 %', '2014')
    """
    return re.sub(r" (?:en (?:19|20)[0-9]{2}|\((?:en )?(?:19|20)[0-9]{2}\))$", "", text, flags=re.I)


def several_years(text: str) -> bool:
    """Return whether figures are told of different years, none of which is said to be the one asked for.

    >>> several_years("1 ETP en 2014 et 2 en 2015"), several_years("1 ETP en 2014"), several_years("2013, 2014")
    (True, False, False)
    """
    return len(set(_NAMED_YEAR.findall(text))) > 1 and re.search("[0-9]", _NAMED_YEAR.sub("", text)) is not None


def not_granted(text: str) -> bool:
    """Return whether plain words say that money was asked for, refused or taken back, not given.

    >>> not_granted("25 000 € demandes"), not_granted("25 000 € verses")
    (True, False)
    """
    return re.search(_NOT_GRANTED, text, re.I) is not None


def doubtful(text: str) -> bool:
    """Return whether plain words deny, ask for or doubt what they stand beside.

    >>> doubtful("region refusee"), doubtful("pas la region"), doubtful("nord-pas-de-calais")
    (True, True, False)
    """
    return not_granted(text) or re.search(_DENIED, text, re.I) is not None

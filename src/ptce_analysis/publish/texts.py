"""Texts that several notebooks share: whence figures come, and who is counted."""

from __future__ import annotations


class Shared:
    """Sources and populations: texts to translate."""

    DECK = "RTES (slides, 2015 survey)."
    FROM_DECK = "computed from RTES (slides, 2015 survey)."
    FROM_DECK_AND_NOTE = "computed from RTES (slides, 2015 survey) and a note by COORACE (2014)."
    TABLE = (
        "Projects (poles) supported in 2015, by level; a project supported by two levels counts twice, and the number"
        " of poles is not stated."
    )
    RESPONDENTS = "Poles that answered the RTES surveys of 2013 and 2015; they are no random sample of all poles."


DECK, FROM_DECK, FROM_DECK_AND_NOTE = Shared.DECK, Shared.FROM_DECK, Shared.FROM_DECK_AND_NOTE
TABLE, RESPONDENTS = Shared.TABLE, Shared.RESPONDENTS

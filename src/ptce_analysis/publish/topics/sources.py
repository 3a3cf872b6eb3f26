"""Source lines that several questions share."""

from __future__ import annotations

from ptce_analysis.publish.language import Sentence, Words


def deck(words: Words) -> Sentence:
    """Return the source line of figures printed in the RTES deck."""
    return words(
        "RTES, Les rôles des collectivités locales dans les dynamiques de PTCE – Repères (slides, 2015 survey)."
    )


def computed_from_deck(words: Words) -> Sentence:
    """Return the source line of results computed from the RTES deck."""
    return words("Computed from the figures printed in {deck}", deck=deck(words))

"""Source lines that several questions share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ptce_analysis.publish.language import Sentence, Words, typeset

# What is known of each source, by id: see `published.read_sources`.
Titles = Mapping[str, Mapping[str, str]]


def deck(words: Words) -> Sentence:
    """Return the source line of figures printed in the RTES deck."""
    return words(
        "RTES, Les rôles des collectivités locales dans les dynamiques de PTCE – Repères (slides, 2015 survey)."
    )


def computed_from_deck(words: Words) -> Sentence:
    """Return the source line of results computed from the RTES deck."""
    return words("Computed from the figures printed in {deck}", deck=deck(words))


def title(words: Words, source: Mapping[str, str]) -> str:
    """Return the title of a source: its own, whatever the language; a description of ours in French or English."""
    described = source.get("title_en", "") if words.lang != "fr" else ""
    return described or typeset(source["title"], "fr")


def name(titles: Titles, key: str) -> str:
    """Return who wrote a source and when, or its id when it is not listed."""
    known = titles.get(key)
    return typeset(", ".join(part for part in (known["author"], known["year"]) if part), "fr") if known else key


def cited(words: Words, ids: Iterable[str], titles: Titles) -> Sentence:
    """Return the source line of statements copied from some sources; of the deck when none is cited."""
    named = [f"{titles[one]['author']}, {title(words, titles[one])}" for one in ids if one in titles and one != "DECK"]
    return Sentence(typeset(" ; ", "fr").join([str(deck(words)), *named]))

"""The words that the library itself writes: finding one of them again exposes nobody."""

from __future__ import annotations

from functools import cache

from ptce_analysis import vocabulary
from ptce_analysis.publish.disclosure.leaks import folded
from ptce_analysis.publish.language import SOURCE, catalogue


@cache
def own_words() -> str:
    """Return every text of the library in every language, folded: look for folded words in it."""
    catalogues = [catalogue(lang) for lang in vocabulary.LANGUAGES if lang != SOURCE]
    messages = [text for entries in catalogues for message in entries for text in (message.id, message.string)]
    labels = [repr(getattr(vocabulary, name)) for name in dir(vocabulary) if name.isupper()]
    return folded(" ".join(map(str, [*messages, *labels])))

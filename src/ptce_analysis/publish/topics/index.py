"""The first page: what the collection holds, what it says, where it comes from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import pandas as pd

from ptce_analysis.analysis.audit.records import Verdict
from ptce_analysis.publish.exhibit import Column, Exhibit
from ptce_analysis.publish.language import Number, Sentence, Words, typeset
from ptce_analysis.publish.topics.sources import title
from ptce_analysis.published import Facts
from ptce_analysis.vocabulary import ORIGINS

# What each origin means for the reader, in the order of the vocabulary.
MEANINGS = {
    "published": "Copied as printed, with its source; never corrected.",
    "derived": "Follows from printed figures by a computation that the page shows.",
    "assumption": "Rests on something that no source says; the page says what.",
    "fictitious": "Invented to exercise the method; says nothing about real poles.",
    "survey": "Computed from answers supplied by a survey team, protected before publication.",
}


def answer(words: Words, facts: Facts, verdicts: Sequence[Verdict]) -> Sentence:
    """Return the collection in one sentence: how much was printed, and how much of it holds together."""
    counts = Counter(verdict.verdict for verdict in verdicts)
    return words(
        "{n} figures were published, {waves} of them on the two surveys; {faulty} of these cannot hold as printed. The"
        " answers themselves were not found: each page says what the figures determine, and what they leave open.",
        n=Number(len(facts), "count"),
        waves=Number(len(verdicts), "count"),
        faulty=Number(counts["impossible"] + counts["other_base_only"], "count"),
    )


def origins(words: Words) -> Exhibit:
    """Return the table of the origins a number can have."""
    rows = [{"name": words.label(label), "meaning": str(words(MEANINGS[origin]))} for origin, label in ORIGINS.items()]
    return Exhibit(
        key="origins",
        title=words("A number of this collection has one of {n} origins", n=str(len(rows))),
        measure=words("Origin and meaning"),
        note=words("Numbers of different origins are never mixed with fictitious ones."),
        reading=words("{name}: {meaning}", name=rows[0]["name"], meaning=rows[0]["meaning"]),
        population=words("All pages of the collection."),
        source=words("The vocabulary of the collection."),
        origin="derived",
        data=pd.DataFrame(rows),
        columns=(Column("name", str(words("Origin"))), Column("meaning", str(words("Meaning")))),
    )


def sources_table(words: Words, facts: Facts, sources: Mapping[str, Mapping[str, str]]) -> Exhibit:
    """Return the list of sources with how far each was read and how many figures it gives."""
    given = Counter(fact.source for fact in facts.values())
    rows = [
        {
            "id": key,
            "title": typeset(", ".join(filter(None, (source["author"], title(words, source), source["year"]))), "fr"),
            "read": str(words(READ.get(source["read"], source["read"]))),
            "n": given[key],
        }
        for key, source in sources.items()
    ]
    data = pd.DataFrame(rows)
    most = data.loc[data["n"].idxmax()]
    return Exhibit(
        key="sources",
        title=words(
            "{n} sources were found; {full} could be read in full", n=str(len(data)), full=str(_n_full(sources))
        ),
        measure=words("Source, how far it could be read, and number of figures typed from it"),
        note=words("Sources without a figure are listed because figures may stand in the part that could not be read."),
        reading=words("{id} gives {n} figures.", id=most["id"], n=Number(int(most["n"]), "count")),
        population=words("Figures on PTCE found in public documents."),
        source=words("data/raw/published/sources.csv, where addresses are given."),
        origin="published",
        data=data,
        columns=(
            Column("id", str(words("Source"))),
            Column("title", str(words("Document"))),
            Column("read", str(words("Read"))),
            Column("n", str(words("Figures")), "count"),
        ),
    )


READ = {"full": "in full", "part": "in part", "foreword only": "foreword only"}


def _n_full(sources: Mapping[str, Mapping[str, str]]) -> int:
    return sum(source["read"] == "full" for source in sources.values())

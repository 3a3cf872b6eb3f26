"""What the survey files say: the sentences of the survey notebook."""

from __future__ import annotations

from ptce_analysis.publish.language import Number, Sentence, Words
from ptce_analysis.publish.sentences import joined
from ptce_analysis.publish.survey_tables import CONFIDENCE, Shown
from ptce_analysis.publish.topics.funding_labels import short_name
from ptce_analysis.vocabulary import ORIGINS, Label

# What the rules of `survey.clean.rows` set aside, in the order in which they are tried.
FATES: dict[str, Label] = {
    "in": ("lines in the file", "lignes du fichier"),
    "total_row": ("a total, a mean or a count", "total, moyenne ou effectif"),
    "header_again": ("the header once more", "en-tête répété"),
    "no_identifier": ("no identifier of a pole", "sans identifiant de pôle"),
    "no_answer": ("an identifier or a note, no answer", "identifiant ou note, sans réponse"),
    "test_row": ("a trial of the questionnaire", "essai du questionnaire"),
    "excluded_by_the_codebook": ("left out by the codebook", "écartée par le dictionnaire des codes"),
    "incomplete": ("never submitted", "jamais validée"),
    "duplicate_respondent": ("replaced by another answer of the respondent", "remplacée par une autre réponse"),
    "duplicate_identifier": ("replaced by another answer of the pole", "remplacée par une autre réponse du pôle"),
    "kept": ("poles kept", "pôles gardés"),
}


def answer(words: Words, tables: Shown) -> Sentence:
    """Return the page's answer: lines that became poles, printed figures that come out again, what may be compared."""
    flow, verdicts = tables.flow.table, dict(tables.verdicts.table.iloc[0])
    said = [
        words(
            "{waves}: {lines} lines of the files became {poles} poles, each line set aside with its reason.",
            waves=waves_named(words, tables),
            lines=Number(int(flow["lines"].sum()), "count"),
            poles=Number(int(flow["kept"].sum()), "count"),
        )
    ]
    if verdicts["n"]:
        said.append(
            words(
                "Of {n} printed figures that answers can give, {reproduced} come out again as printed, and {near} more as"
                " far as may be shown; not compared, so that no respondent can be recognised: {hidden}.",
                n=Number(verdicts["n"], "count"),
                reproduced=Number(verdicts["reproduced"], "count"),
                near=Number(verdicts["as_far_as_shown"], "count"),
                hidden=Number(verdicts["hidden"], "count"),
            )
        )
    return joined([*said, *_standing(words, tables)])


def waves_named(words: Words, tables: Shown) -> str:
    """Return "fictitious data, 2013 and 2015": the origin of the answers and their years."""
    return f"{words.label(ORIGINS[tables.origin]).capitalize()}, {words.listing(map(str, tables.years))}"


def _standing(words: Words, tables: Shown) -> list[Sentence]:
    """What fictitious answers are worth."""
    if tables.origin != "fictitious":
        return []
    return [
        words(
            "These answers are fictitious data: they were invented to hold the printed figures, so that nothing on this"
            " page says anything about a real pole beyond those figures."
        )
    ]


def flow(words: Words, tables: Shown) -> Sentence:
    """Return, for each wave, how many lines its file has and how many are poles."""
    return joined(
        words(
            "{wave}: of {lines} lines, {kept} are poles.",
            wave=Number(row["wave"], "year"),
            **{name: Number(row[name], "count") for name in ("lines", "kept")},
        )
        for row in tables.flow.table.to_dict("records")
    )


def change(words: Words, tables: Shown) -> Sentence:
    """Return the difference of the shares in emergence between the first and last wave, with its interval and test."""
    found = tables.change.table
    if found.empty:
        return words("The share in emergence may be shown for fewer than two waves: nothing can be compared.")
    row = dict(found.iloc[0])
    kinds = {"after": "year", "before": "year", "difference": "points", "low": "points", "high": "points", "p": "p"}
    said = {name: Number(row[name], kind) for name, kind in kinds.items()}
    return joined(
        [
            words(
                "In these {data}, the share in emergence of {after} less that of {before} is {difference} ({confidence}"
                " interval of Newcombe: {low} to {high}; Fisher’s exact test: p = {p}).",
                data=words.label(ORIGINS[tables.origin]),
                confidence=Number(CONFIDENCE, "share"),
                **said,
            ),
            _settled(words, row["low"], row["high"]),
        ]
    )


def _settled(words: Words, low: float | None, high: float | None) -> Sentence:
    if low is not None and high is not None and low * high > 0:
        return words("Zero lies outside the interval.")
    return words("Zero lies inside the interval: a rise and a fall are both compatible with it.")


def between_waves(words: Words, tables: Shown) -> Sentence:
    """Return about which levels links, and amounts, were asked in several waves: they can be set side by side."""
    if len(tables.years) < 2:
        return words("There is one wave only: nothing can be set side by side.")
    return joined([_asked_twice(words, tables, "links"), _asked_twice(words, tables, "amounts")])


def _asked_twice(words: Words, tables: Shown, question: str) -> Sentence:
    levels = [level for _, level in tables.asks(question)]
    both = [level for level in dict.fromkeys(levels) if levels.count(level) > 1]
    named = words.listing(short_name(words, level) for level in both)
    if question == "links":
        if both:
            return words("Links were asked about in several waves for: {levels}.", levels=named)
        return words("No level was asked about in several waves: links cannot be compared.")
    if both:
        return words("Amounts were asked for in several waves for: {levels}.", levels=named)
    return words(
        "No amount was asked for in several waves: money cannot be compared between them, and nothing is imputed."
    )

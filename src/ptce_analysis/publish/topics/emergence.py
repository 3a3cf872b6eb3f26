"""Did the share of emerging poles change: the sentences of the emergence notebook."""

from __future__ import annotations

import pandas as pd

from ptce_analysis.analysis.emergence import Conclusion, Verdict
from ptce_analysis.analysis.proportions.power import Detectable
from ptce_analysis.analysis.proportions.records import REASONS
from ptce_analysis.publish.language import Number, Sentence, Words
from ptce_analysis.publish.sentences import joined


def answer(words: Words, found: Conclusion) -> Sentence:
    """Return what is true of the change: the printed shares first, then what it rests on."""
    parts = [_printed(words, found.printed)] if found.printed else []
    if found.in_words and found.depends_on_definition:
        parts.append(_in_words(words, found.in_words))
    return joined(parts) if parts else words("No share of emerging poles was found for both waves.")


def _printed(words: Words, verdict: Verdict) -> Sentence:
    numbers = {
        "n": Number(verdict.n_intervals, "count"),
        "with_zero": Number(verdict.n_with_zero, "count"),
        "rise": Number(verdict.interval_high, "points"),
        "fall": Number(verdict.interval_low, "points"),
        "p": Number(verdict.p_low, "p"),
    }
    if verdict.fall_beyond_chance:
        return words(
            "The share of emerging poles fell, beyond chance: all {n} intervals exclude zero (p ≤ {p}).", **numbers
        )
    if verdict.rise_beyond_chance:
        return words(
            "The share of emerging poles rose, beyond chance: all {n} intervals exclude zero (p ≤ {p}).", **numbers
        )
    if verdict.all_lower and verdict.zero_inside:
        return words(
            "Emergence is less frequent among the respondents of the second wave, whichever way the printed shares are read;"
            " but all {n} intervals contain zero: the figures are compatible with a rise ({rise}) as with a large fall"
            " ({fall}), and nothing can be concluded on a change.",
            **numbers,
        )
    if verdict.zero_inside:
        return words(
            "All {n} intervals contain zero: the figures are compatible with a rise ({rise}) and with a fall ({fall}), and"
            " nothing can be concluded on a change.",
            **numbers,
        )
    return words(
        "The answer depends on the reading and on the method: {with_zero} of the {n} intervals contain zero, and together"
        " they run from {fall} to {rise}.",
        **numbers,
    )


def _in_words(words: Words, verdict: Verdict) -> Sentence:
    if not verdict.fall_beyond_chance:
        return words("With the share that another source tells in words, the answer would be a different one.")
    return words(
        "If the poles of the first wave were for the most part in emergence, as a note of that time says, the fall would be"
        " beyond chance (p ≤ {p}): the answer rests on what “emergence” meant.",
        p=Number(verdict.p_high, "p"),
    )


def population(words: Words) -> Sentence:
    """Return whom the shares of emerging poles are about."""
    return words("Poles that answered the RTES surveys of 2013 and 2015; they are not a random sample of all poles.")


def readings_listed(words: Words, table: pd.DataFrame) -> Sentence:
    """Return the readings of the later share, and why there are several."""
    later = table.drop_duplicates(["count_after", "n_after"])
    nearest = later[~later["prints_after"]]
    if nearest.empty:
        return words("The later share is read as {readings}.", readings=words.listing(_fractions(later)))
    smaller = later[later["basis_after"] == "fewer_answers"]
    identified = later[later["basis_after"] == "identified"]
    parts = [
        words(
            "No whole number of the {base} respondents gives the printed share. It is read as the nearest counts ({nearest}), or on"
            " a smaller base that some respondents leaving out the question would explain ({smaller}). All are kept.",
            base=Number(int(nearest["n_after"].max()), "count"),
            nearest=words.listing(_fractions(nearest)),
            smaller=words.listing(_fractions(smaller)) or str(words("none")),
        )
    ]
    if not identified.empty:
        parts.append(
            words(
                "On all {n} poles identified, of which fewer answered, it can also be read as {readings}.",
                n=Number(int(identified["n_after"].iloc[0]), "count"),
                readings=words.listing(_fractions(identified)),
            )
        )
    return joined(parts)


def _fractions(readings: pd.DataFrame) -> list[str]:
    return [f"{count}/{n}" for count, n in zip(readings["count_after"], readings["n_after"], strict=True)]


def tests_said(words: Words, found: Conclusion) -> Sentence:
    """Return the range of the p-values and of the probability of a fall, over readings and methods."""
    verdict = found.printed
    if verdict is None:
        return words("No share of emerging poles was found for both waves.")
    return words(
        "Over all readings of the printed shares, p-values of the five tests run from {low} to {high}, and the probability that"
        " the share fell, given a flat or Jeffreys’ prior, from {least} to {most}.",
        low=Number(verdict.p_low, "p"),
        high=Number(verdict.p_high, "p"),
        least=Number(verdict.prob_fall_low, "share"),
        most=Number(verdict.prob_fall_high, "share"),
    )


def non_response(words: Words, table: pd.DataFrame) -> Sentence:
    """Return what the silent poles of a wave could make of its share, or why nothing can be said."""
    known = table[table["reason"] == ""]
    if known.empty:
        return words(
            "Nothing can be said of those who did not answer: {reason}.", reason=words(REASONS[table["reason"].iloc[0]])
        )
    # All respondents, and the first share of the other wave: the readings as close as can be to what is printed.
    known = known[known["basis"].isin(["printed_base", "respondents"]) & (known["target"] == known["target"].iloc[0])]
    numbers = {
        "silent": Number(int(known["silent"].iloc[0]), "count"),
        "population": Number(int(known["identified"].iloc[0]), "count"),
        "low": Number(known["worst_low"].min(), "share"),
        "high": Number(known["worst_high"].max(), "share"),
    }
    bounds = words(
        "{silent} of the {population} poles identified did not answer. Whatever they are, the share among all lies between"
        " {low} and {high}; nothing narrower follows without an assumption.",
        **numbers,
    )
    return joined([bounds, _silent(words, known)])


def _silent(words: Words, known: pd.DataFrame) -> Sentence:
    odds = known["silent_odds_ratio"].dropna()
    if odds.empty:
        return words("No answer of the silent poles could bring it to the share of the other wave.")
    return words(
        "For it to equal the share of the other wave, {least} to {most} of the silent poles would have to be in emergence: odds"
        " {low} to {high} times those of the poles that answered.",
        low=Number(odds.min(), "years"),
        high=Number(odds.max(), "years"),
        least=Number(known["silent_share"].min(), "share"),
        most=Number(known["silent_share"].max(), "share"),
    )


def first_wave_population(words: Words, table: pd.DataFrame) -> Sentence:
    """Return why no such bound exists for a wave whose population was not found."""
    reasons = sorted(set(table["reason"]) - {""})
    if not reasons:
        return words("The same bounds exist for the first wave.")
    return words("For the first wave there is no such bound: {reason}.", reason=words(REASONS[reasons[0]]))


def overlap_said(words: Words, table: pd.DataFrame, mcnemar: pd.DataFrame) -> Sentence:
    """Return what common respondents could change, and what exact McNemar tests could give."""
    extreme = table.loc[table["n_common"] == table["n_common"].max()]
    away = extreme[~extreme["with_zero"]]
    last = mcnemar.iloc[-1]
    least = mcnemar["smallest_p_fall"].min()
    parts = [
        words(
            "How many poles answered twice was not found. With {most} of them, the largest number possible, the interval"
            " would run from {low} to {high} or be as narrow as {narrow_low} to {narrow_high}, depending on how alike a"
            " pole’s two answers are.",
            most=Number(int(table["n_common"].max()), "count"),
            low=Number(extreme["change_low"].iloc[0], "points"),
            high=Number(extreme["change_high"].iloc[0], "points"),
            narrow_low=Number(extreme["change_low"].iloc[-1], "points"),
            narrow_high=Number(extreme["change_high"].iloc[-1], "points"),
        ),
        words(
            "A paired test needs the answers: depending on them, exact McNemar could give any p-value from {least} to {largest}.",
            least=Number(least, "p"),
            largest=Number(float(last["largest_p"]), "p"),
        ),
    ]
    if not away.empty:
        parts.insert(1, words("In the latter case the interval would exclude zero."))
    return joined(parts)


def power_said(words: Words, conclusion: Conclusion) -> Sentence:
    """Return what the two waves could have detected, and how many answers a next wave needs."""
    needed, parts = conclusion.needed, [_detectable(words, conclusion.detectable)]
    sizes = {"before": Number(needed.shares[0], "share"), "after": Number(needed.shares[1], "share")}
    if needed.n is None:
        parts.append(words("No size considered tells {before} from {after} with that power.", **sizes))
    else:
        parts.append(
            words(
                "To tell {before} from {after} with that power, two waves of {n} respondents each would be needed.",
                n=Number(needed.n, "count"),
                **sizes,
            )
        )
    if conclusion.needs_more_than_identified:
        poles = Number(float(conclusion.identified or 0), "count")
        parts.append(words("That is more than the {n} poles identified.", n=poles))
    return joined(parts)


def _detectable(words: Words, found: Detectable) -> Sentence:
    numbers = {
        "power": Number(found.power, "share"),
        "first": Number(found.sizes[0], "count"),
        "second": Number(found.sizes[1], "count"),
        "share": Number(found.share, "share"),
    }
    if found.fall is None:
        return words(
            "With {first} and {second} respondents, no fall from {share} is detected with a power of {power}.",
            **numbers,
        )
    return words(
        "With {first} and {second} respondents, only a fall from {share} to {fall} or less is detected with a power of {power}.",
        fall=Number(found.fall, "share1"),
        **numbers,
    )

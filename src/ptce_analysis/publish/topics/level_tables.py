"""One level's sheet: what the slides say of it, what is not known of it, and what to ask next."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pandas as pd

from ptce_analysis.analysis.level_gaps import Gap
from ptce_analysis.publish.exhibit import Column, Exhibit
from ptce_analysis.publish.language import Number, Sentence, Values, Words, typeset
from ptce_analysis.publish.topics import sources
from ptce_analysis.publish.topics.funding_labels import level_name, short_name
from ptce_analysis.published_roles import Role, roles_of
from ptce_analysis.vocabulary import ADDRESSEES, ROLE_KINDS, Label

# What to ask in the next survey, or of those who hold the answers to this one, so that the gap closes.
QUESTIONS: dict[str, Label] = {
    "row": (
        "Beside each median, print the number of amounts it is the median of.",
        "À côté de chaque médiane, publier le nombre de montants dont elle est la médiane.",
    ),
    "amounts": (
        "For each level: how much did it give to your pole? (an amount, “nothing” or “not known”)",
        "Pour chaque échelon : combien a-t-il apporté à votre pôle ? (un montant, « rien » ou « je ne sais pas »)",
    ),
    "order": (
        "Print the quartiles of the amounts beside the median.",
        "Publier les quartiles des montants à côté de la médiane.",
    ),
    "mean_beyond_chance": (
        "Keep the answers, or print the standard deviation beside each mean.",
        "Conserver les réponses, ou publier l’écart-type à côté de chaque moyenne.",
    ),
    "amount_per_pole": (
        "Ask every pole about each level, also those that receive nothing.",
        "Interroger chaque pôle sur chaque échelon, y compris quand il ne reçoit rien.",
    ),
    "change_between_waves": (
        "Ask the same question in the same words, and keep a code that links the answers of one pole.",
        "Poser la même question dans les mêmes termes, et garder un code qui relie les réponses d’un même pôle.",
    ),
    "earlier": (
        "Publish the table of that survey, by level.",
        "Publier le tableau de cette enquête, par échelon.",
    ),
    "current": (
        "Publish the table of this survey, by level.",
        "Publier le tableau de cette enquête, par échelon.",
    ),
    "presence": (
        "Is your pole linked with this level, with or without money? (yes, no, not known)",
        "Votre pôle est-il en lien avec cet échelon, avec ou sans financement ? (oui, non, je ne sais pas)",
    ),
    "presence_joint": (
        "Ask about each level separately, and print one figure for each.",
        "Interroger sur chaque échelon séparément, et publier un chiffre pour chacun.",
    ),
    "base": (
        "Print how many poles answered the question.",
        "Publier le nombre de pôles qui ont répondu à la question.",
    ),
    "total": (
        "Say which levels and which poles a printed total covers.",
        "Dire quels échelons et quels pôles le total publié recouvre.",
    ),
    "roles": (
        "What does this level do for your pole, besides money? (open question)",
        "Que fait cet échelon pour votre pôle, en dehors du financement ? (question ouverte)",
    ),
}  # fmt: skip

# How far something is known.
VERDICTS: dict[str, Label] = {
    "bounded": ("only enclosed", "seulement encadré"),
    "open": ("open", "ouvert"),
    "impossible": ("contradictory", "contradictoire"),
    "missing": ("not found", "non trouvé"),
}


def roles_table(words: Words, level: str, roles: Collection[Role], titles: dict[str, dict[str, str]]) -> Exhibit:
    """Return what the slides say of a level: what is about it alone first, then what is said of all local authorities.

    A level that nothing is addressed to gets one line that says so.
    """
    addressed = roles_of(roles, level)
    data = pd.DataFrame([_role_row(words, level, role) for role in addressed] or [_no_role(words, level)])
    n_own, own_name = sum(not role.general for role in addressed), level_name(words, level)
    counted: Values = {"level": own_name, "n": Number(len(addressed), "count"), "own": Number(n_own, "count")}
    return Exhibit(
        key="roles",
        title=words("{level}: {n} {n:statement|statements} of the slides, {own} of them for this level alone", **counted)
        if addressed
        else words("{level}: the slides address nothing to this level", level=own_name),
        measure=words("Statements on what public levels do or may do for PTCE, in the words of the slides or shortened"),
        note=words(
            "Copied or shortened, never completed. “Our reading”: the slides do not name whom they address, or name it"
            " in other words; the line then rests on our reading."
        ),
        reading=words("First line: {text}.", text=str(data["text"].iloc[0])),
        population=words("All statements of the slides on roles, levers, lessons and testimonies ({n}).", n=Number(len(roles), "count")),
        source=sources.cited(words, sorted({role.source for role in addressed}), titles),
        origin="published",
        data=data,
        columns=(
            Column("text", str(words("What the slides say"))),
            Column("kind", str(words("Kind"))),
            Column("whom", str(words("Addressed to"))),
            Column("locator", str(words("Place in the slides"))),
        ),
    )  # fmt: skip


def _role_row(words: Words, level: str, role: Role) -> dict[str, str]:
    whom = str(words("all local authorities")) if role.general else short_name(words, level)
    return {
        "text": words.label(role.text),
        "kind": words.label(ROLE_KINDS[role.kind]),
        "whom": whom if role.stated else str(words("{whom} ({how})", whom=whom, how=words.label(ADDRESSEES["read"]))),
        "locator": typeset(role.locator.removeprefix("slide "), "fr"),
    }


def _no_role(words: Words, level: str) -> dict[str, str]:
    nothing = dict.fromkeys(("kind", "locator"), "")
    return {"text": str(words("no statement")), "whom": short_name(words, level), **nothing}


def gaps_table(words: Words, level: str, found: Sequence[Gap]) -> Exhibit:
    """Return what is not known of a level, how far it is known, and the question that would close each gap."""
    data = pd.DataFrame(
        [
            {
                "name": str(unknown(words, gap)),
                "state": words.label(VERDICTS[gap.verdict]),
                "ask": words.label(QUESTIONS[gap.kind]),
            }
            for gap in found
        ]
    )
    counts = pd.Series([gap.verdict for gap in found]).value_counts()
    return Exhibit(
        key="gaps",
        title=words(
            "{level}: {n} {n:thing is|things are} not known; limits are known for {bounded} of them",
            level=level_name(words, level),
            n=Number(len(found), "count"),
            bounded=Number(int(counts.get("bounded", 0)), "count"),
        ),
        measure=words("What is not known of this level, how far, and what to ask in the next survey"),
        note=words(
            "Each line is found by a rule: a quantity without limits or with wide ones, a figure that was not found or has"
            " no base, a figure that the audit finds contradictory. “Only enclosed”: limits are known."
        ),
        reading=words("First line: {text}.", text=str(data["name"].iloc[0])),
        population=words("The level of this sheet, in what was published of the two surveys."),
        source=sources.computed_from_deck(words),
        origin="derived",
        data=data,
        columns=(
            Column("name", str(words("What is not known"))),
            Column("state", str(words("How far"))),
            Column("ask", str(words("What to ask or to publish"))),
        ),
    )


def unknown(words: Words, gap: Gap) -> Sentence:
    """Return one gap in words, with the figures that show it."""
    value = gap.values
    count = {name: Number(value[name], "count") for name in ("n", "all") if name in value}
    said = {
        "row": lambda: words("Which figure of its row does not fit the two others: number, total or median"),
        "amounts": lambda: _amounts(words, gap),
        "order": lambda: words(
            "Who has more or less than this level: {n} of {all} comparisons are not decided", **count
        ),
        "mean_beyond_chance": lambda: words("Whether its mean differs from the others beyond chance"),
        "amount_per_pole": lambda: words("How much it gives per pole, supported or not"),
        "change_between_waves": lambda: words("Whether it gives more or less than in the first survey"),
        "earlier": lambda: words("What it gave in {wave}", wave=Number(value["wave"], "year")),
        "current": lambda: words("What it gave in {wave}", wave=Number(value["wave"], "year")),
        "presence": lambda: words("How many poles are linked with it"),
        "presence_joint": lambda: words(
            "How many poles are linked with it alone: {share} is printed for it and {others} together",
            share=Number(value["share"], "share"),
            others=words.listing(short_name(words, one) for one in gap.levels),
        ),
        "base": lambda: words("Out of how many poles {n} are supported", **count),
        "total": lambda: words(
            "Why no choice of levels adds up to the printed total of {total}", total=Number(value["total"], "meur")
        ),
        "roles": lambda: words("What its own role is"),
    }
    return said[gap.kind]()


def _amounts(words: Words, gap: Gap) -> Sentence:
    if gap.verdict == "open":
        return words("What each project received: no limits, since the row cannot be true")
    if gap.verdict == "missing":
        return words("What each project received: no limits, since the row was not found whole")
    return words(
        "What each project received: the largest amount lies between {low} and {high}",
        low=Number(gap.values["low"], "keur1"),
        high=Number(gap.values["high"], "keur1"),
    )

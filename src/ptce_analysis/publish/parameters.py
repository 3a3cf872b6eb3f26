"""The parameters notebooks may take: typed and closed, refused with the nearest legal value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from ptce_analysis.errors import InputError, nearest
from ptce_analysis.publish.sentences import Number
from ptce_analysis.vocabulary import FUNDING_LEVELS, LANGUAGES, LEVELS, RULE_SETS, SCENARIOS, WAVE_SETS

if TYPE_CHECKING:  # declared runs are checked at every `make`: what only pages need is not loaded
    from ptce_analysis.publish.language import Words

Check = Callable[[object], str]


def _one_of(legal: Iterable[str]) -> Check:
    values = tuple(legal)
    return lambda value: "" if value in values else f"legal values: {', '.join(values)}.{nearest(value, values)}"


def _confidence(value: object) -> str:
    number = isinstance(value, float) and 0.5 <= value <= 0.999
    return "" if number else "a number from 0.5 to 0.999 is expected, such as 0.95."


PARAMETERS: dict[str, Check] = {
    "lang": _one_of(LANGUAGES),
    "confidence": _confidence,
    "scenario": _one_of(SCENARIOS),
    "level": _one_of(FUNDING_LEVELS),
    "waves": _one_of(WAVE_SETS),
    "rules": _one_of(RULE_SETS),
}


def check_parameters(where: str, given: Mapping[str, object], declared: Iterable[str] = PARAMETERS) -> None:
    """Raise `InputError` naming every parameter of `given` that `declared` does not know or whose value is illegal."""
    legal = tuple(declared)
    unknown = [name for name in given if name not in legal]
    found = [f"parameter {n!r} is unknown. Legal names: {', '.join(legal)}.{nearest(n, legal)}" for n in unknown]
    for name in (name for name in given if name in legal):
        fault = PARAMETERS[name](given[name])
        found += [f"parameter {name!r}: value {given[name]!r}: {fault}"] if fault else []
    if found:
        raise InputError("\n".join(f"{where}: {fault}" for fault in found))


def readable(words: Words, parameters: Mapping[str, object]) -> list[tuple[str, str]]:
    """Return the name and value of each parameter as a reader understands them; the language shows itself."""
    names = {
        "confidence": words("Confidence level"),
        "scenario": words("Scenario"),
        "level": words("Level"),
        "waves": words("Answers"),
        "rules": words("Rules of disclosure"),
    }
    labels = {"scenario": SCENARIOS, "level": LEVELS, "waves": WAVE_SETS, "rules": RULE_SETS}
    found = []
    for name, value in parameters.items():
        if name in labels:
            shown = words.label(labels[name][str(value)])
        else:
            shown = words.number(Number(value, "share2")) if isinstance(value, float) else str(value)
        found += [(str(names.get(name, name)), shown)] if name != "lang" else []
    return found

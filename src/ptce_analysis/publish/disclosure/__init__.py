"""Tables made from answers, with what could expose a respondent hidden; nothing else of a survey may be shown.

The rules are data (`disclosure.rules`). They hide cells, then more cells until no attacker, a respondent included, can
work a hidden one out (`disclosure.suppression`). Fictitious answers are protected as real ones are.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import pandas as pd

from ptce_analysis.errors import InputError
from ptce_analysis.publish.disclosure.cells import ALL as ALL
from ptce_analysis.publish.disclosure.cells import Measure as Measure
from ptce_analysis.publish.disclosure.cells import place_text
from ptce_analysis.publish.disclosure.release import Protected as Protected
from ptce_analysis.publish.disclosure.release import ledger_table, released
from ptce_analysis.publish.disclosure.rules import MARK as MARK
from ptce_analysis.publish.disclosure.rules import STANDARD, WITHIN, Rule
from ptce_analysis.publish.disclosure.suppression import hidden_figures
from ptce_analysis.publish.disclosure.system import Figure, System
from ptce_analysis.publish.disclosure.tables import check_bases, counts_system, totals_system
from ptce_analysis.publish.disclosure.written import Key, Reason, written


def protect(*measures: Measure, rules: Sequence[Rule] = STANDARD, within: float = WITHIN) -> dict[str, Protected]:
    """Return the tables of some measures, by name, that can be shown together.

    Everything that will ever be published of these answers goes through one call: what is shown elsewhere cannot be
    taken into account. A hidden figure has the mark of `disclosure.rules.MARK`; a margin has `ALL` in its column.
    Means and shares are worked out from the counts and rounded totals that are shown, so they tell nothing more.

    Raises
    ------
    InputError
        If two measures have one name or one column of values, a base is missing or does not hold the units of a
        measure, or a contribution is negative.

    Examples
    --------
    >>> stages = ["creation"] * 6 + ["emergence"] * 3 + ["other"]
    >>> answers = pd.DataFrame({"pole_id": list("abcdefghij"), "stage": stages})
    >>> print(protect(Measure("poles", answers, by=(("stage",), ())))["poles"].table.to_string(index=False))
        stage units
     creation     6
    emergence     s
        other     s
        total    10
    """
    _check(measures, rules, within)
    hidden = dict[Key, Reason]()
    for some in _sets(rules):
        hidden = _hidden(measures, some, within, hidden)
    by_name = {measure.name: measure for measure in measures}
    return {name: _protected(measure, by_name.get(measure.base), hidden) for name, measure in by_name.items()}


def _sets(rules: Sequence[Rule]) -> list[tuple[Rule, ...]]:
    """The sets of rules to apply in turn: what the usual ones hide, stricter ones hide too.

    Otherwise a page made under each would give, together, what both hide.
    """
    usual = tuple(rule for rule in rules if rule.by_default)
    return [usual, tuple(rules)] if 0 < len(usual) < len(rules) else [tuple(rules)]


def _hidden(
    measures: Sequence[Measure], rules: Sequence[Rule], within: float, already: Mapping[Key, Reason]
) -> dict[Key, Reason]:
    """Why each figure is hidden under some rules, with those that are hidden already."""
    counts = counts_system(measures, rules)
    hidden = _reasons(counts, within, already)
    for measure in measures:
        if measure.has_totals:
            places = {place for name, statistic, place in hidden if (name, statistic) == (measure.name, "units")}
            hidden |= _reasons(totals_system(measure, rules, places), within, already)
    return {**hidden, **already}


def _protected(measure: Measure, base: Measure | None, hidden: Mapping[Key, Reason]) -> Protected:
    """The table of one measure, and the ledger of what it hides."""
    rows, ledger = written(measure, base, hidden)
    units = {unit for unit, _, _ in measure.records}
    return released(pd.DataFrame(rows, dtype=object), ledger_table(ledger), units)


def _check(measures: Sequence[Measure], rules: Sequence[Rule], within: float) -> None:
    if not measures or not rules or not 0 < within < 1:
        raise InputError("protect needs a measure, a rule, and `within` between 0 and 1 (0.10 is usual).")
    for what in ("name", "value"):
        given = [getattr(measure, what) for measure in measures if getattr(measure, what)]
        twice = sorted({text for text in given if given.count(text) > 1})
        if twice:
            raise InputError(
                f"two measures have the {what} {twice[0]!r}: give every table of it in one measure's `by`."
            )
    check_bases(measures)


def _reasons(system: System, within: float, already: Collection[Key]) -> dict[Key, Reason]:
    """Why each figure is hidden, by measure, statistic and place: the rule, and in words what it protects."""
    figures = system.figures
    keys = [(figure.measure, figure.statistic, figure.place) for figure in figures]
    aside = [at for at, key in enumerate(keys) if key in already]
    return {
        keys[at]: (why.rule, "" if why.protects == at else _text(figures[why.protects]))
        for at, why in sorted(hidden_figures(system, within, aside).items())
    }


def _text(figure: Figure) -> str:
    return f"{figure.measure}, {place_text(figure.place)}, {figure.statistic}"

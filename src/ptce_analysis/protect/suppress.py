"""Tables made from answers, with what could expose a respondent hidden; nothing else of a survey may be shown.

The rules hide cells, then more cells are hidden until no attacker, a respondent included, can work a hidden one out.
Fictitious answers are protected as real ones are.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ptce_analysis.errors import InputError
from ptce_analysis.protect.cells import ALL, STATISTICS, Measure, place_text, shortened
from ptce_analysis.protect.release import Protected, ledger_table, released
from ptce_analysis.protect.rules import MARK, MEDIAN_UNITS, STANDARD, WITHIN, Rule, rounded, shown_median
from ptce_analysis.protect.system import Goal, Key, System, Vector, counts_system, goals, met, totals_system

# The rule that hides a figure, and in words what this protects.
Reason = tuple[str, str]
# By how little two figures of one value differ in cost: which is hidden must not depend on the solver.
TIES = 1e5


def protect(*measures: Measure, rules: Sequence[Rule] = STANDARD, within: float = WITHIN) -> dict[str, Protected]:
    """Return the tables of some measures, by name, that can be shown together.

    Everything that will ever be published of these answers goes through one call: what is shown elsewhere cannot be
    taken into account. A hidden figure has the mark `MARK`; a margin has `ALL` in its column. Shares are worked out
    from the counts that are shown, so they tell nothing more.

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
    # What the usual rules hide, stricter ones hide too: a page made under each would give, together, what both hide.
    usual = tuple(rule for rule in rules if rule.by_default)
    for some in [usual, rules] if 0 < len(usual) < len(rules) else [rules]:
        found = _reasons(counts_system(measures, some), within, hidden)
        for measure in measures:
            if "total" in measure.statistics:
                places = {place for name, statistic, place in found if (name, statistic) == (measure.name, "units")}
                found |= _reasons(totals_system(measure, some, places), within, hidden)
        hidden = {**found, **hidden}
    by_name = {measure.name: measure for measure in measures}
    return {name: _protected(measure, by_name.get(measure.base), hidden) for name, measure in by_name.items()}


def _check(measures: Sequence[Measure], rules: Sequence[Rule], within: float) -> None:
    """Refuse measures that do not fit together: each base must show what shares are of, and hold every unit."""
    if not measures or not rules or not 0 < within < 1:
        raise InputError("protect needs a measure, a rule, and `within` between 0 and 1 (0.10 is usual).")
    for what in ("name", "value"):
        given = [getattr(measure, what) for measure in measures if getattr(measure, what)]
        if twice := sorted({text for text in given if given.count(text) > 1}):
            raise InputError(
                f"two measures have the {what} {twice[0]!r}: give every table of it in one measure's `by`."
            )
    by_name = {measure.name: measure for measure in measures}
    for measure in measures:
        for name in measure.bases:
            if name not in by_name:
                raise InputError(f"measure {measure.name!r}: no measure is called {name!r}: {', '.join(by_name)}.")
            common = tuple(dim for dim in measure.dims if dim in by_name[name].dims)
            inside = by_name[name].contributions(common)
            for place, units in measure.contributions(common).items():
                if strange := set(units) - set(inside.get(place, ())):
                    raise InputError(
                        f"measure {measure.name!r}, {place_text(place)}: {len(strange)} units are not in {name!r}, "
                        "which is said to hold them all. Count the same units in both."
                    )
        for names in measure.by if measure.base else ():
            needed = {name for name in names if name in by_name[measure.base].dims}
            if needed not in map(set, by_name[measure.base].by):
                by = ", ".join(sorted(needed)) or "no column"
                raise InputError(
                    f"measure {measure.name!r}: shares need a table of {measure.base!r} by {by}: add it to `by`."
                )


def _reasons(system: System, within: float, already: Collection[Key]) -> dict[Key, Reason]:
    """Why each figure is hidden: the rule, and in words what it protects."""
    figures = system.figures
    aside = [at for at, figure in enumerate(figures) if figure.key in already]
    found = dict[Key, Reason]()
    for at, (rule, protects) in sorted(hidden_figures(system, within, aside).items()):
        measure, statistic, place = figures[protects].key
        found[figures[at].key] = rule, "" if protects == at else f"{measure}, {place_text(place)}, {statistic}"
    return found


def hidden_figures(system: System, within: float, already: Collection[int] = ()) -> dict[int, tuple[str, int]]:
    """Return the figures to hide, by position: why (a rule's name), and the figure that this protects.

    Those hidden `already` are among them. Figures are hidden until every goal stays possible, each time those whose
    move costs least (their own value); then each that turns out not to be needed is shown again, the largest first.
    Nothing is drawn at random.
    """
    forbidden = {at: ("recoverable", at) for at in already}
    forbidden |= {at: (f.rule.name, at) for at, f in enumerate(system.figures) if f.rule and f.shown}
    wanted = goals(system, within)
    added, seen = _added(system, wanted, forbidden)
    needed = _needed(system, wanted, forbidden, added, seen)
    rule = "recoverable" if _costs(system, {*forbidden, *needed}) else "withheld"
    return forbidden | {at: (rule, protects) for at, protects in needed.items()}


def _added(system: System, wanted: Sequence[Goal], forbidden: Collection[int]) -> tuple[dict[int, int], Vector]:
    """The figures hidden to keep every goal possible, with what each protects; and data sets that show it."""
    added, seen = dict[int, int](), system.truth[None, :]
    for goal in wanted:
        while not met(goal, seen):
            hidden = {*forbidden, *added}
            lines = system.lines(hidden)
            seen = np.vstack([seen, system.farthest(lines, goal)])
            if not met(goal, seen):
                costs = _costs(system, hidden)
                if not costs:
                    break
                # Those the goal would move at the least cost, else the cheapest.
                more = system.cheapest_way(lines, goal, costs) or [min(costs, key=lambda at: (costs[at], at))]
                added |= dict.fromkeys(more, goal.figure)
    return added, seen


def _costs(system: System, hidden: Collection[int]) -> dict[int, float]:
    """What it costs to hide each figure that still can be: its value, and a trifle by its place.

    An empty cell protects nothing and stays; so does what is known anyway.
    """
    can_be = ((at, f) for at, f in enumerate(system.figures) if f.shown and f.units and not f.known)
    return {at: max(f.value, 1.0) * (1 + at / TIES) for at, f in can_be if at not in hidden}


def _needed(
    system: System, wanted: Sequence[Goal], forbidden: Collection[int], added: Mapping[int, int], seen: Vector
) -> dict[int, int]:
    """The added figures without those that can be shown again."""
    needed = dict(added)
    for at in sorted(added, key=lambda at: (-system.figures[at].value, at)):
        lines = system.lines({*forbidden, *needed} - {at})
        points = system.fitting(lines, seen)
        for goal in wanted:
            if not met(goal, points):
                points = np.vstack([points, system.farthest(lines, goal)])
                if not met(goal, points):
                    break
        else:
            del needed[at]
            seen = points
    return needed


def _protected(measure: Measure, base: Measure | None, hidden: Mapping[Key, Reason]) -> Protected:
    """The table of one measure as it is written, each figure or the mark that hides it, and the ledger of the marks."""
    rows, ledger = list[dict[str, Any]](), list[tuple[str, ...]]()
    for names in measure.by:
        inside = measure.contributions(names)
        asked = base.contributions([name for name in names if name in base.dims]) if base else {}
        for place in measure.places(names):
            own, place_of_base = list(inside.get(place, {}).values()), shortened(place, base.dims if base else ())
            n, n_base = len(own), len(asked.get(place_of_base, ()))
            units, total = (measure.name, "units", place), (measure.name, "total", place)
            # What each statistic is, and the figures that it is worked out from: it is hidden with any of them.
            found: dict[str, tuple[float | None, list[Key]]] = {
                "units": (n, [units]),
                "share": (n / n_base if n_base else None, [units, (measure.base, "units", place_of_base)]),
                "total": (rounded(sum(own), measure.grain) if n else None, [total if n else units]),
                "median": (shown_median(own, measure.grain)[0] if n else None, [units, total]),
            }
            row: dict[str, Any] = {name: dict(place).get(name, ALL) for name in measure.dims}
            for statistic in (name for name in STATISTICS if name in ("units", *measure.statistics)):
                value, needed = found[statistic]
                few = ("median_of_few", "") if statistic == "median" and 0 < n < MEDIAN_UNITS else None
                why = next((hidden[key] for key in needed if key in hidden), few)
                row[statistic] = MARK if why else value
                ledger += [(measure.name, place_text(place), statistic, *why)] if why else []
            rows.append(row)
    return released(pd.DataFrame(rows, dtype=object), ledger_table(ledger), {unit for unit, _, _ in measure.records})

"""The study as a whole: `ptce build`, `data`, `runs`, `verify`, `release`."""

from __future__ import annotations

import argparse
import dataclasses
import sys
from collections.abc import Sequence
from typing import Any

from ptce_analysis.cli.options import as_json, at_least_one, project
from ptce_analysis.terminal import print_json, print_record, print_table


def build_options(parser: argparse.ArgumentParser) -> None:
    """Add what `ptce build` takes."""
    project(parser)
    as_json(parser)
    parser.add_argument("runs", nargs="*", metavar="RUN", help="02_emergence, or fr/02_emergence; none: all")
    parser.add_argument("--only", action="append", default=[], metavar="RUN", help="the same, as an option")
    parser.add_argument("--jobs", type=at_least_one, metavar="N", help="runs at a time (default: processors)")
    parser.add_argument("--timeout", type=at_least_one, metavar="SECONDS", help="time limit of a cell (default: 300)")
    parser.add_argument("--keep-going", action="store_true", help="start the other runs even after a failure")
    parser.add_argument("--dry-run", action="store_true", help="only say what would be built, and why")
    parser.add_argument("--verbose", action="store_true", help="print times, and whole tracebacks")


def build(options: argparse.Namespace) -> int:
    """Build what is stale; 1 when something failed."""
    environment = _settled(options)
    from ptce_analysis.pipeline import build
    from ptce_analysis.pipeline.place import Place
    from ptce_analysis.pipeline.runs import chosen_runs, declared_runs

    place = Place(options.project.resolve())
    runs = declared_runs(place.project)
    chosen = chosen_runs(runs, options.runs + options.only)
    if options.dry_run:
        return _print_states(place, chosen, options.json)
    how = build.Options(
        jobs=options.jobs or environment.processors(),
        keep_going=options.keep_going,
        verbose=options.verbose,
        timeout_s=options.timeout or environment.CELL_TIMEOUT_S,
        stream=sys.stderr if options.json else sys.stdout,
    )
    outcome = build.build(place, runs, chosen, how)
    if options.json:
        print_json(dataclasses.asdict(outcome))
    else:
        print(outcome.summary())
    for line in outcome.complaints(options.verbose):
        print(line, file=sys.stderr)
    return 0 if outcome.succeeded else 1


def data(options: argparse.Namespace) -> int:
    """Build the processed tables."""
    _settled(options)
    from ptce_analysis.pipeline import build
    from ptce_analysis.pipeline.place import Place

    reason = build.build_data(Place(options.project.resolve()))
    if options.json:
        print_json({"tables": reason})
    else:
        print(f"tables: {reason or 'up to date'}")
    return 0


def _settled(options: argparse.Namespace) -> Any:
    """Fix the surroundings, before anything is imported that would be for nothing if the command starts again."""
    from ptce_analysis.pipeline import environment

    environment.settle(restart=options.typed)
    return environment


def runs(options: argparse.Namespace) -> int:
    """Print the declared runs and why they are stale."""
    from ptce_analysis.pipeline.place import Place
    from ptce_analysis.pipeline.runs import declared_runs

    place = Place(options.project.resolve())
    return _print_states(place, declared_runs(place.project), options.json)


def _print_states(place: Any, runs: Sequence[Any], as_json: bool) -> int:
    from ptce_analysis.pipeline.build import stale_runs
    from ptce_analysis.pipeline.inputs import Inputs

    stale = stale_runs(place, Inputs(place), runs)
    rows = [{"run": r.id, "parameters": dict(r.parameters), "stale": stale.get(r, "")} for r in runs]
    if as_json:
        print_json(rows)
    else:
        print_table([{**row, "stale": row["stale"] or "up to date"} for row in rows], ("run", "stale"))
    return 0


def verify(options: argparse.Namespace) -> int:
    """Print how a build elsewhere differs; 1 when it does."""
    from ptce_analysis.pipeline.verify import verify

    report = verify(options.project.resolve())
    if options.json:
        print_json(dataclasses.asdict(report))
    else:
        print(report.text())
    return 0 if report.succeeded else 1


def release(options: argparse.Namespace) -> int:
    """Write the archive of the study."""
    from ptce_analysis.pipeline.place import Place
    from ptce_analysis.pipeline.release import release
    from ptce_analysis.pipeline.runs import declared_runs

    place = Place(options.project.resolve())
    made = release(place, declared_runs(place.project))
    shown = made.archive.relative_to(place.project).as_posix()
    print_record({"archive": shown, "sha256": made.sha256, "files": made.n_files}, options.json)
    return 0

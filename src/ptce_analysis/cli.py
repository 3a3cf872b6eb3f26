"""The door `ptce`: arguments in, answers out. Heavy imports wait inside each command; paths enter here only.

Exit codes: 0 fine, 1 a finding or a failure, 2 bad usage or unreadable input.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ptce_analysis import __version__
from ptce_analysis.errors import InputError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.command(options))
    except InputError as error:
        print(f"ptce: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        print(f"ptce: {error.filename or 'output'}: {error.strerror}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="ptce", description="What the printed figures on French PTCE determine.")
    parser.add_argument("--version", action="version", version=f"ptce {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, (command, purpose, declare) in COMMANDS.items():
        sub = commands.add_parser(name, help=purpose, description=purpose)
        sub.set_defaults(command=command)
        declare(sub)
    return parser


def _project(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--project", type=Path, default=Path(), help="the project's folder (default: this one)")


def _json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON for machines")


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False))


def _build_options(parser: argparse.ArgumentParser) -> None:
    _project(parser)
    parser.add_argument("runs", nargs="*", metavar="RUN", help="02_emergence, or fr/02_emergence; none: all")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="runs at a time (default: processors)")


def _build(options: argparse.Namespace) -> int:
    from ptce_analysis.pipeline import build
    from ptce_analysis.pipeline.runs import chosen_runs, declared_runs

    # One thread for linear algebra: the same sums on every machine, and no thread alive when children are forked.
    os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    place = build.Place(options.project.resolve())
    runs = declared_runs(place.project)
    chosen = chosen_runs(runs, options.runs)
    with build.one_build_at_a_time(place):
        build.build_tables(place)
        failures = build.build_runs(place, build.stale_runs(place, chosen), options.jobs)
        if not failures and all((place.notebooks / f"{run.id}.ipynb").is_file() for run in runs):
            build.build_index(place, runs)
    for failure in failures:
        print(failure, file=sys.stderr)
    return 1 if failures else 0


def _data(options: argparse.Namespace) -> int:
    from ptce_analysis.pipeline import build

    place = build.Place(options.project.resolve())
    with build.one_build_at_a_time(place):
        build.build_tables(place)
    return 0


def _runs_options(parser: argparse.ArgumentParser) -> None:
    _project(parser)
    _json(parser)


def _runs(options: argparse.Namespace) -> int:
    from ptce_analysis.pipeline import build
    from ptce_analysis.pipeline.runs import declared_runs

    place = build.Place(options.project.resolve())
    runs = declared_runs(place.project)
    stale = build.stale_runs(place, runs)
    rows = [{"run": r.id, "parameters": dict(r.parameters), "stale": stale.get(r, "")} for r in runs]
    if options.json:
        _print_json(rows)
    else:
        for row in rows:
            print(f"{row['run']:<28} {row['stale'] or 'up to date'}")
    return 0


COMMANDS: dict[str, Any] = {
    "build": (_build, "build the stale runs: notebooks, figures, pages", _build_options),
    "data": (_data, "build the processed tables", _project),
    "runs": (_runs, "list the declared runs and their state", _runs_options),
}

if __name__ == "__main__":
    raise SystemExit(main())

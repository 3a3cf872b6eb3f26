"""The door `ptce`: arguments in, answers out. Heavy imports wait inside each command; paths enter here only.

Exit codes: 0 fine, 1 a finding or a failure, 2 bad usage or unreadable input.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ptce_analysis import __version__
from ptce_analysis.errors import InputError
from ptce_analysis.terminal import print_json, print_record, print_table


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(arguments)
    options.typed = arguments is None
    try:
        return int(options.command(options))
    except InputError as error:
        print(f"ptce: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("ptce: interrupted; nothing is left half done, and the same command goes on from here", file=sys.stderr)
        return 130
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


def _at_least_one(text: str) -> int:
    number = int(text) if text.isdecimal() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r}: a whole number from 1 on is expected")
    return number


def _build_options(parser: argparse.ArgumentParser) -> None:
    _project(parser)
    _json(parser)
    parser.add_argument("runs", nargs="*", metavar="RUN", help="02_emergence, or fr/02_emergence; none: all")
    parser.add_argument("--only", action="append", default=[], metavar="RUN", help="the same, as an option")
    parser.add_argument("--jobs", type=_at_least_one, metavar="N", help="runs at a time (default: processors)")
    parser.add_argument("--timeout", type=_at_least_one, metavar="SECONDS", help="time limit of a cell (default: 300)")
    parser.add_argument("--keep-going", action="store_true", help="start the other runs even after a failure")
    parser.add_argument("--dry-run", action="store_true", help="only say what would be built, and why")
    parser.add_argument("--verbose", action="store_true", help="print times, and whole tracebacks")


def _build(options: argparse.Namespace) -> int:
    from ptce_analysis.pipeline import build, environment
    from ptce_analysis.pipeline.place import Place
    from ptce_analysis.pipeline.runs import chosen_runs, declared_runs

    environment.settle(restart=options.typed)
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


def _project_options(parser: argparse.ArgumentParser) -> None:
    _project(parser)
    _json(parser)


def _data(options: argparse.Namespace) -> int:
    from ptce_analysis.pipeline import build, environment
    from ptce_analysis.pipeline.place import Place

    environment.settle(restart=options.typed)
    reason = build.build_data(Place(options.project.resolve()))
    if options.json:
        print_json({"tables": reason})
    else:
        print(f"tables: {reason or 'up to date'}")
    return 0


def _runs(options: argparse.Namespace) -> int:
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


def _verify(options: argparse.Namespace) -> int:
    from ptce_analysis.pipeline.verify import verify

    report = verify(options.project.resolve())
    if options.json:
        print_json(dataclasses.asdict(report))
    else:
        print(report.text())
    return 0 if report.succeeded else 1


def _release(options: argparse.Namespace) -> int:
    from ptce_analysis.pipeline.place import Place
    from ptce_analysis.pipeline.release import release
    from ptce_analysis.pipeline.runs import declared_runs

    place = Place(options.project.resolve())
    made = release(place, declared_runs(place.project))
    shown = made.archive.relative_to(place.project).as_posix()
    print_record({"archive": shown, "sha256": made.sha256, "files": made.n_files}, options.json)
    return 0


def _audit_options(parser: argparse.ArgumentParser) -> None:
    _project(parser)
    _json(parser)
    parser.add_argument("--facts", type=Path, metavar="FILE", help="audit another report, typed in the same format")


def _audit(options: argparse.Namespace) -> int:
    from ptce_analysis.analysis.audit import audit_json
    from ptce_analysis.published import read_facts, read_published

    published = options.project / "data/raw/published"
    if not options.facts and not published.is_dir():
        raise InputError(f"{published}: not found. Give --facts FILE, or run the command inside the project.")
    facts = read_facts(options.facts) if options.facts else read_published(published)
    rows = audit_json(facts)
    if options.json:
        print_json(rows)
    else:
        print_table(rows, ("id", "verdict", "reason"))
    return int(any(row["verdict"] == "impossible" for row in rows))


def _percent_options(parser: argparse.ArgumentParser) -> None:
    _json(parser)
    parser.add_argument("value", help="the printed percentage, such as 20 or 8.2")
    parser.add_argument("--base", type=int, required=True, help="how many units it is a percentage of")
    parser.add_argument("--grain", default="1", help="rounding step in percentage points (default: 1)")


def _percent(options: argparse.Namespace) -> int:
    from ptce_analysis.analysis.percent import percent

    result = percent(options.value, options.base, options.grain)
    print_record(result, options.json)
    return 0 if result["possible"] else 1


def _rates_options(parser: argparse.ArgumentParser) -> None:
    _json(parser)
    parser.add_argument("first", help="count and base of the first group, such as 13/42")
    parser.add_argument("second", help="count and base of the second group, such as 10/52")
    parser.add_argument("--confidence", type=float, default=0.95, help="level of the intervals (default: 0.95)")


def _rates(options: argparse.Namespace) -> int:
    from ptce_analysis.analysis.proportions import parse_rate, rates

    result = rates(parse_rate(options.first), parse_rate(options.second), options.confidence)
    print_record(result, options.json)
    return 0


def _feasible_options(parser: argparse.ArgumentParser) -> None:
    _json(parser)
    parser.add_argument("--n", type=int, required=True, help="number of amounts")
    parser.add_argument("--sum", required=True, help="their printed sum, such as 1239")
    parser.add_argument("--median", required=True, help="their printed median, in the same unit")
    parser.add_argument("--grain", default="1", help="rounding step of both; 0: exactly as printed (default: 1)")
    parser.add_argument("--draws", type=int, default=0, help="number of reference draws (default: none)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the draws (default: 1)")


def _feasible(options: argparse.Namespace) -> int:
    from ptce_analysis.analysis.feasible import feasible

    result = feasible(options.n, options.sum, options.median, options.grain, options.draws, options.seed)
    print_record(result, options.json)
    return 0 if result["possible"] else 1


def _parse_options(parser: argparse.ArgumentParser) -> None:
    _json(parser)
    parser.add_argument("kind", help="amount, level, share, staff, stage, count or legal_form")
    parser.add_argument("texts", nargs="+", metavar="TEXT", help="what a respondent wrote")


def _parse(options: argparse.Namespace) -> int:
    from ptce_analysis.survey.parse import parse_rows

    rows = parse_rows(options.kind, options.texts)
    if options.json:
        print_json(rows)
    else:
        print_table(rows, ("text", "value", "unit", "status", "rule"))
    return 0


def _clean_options(parser: argparse.ArgumentParser) -> None:
    _json(parser)
    parser.add_argument("export", type=Path, help="an export of answers: .csv, .xlsx or .ods; it is only read")
    parser.add_argument("--codebook", type=Path, required=True, help="what its columns are; `ptce codebook` drafts it")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder of the four tables")


def _clean(options: argparse.Namespace) -> int:
    from ptce_analysis.survey.clean import clean, clean_summary
    from ptce_analysis.survey.clean.tables import write

    result = clean(options.export, options.codebook)
    write(result, options.out)
    print_record(clean_summary(result), options.json)
    return 0 if result.rows_kept else 1


def _codebook_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("export", type=Path, help="an export of answers: .csv, .xlsx or .ods")


def _codebook(options: argparse.Namespace) -> int:
    from ptce_analysis.survey.codebook import draft_codebook

    print(draft_codebook(options.export), end="")
    return 0


def _fictitious_options(parser: argparse.ArgumentParser) -> None:
    _json(parser)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder of the waves, one folder each")


def _fictitious(options: argparse.Namespace) -> int:
    from ptce_analysis.fictitious import write_waves

    paths = [str(path) for path in write_waves(options.out)]
    if options.json:
        print_json({"origin": "fictitious", "files": paths})
    else:
        print("\n".join([*paths, "fictitious data: nothing in these files is a real answer"]))
    return 0


def _check_site_options(parser: argparse.ArgumentParser) -> None:
    _json(parser)
    parser.add_argument("folder", type=Path, metavar="DIR", help="what is about to be published, such as build/site")
    parser.add_argument(
        "--raw", type=Path, metavar="DIR", help="folder of the raw answers whose values must not appear"
    )
    parser.add_argument(
        "--ledger",
        type=Path,
        metavar="FILE",
        help="write what is hidden of the waves of --raw, and by which rule (CSV)",
    )
    _project(parser)


def _check_site(options: argparse.Namespace) -> int:
    from ptce_analysis.publish.disclosure.raw import needles
    from ptce_analysis.publish.disclosure.scan import report, report_lines, scan

    wanted = needles(options.raw) if options.raw else None
    found = report(options.folder, scan(options.folder, wanted or ()), None if wanted is None else len(wanted))
    if options.ledger:
        found["hidden"] = _hidden(options)
    if options.json:
        print_json(found)
    else:
        print("\n".join(report_lines(found)))
    return 0 if found["safe"] else 1


def _hidden(options: argparse.Namespace) -> list[dict[str, Any]]:
    """Write the ledger of what the pages of some waves hide; return how many figures each rule hides."""
    from ptce_analysis.publish.disclosure.ledger import by_rule, ledger, write_ledger
    from ptce_analysis.published import read_published

    if not options.raw:
        raise InputError("--ledger needs --raw DIR: the folder of the waves whose tables are protected.")
    hidden = ledger(options.raw, read_published(options.project / "data/raw/published"))
    write_ledger(hidden, options.ledger, options.folder)
    return by_rule(hidden)


COMMANDS: dict[str, Any] = {
    "audit": (_audit, "say which printed figures can be true, and why", _audit_options),
    "percent": (_percent, "say whether a printed percentage can occur on a base", _percent_options),
    "rates": (_rates, "compare two rates: intervals, ratios, exact tests, Bayes", _rates_options),
    "feasible": (_feasible, "say what (n, sum, median) determines of unpublished amounts", _feasible_options),
    "parse": (_parse, "say what a written answer states, and by which rule", _parse_options),
    "clean": (_clean, "clean an export of answers: tables, ledger, quarantine", _clean_options),
    "codebook": (_codebook, "draft the codebook of an export, to be finished by hand", _codebook_options),
    "fictitious": (_fictitious, "write the fictitious waves", _fictitious_options),
    "build": (_build, "build the stale runs: notebooks, figures, pages", _build_options),
    "data": (_data, "build the processed tables", _project_options),
    "verify": (_verify, "rebuild everything elsewhere and compare byte for byte", _project_options),
    "release": (_release, "write one archive of the study, once nothing is stale", _project_options),
    "runs": (_runs, "list the declared runs and their state", _project_options),
    "check-site": (_check_site, "say, rule by rule, whether a folder can be published", _check_site_options),
}

if __name__ == "__main__":
    raise SystemExit(main())

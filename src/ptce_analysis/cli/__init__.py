"""The door `ptce`: arguments in, answers out. Heavy imports wait inside each command; paths enter here only.

Exit codes: 0 fine, 1 a finding or a failure, 2 bad usage or unreadable input.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import Any

from ptce_analysis import __version__
from ptce_analysis.cli import answers, figures, study
from ptce_analysis.cli.options import project_options
from ptce_analysis.errors import InputError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; without a command, print what there is (2: nothing was done)."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.command is None:
        parser.print_help()
        return 2
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
    parser.set_defaults(command=None)
    commands = parser.add_subparsers(metavar="COMMAND")
    for name, (command, purpose, declare) in COMMANDS.items():
        sub = commands.add_parser(name, help=purpose, description=purpose)
        sub.set_defaults(command=command)
        declare(sub)
    return parser


COMMANDS: dict[str, Any] = {
    "audit": (figures.audit, "say which printed figures do not agree, and on which premises", figures.audit_options),
    "percent": (figures.percent, "say whether a printed percentage can occur on a base", figures.percent_options),
    "rates": (figures.rates, "compare two rates: intervals, ratios, exact tests, Bayes", figures.rates_options),
    "feasible": (
        figures.feasible,
        "say what (n, sum, median) determines of the amounts behind it",
        figures.feasible_options,
    ),
    "parse": (answers.parse, "say what a written answer states, and by which rule", answers.parse_options),
    "clean": (answers.clean, "clean an export of answers: tables, ledger, quarantine", answers.clean_options),
    "codebook": (answers.codebook, "draft the codebook of an export, to be finished by hand", answers.codebook_options),
    "fictitious": (answers.fictitious, "write the fictitious waves", answers.fictitious_options),
    "build": (study.build, "build the stale runs: notebooks, figures, pages", study.build_options),
    "data": (study.data, "build the processed tables", project_options),
    "verify": (study.verify, "rebuild everything elsewhere and compare byte for byte", project_options),
    "release": (study.release, "write one archive of the study, once nothing is stale", project_options),
    "runs": (study.runs, "list the declared runs and their state", project_options),
    "check-site": (
        answers.check_site,
        "say, rule by rule, whether a folder can be published",
        answers.check_site_options,
    ),
}

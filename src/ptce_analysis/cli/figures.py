"""What printed figures determine: `ptce audit`, `percent`, `rates`, `feasible`."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Any

from ptce_analysis.cli.options import as_json, at_least_one, project
from ptce_analysis.errors import InputError
from ptce_analysis.terminal import print_json, print_record, print_table

# What is shown of each of several percentages; --json has the rest.
SEVERAL = ("value", "grain", "possible", "counts", "nearest", "smallest_base", "note")


def audit_options(parser: argparse.ArgumentParser) -> None:
    """Add what `ptce audit` takes."""
    project(parser)
    as_json(parser)
    parser.add_argument("--facts", type=Path, metavar="FILE", help="audit another report, typed in the same format")


def audit(options: argparse.Namespace) -> int:
    """Print the verdict of every figure; 1 when one is impossible. Refuses a folder without published figures."""
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


def percent_options(parser: argparse.ArgumentParser) -> None:
    """Add what `ptce percent` takes."""
    parser._negative_number_matcher = re.compile(r"-\d")  # "-8,2" is a value too, refused as one; argparse knows "-8.2"
    as_json(parser)
    parser.add_argument(
        "values", nargs="+", metavar="VALUE", help="a printed percentage, such as 20 or 8.2; several: of one base"
    )
    parser.add_argument("--base", type=at_least_one, help="how many units they are percentages of (default: any)")
    parser.add_argument(
        "--grain", help="rounding step in percentage points; 0: exactly as printed (default: the decimals written)"
    )
    parser.add_argument(
        "--rounding", choices=("nearest", "down"), default="nearest", help="down: cut down, not rounded"
    )


def percent(options: argparse.Namespace) -> int:
    """Print what the percentages can be; 1 when one cannot occur on the base, or no base up to 120 holds them all."""
    from ptce_analysis.analysis.percent import percent, percentages

    asked = (options.base, options.grain, options.rounding)
    several = len(options.values) > 1
    result = percentages(options.values, *asked) if several else percent(options.values[0], *asked)
    if options.json:
        print_json(result)
        return 0 if result["possible"] else 1
    if several:
        print_table([_listed(row) for row in result.pop("percentages")], SEVERAL)
    print_record(_listed(result), options.json)
    return 0 if result["possible"] else 1


def _listed(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record whose counts and bases, which can be a hundred, are written as people list them."""
    from ptce_analysis.analysis.percent import runs

    names = {"counts", "bases", "common_bases"} & set(record)
    return record | {name: runs(record[name] or ()) or None for name in names}


def rates_options(parser: argparse.ArgumentParser) -> None:
    """Add what `ptce rates` takes."""
    as_json(parser)
    parser.add_argument("first", help="count and base of the first group, such as 13/42")
    parser.add_argument("second", help="count and base of the second group, such as 10/52")
    parser.add_argument("--confidence", type=float, default=0.95, help="level of the intervals (default: 0.95)")


def rates(options: argparse.Namespace) -> int:
    """Print every comparison of two rates."""
    from ptce_analysis.analysis.proportions import parse_rate, rates

    result = rates(parse_rate(options.first), parse_rate(options.second), options.confidence)
    print_record(result, options.json)
    return 0


def feasible_options(parser: argparse.ArgumentParser) -> None:
    """Add what `ptce feasible` takes."""
    as_json(parser)
    parser.add_argument("--n", type=int, required=True, help="number of amounts")
    parser.add_argument("--sum", required=True, help="their printed sum, such as 1239")
    parser.add_argument("--median", required=True, help="their printed median, in the same unit")
    parser.add_argument("--grain", default="1", help="rounding step of both; 0: exactly as printed (default: 1)")
    parser.add_argument("--draws", type=int, default=0, help="number of reference draws (default: none)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the draws (default: 1)")


def feasible(options: argparse.Namespace) -> int:
    """Print what a row determines; 1 when no amounts have it."""
    from ptce_analysis.analysis.feasible import feasible

    result = feasible(options.n, options.sum, options.median, options.grain, options.draws, options.seed)
    print_record(result, options.json)
    return 0 if result["possible"] else 1

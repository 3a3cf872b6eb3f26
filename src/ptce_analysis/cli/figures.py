"""What printed figures determine: `ptce audit`, `percent`, `rates`, `feasible`."""

from __future__ import annotations

import argparse
import re
import sys
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ptce_analysis.cli.options import as_json, at_least_one, project
from ptce_analysis.errors import InputError
from ptce_analysis.terminal import WIDTH, print_json, print_record, print_table

if TYPE_CHECKING:
    from ptce_analysis.analysis.audit import Verdict
    from ptce_analysis.analysis.audit_shares import Finding
    from ptce_analysis.published import Facts

# What is shown of each of several percentages; --json has the rest.
SEVERAL = ("value", "grain", "possible", "counts", "nearest", "smallest_base", "note")


def audit_options(parser: argparse.ArgumentParser) -> None:
    """Add what `ptce audit` takes."""
    project(parser)
    as_json(parser)
    parser.add_argument("--facts", type=Path, metavar="FILE", help="audit another report, typed in the same format")


def audit(options: argparse.Namespace) -> int:
    """Print what the figures are found to be together, then the verdict of each; 1 when some do not agree.

    Refuses a folder without published figures. Of another report with a `sources.csv` beside it, names the figures
    whose source has no row there.
    """
    from ptce_analysis.analysis.audit import audit, audit_json
    from ptce_analysis.published import SOURCES_FILE, read_facts, read_published, read_sources

    published = options.project / "data/raw/published"
    if not options.facts and not published.is_dir():
        raise InputError(f"{published}: not found. Give --facts FILE, or run the command inside the project.")
    facts = read_facts(options.facts) if options.facts else read_published(published)
    listed = (options.facts.parent if options.facts else published) / SOURCES_FILE
    sources = read_sources(listed.parent) if listed.is_file() else {}
    verdicts = audit(facts)
    if options.json:
        print_json(audit_json(facts))
    else:
        _print_findings(verdicts, sources)
        rows = [one.as_dict() for one in verdicts]
        _print_heaps(rows)
        print_table(rows, ("id", "verdict", "reason"))
    for fact in facts.values() if sources else ():
        if fact.source not in sources:
            place = (
                f"{options.facts.name}, row {fact.row}, column 'source': value {fact.source!r}: the source of {fact.id}"
            )
            print(f"{place} has no row in {listed}. Add one, to say what it is.", file=sys.stderr)
    return int(any(one.verdict == "impossible" for one in verdicts))


# What the findings of each verdict are, the most telling first.
FOUND = {
    "impossible": "figures that do not agree with each other, or with their base",
    "other_base_only": "figures that hold on another base, or of some of their parts",
    "sources_differ": "figures that sources print differently",
}


def _print_findings(verdicts: Sequence[Verdict], sources: Mapping[str, Mapping[str, str]]) -> None:
    """How many figures of each subject have each verdict, then every finding: sentence, figures, premises, sources."""
    from ptce_analysis.analysis.audit import contradictions

    _print_counts(verdicts)
    facts = {one.id: one.fact for one in verdicts}
    found = list(enumerate(contradictions(verdicts), 1))
    for verdict, what in FOUND.items():
        some = [(number, one) for number, one in found if one.verdict == verdict]
        print(f"\n{len(some)} finding{'' if len(some) == 1 else 's'}: {what}")
        for number, one in some:
            _print_finding(number, one, facts)
    if found:
        print("\nWhich figure is wrong, or which premise, is not for the audit to say.")
    cited = dict.fromkeys(facts[id_].source for _, one in found for id_ in one.members)
    for source in (sources[name] for name in cited if name in sources):
        print(
            _wrapped(
                f"{source['id']}: ", ", ".join(filter(None, (source[name] for name in ("author", "title", "year"))))
            )
        )
    print()


def _print_counts(verdicts: Sequence[Verdict]) -> None:
    """A column per subject; rows for all figures, for the waves of the study (where others are read), per verdict."""
    from ptce_analysis.analysis.audit import VERDICTS
    from ptce_analysis.vocabulary import SUBJECTS, WAVES

    studied = [one for one in verdicts if one.fact.wave in WAVES]
    rows: dict[str, Sequence[Verdict]] = {"figures read": verdicts}
    if 0 < len(studied) < len(verdicts):
        rows[f"about {' and '.join(map(str, WAVES))}"] = studied
    rows |= {verdict: [one for one in verdicts if one.verdict == verdict] for verdict in reversed(VERDICTS)}
    columns = {label: key for key, (label, _) in SUBJECTS.items() if any(one.subject == key for one in verdicts)}
    counted = [{"": name} | {c: sum(one.subject == key for one in some) for c, key in columns.items()}
               for name, some in rows.items()]  # fmt: skip
    print_table(counted, ("", *columns))


def _print_finding(number: int, found: Finding, facts: Facts) -> None:
    from ptce_analysis.analysis.audit_words import as_printed, english

    print(_wrapped(f"{number}. ", found.reason))
    for fact in (facts[id_] for id_ in found.members):
        print(_wrapped("   figure   ", f"{fact.id} ({fact.source}): {as_printed(fact)}"))
    for premise in found.premises:
        print(_wrapped("   premise  ", english(premise)))


def _print_heaps(rows: Sequence[Mapping[str, Any]]) -> None:
    """Documents whose percentages heap on a step, and the verdicts that change when they are read with it."""
    notes = [found["reason"] for row in rows for found in row["findings"] if found["rule"] == "heaped"]
    for note in dict.fromkeys(notes):
        print(f"{_wrapped('', note)}\n")
    moved = [row for row in rows if row["verdict_at_inferred_grain"] not in (None, row["verdict"])]
    if moved:
        print("Verdicts that change at the inferred grain:")
        print_table(moved, ("id", "verdict_at_inferred_grain", "reason_at_inferred_grain"))
        print()


def _wrapped(head: str, text: str) -> str:
    return textwrap.fill(text, WIDTH, initial_indent=head, subsequent_indent=" " * len(head), break_long_words=False)


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
    from ptce_analysis.analysis.rates import parse_rate, rates

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
    parser.add_argument("--min", default="0", help="the least that one amount can be, not rounded (default: 0)")
    parser.add_argument("--max", help="the most that one amount can be, not rounded (default: no limit)")
    parser.add_argument(
        "--even-median",
        choices=("mean", "low", "high"),
        default="mean",
        help="the median of an even number: mean of the middle two, the lower or the higher (default: mean)",
    )
    parser.add_argument("--draws", type=int, default=0, help="number of reference draws (default: none)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the draws (default: 1)")


def feasible(options: argparse.Namespace) -> int:
    """Print what a row determines; 1 when no amounts have it."""
    from ptce_analysis.analysis.feasible import feasible

    limits = {"minimum": options.min, "maximum": options.max, "even_median": options.even_median}
    asked = (options.n, options.sum, options.median, options.grain, options.draws, options.seed)
    result = feasible(*asked, **limits)
    print_record(result if options.json else _rounded_outwards(result), options.json)
    return 0 if result["possible"] else 1


def _rounded_outwards(result: dict[str, Any]) -> dict[str, Any]:
    """For people: bounds on amounts to the rounding step, on indices and shares to 0.01, so that each still holds."""
    from ptce_analysis.analysis.amounts import outward

    bounds = dict(result["bounds"] or {})
    for name, bound in bounds.items():
        if bound["low"] is not None:
            step = result["grain"] if name in ("max", "min", "sd") else 0.01
            bounds[name] = dict(
                zip(("low", "high"), map(float, outward(bound["low"], bound["high"], step)), strict=True)
            )
    return result | {"bounds": bounds or None}

"""Answers of respondents, real or fictitious: `ptce parse`, `clean`, `codebook`, `fictitious`, `check-site`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ptce_analysis.cli.options import as_json, project
from ptce_analysis.errors import InputError
from ptce_analysis.terminal import print_json, print_record, print_table
from ptce_analysis.vocabulary import RULE_SETS


def parse_options(parser: argparse.ArgumentParser) -> None:
    """Add what `ptce parse` takes."""
    as_json(parser)
    parser.add_argument("kind", help="amount, level, share, staff, stage, count or legal_form")
    parser.add_argument("texts", nargs="+", metavar="TEXT", help="what a respondent wrote")


def parse(options: argparse.Namespace) -> int:
    """Print what each text states; for people, the change of institutions that a reading rests on too."""
    from ptce_analysis.survey.parse.kinds import parse_rows
    from ptce_analysis.survey.waves import institutional_breaks

    rows = parse_rows(options.kind, options.texts)
    if options.json:
        print_json(rows)
        return 0
    print_table(rows, ("text", "value", "unit", "status", "rule"))
    told = {
        name: "since {date}: {change} {reading} {source}".format(**known)
        for name, known in institutional_breaks().items()
    }
    if used := {row["rule"]: told[row["rule"]] for row in rows if row["rule"] in told}:
        print_record(used, options.json)
    return 0


def clean_options(parser: argparse.ArgumentParser) -> None:
    """Add what `ptce clean` takes."""
    as_json(parser)
    parser.add_argument("export", type=Path, help="an export of answers: .csv, .xlsx or .ods; it is only read")
    parser.add_argument("--codebook", type=Path, required=True, help="what its columns are; `ptce codebook` drafts it")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder of the four tables")


def clean(options: argparse.Namespace) -> int:
    """Write the tables of an export and print how many rows were kept; 1 when none was."""
    from ptce_analysis.survey.clean import clean, clean_summary
    from ptce_analysis.survey.tables import write

    result = clean(options.export, options.codebook)
    write(result, options.out)
    print_record(clean_summary(result), options.json)
    return 0 if result.rows_kept else 1


def codebook_options(parser: argparse.ArgumentParser) -> None:
    """Add what `ptce codebook` takes."""
    parser.add_argument("export", type=Path, help="an export of answers: .csv, .xlsx or .ods")


def codebook(options: argparse.Namespace) -> int:
    """Print the draft of a codebook."""
    from ptce_analysis.survey.draft import draft_codebook

    print(draft_codebook(options.export), end="")
    return 0


def fictitious_options(parser: argparse.ArgumentParser) -> None:
    """Add what `ptce fictitious` takes."""
    as_json(parser)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder of the waves, one folder each")


def fictitious(options: argparse.Namespace) -> int:
    """Write the fictitious waves."""
    from ptce_analysis.fictitious import write_waves

    paths = [str(path) for path in write_waves(options.out)]
    if options.json:
        print_json({"origin": "fictitious", "files": paths})
    else:
        print("\n".join([*paths, "fictitious data: nothing in these files is a real answer"]))
    return 0


def check_site_options(parser: argparse.ArgumentParser) -> None:
    """Add what `ptce check-site` takes."""
    as_json(parser)
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
    parser.add_argument(
        "--rules", choices=RULE_SETS, default="standard", help="the rules that the pages were made under, for --ledger"
    )
    project(parser)


def check_site(options: argparse.Namespace) -> int:
    """Print the scan rule by rule; 1 when something leaks."""
    from ptce_analysis.protect.scan import checked, report_lines

    found = checked(options.folder, options.raw, options.project)
    if options.ledger:
        found["hidden"] = _hidden(options)
    if options.json:
        print_json(found)
    else:
        print("\n".join(report_lines(found)))
    return 0 if found["safe"] else 1


def _hidden(options: argparse.Namespace) -> list[dict[str, Any]]:
    """Write the ledger of what the pages of some waves hide; return how many figures each rule hides."""
    from ptce_analysis.publish.survey_tables import by_rule, ledger, write_ledger
    from ptce_analysis.published import read_published

    if not options.raw:
        raise InputError("--ledger needs --raw DIR: the folder of the waves whose tables are protected.")
    hidden = ledger(options.raw, read_published(options.project / "data/raw/published"), options.rules)
    write_ledger(hidden, options.ledger, options.folder)
    return by_rule(hidden)

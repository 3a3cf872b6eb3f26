"""The door `ptce`: arguments in, answers out. Heavy imports wait inside each command; paths enter here only.

Exit codes: 0 fine, 1 a finding or a failure, 2 bad usage or unreadable input.
"""

from __future__ import annotations

import dataclasses
import os
import runpy
import signal
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ptce_analysis import __version__
from ptce_analysis.errors import SHOW_VALUES, InputError
from ptce_analysis.terminal import print_json, print_record, print_table, wrapped
from ptce_analysis.vocabulary import RULE_SETS

if TYPE_CHECKING:
    from ptce_analysis.analysis.audit import Verdict

# What is shown of each of several percentages; --json has the rest.
SEVERAL = ("value", "grain", "possible", "counts", "nearest", "smallest_base", "note")
# What the findings of each verdict are, the most telling first.
FOUND = {
    "impossible": "figures that do not agree with each other, or with their base",
    "other_base_only": "figures that hold on another base, or of some of their parts",
    "sources_differ": "figures that sources print differently",
}


as_json = click.option("--json", "as_json", is_flag=True, help="print JSON for machines")
AT_LEAST_ONE = click.IntRange(min=1)


def option(name: str, help: str, **how: Any) -> Callable[[Any], Any]:
    """Return an option of a command; a path is a `Path`, and what has a default says so."""
    kind = {"type": Path, "metavar": how.get("metavar", "DIR")} if how.pop("path", False) else {}
    return click.option(name, help=help, **{"show_default": how.get("default") is not None, **kind, **how})


def show_values(command: Any) -> Any:
    """Give a command the option `--show-values`: its messages may then repeat what an export holds."""

    def told(context: click.Context, _: click.Parameter, value: bool) -> None:
        context.call_on_close(partial(SHOW_VALUES.reset, SHOW_VALUES.set(value)))

    said = "let messages repeat answers of an export (they end in logs)"
    return option("--show-values", said, is_flag=True, expose_value=False, callback=told)(command)


def in_project(command: Any) -> Any:
    """Give a command the options `--project` and `--json`."""
    project = option("--project", "the project's folder", path=True, default=Path(), show_default="this one")
    return project(as_json(command))


@click.group(invoke_without_command=True, help="What the printed figures on French PTCE determine.")
@click.version_option(__version__, prog_name="ptce", message="%(prog)s %(version)s")
@click.pass_context
def ptce(context: click.Context) -> int:
    """Without a command, print what there is (2: nothing was done)."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())
    return 2


def tell(as_json: bool, value: Any, *lines: str) -> None:
    """Print a value for machines, or lines for people."""
    print_json(value) if as_json else print("\n".join(lines))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        with ptce.make_context("ptce", given, obj=arguments is None) as context:
            return int(ptce.invoke(context))
    except click.exceptions.Exit as end:  # --help, --version
        return end.exit_code
    except click.ClickException as error:
        error.show()
        return 2
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except InputError as error:
        said, code = str(error), 2
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # once is enough
        said, code = "interrupted; nothing is left half done, and the same command goes on from here", 130
    except OSError as error:
        said, code = f"{error.filename or 'output'}: {error.strerror}", 1
    print(f"ptce: {said}", file=sys.stderr)
    return code


@ptce.command()
@option("--facts", "audit another report, typed in the same format", path=True, metavar="FILE")
@in_project
def audit(facts: Path | None, project: Path, as_json: bool) -> int:
    """Say which printed figures do not agree, and on which premises; then the verdict of each.

    Of another report with a `sources.csv` beside it, names the figures whose source has no row there. Refuses a folder
    without published figures.
    """
    from ptce_analysis.analysis.audit import audit, audit_json
    from ptce_analysis.published import SOURCES_FILE, read_facts, read_published, read_sources

    published = project / "data/raw/published"
    if not facts and not published.is_dir():
        raise InputError(f"{published}: not found. Give --facts FILE, or run the command inside the project.")
    figures = read_facts(facts) if facts else read_published(published)
    listed = (facts.parent if facts else published) / SOURCES_FILE
    sources = read_sources(listed.parent) if listed.is_file() else {}
    verdicts = audit(figures)
    print_json(audit_json(figures)) if as_json else _print_audit(verdicts, sources)
    for fact in figures.values():
        if sources and facts and fact.source not in sources:
            where = f"{facts.name}, row {fact.row}, column 'source': value {fact.source!r}: the source of {fact.id}"
            print(f"{where} has no row in {listed}. Add one, to say what it is.", file=sys.stderr)
    return int(any(one.verdict == "impossible" for one in verdicts))


def _print_audit(verdicts: Sequence[Verdict], sources: Mapping[str, Mapping[str, str]]) -> None:
    """Figures by subject and verdict; each finding with figures, premises, sources; what a grain changes; verdicts."""
    from ptce_analysis.analysis.audit import VERDICTS, contradictions
    from ptce_analysis.analysis.audit_words import as_printed, english
    from ptce_analysis.vocabulary import SUBJECTS

    names = ("figures read", *reversed(VERDICTS))
    counts = Counter((name, one.subject) for one in verdicts for name in (names[0], one.verdict))
    columns = {label: key for key, (label, _) in SUBJECTS.items() if counts[names[0], key]}
    totals = [{"": name} | {label: counts[name, key] for label, key in columns.items()} for name in names]
    print_table(totals, ("", *columns))
    facts, cited = {one.id: one.fact for one in verdicts}, dict[str, None]()
    found = list(enumerate(contradictions(verdicts), 1))
    for verdict, what in FOUND.items():
        these = [(number, one) for number, one in found if one.verdict == verdict]
        print(f"\n{len(these)} finding{'' if len(these) == 1 else 's'}: {what}")
        for number, one in these:
            print(wrapped(f"{number}. ", one.reason))
            for fact in (facts[id_] for id_ in one.members):
                cited[fact.source] = None
                print(wrapped("   figure   ", f"{fact.id} ({fact.source}): {as_printed(fact)}"))
            for premise in one.premises:
                print(wrapped("   premise  ", english(premise)))
    if found:
        print("\nWhich figure is wrong, or which premise, is not for the audit to say.")
    for source in (sources[name] for name in cited if name in sources):
        print(wrapped(f"{source['id']}: ", ", ".join(filter(None, (source[k] for k in ("author", "title", "year"))))))
    print()
    rows: list[dict[str, Any]] = [one.as_dict() for one in verdicts]
    # Documents whose percentages heap on a step, and the verdicts that change when they are read with it.
    for note in dict.fromkeys(each["reason"] for row in rows for each in row["findings"] if each["rule"] == "heaped"):
        print(f"{wrapped('', note)}\n")
    moved = [row for row in rows if row["verdict_at_inferred_grain"] not in (None, row["verdict"])]
    if moved:
        print("Verdicts that change at the inferred grain:")
        print_table(moved, ("id", "verdict_at_inferred_grain", "reason_at_inferred_grain"))
        print()
    print_table(rows, ("id", "verdict", "reason"))


# A value such as -8,2 looks like an option; it is refused as a value.
@ptce.command(context_settings={"ignore_unknown_options": True})
@click.argument("values", nargs=-1, required=True, metavar="VALUE...")
@option("--base", "how many units they are percentages of (default: any)", type=AT_LEAST_ONE)
@option("--grain", "rounding step in percentage points; 0: exactly as printed (default: the decimals written)")
@option("--rounding", "down: cut down, not rounded", type=click.Choice(["nearest", "down"]), default="nearest")
@as_json
def percent(values: tuple[str, ...], base: int | None, grain: str | None, rounding: str, as_json: bool) -> int:
    """Say whether printed percentages can occur on a base; of several without one, whether any up to 120 has them."""
    from ptce_analysis.analysis.percent import percent, percentages, runs

    def listed(record: dict[str, Any]) -> dict[str, Any]:
        """A record whose counts and bases, which can be a hundred, are written as people list them."""
        names = {"counts", "bases", "common_bases"} & set(record)
        return record | {name: runs(record[name] or ()) or None for name in names}

    several = len(values) > 1
    result = percentages(values, base, grain, rounding) if several else percent(values[0], base, grain, rounding)
    if several and not as_json:
        print_table([listed(row) for row in result.pop("percentages")], SEVERAL)
    print_record(result if as_json else listed(result), as_json)
    return 0 if result["possible"] else 1


@ptce.command()
@click.argument("first")
@click.argument("second")
@option("--confidence", "level of the intervals", type=float, default=0.95)
@as_json
def rates(first: str, second: str, confidence: float, as_json: bool) -> int:
    """Compare two rates, such as 13/42 and 10/52: intervals, ratios, exact tests, Bayes."""
    from ptce_analysis.analysis.rates import parse_rate, rates

    print_record(rates(parse_rate(first), parse_rate(second), confidence), as_json)
    return 0


@ptce.command()
@option("--n", "number of amounts", type=int, required=True)
@option("--sum", "their printed sum, such as 1239", required=True)
@option("--median", "their printed median, in the same unit", required=True)
@option("--grain", "rounding step of both; 0: exactly as printed", default="1")
@option("--min", "the least that one amount can be, not rounded", default="0")
@option("--max", "the most that one amount can be, not rounded (default: no limit)")
@option(
    "--even-median", "the median of an even number: mean of the middle two, the lower or the higher",
    type=click.Choice(["mean", "low", "high"]), default="mean",
)  # fmt: skip
@option("--draws", "number of reference draws", type=int, default=0)
@option("--seed", "seed of the draws", type=int, default=1)
@as_json
def feasible(n: int, draws: int, seed: int, as_json: bool, **given: str) -> int:
    """Say what (n, sum, median) determines of the amounts behind it.

    For people, bounds on amounts are rounded to the step, on indices and shares to 0.01, so that each still holds.
    """
    from ptce_analysis.analysis.amounts import outward
    from ptce_analysis.analysis.feasible import feasible

    limits = {"minimum": given["min"], "maximum": given["max"], "even_median": given["even_median"]}
    result = feasible(n, given["sum"], given["median"], given["grain"], draws, seed, **limits)
    for name, bound in (result["bounds"] or {}).items() if not as_json else ():
        if bound["low"] is not None:
            step = result["grain"] if name in ("max", "min", "sd") else 0.01
            bound["low"], bound["high"] = map(float, outward(bound["low"], bound["high"], step))
    print_record(result, as_json)
    return 0 if result["possible"] else 1


@ptce.command()
@click.argument("kind")
@click.argument("texts", nargs=-1, required=True, metavar="TEXT...")
@as_json
def parse(kind: str, texts: tuple[str, ...], as_json: bool) -> int:
    """Say what a written answer states, by which rule, and the change of institutions that it rests on."""
    from ptce_analysis.survey.parse.kinds import institutional_breaks, parse_rows

    rows = parse_rows(kind, texts)
    if as_json:
        print_json(rows)
        return 0
    print_table(rows, ("text", "value", "unit", "status", "rule"))
    breaks = institutional_breaks()
    for name in dict.fromkeys(row["rule"] for row in rows if row["rule"] in breaks):
        print(wrapped(f"{name}  ", "since {date}: {change} {reading} {source}".format(**breaks[name])))
    return 0


@ptce.command()
@click.argument("export", type=Path)
@option("--codebook", "what its columns are; `ptce codebook` drafts it", path=True, metavar="FILE", required=True)
@option("--out", "folder of the four tables", path=True, required=True)
@show_values
@as_json
def clean(export: Path, codebook: Path, out: Path, as_json: bool) -> int:
    """Clean an export of answers, which is only read: tables, ledger, quarantine."""
    from ptce_analysis.survey.clean import clean, clean_summary
    from ptce_analysis.survey.tables import clear, write

    clear(out, export, codebook)
    result = clean(export, codebook)
    write(result, out)
    print_record(clean_summary(result), as_json)
    return 0 if result.rows_kept else 1


@ptce.command()
@click.argument("export", type=Path)
@show_values
def codebook(export: Path) -> int:
    """Draft the codebook of an export, to be finished by hand."""
    from ptce_analysis.survey.draft import draft_codebook

    print(draft_codebook(export), end="")
    return 0


@ptce.command()
@option("--out", "folder of the waves, one folder each", path=True, required=True)
@as_json
def fictitious(out: Path, as_json: bool) -> int:
    """Write the fictitious waves; refused where what writes them is not."""
    make = Path("data", "raw", "waves", "make")
    found = [path for path in (Path.cwd() / make, Path(__file__).parents[2] / make) if path.is_dir()]  # noqa: TID251 (a command works where it is typed)
    if not found:
        raise InputError(f"{make}: not found. Run the command inside the project: what writes the waves is not here.")
    paths = [str(path) for path in runpy.run_path(str(found[0]))["write_waves"](out)]
    said = "fictitious data: nothing in these files is a real answer"
    tell(as_json, {"origin": "fictitious", "files": paths}, *paths, said)
    return 0


@ptce.command()
@click.argument("runs", nargs=-1, metavar="[RUN]...")
@option("--jobs", "runs at a time (default: processors)", type=AT_LEAST_ONE)
@option("--timeout", "time limit of a cell, in seconds", type=AT_LEAST_ONE, default=300)
@option("--keep-going", "start the other runs even after a failure", is_flag=True)
@option("--dry-run", "only say what would be built, and why", is_flag=True)
@option("--verbose", "print times, and whole tracebacks", is_flag=True)
@show_values
@in_project
@click.pass_obj
def build(
    typed: bool, /, runs: tuple[str, ...], project: Path, as_json: bool, dry_run: bool, jobs: int | None, **how: Any
) -> int:
    """Build the stale runs: notebooks, figures, pages. RUN: 02_emergence, or fr/02_emergence; none: all."""
    from ptce_analysis.pipeline import build
    from ptce_analysis.pipeline.runs import Place, chosen_runs, declared_runs

    build.settle(restart=typed)
    place = Place(project.resolve())
    every = declared_runs(place.project)
    chosen = chosen_runs(every, runs)
    if dry_run:
        return _print_states(place, chosen, as_json)
    options = build.Options(jobs or build.processors(), **how, stream=sys.stderr if as_json else sys.stdout)
    outcome = build.build(place, every, chosen, options)
    tell(as_json, dataclasses.asdict(outcome), outcome.summary())
    for line in outcome.complaints(options.verbose):
        print(line, file=sys.stderr)
    return 0 if outcome.succeeded else 1


@ptce.command()
@in_project
@click.pass_obj
def data(typed: bool, /, project: Path, as_json: bool) -> int:
    """Build the processed tables."""
    from ptce_analysis.pipeline import build
    from ptce_analysis.pipeline.runs import Place

    build.settle(restart=typed)
    reason = build.build_data(Place(project.resolve()))
    tell(as_json, {"tables": reason}, f"tables: {reason or 'up to date'}")
    return 0


@ptce.command()
@in_project
def verify(project: Path, as_json: bool) -> int:
    """Rebuild everything elsewhere and compare byte for byte."""
    from ptce_analysis.pipeline.verify import report_lines, verify

    found = verify(project.resolve())
    tell(as_json, found, *report_lines(found))
    return int(bool(found["differences"] or found["failure"]))


@ptce.command()
@in_project
def release(project: Path, as_json: bool) -> int:
    """Write one archive of the study, once nothing is stale; refused where what makes it is not."""
    from ptce_analysis.pipeline.runs import Place, declared_runs

    docs = project.resolve() / "docs"
    if not (docs / "release.py").is_file():
        raise InputError(f"{docs}/release.py: not found. Run the command inside the project, or give --project.")
    sys.path.insert(0, str(docs))
    made = runpy.run_path(str(docs / "release.py"))["release"]
    print_record(made(Place(project.resolve()), declared_runs(project.resolve())), as_json)
    return 0


@ptce.command()
@in_project
def runs(project: Path, as_json: bool) -> int:
    """List the declared runs and their state."""
    from ptce_analysis.pipeline.runs import Place, declared_runs

    place = Place(project.resolve())
    return _print_states(place, declared_runs(place.project), as_json)


def _print_states(place: Any, runs: Sequence[Any], as_json: bool) -> int:
    from ptce_analysis.pipeline.build import stale_runs
    from ptce_analysis.pipeline.stale import Inputs

    stale = stale_runs(place, Inputs(place), runs)
    rows = [{"run": r.id, "parameters": dict(r.parameters), "stale": stale.get(r, "")} for r in runs]
    people = [row | {"stale": row["stale"] or "up to date"} for row in rows]
    print_json(rows) if as_json else print_table(people, ("run", "stale"))
    return 0


@ptce.command("check-site")
@click.argument("folder", type=Path, metavar="DIR")
@option("--raw", "folder of the raw answers whose values must not appear", path=True)
@option("--ledger", "write what is hidden of the waves of --raw, and by which rule (CSV)", path=True, metavar="FILE")
@option("--rules", "the rules that the pages were made under, for --ledger",
        type=click.Choice(list(RULE_SETS)), default="standard")  # fmt: skip
@in_project
def check_site(folder: Path, raw: Path | None, ledger: Path | None, rules: str, project: Path, as_json: bool) -> int:
    """Say, rule by rule, whether a folder can be published. A ledger without the raw answers is refused."""
    from ptce_analysis.protect.scan import checked, report_lines
    from ptce_analysis.publish import survey_tables as hidden
    from ptce_analysis.published import read_published

    found = checked(folder, raw, project)
    if ledger:
        if not raw:
            raise InputError("--ledger needs --raw DIR: the folder of the waves whose tables are protected.")
        rows = hidden.ledger(raw, read_published(project / "data/raw/published"), rules)
        hidden.write_ledger(rows, ledger, folder)
        found["hidden"] = hidden.by_rule(rows)
    tell(as_json, found, *report_lines(found))
    return 0 if found["safe"] else 1

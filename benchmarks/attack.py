"""Attack the tables of thousands of random surveys, as anybody and as each respondent, and report what is recovered.

Run it with `python benchmarks/attack.py [SURVEYS] [--seed N] [--jobs N]`. It exits with 1 when anything is recovered.
Two thousand surveys or more are long (a quarter of an hour on one processor, or more): it says where it is, and an
interruption (Ctrl-C) reports the surveys that were completed. Each seed also attacks a question with one answer.
The attacker is that of the tests; here every respondent attacks, and the stricter rules and margins are tried too. With
`--page`, surveys are exports, and what is attacked is all that was released for the survey page.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "protect"))

from test_protect_attack import small_ones_found

import release_attack
from attacker import random_answers, recovered_counts, recovered_medians, recovered_totals
from ptce_analysis.protect.cells import Measure
from ptce_analysis.protect.rules import MARK, STANDARD, STRICT
from ptce_analysis.protect.suppress import protect
from ptce_analysis.publish.survey_tables import shown
from ptce_analysis.published import read_published

TABLES = (
    (("level", "wave"), ("level",), ("wave",), ()),
    (("level",), ("wave",), ()),
    (("level", "wave"), ("level",)),
    (("level", "wave"), ()),
)
FACTS = read_published(Path(__file__).parents[1] / "data" / "raw" / "published")
STATISTICS = ("share", "total", "median")


@dataclass(frozen=True)
class Report:
    """What one survey gave: figures printed and hidden, seconds to protect it, and what an attacker recovered."""

    seed: int
    printed: int
    hidden: int
    seconds: float
    recovered: tuple[str, ...]


def attack(seed: int, *, strict: bool) -> Report:
    """Protect one random survey, attack it as everybody, and report."""
    answers, rules = random_answers(seed), STRICT if strict else STANDARD
    base = Measure("base", answers.base, by=(("wave",), ()))
    measure = Measure(
        "answers", answers.rows, TABLES[seed % len(TABLES)], STATISTICS,
        value=answers.value, grain=answers.grain, base="base",
    )  # fmt: skip
    start = time.perf_counter()
    tables = {name: one.table for name, one in protect(base, measure, rules=rules).items()}
    seconds = time.perf_counter() - start
    found = recovered_counts(tables, answers, strict=strict)
    everybody = ["", *answers.rows["pole_id"].unique()]
    found += recovered_totals(tables["answers"], answers, everybody, strict=strict)
    found += recovered_medians(tables["answers"], answers, everybody)
    exclusive = () if strict else small_ones_found(seed)
    seen = tables["answers"][["units", "share", "total", "median_from"]]
    return Report(seed, seen.size, int((seen == MARK).to_numpy().sum()), seconds, (*found, *exclusive))


def attack_page(seed: int, *, strict: bool) -> Report:
    """Attack what was released of one random survey for its page, and report."""
    with tempfile.TemporaryDirectory() as folder:
        wave = release_attack.random_money(Path(folder), seed)
    facts = {name: fact for name, fact in FACTS.items() if name.startswith(("funding_", "link_share", "relation_"))}
    start = time.perf_counter()
    released = shown([wave], facts, "strict" if strict else "standard")
    seconds = time.perf_counter() - start
    tables = {name: one.table for name, one in released.tables.items()}
    found = release_attack.recovered(tables, released.printed.table, wave, strict)
    hidden = sum(int((one == MARK).to_numpy().sum()) for one in tables.values())
    return Report(seed, sum(one.size for one in tables.values()), hidden, seconds, tuple(found))


def main() -> int:
    """Attack as many surveys as asked; print how many figures were hidden, how fast, and what was recovered."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("surveys", type=int, nargs="?", default=1000, help="how many surveys (default: 1000)")
    parser.add_argument("--seed", type=int, default=0, help="the first seed (default: 0)")
    parser.add_argument("--jobs", type=int, default=1, help="processes (default: 1)")
    parser.add_argument("--strict", action="store_true", help="the stricter rules: 10 units, 90 %% for two, p %%")
    parser.add_argument("--page", action="store_true", help="attack what is released for the survey page")
    options = parser.parse_args()
    seeds = range(options.seed, options.seed + options.surveys)
    reports = list[Report]()
    with ProcessPoolExecutor(options.jobs) as pool, suppress(KeyboardInterrupt):
        for report in pool.map(
            partial(attack_page if options.page else attack, strict=options.strict), seeds, chunksize=8
        ):
            reports.append(report)
            if len(reports) % 100 == 0:
                recovered = sum(len(one.recovered) for one in reports)
                print(f"{len(reports)} of {len(seeds)} surveys, {recovered} recovered", file=sys.stderr, flush=True)
    if not reports:
        return 1
    times, total = sorted(report.seconds for report in reports), Counter[str]()
    for report in reports:
        total += Counter(printed=report.printed, hidden=report.hidden, recovered=len(report.recovered))
        for line in report.recovered:
            print(f"seed {report.seed}: {line}")
    print(f"{len(reports)} surveys, {total['printed']} figures, {total['hidden'] / total['printed']:.0%} hidden")
    print(f"seconds to protect one: median {times[len(times) // 2]:.2f}, longest {times[-1]:.2f}")
    print(f"recovered: {total['recovered']}")
    return 1 if total["recovered"] else 0


if __name__ == "__main__":
    raise SystemExit(main())

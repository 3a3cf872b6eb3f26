"""How an export becomes clean tables: lines in, lines set aside, lines kept; and what its repairs are about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pandas as pd

from ptce_analysis.survey.clean import Cleaned

# What repairs are about, and the rules of the reader, the parser and the cleaner that are about it. A rule that stands
# nowhere here is about how something is written.
FAMILIES: dict[str, tuple[str, ...]] = {
    "file": (
        "encoding", "separator", "separator_line", "line_ends", "mojibake", "line_above_the_header",
        "column_not_in_the_codebook", "cell_beyond_the_header", "blank_cells_beyond_the_header", "hidden_columns",
        "hidden_row", "formula_as_stored", "other_sheets", "merged_cells",
    ),
    "silence": (
        "blank", "not_disclosed", "does_not_know", "no_answer", "not_available", "pending", "software_blank",
        "not_applicable", "nothing_declared", "not_shown", "ticked", "answered_no",
    ),
    "unit": (
        "thousands_of_euros", "millions_of_euros", "billions_of_euros", "unit_of_the_column", "percent", "bare_percent",
        "bare_share", "percent_of_a_post", "fte_stated", "part_time", "per_year",
    ),
    "decision": ("codebook_decision", "codebook_to_finish", "several_answers"),
    "level": (
        "not_a_level", "region_word", "departement_word", "conseil_general", "municipality_word", "grouping_word",
        "grouping_name", "state_word", "state_operator", "european_fund", "metropole", "metropole_de_lyon", "park",
        "pays_petr", "several_levels", "level_not_said", "misspelling", "explained_in_brackets",
    ),
    "word": ("stage_word", "legal_form_word", "yes_no", "answer_code", "date", "spreadsheet_date"),
}  # fmt: skip
WRITING = "writing"


def family(rule: str) -> str:
    """Return what a rule is about: a key of `FAMILIES`, or `writing`."""
    return next((name for name, rules in FAMILIES.items() if rule in rules), WRITING)


def lines_by_fate(waves: Iterable[Cleaned]) -> pd.DataFrame:
    """Return the lines of each wave: `wave`, `fate` (`in`, the name of the rule that sets aside, `kept`), `n`."""
    rows = []
    for wave in waves:
        year = int(wave.poles["wave"].iloc[0])
        whole = wave.quarantine[wave.quarantine["column"] == ""]
        aside = Counter(str(reason).split(":")[0] for reason in whole["reason"])
        rows += [
            (year, "in", wave.rows_in),
            *((year, rule, n) for rule, n in aside.items()),
            (year, "kept", wave.rows_kept),
        ]
    return pd.DataFrame(rows, columns=["wave", "fate", "n"])

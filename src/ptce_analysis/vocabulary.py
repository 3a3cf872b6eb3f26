"""The words of the study: waves, levels, stages, origins, scenarios. Data only, no logic.

Labels are `(English, French)`, most of them a line of `labels.csv`. Everything closed to users (a level, a scenario, a
language) is listed here once; the rest of the library, the notebooks' parameters and the error messages read it.
"""

import csv
from fractions import Fraction
from pathlib import Path

Label = tuple[str, str]
# The lowest and the highest value that a printed figure may stand for.
Band = tuple[Fraction, Fraction]


def rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a table that stands beside this module."""
    with (Path(__file__).parent / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _labels(table: str) -> dict[str, Label]:
    return {row["code"]: (row["en"], row["fr"]) for row in LABEL_ROWS if row["table"] == table}


LABEL_ROWS = rows("labels.csv")

LANGUAGES: dict[str, Label] = {"fr": ("French", "français"), "en": ("English", "anglais")}

WAVES = (2013, 2015)

# The six levels of the published funding table, in the order every table and figure keeps; then what does not fit them.
LEVELS = _labels("level")
FUNDING_LEVELS = ("commune", "epci", "departement", "region", "etat", "europe")
LOCAL_LEVELS = ("commune", "epci", "departement", "region")
# How each language speaks of a level (`level_forms.csv`): with its article, after "of" and "to", as one that gives a
# grant, that has given, and that is asked about.
LEVEL_FORMS: dict[str, dict[str, dict[str, str]]] = {}
for _row in rows("level_forms.csv"):
    _lang, _form = _row.pop("lang"), _row.pop("form")
    LEVEL_FORMS.setdefault(_lang, {})[_form] = {level: text for level, text in _row.items() if text}

# The rules that set lines of an export aside, in the order they are asked; the methods that compare two shares.
ROW_RULES, METHOD_LABELS = _labels("row_rule"), _labels("method")

# What a source says of the roles of public levels, what it learns and whom it quotes; then how its addressee is known.
ROLE_KINDS = ("lever", "role", "asset", "obstacle", "lesson", "testimony")
ADDRESSEES = ("stated", "read")

STAGES = _labels("stage")
ORIGINS = _labels("origin")
# The terms that pages use: in each language its name, the forms under which it stands in a text, and what it means.
GLOSSARY: list[dict[str, Label]] = [
    {name: (row[f"{name}_en"], row[f"{name}_fr"]) for name in ("term", "forms", "text")} for row in rows("glossary.csv")
]
# Where a page comes from, as its last lines say, and with which parameters it was made.
PROVENANCE, PARAMETER_NAMES = _labels("provenance"), _labels("parameter")
# No 16 amounts have the printed total and median of the Communes, so money is shown under three scenarios.
SCENARIOS = _labels("scenarios")
# Whose answers a page reads, those invented for the collection or those of a survey team (never committed); under which
# rules of disclosure; in which order the table of all published figures has its rows.
WAVE_SETS, RULE_SETS, ORDERS = _labels("wave_set"), _labels("rule_set"), _labels("order")
# What `figures.csv` and `sources.csv` say of a figure's base, of its place, and of what was read of a source.
BASES, PLACES, READ = _labels("base"), _labels("place"), _labels("read")
# Unit of a stored value. Money is stored in euros and shares between 0 and 1; k€, % and commas exist at display only.
# The columns of a file say that of their numbers (`FILE_UNITS`); those of others need none, as a year.
UNITS, FILE_UNITS = _labels("unit"), _labels("file_unit")
# A printed figure is about poles that answer a survey, or about what an authority that calls for projects received.
STATISTICS, SUBJECTS = _labels("statistic"), _labels("subject")
# What respondents may answer about their legal form and their relations.
ANSWER_LABELS = _labels("answer")
# What becomes of a published figure when it is computed again, as its table is ordered; what the audit concludes of it,
# the most reassuring first.
OUTCOMES, VERDICT_LABELS = _labels("outcome"), _labels("verdict")

"""Names and origins that the pages on money share."""

from __future__ import annotations

import math

import pandas as pd

from ptce_analysis.publish.language import Number, Words
from ptce_analysis.vocabulary import LEVELS, Label

# What can be compared between levels, as it stands in a sentence and in the heading of a column.
QUANTITY_LABELS: dict[str, Label] = {
    "total": ("total amount", "montant total"),
    "mean": ("mean amount", "montant moyen"),
    "median": ("median amount", "montant médian"),
    "max": ("largest amount", "plus gros montant"),
    "sd": ("standard deviation of amounts", "écart-type des montants"),
    "gini": ("inequality of amounts (Gini index)", "inégalité des montants (indice de Gini)"),
    "top_half_share": ("share of the larger half of amounts", "part de la moitié supérieure des montants"),
}
# The same where there is little room.
QUANTITY_HEADINGS: dict[str, Label] = {
    "total": ("Total", "Total"),
    "mean": ("Mean", "Moyenne"),
    "median": ("Median", "Médiane"),
    "max": ("Largest", "Maximum"),
    "sd": ("Standard deviation", "Écart-type"),
    "gini": ("Gini index", "Indice de Gini"),
    "top_half_share": ("Larger half", "Moitié supérieure"),
}
OUTSIDE_LABELS: dict[str, Label] = {
    "mean_beyond_chance": ("difference of means beyond chance", "différence de moyennes au-delà du hasard"),
    "amount_per_pole": ("amount per pole, supported or not", "montant par pôle, soutenu ou non"),
    "change_between_waves": ("change since the first survey", "évolution depuis la première enquête"),
}


def level_name(words: Words, level: str) -> str:
    """Return a level as readers know it."""
    return words.label(LEVELS[level])


def short_name(words: Words, level: str) -> str:
    """Return a level without what stands in brackets after its name."""
    return level_name(words, level).split(" (")[0]


def points_at_most(shares: pd.Series) -> Number:
    """Return the largest of some differences of shares in percentage points, rounded up: "no more than" stays true."""
    return Number(math.ceil(round(float(shares.max()) * 1e4, 6)) / 100, "number2")


def at_least(share: float, kind: str = "share") -> Number:
    """Return a lower bound on a share rounded down to whole points: "at least" stays true."""
    return Number(math.floor(round(share * 100, 6)) / 100, kind)


def origin_of(table: pd.DataFrame) -> str:
    """Return the origin of what a table says: every scenario but the printed one rests on an assumption."""
    return "derived" if set(table["scenario"]) == {"as_printed"} else "assumption"

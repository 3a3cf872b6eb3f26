"""What the fictitious waves are built to hold: counts, bases and rows of amounts. Data only, no logic.

The figures themselves are typed once, with their sources, in `data/raw/published`; these are the whole numbers chosen
to print as them: `tests/fictitious` reads the files back and compares. Money is in thousands of euros (k€), as the
source prints it; shares of a budget are in per cent, as respondents write.
"""

from typing import NamedTuple

# Every draw starts from this number: the same files come out each time.
SEED = 2015


class AmountRow(NamedTuple):
    """Amounts of one level: projects it supports, how many of them say how much, their total and median in k€.

    `per_keur`: amounts are whole when multiplied by this; 1 for whole thousands of euros.
    """

    n_projects: int
    n_amounts: int
    total: int
    median: int
    per_keur: int = 1


class Numbers(NamedTuple):
    """Answers to a question on a quantity: how many gave it, the median, the range; a total where one is printed."""

    n: int
    median: int
    low: int
    high: int
    total: int = 0


WAVE_SIZES = {2013: 42, 2015: 52}

# Assumption: 10 of the 52 respondents are in emergence. Source: 20 % is printed, which no number of 52 gives; 10/52 and
# 11/52 are the nearest. If wrong: the share differs by two points; the printed 20 % is listed as not holding.
STAGES_2015 = {"emergence": 10, "amorcage": 9, "creation": 13, "fonctionnement": 20}
STAGES_2013 = {"emergence": 13, "amorcage": 9, "creation": 8, "fonctionnement": 12}

LEGAL_FORMS_2015 = {
    "association": 31, "scic": 8, "cooperative": 3, "societe": 2, "informel": 5, "groupement": 2, "autre": 1,
}  # fmt: skip

# Assumption: 40 answered on how their relation evolved, and 8 of them chose none of the three printed answers. Source:
# the only base near three quarters of 52 on which 45 %, 15 % and 20 % all occur. If wrong: these shares have another
# base; that they make up all of the three quarters cannot hold anyway.
RELATIONS_2015 = {"widened": 18, "stable": 6, "weakened": 8, "other": 8}

# Poles linked with each level, and poles by number of levels they are linked with (same number of links both ways).
LINKS_2015 = {"commune": 26, "epci": 39, "departement": 26, "region": 39, "pnr_petr": 8}
POLES_BY_LINKS_2015 = {0: 1, 1: 4, 2: 22, 3: 12, 4: 11, 5: 2}
REGION_LINKS_2013 = 40

# Assumption: one of the 16 projects supported by communes did not say how much. Source: 16 amounts cannot have the
# printed total and median, 15 can (though not in whole k€ from 1 on: 7 + 8 x 30 = 247). If wrong: another figure of
# that row is misprinted.
AMOUNTS_2015 = {
    "commune": AmountRow(16, 15, 246, 30, per_keur=10),
    "epci": AmountRow(20, 20, 796, 17),
    "departement": AmountRow(15, 15, 333, 28),
    "region": AmountRow(29, 29, 1239, 10),
    "etat": AmountRow(24, 24, 1008, 33),
    "europe": AmountRow(7, 7, 776, 70),
}
FUNDED_POLES_2015 = 37
LOCAL_LEVELS, LOCAL_MEDIAN_2015 = ("commune", "epci", "departement", "region"), 25

# The same poles give members, employees and budget: those of the printed totals.
NUMBERS_2015 = {
    "members": Numbers(40, 14, 1, 400, total=1_500),
    "employees": Numbers(40, 88, 1, 9_000, total=22_000),
    "budget_eur": Numbers(40, 3_000, 10, 60_000, total=235_000),
    "age_years": Numbers(51, 3, 0, 14),
    "cell_budget_eur": Numbers(47, 100, 8, 620),
    "cell_self_financed_share": Numbers(45, 20, 0, 100),
}
NUMBERS_2013 = {
    "members": Numbers(41, 11, 2, 90),
    "employees": Numbers(39, 110, 3, 2_400),
    "budget_eur": Numbers(37, 5_000, 120, 48_000),
    "cell_budget_eur": Numbers(39, 152, 12, 800),
    "cell_self_financed_share": Numbers(37, 32, 0, 100),
}
# Staff in hundredths of a full-time post, sorted by hand into how many of each: 20 of 49 are below one, which prints as
# 41 %, and the 25th is 1.75. No number of 52 prints as 41 %.
STAFF_2015 = {
    20: 2, 25: 2, 30: 1, 40: 1, 50: 8, 60: 1, 75: 1, 80: 4,
    100: 2, 150: 1, 175: 3, 200: 8, 250: 4, 300: 5, 400: 3, 600: 3,
}  # fmt: skip
STAFF_2013 = {50: 5, 80: 3, 100: 8, 150: 3, 200: 6, 250: 5, 300: 6, 450: 3, 700: 2}

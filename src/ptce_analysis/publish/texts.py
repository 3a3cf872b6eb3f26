"""Texts that several notebooks share: whence figures come, and who is counted."""

DECK = "RTES (slides, 2015 survey)."
FROM_DECK = "Computed from RTES (slides, 2015 survey)."
FROM_DECK_AND_NOTE = "Computed from RTES (slides, 2015 survey) and a [note by COORACE](S3) (2014)."
TABLE = "Clusters (“projects”) supported in 2015."
RESPONDENTS = "Clusters that answered the RTES surveys of 2013 and 2015; they are not a random sample."

# What a reader calls the medians and totals of the slides, and how each is written.
MEDIANS = {
    "cell_budget_median": ("Annual budget of the coordinating team", "keur"),
    "cell_self_financed_share_median": ("Self-financed share of that budget", "share"),
    "cell_fte_median": ("Posts in the coordinating team (FTE)", "fte"),
    "members_median": ("Member organisations", "count"),
    "employees_median": ("Employees of the grouping", "count"),
    "budget_median": ("Combined budget of the members", "meur1"),
    "jobs_total": ("Jobs", "count"),
    "enterprises_total": ("Firms", "count"),
    "budget_total": ("Budgets", "meur1"),
}

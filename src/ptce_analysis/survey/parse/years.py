"""Amounts spread over time: a year's part of them is stated only where the text says so."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from ptce_analysis.survey.parse.forms import Term
from ptce_analysis.survey.parse.numbers import spelled

EACH_YEAR = r"/ ?an|par an|/ ?annee|par annee|l'an|annuels?|annuelles?|chaque annee|p\.a\."
_COUNT = r"[0-9]{1,2}|un|une|deux|trois|quatre|cinq|six|douze|dix-huit|vingt-quatre|trente-six"
_UNITS_OF_TIME = "ans?|annees?|exercices?|mois"
_SPAN = rf"(?P<n>{_COUNT}) ?(?P<of>{_UNITS_OF_TIME})"
_SEVERAL_YEARS = re.compile(
    rf"(?P<term>.+?) ?,? ?(?:\(?(?:sur|pour|pendant|en|/|x|\*|×) ?(?:une (?:duree|periode) de )?{_SPAN}\)?|"
    rf"\((?P<n2>{_COUNT}) ?(?P<of2>{_UNITS_OF_TIME})\)|"
    r"\(?(?:sur |de |pour )?(?:la periode |les annees )?(?P<first>20[0-9]{2}) ?(?:-|/|a|et) ?(?P<last>20[0-9]{2})\)?)",
    re.I,
)
_YEARS_FIRST = re.compile(rf"(?:sur )?(?:{_COUNT}) ?(?:ans?|annees?|mois) ?(?:x|\*|×|:|a) ?(?P<term>.+)", re.I)
_AND_PER_YEAR = re.compile(
    rf"(?P<whole>.+?) ?(?:,? soit |, | ?= ?| ?\((?:soit )?)(?P<year>[^()]+?(?:{EACH_YEAR}))\)?", re.I
)
_TIMES_A_YEARLY = re.compile(
    rf"[0-9]{{1,2}} ?(?:x|\*|×|fois) ?.+(?:{EACH_YEAR})|.+(?:{EACH_YEAR}) ?\(?(?:x|\*|×) ?[0-9]{{1,2}}\)?", re.I
)
_MONTHLY = re.compile(r".+(?:/ ?mois|par mois|mensuel(?:le)?s?|par trimestre|trimestriel|/ ?jour|par jour).*", re.I)


def over_time(text: str, single: Callable[[str], Term | None]) -> Term | None:
    """`30 000 sur 3 ans`, `2 000 € par mois`: the year's amount is not stated, only bounds are."""
    # Assumption: a total over several years is not shared out. Source: the text does not state the part of the year.
    # If wrong: the codebook decides, spelling by spelling.
    if _MONTHLY.fullmatch(text):
        return Term(None, "per_month", "ambiguous")
    if _TIMES_A_YEARLY.fullmatch(text):  # three grants a year, or three years?
        return Term(None, "several_years", "ambiguous")
    if found := _and_per_year(text, single) or _spread(text, single):
        return found
    first = _YEARS_FIRST.fullmatch(text)
    return Term(None, "several_years", "ambiguous") if first and single(first["term"]) else None


def _spread(text: str, single: Callable[[str], Term | None]) -> Term | None:
    """`30 000 sur 3 ans`, `10 000 € par an sur 3 ans`: an amount, then the time it is for.

    Times a number of months or years (`5 000 x 12 mois`), it is that of each of them: the total is above it.
    """
    match = _SEVERAL_YEARS.fullmatch(text)
    term = single(match["term"]) if match else None
    if match is None or term is None or term.value is None:
        return None
    times = re.match(r" ?,? ?\(?[x*×]", match[0][match.end("term") :], re.I)
    if re.search(EACH_YEAR, match["term"], re.I) or (_n_years(match) == 1 and not times):
        return replace(term, rule="per_year")
    high = None if times else term.value
    return Term(None, "several_years", "ambiguous", low=Decimal(0), high=high)


def _and_per_year(text: str, single: Callable[[str], Term | None]) -> Term | None:
    """`90 000 € sur 3 ans, soit 30 000 € par an`: the year's amount is stated; it must be the total's part."""
    match = _AND_PER_YEAR.fullmatch(text)
    whole = _SEVERAL_YEARS.fullmatch(match["whole"]) if match else None
    total, year = (single(whole["term"]), single(match["year"])) if match and whole else (None, None)
    if whole is None or total is None or year is None or total.value is None or year.value is None:
        return None
    fits = total.value == year.value * _n_years(whole)
    return replace(year, rule="per_year") if fits else Term(None, "two_values", "ambiguous")


def _n_years(match: re.Match[str]) -> Decimal:
    """Return the number of years an amount is spread over."""
    if match["first"]:
        return Decimal(int(match["last"]) - int(match["first"]) + 1)
    written, of = match["n"] or match["n2"], match["of"] or match["of2"]
    n = int(written) if written.isdigit() else spelled(written) or 0
    return Decimal(n) / 12 if of.lower() == "mois" else Decimal(n)

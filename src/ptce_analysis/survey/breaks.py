"""Institutional changes around the two waves: each names a rule of the level parser, with its date and source."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Break:
    """A change in French institutions: since when, what changed, how answers are read because of it, and the source."""

    date: str
    change: str
    reading: str
    source: str


BREAKS: dict[str, Break] = {
    "pays_petr": Break(
        "2014-01-27",
        "The MAPTAM law creates the PETR; the legal basis of the « pays » had been repealed in December 2010.",
        "A « pays » and the PETR that follows it are one level, pnr_petr.",
        "Law 2014-58, article 79; law 2010-1563.",
    ),
    "petr_before_2014": Break(
        "2014-01-27",
        "No PETR exists before the MAPTAM law.",
        "A PETR in a wave before 2014 cannot be what is meant: the answer is ambiguous.",
        "Law 2014-58, article 79.",
    ),
    "metropole_de_lyon": Break(
        "2015-01-01",
        "The métropole de Lyon takes over the powers of the département on its territory.",
        "From 2015 it is two levels, epci and departement; Grand Lyon before that is an epci.",
        "Law 2014-58, articles 26 and following.",
    ),
    "metropole": Break(
        "2015-01-01",
        "Ten communautés become métropoles, beside Nice.",
        "A communauté that becomes a métropole stays an epci.",
        "Law 2014-58; decrees of September to December 2014.",
    ),
    "region_of_2015": Break(
        "2016-01-01",
        "Twenty-two regions become thirteen in metropolitan France.",
        "Both waves are before the merger: the 22 regions are kept, and converted for maps only.",
        "Law 2015-29 of 16 January 2015.",
    ),
    "region_of_2016": Break(
        "2016-01-01",
        "Twenty-two regions become thirteen in metropolitan France.",
        "A name of the thirteen is a region; in a wave before 2016 it says when the answer was written.",
        "Law 2015-29 of 16 January 2015.",
    ),
    "conseil_general": Break(
        "2015-03-22",
        "The conseil général is named conseil départemental from the elections of March 2015.",
        "Two names of one level, departement.",
        "Law 2013-403 of 17 May 2013.",
    ),
    "european_fund": Break(
        "2014-01-01",
        "The regions manage the European regional and social funds of 2014-2020.",
        "A European fund stays europe whoever pays it; a fund said to come through a region is ambiguous.",
        "Law 2014-58, article 78.",
    ),
}

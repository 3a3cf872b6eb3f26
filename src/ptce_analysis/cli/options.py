"""The options that several commands share."""

from __future__ import annotations

import argparse
from pathlib import Path

# Python refuses to read a number of thousands of digits, in words of its own.
MOST_DIGITS = 100


def project(parser: argparse.ArgumentParser) -> None:
    """Add where the project is."""
    parser.add_argument("--project", type=Path, default=Path(), help="the project's folder (default: this one)")


def as_json(parser: argparse.ArgumentParser) -> None:
    """Add the choice of JSON."""
    parser.add_argument("--json", action="store_true", help="print JSON for machines")


def project_options(parser: argparse.ArgumentParser) -> None:
    """Add what a command on the whole project takes."""
    project(parser)
    as_json(parser)


def at_least_one(text: str) -> int:
    """Return a whole number from 1 on; refuse anything else, saying what is expected."""
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < MOST_DIGITS else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r}: a whole number from 1 on is expected")
    return number

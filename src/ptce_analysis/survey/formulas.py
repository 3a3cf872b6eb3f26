"""What a spreadsheet would run, written so that it stays text; the same rule for every file that is exported."""

from __future__ import annotations

# The signs that start a formula, and the full-width forms that some spreadsheets read alike (OWASP, CSV injection).
STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
FULL_WIDTH = {ord("＝"): "=", ord("＋"): "+", ord("－"): "-", ord("＠"): "@"}


def neutralised(text: str) -> str:
    """Return a text that a spreadsheet shows as it is: one that could start a formula gets an apostrophe before it.

    >>> neutralised("=1+1"), neutralised("Région")
    ("'=1+1", 'Région')
    """
    starts = text.lstrip(" \u00a0")[:1].translate(FULL_WIDTH)
    return f"'{text}" if starts and starts in STARTS else text

"""What was understood of one written answer."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

STATUSES = {
    "exact": "the text states one value",
    "approximate": "the text states one value and says that it is not exact, or something beside it is not counted",
    "range": "the text states bounds, not a value",
    "zero": "the text declares nothing",
    "unknown": "the text says that the value is not known or not given, or says nothing",
    "not_applicable": "the text says that the question does not apply",
    "ambiguous": "the text has several plausible meanings: the codebook must decide",
    "unreadable": "no rule understands the text",
}

Value = int | float | str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """One answer: the text as written, what it states, in which unit, how surely, and the rule that says so.

    `low` and `high` are the bounds a range states; they are never a value.
    """

    text: str
    value: Value | None
    unit: str | None
    status: str
    rule: str
    low: float | None = None
    high: float | None = None

    def row(self) -> dict[str, Any]:
        """Return the five public fields, a list where a cell names several levels."""
        value = list(self.value) if isinstance(self.value, tuple) else self.value
        return {"text": self.text, "value": value, "unit": self.unit, "status": self.status, "rule": self.rule}


def simple(number: Decimal) -> int | float:
    """Return a whole number as int, any other as float.

    >>> simple(Decimal("1.2") * 1_000_000), simple(Decimal("0.5"))
    (1200000, 0.5)
    """
    return int(number) if number == number.to_integral_value() else float(number)

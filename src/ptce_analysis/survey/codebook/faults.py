"""The faults of a codebook as they are found: each check notes them and goes on with a harmless value."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from ptce_analysis.errors import nearest


class Faults:
    """The faults found so far, and the readers of one value that add to them."""

    def __init__(self, file: str) -> None:
        self.file, self.found = file, list[str]()

    def add(self, where: str, what: str) -> None:
        self.found.append(f"{where}: {what}")

    def text(self, value: Any, where: str) -> str:
        if isinstance(value, str):
            return value.strip()
        if value is not None:
            self.add(where, "must be one text, not a list or a mapping.")
        return ""

    def texts(self, value: Any, where: str) -> tuple[str, ...]:
        items = value if isinstance(value, list) else ([] if value in (None, "") else [value])
        return tuple(self.text(item, where) for item in items)

    def mapping(self, value: Any, where: str, legal: Iterable[str] | None = None) -> dict[str, Any]:
        if value in (None, ""):
            return {}
        if not isinstance(value, dict):
            self.add(where, "must be a mapping (name: value).")
            return {}
        for key in value if legal is not None else ():
            if key not in (known := tuple(legal or ())):
                self.add(
                    f"{where}.{key}".lstrip("."), f"not a legal key. Legal: {', '.join(known)}.{nearest(key, known)}"
                )
        return value

    def choice(self, value: Any, where: str, legal: Iterable[str], default: str = "") -> str:
        text, known = self.text(value, where) or default, tuple(legal)
        if text and text not in known:
            self.add(where, f"{text!r} is not legal. Legal: {', '.join(known)}.{nearest(text, known)}")
        return text if text in known else default

    def number(self, value: Any, where: str, default: float | None) -> float | None:
        text = self.text(value, where)
        if not text:
            return default
        if re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]+)?", text):
            return float(text)
        self.add(where, f"{text!r} is not a number (digits, a point for decimals).")
        return default

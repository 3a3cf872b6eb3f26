"""The register of claims: every number in a published sentence, with its value, unit, origin and source.

An output carries its claims in its metadata; the register collects them from executed notebooks, so that it lists what
the pages say and nothing else. Each claim's `href` leads to the number in the page.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from ptce_analysis.errors import InputError
from ptce_analysis.publish.language import KINDS, kind_of
from ptce_analysis.publish.sentences import Sentence, values
from ptce_analysis.vocabulary import ORIGINS


def claims_of(key: str, sentence: Sentence, origin: str, source: str) -> list[dict[str, Any]]:
    """Return the claims of one sentence, whose ids start with `key`.

    `source` is where a number comes from that does not say so itself. A value without a number of its own (a list of
    bases, say) is a claim too, of kind "text".
    """
    found = []
    for name, shown in values(sentence).items():
        number = sentence.numbers.get(name)
        kind = number.kind if number else "text"
        found.append(
            {
                "id": f"{key}.{name}",
                "shown": shown,
                "value": _rounded(number.value) if number else shown,
                "unit": unit_of(kind),
                "kind": kind,
                "origin": (number.origin if number else "") or origin,
                "source": (number.source if number else "") or source,
                "sentence": sentence.text,
            }
        )
    return found


def unit_of(kind: str) -> str:
    """Return the unit in which a claim's value is written; shares lie between 0 and 1."""
    found = kind_of(kind)
    return found[0].unit if found else KINDS["text"].unit


def _rounded(value: float | Fraction | None) -> float | None:
    """Twelve digits: what a sentence can rest on, the same on every processor."""
    return None if value is None else float(f"{float(value):.12g}")


def origins_that_clash(origin: str, stated: set[str]) -> str:
    """Return why these origins cannot stand together, or nothing: fictitious data mix with no other origin."""
    unknown = sorted({origin, *stated} - {"", *ORIGINS})
    if unknown:
        return f"origin {unknown[0]!r}: legal values: {', '.join(ORIGINS)}"
    mixed = sorted({origin, *stated} - {""})
    if "fictitious" in mixed and len(mixed) > 1:
        return f"fictitious data are mixed with other origins: {', '.join(mixed)}"
    return ""


def page_claims(notebook: Any, page: str, address: str) -> Iterator[dict[str, Any]]:
    """Yield the claims of an executed notebook, each with its page and where it stands at the page's `address`.

    Raises `InputError` when two claims of a page have one id.
    """
    seen: set[str] = set()
    made_in = notebook.metadata.get("ptce", {}).get("notebook", page)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            for claim in output.get("metadata", {}).get("ptce", {}).get("claims", []):
                if claim["id"] in seen:
                    raise InputError(f"{page}: two claims have the id {claim['id']!r}. Give one exhibit another key.")
                seen.add(claim["id"])
                stands = {"page": page, "href": f"{address}#{_anchor(claim['id'])}"}
                yield {**stands, **claim, "computed_by": f"{made_in}.ipynb, cell {cell.id}"}


def _anchor(key: str) -> str:
    """Where a claim stands in its page: at itself, or at the description of a drawing, which holds no elements."""
    exhibit, _, part = key.partition(".")
    return f"{exhibit}-alt" if part.startswith("alt.") else key


def claims_json(claims: list[dict[str, Any]]) -> bytes:
    """Return the register as JSON, one claim per line so that a diff shows which one moved."""
    lines = ",\n".join(json.dumps(claim, ensure_ascii=False, allow_nan=False) for claim in claims)
    return f"[\n{lines}\n]\n".encode()

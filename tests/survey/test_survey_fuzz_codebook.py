"""Whatever is written in a codebook: a typed error or a legal codebook."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ptce_analysis.errors import InputError
from ptce_analysis.survey.codebook.yaml_text import yaml_text_mapping
from survey_exports import SMALL, book


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.text(max_size=60),
        st.lists(
            st.sampled_from(
                [
                    "a: ",
                    "- ",
                    "\n",
                    "  ",
                    "[",
                    "]",
                    "{",
                    "}",
                    "&x ",
                    "*x ",
                    "'",
                    '"',
                    "!!",
                    "|",
                    ">",
                    "? ",
                    "wave",
                    "#",
                    ": ",
                    ",",
                ]
            ),
            max_size=20,
        ).map("".join),
    )
)
def test_any_text_as_a_codebook_is_an_error_or_a_mapping(text: str) -> None:
    """The YAML of a codebook never fails otherwise."""
    try:
        assert isinstance(yaml_text_mapping(text, "c.yaml"), dict)
    except InputError as error:
        assert "c.yaml" in str(error)


VALUES: Any = st.recursive(
    st.text(max_size=8),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=6), inner, max_size=3)),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted({*SMALL, "layout", "decisions", "numbers", "exclude", "title", "to_finish"})), VALUES)
def test_any_value_in_a_codebook_is_an_error_or_legal(key: str, value: Any) -> None:
    """The check of a codebook never fails otherwise."""
    try:
        book(**{key: value})
    except InputError as error:
        assert "fault(s) in the codebook" in str(error)


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(
        [
            "header",
            "kind",
            "unit",
            "answers",
            "decisions",
            "min",
            "asked_if",
            "three_digits",
            "separator",
            "level",
            "funder",
            "link",
            "amount",
        ]
    ),
    VALUES,
)
def test_any_value_in_a_column_of_a_codebook_is_an_error_or_legal(key: str, value: Any) -> None:
    """The same, for one variable and one support."""
    for change in (
        {"variables": SMALL["variables"] | {"cell_fte": {"header": "ETP"} | {key: value}}},
        {"supports": [{"level": "region", "link": "x"} | {key: value}]},
    ):
        try:
            book(**change)
        except InputError as error:
            assert "fault(s) in the codebook" in str(error)

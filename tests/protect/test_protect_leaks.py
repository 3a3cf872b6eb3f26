"""The patterns of what must not be published: what each finds, and what it leaves alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptce_analysis.publish.disclosure.leaks import LEAKS, folded, luhn, masked, matches, plain

FOUND: dict[str, tuple[str, ...]] = {
    "email": (
        "jean.dupont@exemple.fr", "j+d@sous.exemple.org", "jean.dupont (at) exemple.fr",
        "jean [arobase] exemple [point] fr",        "jean\u200b@exemple.fr", "jean＠exemple.fr",
    ),
    "phone": (
        "01 23 45 67 89", "06.12.34.56.78", "0612345678", "01-23-45-67-89", "+33 1 23 45 67 89", "+33612345678",
        "0033 6 12 34 56 78", "+33 (0)1 23 45 67 89", "tél. : 01\u00a023\u00a045\u00a067\u00a089.",
        "０１２３４５６７８９",
    ),
    "siren": ("732829320", "732 829 320", "732.829.320", "73282932000074", "732 829 320 00074", "73282932000074."),
    "register": (
        "SIREN : 123 456 789", "SIRET n° 123 456 789 00012", "RCS Paris 123456789", "W751234567", "rna W751234567",
        "siret:12345678900012",
    ),
    "path": (
        "/home/jean/export.csv", "see /tmp/ipykernel_1", "C:\\Users\\jean", "D:\\\\data", "/Users/jean", "file:///srv/x",
        "\\\\serveur\\partage", '"/root/x"', "/var/log/x", "/opt/app",
    ),
    "traceback": (
        "Traceback (most recent call last):", 'File "x.py", line 3', "<ipykernel_123>", "\x1b[31mError",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("rule", "text"), [(rule, text) for rule, texts in FOUND.items() for text in texts])
def test_what_must_not_be_published_is_found(rule: str, text: str) -> None:
    """In each usual way of writing it, alone or in a sentence."""
    for around in (text, f"Écrire {text} ou demander.", f"<td>{text}</td>"):
        assert rule in {name for name, _ in matches(plain(around))}, around


LEFT_ALONE = (
    "@media print{*{color:#000}}", '"@type": "Dataset"', "d=\"M20.1 30.2L0.51 23.45\"", "1 239 000 €", "€1,239,000",
    "0.512345678", "0,612345678", "1.0612345678", "235 000 000", "235000000", "1\u202f732\u202f829\u202f320",
    "732\u202f829\u202f320", "1,732,829,320", "732829320.5", "12 732 829 320", "https://www.rtes.fr/home/jean",
    "data/raw/waves/2015", "src/ptce_analysis/cli.py", "en/home/page", "01 02 03 04", "10 12 34 56 78",
    "2013-05-02 09:12:00", "sha256 3f0612345678ab", "id-0612345678x", "fr/01_consistency.html",
    "20 % of 52", "numéro 4",    "732829321", "±0.5 ~/x",    "a file line 3", "W75",
    "user@", "@exemple", "FR 2013–2015", "5 12 34 56 78 90",
)  # fmt: skip


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_what_pages_ordinarily_hold_is_left_alone(text: str) -> None:
    """Amounts, coordinates, styles, addresses and relative paths are no leak."""
    assert list(matches(plain(text))) == []


@given(st.integers(10_000_000, 99_999_999))
def test_luhn_accepts_one_last_digit_of_ten(start: int) -> None:
    """Enumerated: whatever the first digits, exactly one last digit makes the number valid."""
    assert sum(luhn(f"{start}{last}") for last in range(10)) == 1


def test_words_are_compared_without_accents_case_or_punctuation() -> None:
    """Letters written in other forms, or with marks between them, are the same letters."""
    same = ("Éco-Pôle d’Audruicq", "ECO POLE D AUDRUICQ", "éco\u00adpôle".replace("\u00ad", "-") + " d_audruicq",
            "E\u0301co Po\u0302le d'Audruicq", "Éco-Pôle\u200b d’Aud\u00adruicq", "Éco-Pôle d’Audruicq")  # fmt: skip
    assert {folded(text) for text in same} == {" eco pole d audruicq "}


@pytest.mark.parametrize("text", ["jean@exemple.fr", "0612345678", "abcdefg"])
def test_a_report_never_repeats_what_it_found(text: str) -> None:
    """Two letters at each end, and the length."""
    assert masked(text) == f"{text[:2]}…{text[-2:]} ({len(text)} characters)"
    assert masked("short") == "… (5 characters)"


def test_rules_have_their_own_names_and_words() -> None:
    """Each rule is explained once, in both languages."""
    assert len({leak.name for leak in LEAKS}) == len(LEAKS)
    assert all(all(leak.label) and leak.label[0] != leak.label[1] for leak in LEAKS)

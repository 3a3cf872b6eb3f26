"""Numbers, typography and translation."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

import texts
from conftest import write_notebook
from ptce_analysis.errors import InputError
from ptce_analysis.publish.language import (
    KINDS,
    LOCALE,
    Number,
    Words,
    catalogue,
    translated_notebook,
    translated_prose,
    typeset,
)
from ptce_analysis.vocabulary import LANGUAGES

REPOSITORY = Path(__file__).parents[2]

# Written by hand from the rules of the Imprimerie nationale and of the Guardian's style guide:
# U+202F groups thousands, U+00A0 stands before %, k€ and M€; the sign minus is U+2212.
WRITTEN = [
    (1239000, "keur", "€1,239k", "1\u202f239\u00a0k€"),
    (3.25e6, "meur", "€3.25m", "3,25\u00a0M€"),
    (-5000, "keur", "−€5k", "−5\u00a0k€"),
    (0.282, "share1", "28.2%", "28,2\u00a0%"),
    (0.2, "share2", "20%", "20\u00a0%"),
    (-0.117, "points", "−11.7 points", "−11,7\u00a0points"),
    (0.0, "points", "0.0 points", "0,0\u00a0points"),
    (4.25, "years", "4.3", "4,3"),
    (0.0042, "p", "0.004", "0,004"),
    (0.00004, "p", "<0.001", "<\u202f0,001"),
    # Bounds of the study as a reader may quote them: 77.2 to 1,106.5 k€, at least 91.77 %.
    (77_200, "keur_down", "€77k", "77\u00a0k€"),
    (1_106_500, "keur_up", "€1,107k", "1\u202f107\u00a0k€"),
    (0.9177, "share_down", "91%", "91\u00a0%"),
    (7, "Spelled", "Seven", "Sept"),
    (30, "spelled", "30", "30"),
    (None, "keur", "not known", "non connu"),
]


@pytest.mark.parametrize(("value", "kind", "english", "french"), WRITTEN)
def test_numbers_are_written_as_each_language_expects(value: float, kind: str, english: str, french: str) -> None:
    """Thousands, decimals, units, signs and the unknown are written by the rules of the language."""
    number = Number(value, kind)
    assert (Words("en").number(number), Words("fr").number(number)) == (english, french)


@given(st.sampled_from(sorted(set(KINDS) - {"text"})), st.floats(-1e7, 1e7))
def test_every_kind_writes_every_number_and_limits_outwards(kind: str, value: float) -> None:
    """French never holds a plain space, where a line could break; a lower limit never exceeds the value."""
    assert Words("en").number(Number(value, kind))
    assert " " not in Words("fr").number(Number(value, kind))
    if kind in ("spelled", "Spelled", "year", "p"):
        return
    written = (Words("en").number(Number(value, f"{kind}_{way}")).replace("−", "-") for way in ("down", "up"))
    low, high = (float(re.sub(r"[^-.0-9]", "", text)) for text in written)
    scaled = value / KINDS[kind].scale
    assert low <= scaled + 1e-9 * (1 + abs(scaled)) and high >= scaled - 1e-9 * (1 + abs(scaled))
    assert high - low <= 1.001 * 10.0 ** -KINDS[kind].most + 1e-9


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Champ : 42 ; « oui » !", "Champ\u00a0: 42\u202f; «\u00a0oui\u00a0»\u202f!"),
        ("20 % de 3 M€", "20\u00a0% de 3\u00a0M€"),
        ("a-t-elle, y a-t-il", "a\u2011t\u2011elle, y a\u2011t\u2011il"),
        ("un :-)", "un :-)"),
    ],
)
def test_french_spaces_do_not_break(text: str, expected: str) -> None:
    """French double signs and euphonic letters keep to their word, and doing it twice changes nothing."""
    assert typeset(text, "fr") == expected == typeset(expected, "fr")
    assert typeset(text, "en") == text


def test_lists_labels_and_levels_are_those_of_the_language() -> None:
    """The last item is joined by "and" or "et"; a label is (English, French); a level has its article."""
    assert [Words(lang).listing(["a", "b", "c"]) for lang in ("en", "fr")] == ["a, b and c", "a, b et c"]
    assert Words("fr").listing([]) == ""
    assert [Words(lang).label(("State", "État")) for lang in ("en", "fr")] == ["State", "État"]
    title = "# {level:The} / {level:of} {n} {level:xx}"
    assert translated_prose(title, "fr", "etat") == "# L’État / de l’État {n} {level:xx}"
    assert translated_prose(title, "en") == title
    values = {"level": "etat", "n": 1, "The": "x"}
    said = Words("fr").fill("{The} : {level:The} {level:have} aidé", values.get)
    assert str(said) == "x\u00a0: L’État a aidé"
    assert str(Words("en").fill("{n:count} {n:grant|grants} {level:of}", values.get)) == "1 grant of central government"


def entries(**translated: str) -> str:
    """The text of a catalogue."""
    return "\n\n".join(f'msgid "{source}"\nmsgstr "{text}"' for source, text in translated.items()) + "\n"


@pytest.fixture
def german(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """German among the languages, and a folder for the catalogues."""
    monkeypatch.setitem(LANGUAGES, "de", ("German", "allemand"))
    monkeypatch.setattr("ptce_analysis.publish.language.LOCALE", tmp_path)
    catalogue.cache_clear()
    yield tmp_path
    catalogue.cache_clear()


def test_prose_is_translated_paragraph_by_paragraph_and_code_is_left_alone(german: Path) -> None:
    """Code, formulas and addresses keep their spaces; a paragraph without a translation may be marked as English."""
    texts = {"A cat.": "Un chat : « noir »", "`a : b`": "Voir : `a : b` et $x : y$ [ici](#a?b)"}
    (german / "fr.po").write_text(entries(**texts), encoding="utf-8")
    source = "A cat.\n\n`a : b`\n\nA bird.\n\n1"
    assert translated_prose(source, "fr", marked=True) == (
        "Un chat\u00a0: «\u00a0noir\u00a0»\n\nVoir\u00a0: `a : b` et $x : y$ [ici](#a?b)\n\n"
        '<div class="untranslated" lang="en">\n\nA bird.\n\n</div>\n\n1'
    )
    assert translated_prose(source, "en") == source
    code = {"cell_type": "code", "source": ["A cat."]}
    notebook = {"cells": [{"cell_type": "markdown", "source": ["A cat."]}, code]}
    found = translated_notebook(notebook, "fr")
    assert [cell["source"] for cell in found["cells"]] == ["Un chat\u00a0: «\u00a0noir\u00a0»", ["A cat."]]
    assert notebook["cells"][0]["source"] == ["A cat."]


# What asks for a text by a variable: it is known when the notebook runs.
ASKING = "from ptce_analysis.publish.language import Words\ntext = 'Asked'\nWords(lang)(text)"


def test_texts_are_found_in_code_templates_and_notebooks(tmp_path: Path) -> None:
    """Texts written in a call, in a class of texts, in a template or in prose are found, with their file."""
    library = tmp_path / "library"
    library.mkdir()
    source = 'class R:\n    """Some texts to translate."""\n    A = "In a class"\n\nself.words("Said")\nwords(name)\n'
    (library / "code.py").write_text(source, encoding="utf-8")
    (library / "page.j2").write_text('{{ words("In a template") }}', encoding="utf-8")
    write_notebook(tmp_path / "notebooks" / "one.ipynb", [ASKING])
    found = dict.fromkeys(["In a class", "Said"], "code.py") | {"In a template": "page.j2"}
    found |= dict.fromkeys(["# Title of one", "## The answer"], "one.ipynb")
    assert texts.written_messages(tmp_path, library) == found
    assert texts.wanted_messages(tmp_path)["Asked"] == "one.ipynb"


@pytest.mark.parametrize(("lang", "singular"), [("en", [1]), ("fr", [0, 1])])
def test_a_word_agrees_with_its_number(lang: str, singular: list[int]) -> None:
    """English speaks of one project, French of zero or one; an unknown number takes the plural."""
    numbers = (0, 1, 2, 16, None)
    said = [str(Words(lang)("{n:is one|are many}", n=Number(n, "count"))) for n in numbers]
    assert said == ["is one" if n in singular else "are many" for n in numbers]


def test_each_kind_of_gap_is_named() -> None:
    """Missing, unfinished, fuzzy, other placeholders, obsolete in either way: one line each."""
    written = {"fine {n}": "bien {n}", "empty": "", "other {n}": "autre {m}", "unused": "inutile"}
    text = entries(**written, **{"{n} sheep": "{n} {n:mouton|moutons}"})
    text += '\n#, fuzzy\nmsgid "doubtful"\nmsgstr "douteux"\n\n#~ msgid "old"\n#~ msgstr "vieux"\n'
    wanted = dict.fromkeys(["fine {n}", "empty", "doubtful", "other {n}", "{n} sheep", "absent"], "here.py")
    assert texts.gaps(read_po(io.BytesIO(text.encode()), locale="fr"), wanted) == [
        "obsolete: 'unused'",
        "obsolete: 'old'",
        "here.py: not translated: 'empty'",
        "here.py: not translated: 'doubtful'",
        "here.py: other {names} than the source: 'autre {m}' for 'other {n}'",
        "here.py: not translated: 'absent'",
    ]


@pytest.mark.parametrize("lang", [lang for lang in LANGUAGES if lang != "en"])
def test_every_text_has_a_finished_translation(lang: str) -> None:
    """Code, templates and notebooks say nothing that is not translated, and the catalogue holds nothing more."""
    with (LOCALE / f"{lang}.po").open("rb") as stream:
        found = texts.gaps(read_po(stream, locale=lang), texts.wanted_messages(REPOSITORY, lang))
    assert not found, f"{len(found)} gaps in {lang}.po:\n" + "\n".join(found)


def test_a_new_language_writes_numbers_lists_and_labels_by_its_catalogue(german: Path) -> None:
    """Units and lists as translated, decimals as CLDR has them, labels from English; what is missing is English."""
    with pytest.raises(InputError, match=f"language 'xx': legal values: {', '.join(LANGUAGES)}\\."):
        catalogue("xx")
    with pytest.raises(InputError, match=r"'de': no catalogue de\.po\. .*make texts"):
        Words("de")("A cat.")
    known = {
        "{n}%": "{n}\u00a0%",
        "€{n}k": "{n}\u00a0Tsd.\u00a0€",
        "{items} and {last}": "{items} und {last}",
        "State": "Staat",
    }
    (german / "de.po").write_text(entries(**known), encoding="utf-8")
    words = Words("de")
    assert words.number(Number(0.282, "share1")) == "28,2\u00a0%"
    assert words.number(Number(-1239000, "keur")) == "−1.239\u00a0Tsd.\u00a0€"
    assert words.number(Number(None, "share")) == "not known"
    assert words.listing(["a", "b", "c"]) == "a, b und c"
    assert words.label(("State", "État")) == "Staat"
    assert [Words(lang).csv_marks for lang in ("en", "fr", "de")] == [(".", ","), (",", ";"), (",", ";")]


def test_a_new_language_gets_a_catalogue_with_the_labels_too(
    german: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    """French stands beside each label; a language more has its English to translate. Finished translations stay."""
    (german / "fr.po").write_text(entries(**{"## The answer": "## La réponse", "unused": "inutile"}), encoding="utf-8")
    project = tmp_path_factory.mktemp("project")
    write_notebook(project / "notebooks" / "one.ipynb", [ASKING])
    texts.main(project)
    read = {}
    for lang in ("fr", "de"):
        with (german / f"{lang}.po").open("rb") as stream:
            read[lang] = {message.id: message.string for message in read_po(stream) if message.id}
    assert "1 no longer used" in capsys.readouterr().out and "Asked" in read["fr"] and "unused" not in read["fr"]
    assert read["fr"]["## The answer"] == "## La réponse" and read["de"]["## The answer"] == ""
    # Some labels are also texts of the code, such as "Median".
    assert set(read["de"]) == set(read["fr"]) | set(texts.labels())
    # By hand, one of each kind of table: a level, an indicator, a unit, a method, a language.
    assert {"Regions", "clusters in emergence", "euros", "beta-binomial", "French"} <= set(read["de"]) - set(read["fr"])

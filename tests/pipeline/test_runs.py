"""Runs are read from `runs.toml` and refused, with what to do, before anything starts."""

from pathlib import Path

import pytest

from conftest import ON_WAVES, write_notebook
from ptce_analysis.errors import InputError
from ptce_analysis.pipeline.runs import chosen_runs, declared_runs, notebook_parameters
from ptce_analysis.vocabulary import LANGUAGES


def declare(project: Path, text: str) -> Path:
    """A project with this `runs.toml`."""
    (project / "runs.toml").write_text(text, encoding="utf-8")
    return project


def test_each_declared_run_exists_in_each_language(project: Path) -> None:
    """Two notebooks give two runs in each language, which is among their parameters."""
    runs = declared_runs(project)
    assert [run.id for run in runs] == [f"{lang}/{name}" for lang in LANGUAGES for name in ("plain", "drawn")]
    assert [dict(run.parameters) for run in runs[:1]] == [{"lang": "fr"}]


def test_a_run_can_have_a_name_and_parameters(project: Path) -> None:
    """Defaults of the notebook are completed by what `runs.toml` says."""
    write_notebook(project / "notebooks" / "plain.ipynb", [], 'lang = "en"\nscenario = "as_printed"')
    text = '[[runs]]\nnotebook = "plain"\nname = "other"\nparameters = {scenario = "communes_15"}'
    run = declared_runs(declare(project, text))[0]
    assert run.id == "fr/other" and dict(run.parameters) == {"lang": "fr", "scenario": "communes_15"}


REFUSED = {
    "[[runs]]\nnotebook = 'plan'": r"runs.toml: notebook 'plan': legal values: drawn, plain. Did you mean 'plain'\?",
    "[[runs]]\nnotebook = 3": r"notebook = 3: the name of a notebook",
    "[[runs]]\nname = 'x'": r"notebook = None: the name of a notebook",
    "[[runs]]\nnotebook = 'plain'\nnmae = 'x'": r"key 'nmae' is unknown. Legal keys: .* Did you mean 'name'\?",
    "[[runs]]\nnotebook = 'plain'\nname = '../x'": r"name = '../x': a name of small letters",
    "[[runs]]\nnotebook = 'plain'\nname = 'index'": r"other than 'index'",
    "[[runs]]\nnotebook = 'plain'\nparameters = 'fr'": r"parameters = 'fr': a table",
    "[[runs]]\nnotebook = 'plain'\nparameters = {lang = 'fr'}": r"without lang",
    "[[runs]]\nnotebook = 'plain'\nparameters = {levl = 'region'}": r"run plain: parameter 'levl' is unknown",
    "[[runs]]\nnotebook = 'plain'\n[[runs]]\nnotebook = 'plain'": r"run '[a-z]+/plain' is declared twice",
    "runs = ['plain']": r"only \[\[runs\]\] tables are expected",
    "x = " + "[" * 5000: r"runs.toml: .* Mend the file",
    "[[runs]]\nnotebook = 'plain'\nmenu = {en = 'a', fr = ['b']}": r"menu = .*: a name in English",
    f"[[runs]]\nnotebook = 'plain'\nname = '{'a' * 101}'": r"at most 100",
}


@pytest.mark.parametrize("text", REFUSED)
def test_an_illegal_declaration_is_refused(project: Path, text: str) -> None:
    """The message names the key, the value and what is legal."""
    with pytest.raises(InputError, match=REFUSED[text]):
        declared_runs(declare(project, text))


def test_runs_are_chosen_by_name_or_by_page(project: Path) -> None:
    """A name chooses every language, `lang/name` one, nothing all."""
    runs = declared_runs(project)
    assert [run.id for run in chosen_runs(runs, ["plain"])] == [f"{lang}/plain" for lang in LANGUAGES]
    assert [run.id for run in chosen_runs(runs, ["en/drawn"])] == ["en/drawn"]
    assert chosen_runs(runs, []) == runs


def test_an_unknown_name_is_refused_with_the_nearest(project: Path) -> None:
    """A misspelt run is an error that lists the legal names."""
    with pytest.raises(InputError, match=r"run 'plian' is not declared\. Legal names: .*Did you mean 'plain'\?"):
        chosen_runs(declared_runs(project), ["plian"])


NO_NOTEBOOK = ("", "{", "[]", "{}", '{"cells": [1]}')


@pytest.mark.parametrize("text", [*NO_NOTEBOOK, "lang = other", "lang ="])
def test_a_notebook_holds_its_parameters_in_one_cell(tmp_path: Path, text: str) -> None:
    """A truncated or foreign file, and what is not `name = value`, give one clear line."""
    path = tmp_path / "n.ipynb"
    path.write_text(text) if text in NO_NOTEBOOK else write_notebook(path, [], text)
    said = "is not a notebook" if text in NO_NOTEBOOK else "needs one cell .* only assign plain values"
    with pytest.raises(InputError, match=rf"n\.ipynb {said}"):
        notebook_parameters(path)


@pytest.fixture
def on_waves(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose first notebook reads waves, under rules; with nothing asked for by the environment."""
    write_notebook(project / "notebooks" / "plain.ipynb", [], ON_WAVES)
    for name in ("PTCE_WAVES", "PTCE_RULES", "PTCE_PREVIOUS"):
        monkeypatch.delenv(name, raising=False)
    return project


SUPPLIED = '[[runs]]\nnotebook = "plain"\n[[runs]]\nnotebook = "plain"\nname = "mine"\n'


def test_stricter_rules_are_those_of_pages_on_supplied_waves(on_waves: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Declared or not, each such page has them, and no other page; without the variable, the usual ones."""

    def rules() -> dict[str, object]:
        return {run.name: dict(run.parameters).get("rules") for run in declared_runs(on_waves)}

    declare(on_waves, SUPPLIED + 'parameters = {waves = "supplied"}')
    assert rules() == {"plain": "standard", "mine": "standard"}
    monkeypatch.setenv("PTCE_RULES", "strict")
    assert rules() == {"plain": "standard", "mine": "strict"}
    monkeypatch.setenv("PTCE_WAVES", "anywhere")
    declare(on_waves, '[[runs]]\nnotebook = "plain"')
    assert rules() == {"plain": "standard", "plain_supplied": "strict"}


ASKED_IN_VAIN = {
    ("RULES=strickt", ""): r"PTCE_RULES: parameter 'rules': value 'strickt': legal values: standard, strict\. Did you",
    ("RULES=strict", ""): r"PTCE_RULES=strict: no page is made of waves that you supply.*make WAVES=DIR RULES=strict",
    ("RULES=strict", "standard"): r"run mine: rules = 'standard', but PTCE_RULES asks for 'strict'\. Give one",
    ("PREVIOUS=old", ""): r"PTCE_PREVIOUS=old: no page is made of waves that you supply.*make WAVES=DIR PREVIOUS=old",
}


@pytest.mark.parametrize(("asked", "declared"), ASKED_IN_VAIN)
def test_what_would_protect_nothing_is_refused(
    on_waves: Path, monkeypatch: pytest.MonkeyPatch, asked: str, declared: str
) -> None:
    """A misspelt name, rules or an earlier site without a page they would protect, and rules that disagree."""
    monkeypatch.setenv(*f"PTCE_{asked}".split("="))
    if declared:
        declare(on_waves, SUPPLIED + f'parameters = {{rules = "{declared}", waves = "supplied"}}')
    with pytest.raises(InputError, match=ASKED_IN_VAIN[asked, declared]):
        declared_runs(on_waves)


def test_runs_that_differ_by_level_only_are_a_family(project: Path) -> None:
    """Each knows the others; another scenario is another family; a level alone has none."""
    defaults = 'lang = "en"\nlevel = "epci"\nscenario = "as_printed"'
    write_notebook(project / "notebooks" / "plain.ipynb", [], defaults)
    one = '[[runs]]\nnotebook = "plain"\nname = "{0}"\nparameters = {{level = "{0}"{1}}}\n'
    other = one.format("etat", ', scenario = "communes_15"')
    runs = declared_runs(declare(project, one.format("commune", "") + one.format("region", "") + other))
    family = (("commune", "commune"), ("region", "region"))
    assert [run.family for run in runs] == [family, family, ()] * len(LANGUAGES)

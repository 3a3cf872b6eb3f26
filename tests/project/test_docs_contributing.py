"""CONTRIBUTING shows the code as it is; the changelog knows the version and the commands."""

import json
import re

import pytest
from test_architecture import LAYERS

import ptce_analysis
from conftest import REPOSITORY
from ptce_analysis.cli import ptce
from ptce_analysis.vocabulary import ORIGINS

HABITS = (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8")
CHANGES = (REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"`([\w/.-]+\.(?:py|ipynb))`:\n\n```python\n(.*?)```", HABITS, re.DOTALL)


def source(path: str) -> str:
    """The text of a file; of a notebook, that of its cells."""
    text = (REPOSITORY / path).read_text(encoding="utf-8")
    if not path.endswith(".ipynb"):
        return text
    return "\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"])


def plain(code: str) -> str:
    """Code without its indentation and blank lines."""
    return "\n".join(line.strip() for line in code.splitlines() if line.strip())


@pytest.mark.parametrize(("path", "example"), EXAMPLES, ids=[path for path, _ in EXAMPLES])
def test_an_example_is_the_code_as_it_is(path: str, example: str) -> None:
    """Each example stands in the file it is said to come from, to the letter but for its indentation."""
    assert plain(example) in plain(source(path))


def test_the_order_of_imports_is_the_one_enforced() -> None:
    """The line of arrows is that of the test of the architecture."""
    (line,) = re.findall(r"^errors.*<- cli$", HABITS, re.MULTILINE)
    told = [tuple(part.strip().split(", ")) for part in line.split("<-")]
    enforced = [tuple(name for name in names if not re.match(r"published_|__", name)) for names in LAYERS]
    assert told == [names for names in enforced if names]


def test_origins_version_and_commands_are_told() -> None:
    """The origins of the vocabulary, and no other; the changelog opens on this version and names every command."""
    assert len(EXAMPLES) == HABITS.count("```python") > 6
    assert re.findall(r"`(\w+)`", HABITS.split("## Statistics")[1].split(")")[0]) == list(ORIGINS)
    assert re.findall(r"^## (\S+)", CHANGES, re.MULTILINE)[0] == ptce_analysis.__version__
    assert {name for name in ptce.commands if f"`{name}`" not in CHANGES and f"`ptce {name}" not in CHANGES} == set()

"""A sample of mutants: small changes of what the project exists for, which its tests must notice.

`make mutants` measures the score of whole rooms; here a few comparisons of one module of each are turned round.
"""

import ast
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import REPOSITORY

pytestmark = pytest.mark.thorough

SAMPLE, LEAST = 5, 4
TURNED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip


def mutants(source: str) -> Iterator[tuple[str, str]]:
    """What each mutant of a sample changes, and its source: one comparison of the module is another."""
    places = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Compare)]
    for at in random.Random(1).sample(range(len(places)), SAMPLE):
        tree = ast.parse(source)
        node = [node for node in ast.walk(tree) if isinstance(node, ast.Compare)][at]
        before = ast.unparse(node)
        node.ops[0] = TURNED[type(node.ops[0])]()
        yield f"{before} -> {ast.unparse(node)}", ast.unparse(tree)


@pytest.mark.parametrize(
    ("module", "tests"),
    [
        ("survey/parse/amounts.py", "survey/test_survey_parse.py"),
        ("analysis/percent.py", "analysis/test_percent.py"),
        ("protect/rules.py", "protect/test_protect_rules.py"),
    ],
)
def test_a_comparison_turned_round_is_noticed(module: str, tests: str, tmp_path: Path) -> None:
    """Four of five at least, as some change nothing that can be seen; unchanged, the tests pass."""
    shutil.copytree(REPOSITORY / "src" / "ptce_analysis", tmp_path / "ptce_analysis")
    source = (tmp_path / "ptce_analysis" / module).read_text(encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-xq", "-m", "not thorough", "-p", "no:cacheprovider", f"tests/{tests}"]
    env = os.environ | {"PYTHONPATH": str(tmp_path)}
    codes = {}
    for change, text in [("nothing", source), *mutants(source)]:
        (tmp_path / "ptce_analysis" / module).write_text(text, encoding="utf-8")
        codes[change] = subprocess.run(command, cwd=REPOSITORY, env=env, capture_output=True, check=False).returncode
    assert codes.pop("nothing") == 0
    assert list(codes.values()).count(1) >= LEAST, codes

"""Text of documents is data wherever it lands in Python: it never becomes code, and comes back as it was."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hostile_corpus import CORPUS, LONG, SHORT, TEXTS
from hostile_projects import project
from test_generated_is_clean import check_clean

import jeyn

#: All that a generated module may call, and all that it may import.
CALLS = set(
    """
    DataCatalog DatasetFormula MLUseCase Plan PlannedStep PlannedInput PlannedOutput Parameter Feature Version Pin Scalar
    Tensor Struct List Constraints Gate Promotion FilesRecipe PythonRecipe CompositeRecipe Recorded StepOutput Field cls.build
    """.split()
)
MODULES = re.compile(
    r"__future__|collections\.abc|typing|datetime|decimal|pydantic|numpy\.typing|jeyn\.[a-z.]+|generated\.[a-z0-9_.]+"
)
SESSION = Path(__file__).parent / "hostile_session.py"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with every short text in every place, generated."""
    return generated(tmp_path_factory.mktemp("short"), SHORT, 30)


def generated(root: Path, texts: list[str], at_once: int) -> Path:
    from jeyn.cli.main import main

    files = {"pyproject.toml": '[tool.jeyn]\nproject = "tried"\n', **project(texts, at_once)}
    for path, text in files.items():
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_text(text, encoding="utf-8", newline="")
    assert main(["-C", str(root), "lint", "--strict"]) == 0
    assert main(["-C", str(root), "generate"]) == 0
    return root


def modules(root: Path) -> list[Path]:
    """The generated modules with definitions."""
    return [path for path in (root / "generated").rglob("*_v1.py") if "checks" not in path.parts]


def session(root: Path) -> int:
    """Import all, in a process of its own; how many definitions there are."""
    done = subprocess.run(
        [sys.executable, "-W", "error", str(SESSION)],
        cwd=root,
        env={"PYTHONPATH": f"{root}:{Path(jeyn.__file__).parents[1]}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return int(done.stdout)


def check_shape(source: str) -> None:
    """Nothing but imports, one value, classes with fields, and calls of what is known to do nothing."""
    assert source.replace("\n", "").isprintable()
    tree = ast.parse(source)
    assert isinstance(tree.body[0], ast.Expr)
    values = [node for node in tree.body if isinstance(node, ast.Assign)]
    assert len(values) == 1
    for node in tree.body[1:]:
        assert isinstance(node, ast.ImportFrom | ast.Assign | ast.ClassDef | ast.If)
        if isinstance(node, ast.If):
            assert ast.unparse(node).startswith("if TYPE_CHECKING:\n    import numpy as np\n    from numpy")
        elif isinstance(node, ast.ClassDef):
            allowed = ast.AnnAssign | ast.Assign | ast.Expr | ast.FunctionDef
            assert all(isinstance(inner, allowed) for inner in node.body)
    nodes = list(ast.walk(tree))
    assert {ast.unparse(node.func) for node in nodes if isinstance(node, ast.Call)} <= CALLS
    assert all(MODULES.fullmatch(node.module or "") for node in nodes if isinstance(node, ast.ImportFrom))
    functions = (ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, ast.JoinedStr, ast.comprehension)
    assert {getattr(node, "name", "?") for node in nodes if isinstance(node, functions)} <= {"of"}


def test_the_table_is_what_it_should_be() -> None:
    assert len(CORPUS) >= 200
    assert len(set(TEXTS)) == len(TEXTS)
    assert all(one.why for one in CORPUS)
    assert sum(not one.text.isprintable() for one in CORPUS) > 60
    assert max(map(len, TEXTS)) == 100_000


def test_generated_modules_hold_nothing_but_values_and_classes(hostile: Path) -> None:
    for path in modules(hostile):
        check_shape(path.read_text())


def test_generated_modules_are_as_clean_as_others(hostile: Path) -> None:
    check_clean(hostile)


def test_text_comes_back_as_it_was(hostile: Path) -> None:
    assert session(hostile) == len(modules(hostile)) > 100


def test_long_text_comes_back_as_it_was(tmp_path: Path) -> None:
    root = generated(tmp_path, LONG, 2)
    for path in modules(root):
        check_shape(path.read_text())
    check_clean(root)
    assert session(root) == len(modules(root))


@pytest.mark.slow
def test_a_type_checker_takes_a_module_that_holds_them_all(tmp_path: Path) -> None:
    texts = [text for text in TEXTS if len(text) < 50_000]  # a document has at most 4 MiB
    root = generated(tmp_path, texts, len(texts))
    site = tmp_path / "site"
    site.mkdir()
    (site / "jeyn").symlink_to(Path(jeyn.__file__).parent)
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "mypy",
            "--strict",
            "--follow-imports=silent",
            "--cache-dir",
            str(tmp_path / "cache"),
            "generated/catalogs/c0_v1.py",
        ],
        cwd=root,
        env={**os.environ, "MYPYPATH": str(site)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[:3000]

"""Text of documents is data wherever it lands in Python: it never becomes code, and comes back as it was."""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from jeyn_gen.emit.project import project_units
from jeyn_gen.load.project import Project, load_project

Write = Callable[[Mapping[str, str | bytes]], Path]

QUOTES = [
    '"',
    "'",
    '"""',
    "'''",
    '""""',
    "\"'",
    '\\"',
    "\\'",
    '\\"""',
    '"""\\',
    "'''\"\"\"",
    '" + x + "',
    "f'{x}'",
    'b"x"',
    "r'\\'",
]
BACKSLASHES = [
    "\\",
    "\\\\",
    "\\\\\\",
    "x\\",
    "\\n",
    "\\x00",
    "\\u0041",
    "\\N{BULLET}",
    "\\U0010FFFF",
    "\\\n",
    "\\\r\n",
    "\\0",
    "{\\}",
]
TEMPLATES = [
    "{{",
    "}}",
    "{{x}}",
    "{{workflow.uid}}",
    "{x}",
    "{",
    "}",
    "{0}",
    "{!r}",
    "%s",
    "%(x)s",
    "${x}",
    "$(x)",
    "`x`",
    "<%= x %>",
    "{% x %}",
    "{# x #}",
]
CONTROLS = [
    "\0",
    "\x01",
    "\x07",
    "\x08",
    "\t",
    "\n",
    "\r",
    "\r\n",
    "\x0b",
    "\x0c",
    "\x1a",
    "\x1b[31m",
    "\x1c",
    "\x1f",
    "\x7f",
    "\x85",
    "\x9b",
    "\xa0",
    "\xad",
    "a\nb",
    "\n\n",
    " \n ",
    "\tx\t",
]
UNICODE = [
    "\u061c",
    "\u200b",
    "\u200e",
    "\u202a",
    "\u202e",
    "\u2028",
    "\u2029",
    "\u2066",
    "\u2069",
    "\ufeff",
    "\ufffd",
    "\uffff",
    "\ue000",
    "\U000e0001",
    "\U0010ffff",
    "\U0001f600",
    "é",
    "e\u0301",
    "ﬁ",
    "\u0301",
    "名前",
    "\u0661",
]
CODE = [
    "# x",
    "#",
    ")",
    "]",
    ",",
    "):\n    import os",
    "import os",
    "__import__('os').system('x')",
    "x = 1",
    "pass",
    "\n    pass\n",
    "class X:",
    "@x",
    "lambda: x",
    "async",
    "None",
    "True",
    "nan",
    "...",
    ":",
    ";",
    "->",
    ":=",
    "<",
    "</script>",
    "&",
    "&amp;",
    "*",
    "**",
    "!x",
    "--",
    "=",
    "$ref",
    "#/x",
    "x-python-type",
    "properties",
    "type",
    "title",
    "a.b",
    "a/b",
    "~1",
    "~0",
    "__init__",
    "__class__",
    "model_config",
    "self",
    " ",
    "  x  ",
    "X" * 200,
]
TEXTS = list(dict.fromkeys([*QUOTES, *BACKSLASHES, *TEMPLATES, *CONTROLS, *UNICODE, *CODE]))
MOST_OF_A_KEY = 99  # a key that YAML reads without a `?` has at most 1024 characters, escapes counted
LONG = ['"' * 100_000, "\\ x'" * 25_000, "a b " * 25_000]
CALLS = {
    "DataCatalog",
    "DatasetFormula",
    "MLUseCase",
    "Feature",
    "Version",
    "Pin",
    "Scalar",
    "Tensor",
    "Constraints",
    "Gate",
    "Field",
}
CALLS |= {"FilesRecipe", "PythonRecipe", "Plan", "PlannedStep", "PlannedOutput", "Parameter", "Promotion"}


def quoted(value: Any) -> str:
    """JSON-like YAML, in which text is escaped as YAML does it."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{quoted(key)}: {quoted(held)}" for key, held in value.items()) + "}"
    if isinstance(value, list):
        return f"[{', '.join(map(quoted, value))}]"
    if not isinstance(value, str):
        return json.dumps(value)
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    if not escaped.isprintable():
        escaped = "".join(char if char.isprintable() else f"\\U{ord(char):08x}" for char in escaped)
    return f'"{escaped}"'


def as_pattern(text: str) -> str:
    """A pattern for this text alone."""
    special = "\\.^$*+?{}[]|()#&-~"
    inner = "".join(
        f"\\x{ord(char):02x}" if ord(char) < 32 else f"\\{char}" if char in special else char for char in text
    )
    return f"^{inner}$"


def feature(text: str, number: int) -> dict[str, Any]:
    words = {"description": text, "unit": text, "tags": [text], "examples": [text]}
    rules: dict[str, Any] = {"enum": [text]} if number % 2 else {"pattern": as_pattern(text)}
    return {"dtype": "string", **words, **rules}


def catalog(name: str, texts: list[str]) -> dict[str, Any]:
    names = [f"n{text}" if not text.strip() else text if len(text) < MOST_OF_A_KEY else "long" for text in texts]
    features = {key: feature(text, number) for number, (key, text) in enumerate(zip(names, texts, strict=True))}
    return {"kind": "DataCatalog", "name": name, "version": "1.0.0", "description": texts[0], "features": features}


def pipeline(name: str, texts: list[str]) -> dict[str, Any]:
    parameters = {
        f"p{number}": {
            "dtype": "string",
            "default": text,
            "description": text,
            **({"enum": [text]} if number % 3 else {}),
        }
        for number, text in enumerate(texts)
    }
    step = {"function": "functions:f", "outputs": {"r": {"report": "r"}}, "description": texts[0]}
    return {
        "kind": "Pipeline",
        "name": name,
        "version": "1.0.0",
        "description": texts[-1],
        "parameters": parameters,
        "steps": {"s": step},
    }


def use_case(name: str, texts: list[str]) -> dict[str, Any]:
    metrics = {text[:MOST_OF_A_KEY]: {"minimum": 0} for text in texts}
    words = {"description": texts[0], "metrics": metrics, "trusted": texts}
    return {"kind": "MLUseCase", "name": name, "version": "1.0.0", "inputs": "c0@1", "outputs": "c0@1", **words}


def formula(name: str, text: str) -> dict[str, Any]:
    recipe = {"files": {"url": text, "format": "csv"}}
    return {
        "kind": "DatasetFormula",
        "name": name,
        "version": "1.0.0",
        "catalog": "c0@1",
        "description": text,
        "recipe": recipe,
    }


def documents(texts: list[str], at_once: int) -> Iterator[dict[str, Any]]:
    for number, start in enumerate(range(0, len(texts), at_once)):
        part = texts[start : start + at_once]
        yield catalog(f"c{number}", part)
        yield pipeline(f"p{number}", part)
        yield use_case(f"u{number}", part)
        yield formula(f"f{number}", part[0])


def project_of(write: Write, texts: list[str], at_once: int) -> Project:
    held = {f"catalogs/{one['name']}.yaml": quoted(one) for one in documents(texts, at_once)}
    project = load_project(write({**held, "functions.py": "def f(inputs): ...\n"}))
    assert project.findings == ()
    return project


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], ModuleType]:
    """Imports a source under a name of its own."""

    def imported(source: str, name: str) -> ModuleType:
        made = ModuleType(name)
        monkeypatch.setitem(sys.modules, name, made)
        exec(compile(source, f"{name}.py", "exec", dont_inherit=True), made.__dict__)
        return made

    return imported


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
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    assert {ast.unparse(call) for call in calls} <= CALLS | {"cls.build"}
    functions = [
        node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
    ]
    assert set(functions) <= {"of"}


def row_class(made: ModuleType, name: str) -> type[BaseModel]:
    found: type[BaseModel] = getattr(made, name)
    return found


@pytest.mark.parametrize(("texts", "at_once"), [(TEXTS, 20), (LONG, 1)], ids=["short", "long"])
def test_text_comes_back_as_it_was(texts: list[str], at_once: int, write: Write, module: Any) -> None:
    project = project_of(write, texts, at_once)
    made: dict[str, ModuleType] = {}
    for unit in project_units(project.definitions, project.plans):
        source = unit.text()
        compile(source, unit.path, "exec", dont_inherit=True)
        if "_v1" in unit.path and "checks" not in unit.path:
            check_shape(source)
            name = unit.path.removesuffix("_v1.py").rpartition("/")[2]
            made[name] = module(source, f"hostile_{name}")
    for one in project.definitions.catalogs.values():
        assert one == made[one.name].CATALOG
    for formula in project.definitions.formulas.values():
        assert formula == made[formula.name].FORMULA
    for case in project.definitions.use_cases.values():
        assert case == made[case.name].USE_CASE
    for plan in project.plans.values():
        assert plan == made[plan.name].PLAN
        parameters = made[plan.name].SParameters()
        assert [getattr(parameters, one.name) for one in plan.parameters] == [one.default for one in plan.parameters]
    assert sum(len(one.features) for one in project.definitions.catalogs.values()) == len(texts)


def check_row(made: ModuleType, name: str) -> None:
    """The row class takes the text that is meant, by either name of a feature, and no other."""
    row, features = row_class(made, name), made.CATALOG.features
    good = {feature.name: feature.examples[0] for feature in features}
    taken = row.model_validate(good)
    assert list(taken.model_dump(by_alias=True).values()) == list(good.values())
    assert taken == row.model_validate({made.CATALOG.attributes[key]: value for key, value in good.items()})
    for feature in features:
        wrong = good[feature.name] + ("\n" if feature.constraints.pattern else "x")
        for bad in (wrong, None, 1):
            with pytest.raises(ValidationError):
                row.model_validate({**good, feature.name: bad})
    for bad_keys in ({**good, "one more": ""}, dict(list(good.items())[1:])):
        with pytest.raises(ValidationError):
            row.model_validate(bad_keys)


def test_there_are_enough_of_them() -> None:
    assert len(TEXTS) > 100
    assert sum(not text.isprintable() for text in TEXTS) > 30

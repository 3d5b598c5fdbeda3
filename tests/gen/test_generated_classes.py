"""Generated classes: what they are called beside what their modules import, and which values they take."""

from __future__ import annotations

import ast
import importlib
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from test_drawn_catalogs import imported

from jeyn.errors import ConformanceError
from jeyn.model.definitions import DataCatalog, Parameter
from jeyn.model.modules import batch_class
from jeyn.model.names import Pin, Version, class_part
from jeyn.model.types import Constraints, Feature, Scalar
from jeyn_gen.emit import classes, field_types
from jeyn_gen.emit.catalogs import catalog_unit
from jeyn_gen.emit.classes import ClassSource, FieldSource, pydantic_classes
from jeyn_gen.emit.import_lines import imports
from jeyn_gen.emit.source import docstring, expression, quoted
from jeyn_gen.emit.step_classes import BatchNames, inputs_class

Write = Callable[[Mapping[str, str | bytes]], Path]
EVERYTHING = Path(__file__).parent / "everything"


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The project that uses everything, generated, and the only `generated` that can be imported."""
    from jeyn.cli.main import main

    root = tmp_path_factory.mktemp("everything")
    shutil.copytree(EVERYTHING, root, ignore=shutil.ignore_patterns("expected"), dirs_exist_ok=True)
    assert main(["-C", str(root), "generate"]) == 0
    before = {name: sys.modules.pop(name) for name in list(sys.modules) if name.partition(".")[0] == "generated"}
    sys.path.insert(0, str(root))
    yield root
    sys.path.remove(str(root))
    for name in [name for name in sys.modules if name.partition(".")[0] == "generated"]:
        del sys.modules[name]
    sys.modules.update(before)


GOOD: dict[str, Any] = {
    "flag": True,
    "tiny": 31,
    "small": -2,
    "medium": None,
    "large": 2**63 - 1,
    "utiny": 255,
    "usmall": 1000,
    "umedium": 2**32 - 1,
    "ularge": 2**64 - 1,
    "half": 0.0999755859375,
    "single": 0.10000000149011612,
    "double": None,
    "choice": 0.5,
    "text": 'abc".',
    "label": "no",
    "raw": b"\xff\x00",
    "day": date(2099, 12, 31),
    "clock": datetime(2000, 1, 1),
    "instant": datetime(1999, 12, 31, 23, tzinfo=UTC),
    "lasted": timedelta(days=1, hours=12, minutes=30, seconds=5, microseconds=250000),
    "price": Decimal("1234567890123456789012345678.0000000000"),
    "grid": [[0.0, 1.0, 0.5], [0.0, 0.0, 0.0]],
    "series": [],
    "mask": [[[True, False]]] * 4,
    "mean radius": 1.0,
    "class": 1,
    "date": date(2030, 1, 31),
    "int": 1,
    "values": "",
    "model_dump": "x",
    "größe": 1,
    "1st": False,
    "mean-radius": float("nan"),
}
BAD: dict[str, list[Any]] = {
    "flag": [False, 1, "true", None],
    "tiny": [32, -1, 1.0, True, "1", None],
    "small": [-3, 15],
    "medium": [4, "1"],
    "large": [2**63, -(2**63) - 1],
    "utiny": [256, -1],
    "usmall": [1001],
    "umedium": [2**32],
    "ularge": [0, 2**64],
    "half": [0.11, float("nan")],
    "single": [0.0999, 1000.0, "0.5", float("nan")],
    "double": [float("nan")],
    "choice": [0.7],
    "text": ["", "x" * 41, "A", "abc\n", None],
    "label": ["yes", ""],
    "raw": [b"", b"\xff\x00\x00", b"\x01", "ff00"],
    "day": [date(1969, 12, 31), date(2100, 1, 1), "2030-01-31", datetime(2030, 1, 31)],
    "clock": [datetime(1999, 12, 31), datetime(2000, 1, 1, tzinfo=UTC)],
    "instant": [datetime(2001, 1, 1), datetime(1999, 12, 31, 22, 59, tzinfo=UTC)],
    "lasted": [timedelta(days=-1), timedelta(days=2), 3],
    "price": [Decimal("0"), Decimal("1234567890123456789012345678.0000000001"), 1.5],
    "grid": [[[0.0, 1.0, 2.0], [0.0, 0.0, 0.0]], [[0.0, 1.0]], [0.0, 1.0], [[0.0] * 3] * 3],
    "series": [[1, 3], [1.0], None],
    "mask": [[[[True, False]]] * 3, [[[True]]] * 4, [[[1, 0]]] * 4],
    "class": [128],
}


def test_rows_of_every_type(everything: Path) -> None:
    module = importlib.import_module("generated.catalogs.every_type_v2")
    row = module.EveryType
    taken = row.model_validate(GOOD)
    assert str(taken.model_dump(by_alias=True)) == str({**GOOD, "größe": 1.0})
    assert row.model_validate({module.CATALOG.attributes[name]: value for name, value in GOOD.items()})
    assert set(GOOD) == {feature.name for feature in module.CATALOG.features}
    for name, values in BAD.items():
        for value in values:
            with pytest.raises(ValidationError):
                row.model_validate({**GOOD, name: value})
    with pytest.raises(ValidationError):
        taken.flag = False


CUSTOMER: dict[str, Any] = {
    "id": "a",
    "address": {"street": "x", "class": 1, "position": [1.0, 2.0], "GeneratedClass0": "{{x}}"},
    "other address": {"street": None},
    "tags": ["a", "b"],
    "scores": None,
    "visits": [
        {
            "at": datetime(2020, 1, 1, tzinfo=UTC),
            "seconds": timedelta(seconds=1),
            "pages": ["a", None],
            "device": {"price": Decimal("1.50"), "raw": b"x"},
        }
    ],
    "grids": [[[1, 2], [3, 4]], []],
    "nested": [[1, None], None],
}
#: Changed values by where they stand, and what the error says of the place.
WRONG_CUSTOMERS: list[tuple[tuple[Any, ...], Any, str]] = [
    (("address", "street"), "x" * 81, "address.street"),
    (("address", "class"), 3, "address.class"),
    (("address", "position"), [1.0, 181.0], "address.position"),
    (("address", "position"), [1.0], "address.position"),
    (("address", "more"), 1, "address.more"),
    (("other address",), None, "other address"),
    (("tags", 1), "A", "tags.1"),
    (("tags", 1), None, "tags.1"),
    (("tags",), ["a"] * 9, "tags"),
    (("scores",), [0.5, -0.5], "scores.1"),
    (("visits", 0, "at"), datetime(2020, 1, 1), "visits.0.at"),
    (("visits", 0, "seconds"), timedelta(-1), "visits[0].seconds"),
    (("visits", 0, "pages"), [], "visits.0.pages"),
    (("visits", 0, "device", "raw"), "x", "visits.0.device.raw"),
    (("grids", 0), [[1, 2, 3]], "grids[0]"),
    (("grids", 0), [[1, 256]], "grids[0]"),
    (("nested", 0, 0), 2**15, "nested.0.0"),
]


def changed(value: Any, path: tuple[Any, ...], to: Any) -> Any:
    if not path:
        return to
    if isinstance(value, dict):
        return {**value, path[0]: changed(value.get(path[0]), path[1:], to)}
    return [changed(one, path[1:], to) if place == path[0] else one for place, one in enumerate(value)]


def test_rows_of_structs_and_lists(everything: Path) -> None:
    module = importlib.import_module("generated.catalogs.customers_v1")
    taken = module.Customers.model_validate(CUSTOMER)
    assert taken.model_dump(by_alias=True) == CUSTOMER
    assert taken.visits[0].device.price == Decimal("1.50")
    assert type(taken.address) is module.CustomersAddress
    for path, value, place in WRONG_CUSTOMERS:
        with pytest.raises(ValidationError) as caught:
            module.Customers.model_validate(changed(CUSTOMER, path, value))
        assert place in str(caught.value).replace("\n", " "), path
    with pytest.raises(ValidationError):
        taken.address.street = "y"


def test_batches_of_structs_and_lists(everything: Path) -> None:
    module = importlib.import_module("generated.catalogs.customers_v1")
    rows = [module.Customers.model_validate(one) for one in (CUSTOMER, {**CUSTOMER, "id": "b", "address": None})]
    batch = module.CustomersBatch.of(rows)
    assert list(batch) == rows
    assert module.CustomersBatch.of(batch.to_arrow()).digest == batch.digest
    assert module.CustomersBatch.of(batch.to_pandas()).digest == batch.digest
    assert module.CustomersBatch.of(batch.to_polars()).digest == batch.digest
    assert batch.columns.tags[0] == ["a", "b"]
    assert batch.columns.address.mask.tolist() == [False, True]
    for path, value, place in (
        (("address", "class"), 3, "address.class: enum 1, 2, broken in 1 row: row 1 (3)"),
        (("address", "street"), "x" * 81, "address.street: max_length 80, broken in 1 row: row 1"),
        (("tags",), ["a", "B", "C"], "tags[]: pattern ^[a-z]+$, broken in 1 row: row 1 (B)"),
        (("tags",), ["a"] * 9, "tags: max_length 8, broken in 1 row: row 1 (9 items)"),
        (("visits", 0, "pages"), [], "visits[].pages: min_length 1, broken in 1 row: row 1 (0 items)"),
        (("visits", 0, "at"), None, "visits[].at: nullable, broken in 1 row: row 1 (null)"),
        (("visits", 0, "device", "raw"), 5, "visits[].device.raw: dtype bytes, broken in row 1: 5 (int)"),
        (("visits", 0, "device"), {"raw": b""}, "visits[].device: fields price, raw, broken in row 1: no price"),
        (("grids",), [[[1, 2]], [[1]]], "grids[]: shape [-1, 2], broken in row 1"),
        (("nested",), 3, "nested: a list, broken in row 1: 3 (int)"),
        (("scores",), [1.0, float("nan")], "scores[]: minimum 0.0, broken in 1 row: row 1 (nan)"),
    ):
        with pytest.raises(ConformanceError) as caught:
            module.CustomersBatch.of([CUSTOMER, {**changed(CUSTOMER, path, value), "id": "b"}])
        assert place in str(caught.value)


def test_parameters_of_every_type(everything: Path) -> None:
    module = importlib.import_module("generated.pipelines.everything_v1")
    parameters = module.TrainParameters(strict=True)
    held = {parameter.name: parameter.default for parameter in module.PLAN.parameters}
    assert parameters.model_dump() == {**held, "strict": True}
    for wrong in ({"rate": 0.0}, {"folds": 1}, {"mode": "slow"}, {"date": "2030-01-31"}, {"cost": 1.5}, {"more": 1}):
        with pytest.raises(ValidationError):
            module.TrainParameters(strict=True, **wrong)


def test_inputs_are_built_from_plain_data(everything: Path) -> None:
    module = importlib.import_module("generated.pipelines.everything_v1")
    numbers = {"key": [1], "x": [0.5], "y": [0.5]}
    inputs = module.TrainInputs.of(
        numbers=numbers,
        wide={**numbers, "w": [1.0]},
        earlier=[1],
        promoted=[2],
        fixed=numbers,
        strict=False,
        date=date(2000, 1, 1),
        secrets={"api_key": "plain text", "Secret": "other", "rate": "0.1"},
    )
    assert inputs.secrets.api_key.reveal() == "plain text"
    assert "plain text" not in repr(inputs)
    assert inputs.parameters.date == date(2000, 1, 1)
    assert inputs.wide.columns.w.tolist() == [1.0]
    assert (type(inputs.numbers), type(inputs.wide)) == (module.NumbersV1Batch, module.NumbersV2Batch)


def imported_names(root: Path) -> set[str]:
    """What generated modules import, those of other generated modules left out."""
    trees = [ast.parse(path.read_text()) for path in root.rglob("*_v*.py")]
    lines = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return {
        alias.asname or alias.name
        for line in lines
        if not (line.module or "").startswith("generated")
        for alias in line.names
    }


def test_no_document_is_called_as_what_its_module_imports(everything: Path, write: Write, jeyn: Any) -> None:
    """Catalogs, steps and formulas, each named after something that generated modules import."""
    taken = imported_names(everything / "generated")
    assert {"Row", "Batch", "StepInputs", "Decimal", "Field"} <= taken
    words = {"".join(f"-{char.lower()}" if char.isupper() else char for char in name).strip("-") for name in taken}
    stems = {
        word.removesuffix(suffix)
        for word in words
        for suffix in ("", "-inputs", "-outputs", "-batch", "-columns", "-parameters", "-secrets")
    }
    named = sorted(
        {stem.replace("_", "-") for stem in stems if stem}
        | {"none", "true", "false", "n-d-array", "base-model", "exception"}
    )
    feature = "features: {a: {dtype: decimal, precision: 3, scale: 1, nullable: true, minimum: 0}, date: {dtype: date}, b: {dtype: date}}"
    documents = {
        f"catalogs/{name}.yaml": f'kind: DataCatalog\nname: "{name}"\nversion: 1.0.0\n{feature}\n' for name in named
    }
    recipe = 'recipe: {{python: {{function: "functions:f", inputs: {{x: "{other}@1"}}}}}}'
    for name, other in zip(named, ["f-source", *[f"f-{name}" for name in named]], strict=False):
        text = f'kind: DatasetFormula\nname: f-{name}\nversion: 1.0.0\ncatalog: "{name}@1"\n'
        documents[f"pipelines/f-{name}.yaml"] = text + recipe.format(other=other)
    documents["pipelines/f-source.yaml"] = (
        'kind: DatasetFormula\nname: f-source\nversion: 1.0.0\ncatalog: "row@1"\nrecipe: {files: {url: "*.csv"}}\n'
    )
    steps = "".join(
        f'  "{name}": {{function: "functions:g", inputs: {{x: "f-{name}#latest"}}, outputs: {{y: f-{name}@1}}, secrets: {{x: x}}}}\n'
        for name in named
    )
    parameters = "parameters: {date: {dtype: date, default: 2030-01-31}, other: {dtype: date, default: 2030-01-31}}\n"
    documents["pipelines/all.yaml"] = f"kind: Pipeline\nname: all\nversion: 1.0.0\n{parameters}steps:\n{steps}"
    root = write({**documents, "functions.py": "def f(inputs): ...\ndef g(inputs): ...\n"})
    ran = jeyn(root, "generate")
    assert ran.code == 0, ran.err
    script = "import pathlib, importlib\nfor path in pathlib.Path('generated').rglob('*_v1.py'):\n"
    script += "    if 'checks' not in path.parts: importlib.import_module('.'.join(path.with_suffix('').parts))\n"
    source = str(Path(classes.__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        cwd=root,
        env={"PYTHONPATH": source},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for path in (root / "generated").rglob("*_v1.py"):
        check_names_stand_for_one_thing(path)


def check_names_stand_for_one_thing(path: Path) -> None:
    tree = ast.parse(path.read_text())
    lines = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    bound = [alias.asname or alias.name for line in lines for alias in line.names]
    bound += [node.name for node in tree.body if isinstance(node, ast.ClassDef)]
    assert len(bound) == len(set(bound)), path


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "properties": {"a": {"type": "object", "properties": {"b": {"type": "string"}}}}},
        {"type": "object", "properties": {"a": {"enum": ["x"], "title": "Another"}, "b": {"type": "string"}}},
        {"type": "object", "properties": {"a": {"x-python-type": "list[__import__('os')]"}}},
        {"type": "array", "items": {"type": "string"}},
    ],
)
def test_nothing_else_is_taken_from_the_class_generator(schema: dict[str, Any]) -> None:
    """Whatever it may make one day of a schema: only annotations that do nothing pass."""
    with pytest.raises((AssertionError, Exception), match=r".") as raised:
        pydantic_classes(ClassSource("Row", "jeyn.stores.row.Row", schema, {"a": FieldSource("a")}, "About."))
    assert not isinstance(raised.value, KeyError | TypeError | AttributeError)


def test_annotations_that_call_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def given(text: str) -> None:
        monkeypatch.setattr(field_types, "_generated", lambda _: ast.parse(text))
        monkeypatch.setattr(field_types, "_MADE", {})

    schema = {"properties": {"a": {"type": "integer"}}}
    fields = {"a": FieldSource("a")}
    for text in (
        "class GeneratedClass0(Row):\n    field_0: print('x')",
        "class GeneratedClass0(Row):\n    field_0: (lambda: 1)",
        "class GeneratedClass0(Row):\n    field_0: x.y",
        "class GeneratedClass0(Row):\n    field_0: [b for b in c]",
        "class GeneratedClass0(Row):\n    field_0: int = 3",
        "class GeneratedClass0(Row):\n    field_0: int\n    def f(self): pass",
        "class GeneratedClass0(Row):\n    field_1: int",
        "class Other(Row):\n    field_0: int",
        "class GeneratedClass0(Row):\n    field_0: int\nx = 1",
        "@x\nclass GeneratedClass0(Row):\n    field_0: int",
    ):
        given(text)
        with pytest.raises(AssertionError, match="the class generator"):
            pydantic_classes(ClassSource("Row", "jeyn.stores.row.Row", schema, fields, "About."))
    given("from typing import Annotated, Any\nclass GeneratedClass0(Row):\n    field_0: Annotated[int, Field(ge=-1)]")
    mine = {"a": FieldSource("a", "x" * 80, "About.")}
    made = pydantic_classes(ClassSource("Mine", "jeyn.stores.row.Row", schema, mine, "Mine."))
    assert made.imports == ("from jeyn.stores.row import Row", "from typing import Annotated")
    assert made.source.startswith(
        'class Mine(Row):\n    """Mine."""\n\n    a: Annotated[int, Field(ge=-1)] = (\n        xxx'
    )
    assert made.source.endswith('\n    )\n    """About."""')


def test_batches_of_catalogs_that_sound_alike_have_names_of_their_own() -> None:
    pins = [Pin("a-1", "1"), Pin("a1", "1"), Pin("a1", "2"), Pin("b", "0.2"), Pin("b", "0.3"), Pin("c", "1")]
    local = BatchNames.of(pins, ["CInputs"]).local
    assert len(set(local.values())) == len(pins)
    assert local[Pin("c", "1")] == "CBatch"
    assert local[Pin("b", "0.2")] == "BV0_2Batch"
    assert {batch_class(pin) for pin in pins} == {"A1Batch", "BBatch", "CBatch"}
    assert BatchNames.of([Pin("c", "1")], ["CBatch"]).local == {Pin("c", "1"): "CV1Batch"}


def test_a_step_without_anything_to_read() -> None:
    made = inputs_class("Quiet", "What it reads.", (), (), BatchNames({}))
    assert made.source == 'class QuietInputs(StepInputs):\n    """What it reads."""\n'.rstrip()


def test_a_parameter_that_hides_the_type_of_its_default() -> None:
    kind = Scalar("decimal", precision=3, scale=1)
    made = inputs_class("S", "", (), (Parameter("Decimal", kind, default=Decimal("1.5")),), BatchNames({}))
    assert 'Decimal: Decimal_aliased = Decimal_aliased("1.5")' in made.source
    assert "from decimal import Decimal as Decimal_aliased" in made.imports


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", '"a"'),
        ('"', "'\"'"),
        ("'", '"\'"'),
        ("'\"", '"\'\\""'),
        ("\\'\"", '"\\\\\'\\""'),
        ("\\'", '"\\\\\'"'),
        ("\n\0\u202e", '"\\n\\x00\\u202e"'),
    ],
)
def test_quoted(text: str, expected: str) -> None:
    assert quoted(text) == expected
    assert ast.literal_eval(expected) == text


def test_docstrings_are_wrapped_and_keep_their_paragraphs() -> None:
    text = docstring("One.\n\n" + "word " * 40 + "\n  indented", "    ")
    assert max(map(len, text.split("\n"))) <= 88
    assert not any(line != line.rstrip() for line in text.split("\n"))
    assert ast.literal_eval(text.strip()).split() == ["One.", *["word"] * 40, "indented"]
    assert docstring("x") == '"""x"""'
    assert docstring('a "b" c') == '"""a "b" c"""'
    assert docstring(" \n ") == '""""""'


def test_expressions_are_broken_where_they_do_not_fit() -> None:
    short, long = ("a",), ("a" * 40, "b" * 60)
    assert expression(short) == '("a",)'
    assert expression(long) == f'(\n    "{long[0]}",\n    "{long[1]}",\n)'
    assert expression("x" * 200) == '"' + "x" * 200 + '"'


def test_imports_are_merged_sorted_and_broken() -> None:
    text = imports(
        "from b import y",
        "from b import x",
        "from datetime import date",
        "from generated.a import c",
        "from b import x",
    )
    assert text == "from datetime import date\n\nfrom b import x, y\n\nfrom generated.a import c"
    assert imports(*(f"from a import name_number_{number}" for number in range(9))).startswith(
        "from a import (\n    name"
    )


def test_integers_that_mypy_takes_in_no_literal_are_checked_from_the_catalog() -> None:
    kind = Scalar("uint64")
    fine, large = (Feature(name, kind, Constraints(enum=(1, most))) for name, most in (("a", 2**63 - 1), ("b", 2**63)))
    catalog = DataCatalog("plain", Version(1, 0, 0), (fine, large))
    assert f"    a: Literal[1, {2**63 - 1}]\n    b: Annotated[int, Field(ge=0)]\n" in catalog_unit(catalog).text()
    with imported(catalog) as batch_type:
        assert batch_type.row_type(a=1, b=2**63).b == 2**63
        with pytest.raises(ValidationError, match="b is 2, which breaks enum"):
            batch_type.row_type(a=1, b=2)


def test_a_catalog_without_words_says_whose_rows_they_are() -> None:
    text = catalog_unit(DataCatalog("plain", Version(1, 0, 0), (Feature("a", Scalar("bool")),))).text()
    assert '"""Rows of plain@1."""' in text
    assert class_part("plain") == "Plain"

"""Reading `kind: DatasetFormula` and `kind: MLUseCase`."""

from __future__ import annotations

from pathlib import PurePosixPath
from urllib.parse import urlsplit

from jeyn.model.definitions import (
    CompositeRecipe,
    DatasetFormula,
    FilesRecipe,
    Gate,
    MLUseCase,
    ModelRecipe,
    Promotion,
    PythonRecipe,
    Recipe,
)
from jeyn.model.names import Pin
from jeyn_gen.load import reader as read
from jeyn_gen.load.bounds import bounds
from jeyn_gen.load.catalogs import NO_VERSION
from jeyn_gen.load.fields import Fields, Read, Reader
from jeyn_gen.load.nodes import Node, ScalarNode

NO_PIN = Pin("", "")
FORMATS = {".parquet": "parquet", ".pq": "parquet", ".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl"}
HOWS = ("inner", "left", "full")
SERIALIZERS = ("skops", "safetensors", "json", "pickle")


def formula(fields: Fields) -> DatasetFormula:
    """The rest of a DatasetFormula document."""
    found = DatasetFormula(
        name=fields.need("name", read.name, ""),
        version=fields.need("version", read.version, NO_VERSION),
        description=fields.get("description", read.words, ""),
        catalog=fields.need("catalog", read.pin, NO_PIN),
        recipe=fields.need("recipe", _recipe, FilesRecipe("", "")),
    )
    fields.close()
    return found


def use_case(fields: Fields) -> MLUseCase:
    """The rest of an MLUseCase document."""
    found = MLUseCase(
        name=fields.need("name", read.name, ""),
        version=fields.need("version", read.version, NO_VERSION),
        description=fields.get("description", read.words, ""),
        inputs=fields.need("inputs", read.pin, NO_PIN),
        outputs=fields.need("outputs", read.pin, NO_PIN),
        metrics=fields.get("metrics", read.mapping_of("`metrics`", _gate), ()),
        promoted=fields.get("promoted", read.mapping_of("`promoted`", _promotion), ()),
        serializer=fields.get("serializer", read.choice(*SERIALIZERS), ""),
        trusted=fields.get("trusted", read.list_of("`trusted`", read.text), ()),
    )
    fields.close()
    return found


def _recipe(reader: Reader, node: Node) -> Recipe:
    fields = Fields(reader, node, "`recipe`")
    readers: dict[str, Read[Recipe]] = {
        "files": _files,
        "python": _python,
        "composite": _composite,
        "model": _model,
    }
    kind = fields.choose(*readers)
    recipe = fields.get(kind, readers[kind], None) if kind else None
    fields.close()
    assert recipe is not None, "a recipe that was refused makes its fields unsound"
    return recipe


def _files(reader: Reader, node: Node) -> FilesRecipe:
    fields = Fields(reader, node, "`files`")
    url = fields.need("url", _url, "")
    form = fields.get("format", read.choice("parquet", "csv", "jsonl"), "")
    fields.close()
    form = form or FORMATS.get(PurePosixPath(url).suffix, "")
    if not form:
        raise reader.refuse(
            fields.place("url"),
            "JYN121",
            "the files' format cannot be told from the URL",
            "add `format:` (parquet, csv or jsonl)",
        )
    return FilesRecipe(url, form)


def _url(reader: Reader, node: Node) -> str:
    """A URL or a path, whose parts can be told apart."""
    text = read.text(reader, node)
    try:
        urlsplit(text)
    except ValueError as error:
        raise reader.refuse(
            node, "JYN121", f"{text[:80]!r} is no URL: {error}", "write [ and ] in it as %5B and %5D"
        ) from None
    if not text.strip():
        raise reader.refuse(node, "JYN121", "the URL is empty", "write the path of the files, such as data/*.parquet")
    return text


def _python(reader: Reader, node: Node) -> PythonRecipe:
    fields = Fields(reader, node, "`python`")
    found = PythonRecipe(
        function=fields.need("function", read.function, ""),
        inputs=fields.get("inputs", _inputs, ()),
    )
    fields.close()
    return found


def _composite(reader: Reader, node: Node) -> CompositeRecipe:
    fields = Fields(reader, node, "`composite`")
    found = CompositeRecipe(
        inputs=fields.need("inputs", _inputs, ()),
        on=fields.get("on", read.list_of("`on`", read.text, empty=False), ()),
        how=fields.get("how", read.choice(*HOWS), "inner"),
    )
    if "how" in fields.node.pairs and not found.on:
        fields.sound = False
        reader.report(
            fields.place("how"), "JYN105", "`how` belongs to a join, which needs `on`", "add `on:`, or remove `how`"
        )
    if fields.sound and len(found.inputs) < 2:
        fields.sound = False
        reader.report(fields.place("inputs"), "JYN119", "a composite needs at least two inputs", "add another")
    fields.close()
    return found


def _model(reader: Reader, node: Node) -> ModelRecipe:
    fields = Fields(reader, node, "`model`")
    found = ModelRecipe(
        batch=fields.need("batch", read.pin, NO_PIN),
        checkpoint=fields.need("checkpoint", read.pin, NO_PIN),
        function=fields.need("function", read.function, ""),
        rows=fields.get("rows", read.integer(1), 65536),
    )
    fields.close()
    return found


def _input(reader: Reader, key: ScalarNode, node: Node) -> tuple[str, Pin]:
    return read.input_name(reader, key), read.pin(reader, node)


_inputs = read.mapping_of("`inputs`", _input)


def _gate(reader: Reader, key: ScalarNode, node: Node) -> Gate:
    low, high = bounds(reader, node, f"metric `{key.text[:80]}`", "metric")
    return Gate(key.text, low, high)


def _promotion(reader: Reader, key: ScalarNode, node: Node) -> Promotion:
    fields = Fields(reader, node, f"stage `{key.text[:80]}`")
    found = Promotion(
        stage=read.name(reader, key),
        checkpoint=fields.need("checkpoint", read.text, ""),
        digest=fields.need("digest", read.digest, ""),
    )
    fields.close()
    return found

"""Types of fields: what is made of a schema does not depend on what else is made with it."""

from __future__ import annotations

import ast
from collections.abc import Sequence

import pytest
from drawn_definitions import catalogs
from hypothesis import HealthCheck, given, settings
from thorough import many

from jeyn.model.definitions import DataCatalog
from jeyn.model.types import Feature, Struct
from jeyn_gen.emit import field_types as module
from jeyn_gen.emit.field_types import Schema, field_types
from jeyn_gen.emit.json_schema import features_schema
from jeyn_gen.emit.layout import on_one_line


def schemas_of(catalog: DataCatalog) -> list[Schema]:
    """The schemas of all fields, those of structs included, whose classes are numbered."""
    nodes = list(dict.fromkeys(node for feature in catalog.features for node in feature.nodes()))
    structs = {node: f"Struct{number}" for number, node in enumerate(nodes) if isinstance(node.type, Struct)}
    members: list[tuple[Feature, ...]] = [catalog.features, *(node.children for node in structs)]
    return [schema for some in members for schema in features_schema(some, structs)["properties"].values()]


def said(schemas: Sequence[Schema], monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[str]]]:
    """What a run of the class generator of its own makes of schemas: annotations, and import lines."""
    monkeypatch.setattr(module, "_MADE", {})
    aliases = {"date": "date_aliased", "Decimal": "Decimal_aliased"}
    return [(on_one_line(one.part(aliases)), sorted(one.imports(aliases))) for one in field_types(schemas)]


@settings(
    max_examples=many(8, 500),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(catalog=catalogs())
def test_together_as_alone(catalog: DataCatalog, monkeypatch: pytest.MonkeyPatch) -> None:
    schemas = schemas_of(catalog)
    together = said(schemas, monkeypatch)
    assert together == [said([schema], monkeypatch)[0] for schema in schemas]
    assert together[::-1] == said(schemas[::-1], monkeypatch)
    for annotation, _ in together:
        ast.parse(annotation, mode="eval")


def test_a_schema_is_given_to_the_class_generator_once(monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[Schema] = []
    generated = module._generated
    monkeypatch.setattr(module, "_generated", lambda schema: (runs.append(schema), generated(schema))[1])
    monkeypatch.setattr(module, "_MADE", {})
    text, number = {"type": "string"}, {"type": "number"}
    assert [on_one_line(one.part({})) for one in field_types([text, number, text])] == ["str", "float", "str"]
    assert [on_one_line(one.part({})) for one in field_types([number])] == ["float"]
    assert len(runs) == 1


def test_structs_that_are_alike_keep_their_names(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = {"type": "array", "items": {"$ref": "One"}}, {"type": "array", "items": {"$ref": "Other"}}
    assert [annotation for annotation, _ in said([one, other], monkeypatch)] == ["list[One]", "list[Other]"]

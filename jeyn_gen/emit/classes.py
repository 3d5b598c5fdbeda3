"""Pydantic classes from JSON Schema, whose annotations are made by datamodel-code-generator in this process.

The parser takes most of a second to import, so it is imported when a class must really be made. Only annotations are
taken from it, and only of a shape that is known to do nothing; prose and defaults are written here.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jeyn_gen.emit.source import WIDTH, docstring

# The class generator has rules of its own for names of classes, so it is given one that it leaves alone.
_TITLE = "GeneratedClass"
_CALLS = frozenset({"Field", "float"})
_SHAPES = (ast.Name, ast.Load, ast.Subscript, ast.Tuple, ast.BinOp, ast.BitOr, ast.UnaryOp, ast.USub, ast.Constant)


@dataclass(frozen=True, slots=True)
class FieldSource:
    """What stands beside the annotation of a field: its attribute, the expression of its default, its description."""

    attribute: str
    default: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class GeneratedClass:
    """The import lines that a class needs, and its source."""

    imports: tuple[str, ...]
    source: str


def pydantic_class(
    name: str, base: str, schema: Mapping[str, Any], fields: Mapping[str, FieldSource], about: str = ""
) -> GeneratedClass:
    """The class of an object schema, with a field for each of its properties.

    `base` is the dotted name of its base class. Where an attribute differs from its property's name, that becomes the
    field's alias.
    """
    aliases = {key: field.attribute for key, field in fields.items() if key != field.attribute}
    tree, lines = _generated(schema, base, aliases)
    annotations = dict(_annotations(name, tree, lines))
    if set(annotations) != {field.attribute for field in fields.values()}:
        raise AssertionError(f"the class generator gave {name} the fields {sorted(annotations)}")
    module, _, parent = base.rpartition(".")
    needed = (f"from {module} import {parent}", *_imports(tree))
    parts = [docstring(about, "    ") + "\n"] if about else []
    for field in fields.values():
        parts.append(_field(annotations[field.attribute], field.default))
        if field.about:
            parts.append(docstring(field.about, "    "))
    return GeneratedClass(needed, "\n".join([f"class {name}({parent}):", *parts]))


def _generated(schema: Mapping[str, Any], base: str, aliases: dict[str, str]) -> tuple[ast.Module, list[str]]:
    from datamodel_code_generator import LiteralType
    from datamodel_code_generator.enums import DataModelType
    from datamodel_code_generator.format import DatetimeClassType, Formatter, PythonVersion
    from datamodel_code_generator.model import get_data_model_types
    from datamodel_code_generator.parser.jsonschema import JsonSchemaParser

    types = get_data_model_types(DataModelType.PydanticV2BaseModel, target_python_version=PythonVersion.PY_311)
    parser = JsonSchemaParser(
        json.dumps({**schema, "title": _TITLE}),
        data_model_type=types.data_model,
        data_model_root_type=types.root_model,
        data_model_field_type=types.field_model,
        data_type_manager_type=types.data_type_manager,
        dump_resolve_reference_action=types.dump_resolve_reference_action,
        target_python_version=PythonVersion.PY_311,
        target_datetime_class=DatetimeClassType.Awaredatetime,
        aliases=aliases,
        base_class=base,
        use_annotated=True,
        field_constraints=True,
        use_standard_collections=True,
        use_union_operator=True,
        use_double_quotes=True,
        enum_field_as_literal=LiteralType.All,
        collapse_root_models=True,
        formatters=[Formatter.BUILTIN],
    )
    text = parser.parse()
    assert isinstance(text, str), "one schema without references gives one module"
    return ast.parse(text), text.split("\n")


def _annotations(name: str, tree: ast.Module, lines: list[str]) -> Iterator[tuple[str, str]]:
    """Each attribute with the source of its line; makes sure that nothing but one class with fields was made."""
    rest = [node for node in tree.body if not isinstance(node, ast.Import | ast.ImportFrom)]
    made = rest[0] if len(rest) == 1 else None
    if not isinstance(made, ast.ClassDef) or made.name != _TITLE or made.decorator_list:
        raise AssertionError(f"the class generator made more than the class {name}")
    for node in made.body:
        if isinstance(node, ast.Pass):
            continue
        if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name) or node.value is not None:
            raise AssertionError(f"the class generator wrote in {name}: {ast.unparse(node)}")
        if not all(_is_harmless(part) for part in ast.walk(node.annotation)):
            raise AssertionError(f"the class generator wrote in {name}: {ast.unparse(node)}")
        yield node.target.id, "\n".join(lines[node.lineno - 1 : node.end_lineno])


def _is_harmless(node: ast.AST) -> bool:
    """Types, literals and the constraints of a `Field`; no call of anything else."""
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id in _CALLS
    return isinstance(node, (*_SHAPES, ast.keyword))


def _imports(tree: ast.Module) -> Iterator[str]:
    """The import lines of what the annotations use."""
    fields = [node for made in tree.body if isinstance(made, ast.ClassDef) for node in made.body]
    used = {part.id for node in fields for part in ast.walk(node) if isinstance(part, ast.Name)}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module != "__future__":
            for alias in node.names:
                if (alias.asname or alias.name) in used:
                    yield f"from {node.module} import {ast.unparse(alias)}"


def _field(annotation: str, default: str) -> str:
    if not default:
        return annotation
    line = f"{annotation} = {default}"
    return line if len(line) <= WIDTH else f"{annotation} = (\n        {default}\n    )"

"""Pydantic classes from JSON Schema, whose annotations are made by datamodel-code-generator in this process.

The parser takes most of a second to import, so it is imported when a class must really be made. Only annotations are
taken from it, and only of a shape that is known to do nothing; names, prose and defaults are written here.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jeyn_gen.emit.annotations import part_of
from jeyn_gen.emit.layout import Brackets, Part, class_line, named, statement
from jeyn_gen.emit.source import docstring, quoted

# The class generator has rules of its own for names, so it is given some that it leaves alone.
_ROOT = "GeneratedRoot"
_CLASS = "GeneratedClass"
_FIELD = "field_"
# Types that are imported, and that a field of the same name would hide from the fields after it. The others are names
# that no field can have.
_TYPES = ("Decimal", "UTC", "date", "datetime", "timedelta")


@dataclass(frozen=True, slots=True)
class FieldSource:
    """What stands beside the annotation of a field: its attribute, the expression of its default, its description."""

    attribute: str
    default: Part | None = None
    about: str = ""


@dataclass(frozen=True, slots=True)
class ClassSource:
    """A class to be made of an object schema: `base` is the dotted name of its base class, `fields` are by property.

    A schema refers to another class that is made with it by `{"$ref": NAME}`. Where an attribute differs from its
    property's name, that becomes the field's alias.
    """

    name: str
    base: str
    schema: Mapping[str, Any]
    fields: Mapping[str, FieldSource]
    about: str


@dataclass(frozen=True, slots=True)
class GeneratedClasses:
    """The import lines that classes need, and their source."""

    imports: tuple[str, ...]
    source: str


def warm_up() -> None:
    """Import the class generator, so that processes that are forked from this one need not."""
    import datamodel_code_generator.parser.jsonschema  # noqa: F401  # for its effect


def pydantic_classes(*classes: ClassSource) -> GeneratedClasses:
    """The classes in this order, with a field for each property; a class must come after those that it refers to."""
    keys = {one.name: f"{_CLASS}{number}" for number, one in enumerate(classes)}
    tree = _generated(classes, keys)
    made = {node.name: node for node in _classes(tree)}
    if not set(keys.values()) <= set(made):
        raise AssertionError(f"the class generator made the classes {sorted(made)} of {sorted(keys)}")
    aliases = type_aliases(field.attribute for one in classes for field in one.fields.values())
    names: dict[str, Part] = {**{key: name for name, key in keys.items()}, **aliases}
    rest = [node for name, node in made.items() if name not in names and name != _ROOT]
    for node in rest:  # rules of items, for which it makes classes of their own; each is made before it is used
        ((_, names[node.name]),) = _annotations(node.name, node, names, root=True)
    sources = [_source(one, made[keys[one.name]], names) for one in classes]
    bases = [f"from {module} import {parent}" for module, _, parent in (one.base.rpartition(".") for one in classes)]
    needed = dict.fromkeys([*bases, *_imports(tree, [made[name] for name in made if name != _ROOT], aliases)])
    if any(name != field.attribute for one in classes for name, field in one.fields.items()):
        needed |= dict.fromkeys(["from pydantic import Field", "from typing import Annotated"])
    return GeneratedClasses(tuple(needed), "\n\n\n".join(sources))


def type_aliases(attributes: Iterable[str]) -> dict[str, str]:
    """What types are called beside fields with these attributes, where a field would hide one."""
    taken = set(attributes)
    aliases: dict[str, str] = {}
    for name in _TYPES:
        if name in taken:
            alias = f"{name}_aliased"
            while alias in taken:
                alias += "_"
            aliases[name] = alias
    return aliases


def _source(one: ClassSource, made: ast.ClassDef, names: Mapping[str, Part]) -> str:
    annotations = dict(_annotations(one.name, made, names))
    properties = _properties(one)
    if list(annotations) != list(properties.values()):
        raise AssertionError(f"the class generator made of {one.name}: {ast.unparse(made)}")
    parts = [docstring(one.about, "    ") + "\n"]
    for name, field in one.fields.items():
        annotation = annotations[properties[name]]
        called = annotation if name == field.attribute else _with_alias(annotation, name)
        parts.append(statement(field.attribute, called, field.default, 4))
        if field.about:
            parts.append(docstring(field.about, "    "))
    return "\n".join([class_line(one.name, one.base.rpartition(".")[2]), *parts])


def _with_alias(annotation: Part, name: str) -> Part:
    """An annotation that says how a field is called outside of Python."""
    alias = named("alias", quoted(name))
    if isinstance(annotation, Brackets) and annotation.start == "Annotated[":
        *kept, field = annotation.items
        assert isinstance(field, Brackets), "what the class generator annotates a type with is a Field"
        return Brackets("Annotated[", [*kept, Brackets("Field(", [alias, *field.items], ")")], "]")
    return Brackets("Annotated[", [annotation, Brackets("Field(", [alias], ")")], "]")


def _properties(one: ClassSource) -> dict[str, str]:
    """What the class generator knows the properties of a class by."""
    return {name: f"{_FIELD}{number}" for number, name in enumerate(one.fields)}


def _generated(classes: Sequence[ClassSource], keys: Mapping[str, str]) -> ast.Module:
    from datamodel_code_generator import LiteralType
    from datamodel_code_generator.enums import DataModelType
    from datamodel_code_generator.format import DatetimeClassType, Formatter, PythonVersion
    from datamodel_code_generator.model import get_data_model_types
    from datamodel_code_generator.parser.jsonschema import JsonSchemaParser

    types = get_data_model_types(DataModelType.PydanticV2BaseModel, target_python_version=PythonVersion.PY_311)
    parser = JsonSchemaParser(
        json.dumps(_schema(classes, keys)),
        data_model_type=types.data_model,
        data_model_root_type=types.root_model,
        data_model_field_type=types.field_model,
        data_type_manager_type=types.data_type_manager,
        dump_resolve_reference_action=types.dump_resolve_reference_action,
        target_python_version=PythonVersion.PY_311,
        target_datetime_class=DatetimeClassType.Awaredatetime,
        use_annotated=True,
        field_constraints=True,
        use_standard_collections=True,
        use_union_operator=True,
        use_double_quotes=True,
        enum_field_as_literal=LiteralType.All,
        collapse_root_models=True,
        formatters=[Formatter.BUILTIN],
    )
    text = parser.parse(format_=False)  # only its syntax tree is read
    assert isinstance(text, str), "one schema that refers to no other gives one module"
    return ast.parse(text)


def _schema(classes: Sequence[ClassSource], keys: Mapping[str, str]) -> dict[str, Any]:
    """One schema that defines all classes, and refers to each so that it is made."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": _ROOT,
        "type": "object",
        "properties": {f"a{number}": {"$ref": f"#/$defs/{key}"} for number, key in enumerate(keys.values())},
        "$defs": {keys[one.name]: _object(one, keys) for one in classes},
    }


def _object(one: ClassSource, keys: Mapping[str, str]) -> dict[str, Any]:
    properties = _properties(one)
    if one.schema.get("properties", {}).keys() != properties.keys():
        raise AssertionError(f"the schema of {one.name} has other properties than {list(properties)}")
    held = {properties[name]: _resolved(schema, keys) for name, schema in one.schema["properties"].items()}
    return {"type": "object", "required": list(held), "properties": held}


def _resolved(schema: Any, keys: Mapping[str, str]) -> Any:
    if isinstance(schema, Mapping):
        if set(schema) == {"$ref"}:
            return {"$ref": f"#/$defs/{keys[schema['$ref']]}"}
        return {key: _resolved(value, keys) for key, value in schema.items()}
    return [_resolved(item, keys) for item in schema] if isinstance(schema, list) else schema


def _classes(tree: ast.Module) -> Iterator[ast.ClassDef]:
    """The classes of a module, which holds nothing else but imports."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and not node.decorator_list:
            yield node
        elif not isinstance(node, ast.Import | ast.ImportFrom):
            raise AssertionError(f"the class generator made more than classes: {ast.unparse(node)}")


def _annotations(
    name: str, made: ast.ClassDef, names: Mapping[str, Part], *, root: bool = False
) -> Iterator[tuple[str, Part]]:
    """Each attribute with its annotation, in which `names` stand for what they are keys of.

    Fields are all that may be there; `root`: those of a class that stands for a type.
    """
    if root != (ast.unparse(made.bases[0]).startswith("RootModel[") if made.bases else False):
        raise AssertionError(f"the class generator made the class {ast.unparse(made)}")
    for node in made.body:
        if isinstance(node, ast.Pass):
            continue
        if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name) or node.value is not None:
            raise AssertionError(f"the class generator wrote in {name}: {ast.unparse(node)}")
        if any(isinstance(part, ast.Attribute | ast.List) for part in ast.walk(node.annotation)):
            raise AssertionError(f"the class generator wrote in {name}: {ast.unparse(node)}")
        try:
            yield node.target.id, part_of(node.annotation, names)
        except ValueError as error:
            raise AssertionError(f"the class generator wrote in {name}: {error}") from None


def _imports(tree: ast.Module, classes: Sequence[ast.ClassDef], aliases: Mapping[str, str]) -> Iterator[str]:
    """The import lines of what the annotations use."""
    used = {part.id for made in classes for node in made.body for part in ast.walk(node) if isinstance(part, ast.Name)}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module != "__future__":
            for one in node.names:
                if one.asname is None and one.name in used:
                    alias = f" as {aliases[one.name]}" if one.name in aliases else ""
                    yield f"from {node.module} import {one.name}{alias}"

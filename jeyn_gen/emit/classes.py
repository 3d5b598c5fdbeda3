"""Pydantic classes from JSON Schema: types come from the class generator, all else is written here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from jeyn_gen.emit.field_types import FieldType, Schema, field_types
from jeyn_gen.emit.layout import Brackets, Part, class_line, named, statement
from jeyn_gen.emit.source import docstring, quoted

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
    schema: Schema
    fields: Mapping[str, FieldSource]
    about: str

    @property
    def properties(self) -> Mapping[str, Schema]:
        """The schema of each field."""
        held: Mapping[str, Schema] = self.schema.get("properties", {})
        if held.keys() != self.fields.keys():
            raise AssertionError(f"the schema of {self.name} has other properties than {list(self.fields)}")
        return held


@dataclass(frozen=True, slots=True)
class GeneratedClasses:
    """The import lines that classes need, and their source."""

    imports: tuple[str, ...]
    source: str


def pydantic_classes(*classes: ClassSource) -> GeneratedClasses:
    """The classes in this order, with a field for each property; a class must come after those that it refers to."""
    aliases = type_aliases(field.attribute for one in classes for field in one.fields.values())
    types = field_types([schema for one in classes for schema in one.properties.values()])
    remaining = iter(types)
    sources = [_source(one, {name: next(remaining) for name in one.properties}, aliases) for one in classes]
    bases = [f"from {module} import {parent}" for module, _, parent in (one.base.rpartition(".") for one in classes)]
    needed = dict.fromkeys([*bases, *(line for kind in types for line in kind.imports(aliases))])
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


def _source(one: ClassSource, types: Mapping[str, FieldType], aliases: Mapping[str, str]) -> str:
    parts = [docstring(one.about, "    ") + "\n"]
    for name, field in one.fields.items():
        annotation = types[name].part(aliases)
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

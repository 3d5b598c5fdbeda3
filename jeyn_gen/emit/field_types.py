"""Types of fields, which datamodel-code-generator makes of their JSON Schemas in this process, of each schema once.

Its parser takes most of a second to import, so it is imported when a type must really be made. What it makes of a
schema does not depend on what else it is given, so schemas are given to it together, and their types are kept. Only
annotations are taken from it, and only of a shape that is known to do nothing.
"""

from __future__ import annotations

import ast
import gc
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from jeyn_gen.emit.annotations import part_of
from jeyn_gen.emit.layout import Part

#: A JSON Schema. It refers to the class of a struct by `{"$ref": NAME}`, to one at most.
Schema = Mapping[str, Any]

# The class generator has rules of its own for names, so it is given some that it leaves alone.
_ROOT = "GeneratedRoot"
_FIELDS = "GeneratedClass0"
_STRUCT = "GeneratedClass1"
_CLASSES = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": _ROOT,
    "type": "object",
    "properties": {"a0": {"$ref": f"#/$defs/{_FIELDS}"}, "a1": {"$ref": f"#/$defs/{_STRUCT}"}},
}
_ANY_STRUCT = {"type": "object", "required": ["field_0"], "properties": {"field_0": {"type": "boolean"}}}


@dataclass(frozen=True, slots=True)
class FieldType:
    """The annotation of a field: a tree, in which names may stand for others, and what its names are imported from.

    `rules` are trees that the class generator has names of its own for; each may use those before it. `struct` is the
    class of the struct in it, if there is one.
    """

    annotation: ast.expr
    rules: tuple[tuple[str, ast.expr], ...]
    modules: tuple[tuple[str, str], ...]
    struct: str = ""

    def part(self, aliases: Mapping[str, str]) -> Part:
        """The annotation, where `aliases` are what to call types by."""
        names: dict[str, Part] = {**aliases, _STRUCT: self.struct}
        for name, rule in self.rules:
            names[name] = part_of(rule, names)
        return part_of(self.annotation, names)

    def imports(self, aliases: Mapping[str, str]) -> Iterator[str]:
        """The import lines that it needs."""
        for module, name in self.modules:
            yield f"from {module} import {name}" + (f" as {aliases[name]}" if name in aliases else "")


#: What was made already, by the text of its schema, in which any struct is the same.
_MADE: dict[str, FieldType] = {}


def field_types(schemas: Sequence[Schema]) -> list[FieldType]:
    """The type of each schema."""
    anonymous = [_without_name(schema) for schema in schemas]
    texts = [json.dumps(schema) for schema, _ in anonymous]
    unknown = {text: schema for text, (schema, _) in zip(texts, anonymous, strict=True) if text not in _MADE}
    if unknown:
        _MADE.update(zip(unknown, _made(list(unknown.values())), strict=True))
    return [
        FieldType(made.annotation, made.rules, made.modules, struct)
        for made, (_, struct) in zip((_MADE[text] for text in texts), anonymous, strict=True)
    ]


@cache
def warm_up() -> None:
    """Import the class generator, so that processes that are forked from this one need not.

    A fifth of the time would go into looking for cycles among what it defines, all of which stays.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        import datamodel_code_generator.config
        import datamodel_code_generator.model.pydantic_v2
        import datamodel_code_generator.parser.jsonschema  # noqa: F401  # all of them for their effect
    finally:
        gc.freeze()
        if was_on:
            gc.enable()


def _without_name(schema: Any) -> tuple[Any, str]:
    """The schema with another name for the struct that it refers to, and the struct's own."""
    if isinstance(schema, Mapping):
        if set(schema) == {"$ref"}:
            return {"$ref": f"#/$defs/{_STRUCT}"}, str(schema["$ref"])
        held = {key: _without_name(value) for key, value in schema.items()}
        return {key: value for key, (value, _) in held.items()}, _one_of(struct for _, struct in held.values())
    if isinstance(schema, list):
        items = [_without_name(item) for item in schema]
        return [item for item, _ in items], _one_of(struct for _, struct in items)
    return schema, ""


def _one_of(structs: Iterable[str]) -> str:
    found = {struct for struct in structs if struct}
    assert len(found) <= 1, "a field is made of one struct at most"
    return found.pop() if found else ""


def _made(schemas: Sequence[Schema]) -> Iterator[FieldType]:
    """The types of schemas, in their order, made in one run of the class generator."""
    fields = {f"field_{number}": schema for number, schema in enumerate(schemas)}
    held = {"type": "object", "required": list(fields), "properties": fields}
    tree = _generated({**_CLASSES, "$defs": {_FIELDS: held, _STRUCT: _ANY_STRUCT}})
    classes = {node.name: node for node in _classes(tree)}
    if _FIELDS not in classes:
        raise AssertionError(f"the class generator made the classes {sorted(classes)}")
    rules = {
        name: annotation
        for name, node in classes.items()
        if name not in (_ROOT, _FIELDS, _STRUCT)
        for _, annotation in _annotations(node, is_rule=True)
    }
    annotations = dict(_annotations(classes[_FIELDS]))
    if list(annotations) != list(fields):
        raise AssertionError(f"the class generator made: {ast.unparse(classes[_FIELDS])}")
    sources = dict(_sources(tree))
    for annotation in annotations.values():
        used = _used(annotation, rules)
        own = tuple((name, rule) for name, rule in rules.items() if name in used)
        made = FieldType(annotation, own, tuple((sources[name], name) for name in sorted(used & set(sources))))
        try:
            made.part({})
        except ValueError as error:
            raise AssertionError(f"the class generator wrote: {error}") from None
        yield made


def _generated(schema: Schema) -> ast.Module:
    warm_up()
    from datamodel_code_generator import LiteralType
    from datamodel_code_generator.enums import DataModelType
    from datamodel_code_generator.format import DatetimeClassType, Formatter, PythonVersion
    from datamodel_code_generator.model import get_data_model_types
    from datamodel_code_generator.parser.jsonschema import JsonSchemaParser

    types = get_data_model_types(DataModelType.PydanticV2BaseModel, target_python_version=PythonVersion.PY_311)
    parser = JsonSchemaParser(
        json.dumps(schema),
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


def _classes(tree: ast.Module) -> Iterator[ast.ClassDef]:
    """The classes of a module, which holds nothing else but imports."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and not node.decorator_list:
            yield node
        elif not isinstance(node, ast.Import | ast.ImportFrom):
            raise AssertionError(f"the class generator made more than classes: {ast.unparse(node)}")


def _annotations(made: ast.ClassDef, *, is_rule: bool = False) -> Iterator[tuple[str, ast.expr]]:
    """Each attribute of a class with its annotation. Nothing else may be there.

    `is_rule`: of a class that stands for a type, which has one.
    """
    if is_rule != (ast.unparse(made.bases[0]).startswith("RootModel[") if made.bases else False):
        raise AssertionError(f"the class generator made the class {ast.unparse(made)}")
    for node in made.body:
        if isinstance(node, ast.Pass):
            continue
        if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name) or node.value is not None:
            raise AssertionError(f"the class generator wrote: {ast.unparse(node)}")
        if any(isinstance(part, ast.Attribute | ast.List) for part in ast.walk(node.annotation)):
            raise AssertionError(f"the class generator wrote: {ast.unparse(node)}")
        yield node.target.id, node.annotation


def _used(annotation: ast.expr, rules: Mapping[str, ast.expr]) -> set[str]:
    """The names in an annotation, and in the rules that it names."""
    found = {part.id for part in ast.walk(annotation) if isinstance(part, ast.Name)}
    return found.union(*(_used(rules[name], rules) for name in found & set(rules)))


def _sources(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """The names that a module imports, each with the module that it is from."""
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module and node.module != "__future__":
            yield from ((one.name, node.module) for one in node.names if one.asname is None)

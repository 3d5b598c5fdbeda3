"""Pydantic classes from JSON Schema, made by datamodel-code-generator in this process.

Its parser takes most of a second to import, so it is imported when a class must really be made.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


# The class generator has rules of its own for names of classes, so it is given one that it leaves alone.
_TITLE = "GeneratedClass"
_CALLS = frozenset({"Field", "float", "timedelta", "Decimal"})


@dataclass(frozen=True, slots=True)
class GeneratedClass:
    """The import lines that a class needs, and its source."""

    imports: tuple[str, ...]
    source: str


def pydantic_class(schema: Mapping[str, Any], base: str, attributes: Mapping[str, str]) -> GeneratedClass:
    """The class of an object schema.

    `base` is the dotted name of its base class; `attributes` gives property names their Python attribute, where the
    two differ the property's name becomes the field's alias.
    """
    from datamodel_code_generator import LiteralType
    from datamodel_code_generator.enums import DataModelType
    from datamodel_code_generator.format import DatetimeClassType, Formatter, PythonVersion
    from datamodel_code_generator.model import get_data_model_types
    from datamodel_code_generator.parser.jsonschema import JsonSchemaParser

    types = get_data_model_types(DataModelType.PydanticV2BaseModel, target_python_version=PythonVersion.PY_311)
    aliases = {name: attribute for name, attribute in attributes.items() if name != attribute}
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
        use_schema_description=True,
        use_field_description=True,
        use_standard_collections=True,
        use_union_operator=True,
        use_double_quotes=True,
        enum_field_as_literal=LiteralType.All,
        allow_population_by_field_name=bool(aliases),
        apply_default_values_for_required_fields=True,
        collapse_root_models=True,
        formatters=[Formatter.BUILTIN],
    )
    text = parser.parse()
    assert isinstance(text, str), "one schema without references gives one module"
    return _checked(text, str(schema["title"]), set(attributes.values()))


def _checked(text: str, name: str, attributes: set[str]) -> GeneratedClass:
    """Take the module apart, and make sure that nothing but the one class with these fields came out of the schema."""
    tree = ast.parse(text)
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    rest = [node for node in tree.body if not isinstance(node, ast.Import | ast.ImportFrom)]
    made = rest[0] if len(rest) == 1 else None
    if not isinstance(made, ast.ClassDef) or made.name != _TITLE or made.decorator_list:
        raise AssertionError(f"the class generator made more than the class {name}")
    targets = [node.target for node in made.body if isinstance(node, ast.AnnAssign)]
    found = {target.id for target in targets if isinstance(target, ast.Name)}
    if found != attributes or not all(_is_harmless(node) for node in made.body):
        raise AssertionError(f"the class generator gave {name} the fields {sorted(found)}")
    needed = tuple(ast.unparse(node) for node in imports if ast.unparse(node) != "from __future__ import annotations")
    head, *body = text.splitlines()[made.lineno - 1 : made.end_lineno]
    return GeneratedClass(needed, "\n".join([head.replace(_TITLE, name, 1), *body]))


def _is_harmless(node: ast.stmt) -> bool:
    """Fields, docstrings, `pass` and the configuration; no other call than those of pydantic's own names."""
    if isinstance(node, ast.Pass):
        return True
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    if isinstance(node, ast.Assign):
        return ast.unparse(node).startswith("model_config = ConfigDict(")
    calls = [call.func for call in ast.walk(node) if isinstance(call, ast.Call)]
    known = all(isinstance(call, ast.Name) and call.id in _CALLS for call in calls)
    return isinstance(node, ast.AnnAssign) and known

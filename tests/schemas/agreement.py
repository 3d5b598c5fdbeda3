"""A document as JSON, what the loader and the published schema say of it, and whether they agree."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend

from jeyn.model.definitions import KINDS
from jeyn.model.value_text import DATE, DECIMAL, DURATION, HEXADECIMAL, TIMESTAMP
from jeyn_gen.diagnostics.finding import Finding
from jeyn_gen.load.documents import read_document
from jeyn_gen.load.nodes import BadDocument, MappingNode, Node, ScalarNode, SequenceNode, parse
from jeyn_gen.schemas.documents import document_schema

#: What a schema can say of one document: no finding with one of these codes without a schema that refuses it too.
EXPRESSIBLE = {
    "JYN104": "additionalProperties",
    "JYN105": "required",
    "JYN106": "type, minimum, maximum",
    "JYN107": "propertyNames, pattern",
    "JYN108": "pattern",
    "JYN109": "pattern",
    "JYN110": "enum",
    "JYN111": "enum",
    "JYN112": "minimum, enum by shape",
    "JYN113": "false by dtype and by form",
    "JYN117": "oneOf",
    "JYN119": "minProperties, minItems",
    "JYN121": "enum, pattern",
}
#: What none can say.
INEXPRESSIBLE = {
    "JYN101": "it is no YAML, so nothing is there to be validated",
    "JYN102": "nor is this",
    "JYN103": "JSON has no key twice",
    "JYN114": "values are compared with each other",
    "JYN115": "a pattern is read",
    "JYN118": "aliases are gone",
    "JYN120": "a value is compared with rules",
    "JYN122": "names are compared with others",
    "JYN123": "a value is compared with a parameter, which stands elsewhere",
    "JYN124": "equal items may be written otherwise",
    "JYN125": "combinations are counted",
    "JYN126": "bounds are compared with a parameter's",
    "JYN127": "seconds are added up",
    "JYN128": "a calendar is reckoned with",
    "JYN129": "keys of a toleration depend on each other",
}
_FORMS = (DATE, TIMESTAMP, DURATION, DECIMAL, HEXADECIMAL)


def _ecma(validator: Any, pattern: str, value: Any, _schema: Any) -> Iterator[ValidationError]:
    """`pattern` as ECMA-262 reads it: `$` is the very end, and `\\d` is ASCII."""
    if isinstance(value, str) and not re.search(pattern.replace("$", r"\Z"), value, re.ASCII):
        yield ValidationError(f"{value!r} does not match {pattern!r}")


_Validator: Any = extend(Draft202012Validator, {"pattern": _ecma})


@cache
def validator(kind: str | None) -> Any:
    schema = document_schema(kind)
    Draft202012Validator.check_schema(schema)
    return _Validator(schema)


def instance(node: Node) -> Any:
    """A node as JSON has it; floats may be what JSON cannot write."""
    if isinstance(node, MappingNode):
        return {key: instance(value) for key, (_, value) in node.pairs.items()}
    if isinstance(node, SequenceNode):
        return [instance(item) for item in node.items]
    assert isinstance(node, ScalarNode)
    return node.value


def disagreement(text: str) -> str | None:
    """How the loader and the schemas differ about a document, or None. What is no YAML, no schema ever sees."""
    try:
        root = parse(text, "shown.yaml", [])
    except BadDocument:
        return None
    findings: list[Finding] = []
    read_document("shown.yaml", text, findings)
    held = instance(root)
    kind = held.get("kind") if isinstance(held, dict) else None
    kinds = [None, kind] if isinstance(kind, str) and kind in KINDS else [None]
    wanted = [one for one in findings if one.code in EXPRESSIBLE and not _is_beyond(one, root)]
    for kind in kinds:
        refusals = list(validator(kind).iter_errors(held))
        if refusals and not findings:
            return f"the schema of {kind} alone refuses: {refusals[0].json_path} {refusals[0].message}"
        if wanted and not refusals:
            return f"the schema of {kind} accepts, against {wanted[0]}"
    return None


def _is_beyond(finding: Finding, root: Node) -> bool:
    """Whether no schema can say what a finding does, although one can say most that has its code."""
    place = (finding.location.line, finding.location.column)
    found = [(node, is_key) for node, is_key in _nodes(root) if (node.line, node.column) == place]
    excuse = _BEYOND.get(finding.code)
    return excuse is not None and any(excuse(finding.message, node, is_key) for node, is_key in found)


def _nodes(node: Node, is_key: bool = False) -> Iterator[tuple[Node, bool]]:
    yield node, is_key
    if isinstance(node, MappingNode):
        for key, value in node.pairs.values():
            yield from _nodes(key, True)
            yield from _nodes(value)
    if isinstance(node, SequenceNode):
        for item in node.items:
            yield from _nodes(item)


def _wrong_type(message: str, node: Node, is_key: bool) -> bool:
    """A key is text to JSON, 1.0 an integer, 1e999 infinity; whether a date exists, or a decimal has too many digits,
    has to be reckoned.
    """
    if not isinstance(node, ScalarNode):
        return False
    value = node.value
    if isinstance(value, float):
        if "expected an integer, not a float" in message:
            return value.is_integer()
        return True if "is larger than any" in message or " is no " in message else is_key
    has_form = any(form.fullmatch(node.text) for form in _FORMS) or isinstance(value, int)
    return is_key or (" is no " in message and ": it goes from" not in message and has_form)


_BEYOND: dict[str, Callable[[str, Node, bool], bool]] = {
    "JYN106": _wrong_type,
    # Which letters other than ASCII's make an identifier; and that True is a keyword, which YAML takes for true.
    "JYN107": lambda _, node, __: isinstance(node, ScalarNode) and isinstance(node.value, bool),
    "JYN109": lambda _, node, __: isinstance(node, ScalarNode) and not node.text.isascii(),
    "JYN112": lambda message, *_: "a row would hold" in message,
    "JYN121": lambda message, node, _: (
        "is no IANA time zone" in message or (isinstance(node, ScalarNode) and isinstance(node.value, int | float))
    ),
}

"""Readers of nodes: each gives a value, or reports why there is none and raises Refused."""

from __future__ import annotations

import keyword
import math
import re
from collections.abc import Callable, Iterable
from typing import Any

from jeyn.model.names import TAKEN_INPUTS, TAKEN_OUTPUTS, Pin, Version, attribute, is_identifier, is_name
from jeyn.model.references import DIGEST
from jeyn_gen.diagnostics.finding import Edit
from jeyn_gen.load.fields import Read, Reader, Refused, T, described, mapping, suggestion
from jeyn_gen.load.mending import as_boolean, as_integer, as_number, as_version, respelt
from jeyn_gen.load.nodes import Node, ScalarNode, SequenceNode


def mapping_of(
    what: str, read_item: Callable[[Reader, ScalarNode, Node], T], *, empty: bool = True
) -> Read[tuple[T, ...]]:
    """A reader of mappings whose keys are names that people chose; refused items are left out of a refused whole."""

    def read(reader: Reader, node: Node) -> tuple[T, ...]:
        held = mapping(reader, node, what)
        if not held.pairs and not empty:
            raise reader.refuse(node, "JYN119", f"{what} must not be empty", "add at least one")
        return _each(lambda pair: read_item(reader, *pair), held.pairs.values())

    return read


def list_of(what: str, read_item: Read[T], *, empty: bool = True) -> Read[tuple[T, ...]]:
    """A reader of lists."""

    def read(reader: Reader, node: Node) -> tuple[T, ...]:
        if not isinstance(node, SequenceNode):
            fix = f"write [{node.text[:40]}]" if isinstance(node, ScalarNode) else "write a list, [ ]"
            raise reader.refuse(node, "JYN106", f"{what} must be a list, not {described(node)}", fix)
        if not node.items and not empty:
            raise reader.refuse(node, "JYN119", f"{what} must not be empty", "add at least one, or remove the key")
        return _each(lambda item: read_item(reader, item), node.items)

    return read


def _each(read: Callable[[Any], T], items: Iterable[Any]) -> tuple[T, ...]:
    """Read all items, so that all mistakes are found, and refuse the whole if one was refused."""
    values: list[T] = []
    sound = True
    for item in items:
        try:
            values.append(read(item))
        except Refused:
            sound = False
    if not sound:
        raise Refused
    return tuple(values)


def _scalar(
    reader: Reader,
    node: Node,
    kinds: tuple[type, ...],
    wanted: str,
    fix: str,
    edit: Callable[[Node], Edit | None] = lambda _: None,
) -> Any:
    if isinstance(node, ScalarNode) and type(value := node.value) in kinds:
        return value
    raise reader.refuse(node, "JYN106", f"expected {wanted}, not {described(node)}", fix, edit(node))


def text(reader: Reader, node: Node) -> str:
    """Text. A number or a word such as `true` must be quoted to be text."""
    is_other = isinstance(node, ScalarNode) and node.value is not None
    return str(_scalar(reader, node, (str,), "text", "put it in quotes" if is_other else "write text"))


def words(reader: Reader, node: Node) -> str:
    """Prose: any scalar, as it is written."""
    if isinstance(node, ScalarNode) and node.value is not None:
        return node.text
    raise reader.refuse(node, "JYN106", f"expected text, not {described(node)}", "write text, or remove the key")


def boolean(reader: Reader, node: Node) -> bool:
    """true or false."""
    return bool(_scalar(reader, node, (bool,), "true or false", "write true or false", as_boolean))


def number(reader: Reader, node: Node) -> float:
    """A number; not one that only infinity could stand for."""
    value = float(_scalar(reader, node, (int, float), "a number", "write a number, without quotes", as_number))
    if math.isinf(value) and "inf" not in described(node).lower():
        raise reader.refuse(node, "JYN106", f"{described(node)} is larger than any float64", "write .inf for infinity")
    return value


def integer(least: int | None = None, most: int = 2**31 - 1) -> Read[int]:
    """A reader of integers from `least` to `most`, or of any without a `least`."""

    def read(reader: Reader, node: Node) -> int:
        fix = "write a whole number in digits alone, without quotes"
        value = int(_scalar(reader, node, (int,), "an integer", fix, as_integer))
        if least is not None and not least <= value <= most:
            fix = f"write one from {least} to {most}"
            raise reader.refuse(node, "JYN106", f"expected an integer from {least} to {most}, not {value}", fix)
        return value

    return read


def choice(*known: str) -> Read[str]:
    """A reader of one of several words."""

    def read(reader: Reader, node: Node) -> str:
        value = text(reader, node)
        if value in known:
            return value
        hint = suggestion(value, known)
        message = f"expected one of {', '.join(known)}, not {value[:80]!r}"
        raise reader.refuse(node, "JYN121", message, hint, respelt(value, known))

    return read


def name(reader: Reader, node: Node) -> str:
    """A document's or step's name."""
    value = text(reader, node)
    if is_name(value):
        return value
    near = re.sub(r"[^a-z0-9]+", "-", value[:80].lower()).strip("-")[:63].strip("-")
    fix = "write lower-case letters, digits and hyphens, at most 63" + (f", such as {near}" if near else "")
    raise reader.refuse(node, "JYN107", f"{value[:80]!r} is not a name", fix)


def digest(reader: Reader, node: Node) -> str:
    """A whole SHA-256, as entries have it."""
    value = text(reader, node)
    if DIGEST.fullmatch(value):
        return value
    fix = "copy it from `jeyn show NAME#NUMBER`: sha256: and 64 hexadecimal digits"
    raise reader.refuse(node, "JYN109", f"{value[:80]!r} is not a digest", fix)


def identifier(reader: Reader, node: Node) -> str:
    """A name that becomes a Python argument."""
    value = words(reader, node)
    if is_identifier(value) and len(value) < 256:
        return value
    near = attribute(value[:80].encode("ascii", "ignore").decode())
    fix = "write ASCII letters, digits and underscores, a letter first, no word of Python" + f", such as {near}"
    raise reader.refuse(node, "JYN107", f"{value[:80]!r} cannot be the name of a Python argument", fix)


def free_identifier(is_taken: Callable[[str], bool]) -> Read[str]:
    """A reader of identifiers that a generated class has no use for itself."""

    def read(reader: Reader, node: Node) -> str:
        value = identifier(reader, node)
        if is_taken(value):
            fix = f"give it another name, such as {value}_"
            raise reader.refuse(node, "JYN107", f"generated classes use the name `{value}` themselves", fix)
        return value

    return read


parameter_name = free_identifier(lambda name: attribute(name) != name or name in TAKEN_INPUTS)
input_name = free_identifier(lambda name: name in TAKEN_INPUTS)
output_name = free_identifier(lambda name: name in TAKEN_OUTPUTS)


def version(reader: Reader, node: Node) -> Version:
    """A semantic version."""
    if isinstance(node, ScalarNode):
        try:
            return Version.parse(node.text)
        except ValueError:
            pass
    message = f"expected a version such as 1.0.0, not {described(node)}"
    raise reader.refuse(node, "JYN108", message, edit=as_version(node))


def pin(reader: Reader, node: Node) -> Pin:
    """A reference to a definition."""
    value = text(reader, node)
    try:
        return Pin.parse(value)
    except ValueError:
        fix = (
            f"add the major version, such as {value}@1"
            if is_name(value)
            else "write NAME@MAJOR (before 1.0: NAME@0.MINOR)"
        )
        raise reader.refuse(node, "JYN109", f"expected NAME@MAJOR, not {value[:80]!r}", fix) from None


def function(reader: Reader, node: Node) -> str:
    """A function by module and name."""
    value = text(reader, node)
    module, _, attribute = value.partition(":")
    parts = [*module.split("."), attribute]
    if len(value) < 256 and all(part.isidentifier() and not keyword.iskeyword(part) for part in parts):
        return value
    fix = "write `a.b:f` for the function `f` in a/b.py"
    raise reader.refuse(node, "JYN109", f"expected package.module:function, not {value[:80]!r}", fix)

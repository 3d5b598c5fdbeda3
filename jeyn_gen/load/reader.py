"""Reading nodes as values, where every mistake becomes a finding at its place and reading goes on."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from jeyn.model.names import Pin, Version, is_identifier, is_name
from jeyn_gen.diagnostics.codes import made
from jeyn_gen.diagnostics.finding import Finding, Location
from jeyn_gen.load.nodes import MappingNode, Node, ScalarNode, SequenceNode

T = TypeVar("T")
D = TypeVar("D")
Read = Callable[["Reader", Node], T]


class Refused(Exception):
    """This node gives no value; the finding is reported already."""


class Reader:
    """Collects the findings of one file."""

    def __init__(self, path: str, findings: list[Finding]) -> None:
        self.path = path
        self.findings = findings

    def report(self, node: Node, code: str, message: str, fix: str = "") -> None:
        """Add a finding at a node; without a `fix` the code's own is given."""
        self.findings.append(made(Location(self.path, node.line, node.column), code, message, fix))

    def refuse(self, node: Node, code: str, message: str, fix: str = "") -> Refused:
        """Report, and give what to raise."""
        self.report(node, code, message, fix)
        return Refused()


class Fields:
    """A mapping that is read key by key; `close` reports what nobody asked for."""

    def __init__(self, reader: Reader, node: Node, what: str) -> None:
        self.reader = reader
        self.node = mapping(reader, node, what)
        self.what = what
        self._asked: list[str] = []
        self.sound = True

    def get(self, key: str, read: Read[T], default: D) -> T | D:
        """The value at a key, or the default where there is none or it was refused."""
        self._asked.append(key)
        if key not in self.node.pairs:
            return default
        try:
            return read(self.reader, self.node.pairs[key][1])
        except Refused:
            self.sound = False
            return default

    def need(self, key: str, read: Read[T], default: D) -> T | D:
        """As `get`, and a finding where the key is missing."""
        if key not in self.node.pairs:
            self._asked.append(key)
            self.sound = False
            self.reader.report(self.node, "JYN105", f"{self.what} needs the key `{key}`")
            return default
        return self.get(key, read, default)

    def one_of(self, choices: dict[str, Read[T]]) -> T:
        """The value of the one key that is there among several; Refused otherwise."""
        self._asked += choices
        there = [key for key in choices if key in self.node.pairs]
        if len(there) != 1:
            found = f"found {' and '.join(f'`{key}`' for key in there)}" if there else "found none"
            names = ", ".join(f"`{key}`" for key in choices)
            raise self.reader.refuse(self.node, "JYN117", f"{self.what} needs exactly one of {names}; {found}")
        return choices[there[0]](self.reader, self.node.pairs[there[0]][1])

    def place(self, key: str) -> Node:
        """Where a finding about a key belongs: its value, or the mapping."""
        return self.node.pairs[key][1] if key in self.node.pairs else self.node

    def close(self, known: Iterable[str] = ()) -> None:
        """Report the keys that were not asked for and are not `known`; Refused if anything in here was refused."""
        self._asked += known
        for key, (node, value) in self.node.pairs.items():
            if key not in self._asked:
                self.sound = False
                fix = suggestion(key, self._asked) or f"it may have {', '.join(self._asked)}"
                if " " in key and isinstance(value, ScalarNode) and value.value is None:
                    fix = "a comma ends an unquoted text within { }: put the whole text in quotes"
                self.reader.report(node, "JYN104", f"{self.what} has no key `{key[:80]}`", fix)
        if not self.sound:
            raise Refused


def suggestion(word: str, known: Iterable[str]) -> str:
    """`did you mean …?` with the nearest known word, or nothing."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"did you mean `{near[0]}`?" if near else ""


def described(node: Node) -> str:
    """What a node is, in words."""
    if isinstance(node, MappingNode):
        return "a mapping"
    if isinstance(node, SequenceNode):
        return "a list"
    assert isinstance(node, ScalarNode)
    kinds = {bool: "a boolean", int: "an integer", float: "a number", str: "text", type(None): "null"}
    return f"{kinds[type(node.value)]} ({node.text[:40]!r})"


def mapping(reader: Reader, node: Node, what: str) -> MappingNode:
    """The node as a mapping."""
    if isinstance(node, MappingNode):
        return node
    raise reader.refuse(node, "JYN106", f"{what} must be a mapping, not {described(node)}")


def mapping_of(
    what: str, read_item: Callable[[Reader, ScalarNode, Node], T], *, empty: bool = True
) -> Read[tuple[T, ...]]:
    """A reader of mappings whose keys are names that people chose; refused items are left out of a refused whole."""

    def read(reader: Reader, node: Node) -> tuple[T, ...]:
        held = mapping(reader, node, what)
        if not held.pairs and not empty:
            raise reader.refuse(node, "JYN119", f"{what} must not be empty")
        return _each(lambda pair: read_item(reader, *pair), held.pairs.values())

    return read


def list_of(what: str, read_item: Read[T], *, empty: bool = True) -> Read[tuple[T, ...]]:
    """A reader of lists."""

    def read(reader: Reader, node: Node) -> tuple[T, ...]:
        if not isinstance(node, SequenceNode):
            raise reader.refuse(node, "JYN106", f"{what} must be a list, not {described(node)}")
        if not node.items and not empty:
            raise reader.refuse(node, "JYN119", f"{what} must not be empty")
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


def _scalar(reader: Reader, node: Node, kinds: tuple[type, ...], wanted: str) -> Any:
    if isinstance(node, ScalarNode) and type(node.value) in kinds:
        return node.value
    raise reader.refuse(node, "JYN106", f"expected {wanted}, not {described(node)}")


def text(reader: Reader, node: Node) -> str:
    """Text. A number or a word such as `true` must be quoted to be text."""
    return str(_scalar(reader, node, (str,), "text"))


def words(reader: Reader, node: Node) -> str:
    """Prose: any scalar, as it is written."""
    if isinstance(node, ScalarNode) and node.value is not None:
        return node.text
    raise reader.refuse(node, "JYN106", f"expected text, not {described(node)}")


def boolean(reader: Reader, node: Node) -> bool:
    """true or false."""
    return bool(_scalar(reader, node, (bool,), "true or false"))


def number(reader: Reader, node: Node) -> float:
    """A number."""
    return float(_scalar(reader, node, (int, float), "a number"))


def integer(least: int) -> Read[int]:
    """A reader of integers that are at least `least`."""

    def read(reader: Reader, node: Node) -> int:
        value = int(_scalar(reader, node, (int,), "an integer"))
        if value < least:
            raise reader.refuse(node, "JYN106", f"expected an integer of at least {least}, not {value}")
        return value

    return read


def choice(*known: str) -> Read[str]:
    """A reader of one of several words."""

    def read(reader: Reader, node: Node) -> str:
        value = text(reader, node)
        if value in known:
            return value
        hint = suggestion(value, known)
        raise reader.refuse(node, "JYN121", f"expected one of {', '.join(known)}, not {value!r}", hint)

    return read


def name(reader: Reader, node: Node) -> str:
    """A document's or step's name."""
    value = text(reader, node)
    if is_name(value):
        return value
    raise reader.refuse(node, "JYN107", f"{value[:80]!r} is not a name")


def identifier(reader: Reader, node: Node) -> str:
    """The name of a parameter, an input or an output."""
    value = words(reader, node)
    if is_identifier(value):
        return value
    raise reader.refuse(node, "JYN107", f"{value[:80]!r} cannot be the name of a Python argument")


def version(reader: Reader, node: Node) -> Version:
    """A semantic version."""
    if isinstance(node, ScalarNode):
        try:
            return Version.parse(node.text)
        except ValueError:
            pass
    raise reader.refuse(node, "JYN108", f"expected a version such as 1.0.0, not {described(node)}")


def pin(reader: Reader, node: Node) -> Pin:
    """A reference to a definition."""
    value = text(reader, node)
    try:
        return Pin.parse(value)
    except ValueError:
        raise reader.refuse(node, "JYN109", f"expected NAME@MAJOR, not {value[:80]!r}") from None


def function(reader: Reader, node: Node) -> str:
    """A function by module and name."""
    value = text(reader, node)
    module, _, attribute = value.partition(":")
    if all(part.isidentifier() for part in [*module.split("."), attribute]):
        return value
    raise reader.refuse(node, "JYN109", f"expected package.module:function, not {value[:80]!r}")

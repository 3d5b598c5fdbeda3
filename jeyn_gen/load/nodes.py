"""YAML text to a tree of nodes that know their place.

The tree is built from the events of libyaml by hand, not by a YAML loader, because a document of this convention is
less than YAML: one document, no tags, no merge keys, and scalars by the core schema of YAML 1.2
(https://yaml.org/spec/1.2.2/#103-core-schema) where `no` is text.
"""

from __future__ import annotations

import math
import re
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)

from jeyn_gen.diagnostics.codes import made
from jeyn_gen.diagnostics.finding import Finding, Location
from jeyn_gen.load.syntax import explained, unclear_line_end

_MOST_NODES = 100_000
_MOST_DEPTH = 50
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), math.inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf),
}
# What a plain scalar that is not text begins with.
_FIRSTS = frozenset("0123456789+-.~nNtTfF")

_Loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Node:
    """A place in a document: `line` and `column` from 1."""

    __slots__ = ("column", "line")

    def __init__(self, line: int, column: int) -> None:
        self.line = line
        self.column = column


class ScalarNode(Node):
    """A scalar: its text as written, and whether it stands there without quotes."""

    __slots__ = ("plain", "text")

    def __init__(self, line: int, column: int, text: str, *, plain: bool) -> None:
        self.line = line
        self.column = column
        self.text = text
        self.plain = plain

    @property
    def value(self) -> Any:
        """What YAML 1.2 says that it is."""
        return resolved(self.text) if self.plain else self.text


class SequenceNode(Node):
    """A list."""

    __slots__ = ("items",)

    def __init__(self, line: int, column: int) -> None:
        super().__init__(line, column)
        self.items: list[Node] = []


class MappingNode(Node):
    """A mapping; `pairs` in the order of the file, keys always text."""

    __slots__ = ("pairs",)

    def __init__(self, line: int, column: int) -> None:
        super().__init__(line, column)
        self.pairs: dict[str, tuple[ScalarNode, Node]] = {}


class BadDocument(Exception):
    """The text is not a document; carries the finding."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


def resolved(text: str) -> Any:
    """What a plain scalar is by the core schema: None, bool, int, float or str."""
    if text and text[0] not in _FIRSTS:
        return text  # as most are
    if text in _WORDS:
        return _WORDS[text]
    # A longer integer fits no integer dtype, and Python refuses to read one of many thousand digits.
    if len(text) < 100 and _INTEGER.fullmatch(text):
        return int(text, 0 if text[:2] in ("0o", "0x") else 10)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text


def parse(text: str, path: str, findings: list[Finding]) -> Node:
    """The root node of the one document in `text`. Duplicate keys go to `findings`; raises BadDocument."""
    return _Builder(path, findings).build(text)


class _Builder:
    def __init__(self, path: str, findings: list[Finding]) -> None:
        self._path = path
        self._findings = findings
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._open: list[str] = []
        self._count = 0

    def build(self, text: str) -> Node:
        if (unclear := unclear_line_end(text, self._path)) is not None:
            raise BadDocument(unclear)
        loader = _Loader(text)
        try:
            return self._document(loader)
        except yaml.YAMLError as error:
            raise BadDocument(explained(error, text, self._path)) from None
        finally:
            loader.dispose()

    def _document(self, loader: Any) -> Node:
        root: Node | None = None
        while True:
            event = loader.get_event()
            if isinstance(event, StreamEndEvent):
                break
            if isinstance(event, DocumentStartEvent) and event.version not in (None, (1, 2)):
                raise self._bad(event.start_mark, "JYN101", "documents are YAML 1.2, not 1.1", "remove the line %YAML")
            if isinstance(event, StreamStartEvent | DocumentStartEvent | DocumentEndEvent):
                continue
            if root is not None:
                message = "a second document begins here; a file holds one"
                raise self._bad(event.start_mark, "JYN101", message, "move it to a file of its own")
            root = self._node(loader, event, 0)
        if root is None or (isinstance(root, ScalarNode) and root.value is None):
            raise self._bad(None, "JYN119", "the file is empty", "write a document, or delete the file")
        return root

    def _node(self, loader: Any, event: Any, depth: int) -> Node:
        mark = event.start_mark
        self._count += 1
        is_plain = type(event) is ScalarEvent and event.tag is None and event.anchor is None
        if is_plain and depth <= _MOST_DEPTH and self._count <= _MOST_NODES:
            return ScalarNode(mark.line + 1, mark.column + 1, event.value, plain=not event.style)
        if depth > _MOST_DEPTH or self._count > _MOST_NODES:
            what = f"nested more than {_MOST_DEPTH} deep" if depth > _MOST_DEPTH else f"over {_MOST_NODES:,} values"
            raise self._bad(mark, "JYN118", what)
        if isinstance(event, AliasEvent):
            return self._alias(event)
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!", 1)
            fix = "remove it; a value in quotes is text"
            raise self._bad(mark, "JYN101", f"the tag {tag} is not part of this convention", fix)
        before = self._count
        if event.anchor is not None:
            self._open.append(event.anchor)
        line, column = mark.line + 1, mark.column + 1
        node: Node
        if isinstance(event, ScalarEvent):
            node = ScalarNode(line, column, event.value, plain=not event.style)
        elif isinstance(event, SequenceStartEvent):
            node = self._sequence(loader, SequenceNode(line, column), depth)
        else:
            node = self._mapping(loader, MappingNode(line, column), depth)
        if event.anchor is not None:
            self._open.remove(event.anchor)
            self._anchors[event.anchor] = (node, self._count - before + 1)
        return node

    def _sequence(self, loader: Any, sequence: SequenceNode, depth: int) -> SequenceNode:
        while type(event := loader.get_event()) is not SequenceEndEvent:
            sequence.items.append(self._node(loader, event, depth + 1))
        return sequence

    def _mapping(self, loader: Any, mapping: MappingNode, depth: int) -> MappingNode:
        while type(event := loader.get_event()) is not MappingEndEvent:
            key = self._node(loader, event, depth + 1)
            value = self._node(loader, loader.get_event(), depth + 1)
            if not isinstance(key, ScalarNode):
                raise self._bad(event.start_mark, "JYN106", "a key must be text")
            if key.text in mapping.pairs:
                place = Location(self._path, event.start_mark.line + 1, event.start_mark.column + 1)
                first = mapping.pairs[key.text][0].line
                message = f"the key {key.text[:80]!r} stands twice; the first is in line {first}"
                self._findings.append(made(place, "JYN103", message))
            else:
                mapping.pairs[key.text] = (key, value)
        return mapping

    def _alias(self, event: Any) -> Node:
        """The node behind an alias, which counts as often as it is used: an alias cannot blow a document up."""
        name = event.anchor
        if name in self._open:
            raise self._bad(event.start_mark, "JYN118", f"the alias *{name} stands for what it is itself a part of")
        if name not in self._anchors:
            fix = "put it in quotes if it is text, or write out what it stands for"
            raise self._bad(event.start_mark, "JYN101", f"no anchor &{name} stands before the alias *{name}", fix)
        node, size = self._anchors[name]
        self._count += size
        if self._count > _MOST_NODES:
            raise self._bad(event.start_mark, "JYN118", f"over {_MOST_NODES:,} values, aliases written out")
        return node

    def _bad(self, mark: Any, code: str, message: str, fix: str = "") -> BadDocument:
        place = Location(self._path) if mark is None else Location(self._path, mark.line + 1, mark.column + 1)
        return BadDocument(made(place, code, message, fix))

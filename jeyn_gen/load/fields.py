"""Reading a mapping key by key, where every mistake becomes a finding at its place and reading goes on."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import TypeVar

from jeyn.model.spelling import nearest
from jeyn_gen.diagnostics.codes import made
from jeyn_gen.diagnostics.finding import Edit, Finding, Location
from jeyn_gen.load.mending import respelt
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

    def report(self, node: Node, code: str, message: str, fix: str = "", edit: Edit | None = None) -> None:
        """Add a finding at a node; without a `fix` the code's own is given."""
        self.findings.append(made(Location(self.path, node.line, node.column), code, message, fix, edit))

    def refuse(self, node: Node, code: str, message: str, fix: str = "", edit: Edit | None = None) -> Refused:
        """Report, and give what to raise."""
        self.report(node, code, message, fix, edit)
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
        pair = self.node.pairs.get(key)
        if pair is None:
            return default
        try:
            return read(self.reader, pair[1])
        except Refused:
            self.sound = False
            return default

    def has_none(self, keys: Iterable[str]) -> bool:
        """Whether none of these keys, each of which could be, is there."""
        if not self.node.pairs.keys().isdisjoint(keys):
            return False
        self._asked += keys
        return True

    def need(self, key: str, read: Read[T], default: D) -> T | D:
        """As `get`, and a finding where the key is missing."""
        if key not in self.node.pairs:
            self._asked.append(key)
            self.sound = False
            self.reader.report(self.node, "JYN105", f"{self.what} needs the key `{key}`", f"add `{key}:`")
            return default
        return self.get(key, read, default)

    def choose(self, *choices: str) -> str | None:
        """The one key among several that is there; None, and a finding, otherwise: at the second, or at the mapping."""
        self._asked += choices
        there = [key for key in self.node.pairs if key in choices]
        if len(there) == 1:
            return there[0]
        found = f"found {' and '.join(f'`{key}`' for key in there)}" if there else "found none"
        names = ", ".join(f"`{key}`" for key in choices)
        place = self.node.pairs[there[1]][0] if there else self.node
        self.sound = False
        fix = "" if there else "add one of them"
        self.reader.report(place, "JYN117", f"{self.what} needs exactly one of {names}; {found}", fix)
        return None

    def own(self, read: Read[T], node: Node, default: T) -> T:
        """What is read from a node beside the mapping, its key mostly; the default where that was refused."""
        try:
            return read(self.reader, node)
        except Refused:
            self.sound = False
            return default

    def typed(self, read: Callable[[Fields], T], known: Iterable[str]) -> T:
        """The type that these fields state; where they state none, only keys that are not `known` are reported."""
        try:
            return read(self)
        except Refused:
            self.close(known)
            raise

    def refuse_key(self, key: str, code: str, message: str, fix: str = "") -> bool:
        """Report a key that must not be there, at the key; whether it was."""
        if key not in self.node.pairs:
            return False
        self._asked.append(key)
        self.sound = False
        self.reader.report(self.node.pairs[key][0], code, message, fix)
        return True

    def knows(self, keys: Iterable[str]) -> None:
        """Keys that may be there, whether they are read or not."""
        self._asked += keys

    def place(self, key: str) -> Node:
        """Where a finding about a key belongs: its value, or the mapping."""
        return self.node.pairs[key][1] if key in self.node.pairs else self.node

    def close(self, known: Iterable[str] = ()) -> None:
        """Report the keys that were not asked for and are not `known`; Refused if anything in here was refused."""
        self._asked += known
        unknown = self.node.pairs.keys() - set(self._asked)
        if unknown:
            self._report_unknown(unknown)
        if not self.sound:
            raise Refused

    def _report_unknown(self, keys: Collection[str]) -> None:
        self.sound = False
        edits = {key: respelt(key, self._asked) for key in keys}
        wanted = [*self.node.pairs, *(edit.new for edit in edits.values() if edit)]
        for key in keys:
            node, value = self.node.pairs[key]
            edit = edits[key]
            if edit is not None and wanted.count(edit.new) > 1:
                edit = None
            fix = suggestion(key, self._asked) or f"it may have {', '.join(dict.fromkeys(self._asked))}"
            if " " in key and isinstance(value, ScalarNode) and value.value is None:
                fix = "a comma ends an unquoted text within { }: put the whole text in quotes"
            self.reader.report(node, "JYN104", f"{self.what} has no key `{key[:80]}`", fix, edit)


def suggestion(word: str, known: Iterable[str]) -> str:
    """`did you mean …?` with the nearest known word, or nothing."""
    near = nearest(word, known)
    return f"did you mean `{near}`?" if near else ""


def with_article(word: str) -> str:
    """`an int8`, `a string`: a word with the article that its first letter asks for."""
    return f"{'an' if word[0] in 'aeio' else 'a'} {word}"


def described(node: Node) -> str:
    """What a node is, in words."""
    if isinstance(node, MappingNode):
        return "a mapping"
    if isinstance(node, SequenceNode):
        return "a list"
    assert isinstance(node, ScalarNode)
    kinds = {bool: "a boolean", int: "an integer", float: "a float", str: "text", type(None): "null"}
    return f"{kinds[type(node.value)]} ({node.text[:40]!r})"


def mapping(reader: Reader, node: Node, what: str) -> MappingNode:
    """The node as a mapping."""
    if isinstance(node, MappingNode):
        return node
    raise reader.refuse(node, "JYN106", f"{what} must be a mapping, not {described(node)}")

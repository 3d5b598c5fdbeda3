"""Finding a project's documents and reading each by itself."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from jeyn.model.definitions import KINDS, Definition
from jeyn.model.names import Pin, Version
from jeyn_gen.diagnostics.codes import made
from jeyn_gen.diagnostics.finding import Finding, Location
from jeyn_gen.load import catalogs, formulas, pipelines
from jeyn_gen.load import reader as read
from jeyn_gen.load.fields import Fields, Reader, Refused, suggestion
from jeyn_gen.load.held import Held
from jeyn_gen.load.mending import respelt
from jeyn_gen.load.nodes import BadDocument, MappingNode, Node, ScalarNode, SequenceNode, parse
from jeyn_gen.load.waivers import Waiver, waivers

FOLDERS = ("catalogs", "pipelines")
SUFFIXES = (".yaml", ".yml")
#: Kind and pin: what a definition is looked up by.
Key = tuple[str, Pin]
_KINDS: dict[str, Callable[[Fields], Definition]] = {
    "DataCatalog": catalogs.catalog,
    "DatasetFormula": formulas.formula,
    "MLUseCase": formulas.use_case,
    "Pipeline": pipelines.pipeline,
}


@dataclass(frozen=True)
class Document:
    """A file that was read. `held` is its definition, or None where something in it was refused."""

    path: str
    text: str
    held: Held[Definition] | None
    #: The kind, name and version that it claims, even where the rest was refused: they silence follow-up findings.
    claims: tuple[str, str, str] | None
    #: What it accepts of its own change: read with the definition, and no part of it.
    waivers: tuple[Waiver, ...] = ()

    @property
    def definition(self) -> Definition | None:
        """The definition, or None where something in it was refused."""
        return self.held.value if self.held else None

    @cached_property
    def key(self) -> Key | None:
        """Kind and pin of the definition, without making it; None where there is none."""
        if self.held is None:
            return None
        assert self.claims is not None, "who has a definition claims it"
        kind, name, version = self.claims
        return kind, Pin(name, Version.parse(version).line)

    def at(self, *keys: str | int, key: bool = False) -> Place:
        """Where the value under these keys and places in lists stands, or the last key; else the nearest above."""
        return Place(self, keys, key)

    @cached_property
    def root(self) -> Node:
        """The nodes of the text, read again: only who has something to report needs to know where."""
        try:
            return parse(self.text, self.path, [])
        except BadDocument:
            return ScalarNode(1, 1, "", plain=True)


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a document by its keys, whose line is looked up when it is asked for."""

    document: Document
    keys: tuple[str | int, ...]
    is_key: bool

    @property
    def location(self) -> Location:
        node = self.document.root
        for depth, step in enumerate(self.keys, start=1):
            if isinstance(node, SequenceNode) and isinstance(step, int):
                node = node.items[step]
            elif isinstance(node, MappingNode) and step in node.pairs:
                pair = node.pairs[str(step)]
                node = pair[0] if self.is_key and depth == len(self.keys) else pair[1]
            else:
                break
        return Location(self.document.path, node.line, node.column)


def document_paths(root: Path, findings: list[Finding]) -> Iterator[str]:
    """The documents below `root`, relative to it in POSIX form, sorted. Links to folders are not followed."""
    found: list[str] = []

    def unreadable(error: OSError) -> None:
        path = Path(error.filename).relative_to(root).as_posix()
        if path not in FOLDERS or not isinstance(error, FileNotFoundError):
            findings.append(made(Location(path), "JYN102", f"the folder cannot be read: {error.strerror}"))

    for folder in FOLDERS:
        for where, folders, files in os.walk(root / folder, onerror=unreadable):
            folders[:] = [name for name in folders if not name.startswith((".", "__pycache__"))]
            base = Path(where).relative_to(root).as_posix()
            found += [f"{base}/{name}" for name in files if name.endswith(SUFFIXES) and not name.startswith(".")]
    yield from sorted(found)


def read_document(path: str, text: str, findings: list[Finding]) -> Document:
    """One document from its text."""
    before = len(findings)
    try:
        root = parse(text, path, findings)
    except BadDocument as bad:
        findings.append(bad.finding)
        return Document(path, "", None, None)
    definition: Definition | None = None
    waived: tuple[Waiver, ...] = ()
    try:
        definition, waived = _definition(Reader(path, findings), root)
    except Refused:
        assert len(findings) > before, "what is refused is reported"
    if len(findings) > before:
        definition = None
    held = Held(value=definition) if definition is not None else None
    return Document(path, text, held, _claims(root), waived)


def _definition(reader: Reader, root: Node) -> tuple[Definition, tuple[Waiver, ...]]:
    fields = Fields(reader, root, "a document")
    kind = fields.need("kind", read.text, None)
    if kind is None:
        raise Refused
    if kind not in _KINDS:
        hint = suggestion(kind, KINDS)
        raise reader.refuse(
            fields.place("kind"), "JYN110", f"{kind[:80]!r} is not a kind of document", hint, respelt(kind, KINDS)
        )
    fields.what = f"a {kind}"
    waived = fields.get("waivers", waivers, ())
    return _KINDS[kind](fields), waived


def _claims(root: Node) -> tuple[str, str, str] | None:
    if not isinstance(root, MappingNode):
        return None
    values = [root.pairs[key][1] for key in ("kind", "name", "version") if key in root.pairs]
    texts = [value.text for value in values if isinstance(value, ScalarNode)]
    return (texts[0], texts[1], texts[2]) if len(texts) == 3 else None

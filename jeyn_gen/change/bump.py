"""The versions that a change needs, written into the documents, and the pins that follow a new line.

A new line asks those who pin it for another pin, and that asks for another version of theirs, and so on: it is done in
rounds until nothing changes. Versions only rise, to what the old version and the change ask for, so it ends.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from jeyn.errors import AnswerIsNo
from jeyn.model.definitions import DataCatalog, Definition
from jeyn.model.names import Pin, Version
from jeyn_gen.change.assess import Assessment, assess
from jeyn_gen.change.pins import Site, sites
from jeyn_gen.change.splice import Splice, by_hand, spliced
from jeyn_gen.change.trees import Comparison, Pair, Tree, compare
from jeyn_gen.load.documents import Document, read_document


@dataclass(frozen=True, slots=True)
class Rise:
    """A version that is written: what it was before the change, what the document said, and what it says now."""

    kind: str
    name: str
    path: str
    old: Version
    declared: Version
    new: Version


@dataclass(frozen=True, slots=True)
class Repin:
    """A reference that follows a definition to its new line."""

    path: str
    subject: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that stays as it was at `was`, and the file beside it that holds the new line."""

    path: str
    was: str
    beside: str


@dataclass(frozen=True, slots=True)
class Bumped:
    """Documents whose versions are high enough, and what was done to make them so."""

    documents: tuple[Document, ...]
    rises: tuple[Rise, ...]
    repins: tuple[Repin, ...]
    kept: tuple[Kept, ...]


def bump(old: Iterable[Document], documents: Iterable[Document], *, keep: bool) -> Bumped:
    """Raise each version as its change needs. AnswerIsNo where a line that is needed is taken, or a text unusual.

    `keep`: a line that a document has left stays, as it was, and the new one is a document of its own; else whoever
    pins the old line pins the new one.
    """
    work = _Bumping(Tree(old), documents)
    while work.raise_versions() or (work.keep_lines() if keep else work.follow_lines()):
        pass
    return Bumped(
        tuple(work.documents[path] for path in sorted(work.documents)),
        tuple(work.rises.values()),
        tuple(work.repins),
        tuple(work.kept),
    )


class _Bumping:
    """Documents by path, on their way to versions that are high enough."""

    def __init__(self, old: Tree, documents: Iterable[Document]) -> None:
        self._old = old
        self.documents = {document.path: document for document in documents}
        self.rises: dict[str, Rise] = {}
        self.repins: list[Repin] = []
        self.kept: list[Kept] = []

    def raise_versions(self) -> bool:
        """Write the versions that are not high enough; whether any was."""
        comparison = self._compare()
        lacking = [one for one in assess(comparison) if not one.suffices]
        for assessment in lacking:
            self._raise(comparison, assessment)
        return bool(lacking)

    def follow_lines(self) -> bool:
        """Let what pins a line that has moved pin the new one; whether anything did."""
        moved = {_key(pair.definitions[0]): pair.definitions[1].pin for pair in self._moved()}
        done = False
        for document in list(self.documents.values()):
            assert document.definition is not None, "only what can be read is bumped"
            stale = [site for site in sites(document.definition) if (site.is_catalog, site.pin) in moved]
            if stale:
                self._repin(document, {site: moved[site.is_catalog, site.pin] for site in stale})
                done = True
        return done

    def keep_lines(self) -> bool:
        """Put what left a line into a document of its own, and the line back where it was; whether any did."""
        moved = self._moved()
        for pair in moved:
            definition = pair.definitions[1]
            name = f"{definition.name}-{definition.version.line.replace('.', '-')}.yaml"
            beside = str(PurePosixPath(pair.new.path).with_name(name))
            if beside in self.documents:
                raise AnswerIsNo(f"{beside} is there already", "rename it, or bump without --keep")
            self.documents[beside] = read_document(beside, pair.new.text, [])
            self.documents[pair.new.path] = read_document(pair.new.path, pair.old.text, [])
            self.kept.append(Kept(pair.new.path, pair.old.path, beside))
            if pair.new.path in self.rises:
                self.rises[beside] = replace(self.rises.pop(pair.new.path), path=beside)
        return bool(moved)

    def _compare(self) -> Comparison:
        return compare(self._old, Tree(self.documents.values()))

    def _moved(self) -> list[Pair]:
        """The documents that are of another line than they were, where nothing of the old line is left."""
        comparison = self._compare()
        standing = comparison.new.documents
        return [
            pair
            for pair in comparison.pairs
            if pair.definitions[0].pin != pair.definitions[1].pin
            and (type(pair.definitions[0]), pair.definitions[0].pin) not in standing
        ]

    def _raise(self, comparison: Comparison, assessment: Assessment) -> None:
        document, definition = assessment.pair.new, assessment.pair.definitions[1]
        needed = assessment.required_version
        kind, pin = type(definition), Pin(definition.name, needed.line)
        taken = comparison.new.documents.get((kind, pin))
        if taken is not None and taken is not document:
            message = f"{document.path}: the change of {definition.pin} needs {needed}, and {pin} is in {taken.path}"
            raise AnswerIsNo(message, f"undo the change, waive it, or make it in {taken.path}")
        splice = Splice(("version",), str(definition.version), str(needed))
        edited = self._edit(document, [splice])
        if edited.definition != replace(definition, version=needed) or edited.waivers != document.waivers:
            raise by_hand(document.path, [splice])
        first = self.rises.get(document.path)
        declared = first.declared if first else definition.version
        rise = Rise(kind.__name__, definition.name, document.path, assessment.old_version, declared, needed)
        self.rises[document.path] = rise

    def _repin(self, document: Document, wanted: dict[Site, Pin]) -> None:
        assert document.definition is not None, "only what can be read is bumped"
        texts = {site: site.text.replace(str(site.pin), str(pin), 1) for site, pin in wanted.items()}
        splices = [Splice(site.keys, site.text, new) for site, new in texts.items()]
        expected = [(site.keys, texts.get(site, site.text)) for site in sites(document.definition)]
        edited = self._edit(document, splices)
        if edited.definition is None or [(site.keys, site.text) for site in sites(edited.definition)] != expected:
            raise by_hand(document.path, splices)
        self.repins += [Repin(document.path, ".".join(one.keys), one.old, one.new) for one in splices]

    def _edit(self, document: Document, splices: list[Splice]) -> Document:
        text = spliced(document, splices)
        self.documents[document.path] = edited = read_document(document.path, text, [])
        return edited


def _key(definition: Definition) -> tuple[bool, Pin]:
    return isinstance(definition, DataCatalog), definition.pin

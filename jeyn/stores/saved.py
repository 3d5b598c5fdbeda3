"""Handles to artefacts: what a store's `save` returns and what a step's inputs are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

# Generated modules import this one, and should take no time: what else it needs is imported where it is used.
if TYPE_CHECKING:
    from pathlib import Path

    from jeyn.model.artefact import Artefact, Entry, Relationship
    from jeyn.model.definitions import MLUseCase
    from jeyn.ports.blobs import BlobStore


class Saved:
    """An artefact that is in the blob store. While its step has not ended it is a draft: it has no number yet."""

    def __init__(self, entry: Entry, number: int | None, blobs: BlobStore | None) -> None:
        self.entry = entry
        self.number = number
        self._blobs = blobs

    @property
    def reference(self) -> str:
        """`NAME#N`; of a draft, only the name of its stream."""
        return self.entry.stream if self.number is None else f"{self.entry.stream}#{self.number}"

    @property
    def digest(self) -> str:
        """What the artefact is, as `sha256:…`."""
        return self.entry.artefact.digest if self.entry.artefact else ""

    @property
    def metadata(self) -> Mapping[str, Any]:
        """What was recorded of the artefact: rows and profile, serializer and metrics."""
        return self.entry.artefact.metadata if self.entry.artefact else {}

    @property
    def metrics(self) -> Mapping[str, float]:
        """The metrics that were saved with it."""
        found: Mapping[str, float] = self.metadata.get("metrics", {})
        return found

    def relationship(self, kind: str) -> Relationship:
        """An edge of this type that points to this artefact."""
        from jeyn.model.artefact import Relationship

        return Relationship(kind, self.entry.stream, self.entry.id, self.digest)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.reference} {self.digest[:19]}>"

    def _repr_html_(self) -> str:
        import html

        origin = self.entry.origin
        rows = {
            "digest": self.digest,
            "commit": f"{origin.commit[:12]}{' (uncommitted tree)' if origin.dirty else ''}",
            "run": origin.run,
            "created": self.entry.created,
            **{name: f"{value:g}" for name, value in self.metrics.items()},
        }
        cells = "".join(f"<tr><th>{html.escape(k)}</th><td>{html.escape(str(v))}</td></tr>" for k, v in rows.items())
        return f"<table><caption><b>{html.escape(repr(self))}</b></caption>{cells}</table>"

    def verify(self) -> None:
        """Check all bytes of the artefact now; IntegrityError if some are missing or were changed."""
        self._paths()
        if self.entry.artefact is not None and self._blobs is not None and self.entry.artefact.definition_blob:
            self._blobs.fetch(self.entry.artefact.definition_blob)

    def _paths(self) -> dict[str, Path]:
        """The artefact's files, by name, checked against their digests."""
        if self.entry.artefact is None or self._blobs is None:
            from jeyn.errors import AskError

            raise AskError(f"{self.reference} has no files: it was made from plain data")
        return {blob.name: self._blobs.fetch(blob.digest) for blob in self.entry.artefact.blobs}


class Checkpoint(Saved):
    """A saved model."""

    _held: Any = None

    @cached_property
    def model(self) -> Any:
        """The model. IntegrityError if its bytes were changed, SerializerError if it may not be read here."""
        if self._held is not None:
            return self._held
        from jeyn.serializers import table

        use_case = self._use_case()
        serializer = table.find(str(self.metadata["serializer"]), use_case.serializer if use_case else "")
        (path,) = self._paths().values()
        return serializer.load(path, use_case.trusted if use_case else ())

    def _use_case(self) -> MLUseCase | None:
        """The use case as the project's files define it now: what may be loaded is theirs to say, not the record's."""
        from jeyn.errors import AskError
        from jeyn.model.names import Pin, Version
        from jeyn.stores import definitions

        name, _, version = self.entry.artefact.definition.partition("@") if self.entry.artefact else ("", "", "")
        try:
            return definitions.use_case(Pin(name, Version.parse(version).line))
        except AskError:
            return None

    @classmethod
    def holding(cls, model: object) -> Checkpoint:
        """A checkpoint in memory, to test a step with."""
        from jeyn.model.artefact import CHECKPOINT

        checkpoint = cls(memory_entry(CHECKPOINT), None, None)
        checkpoint._held = model
        return checkpoint


class Report(Saved):
    """Saved files: a report, its figures."""

    _held: Mapping[str, Any] | None = None

    def files(self) -> dict[str, Path]:
        """The report's files by name, to be read only."""
        return self._paths()

    def read(self, name: str) -> Any:
        """One file: JSON as plain values, other text as text, anything else as bytes. AskError if there is none."""
        if self._held is not None and name in self._held:
            return self._held[name]
        files = {} if self._held is not None else self.files()
        if name not in files:
            from jeyn.errors import AskError

            there = ", ".join(self._held or files)
            raise AskError(f"{self.reference} has no file {name!r}", f"it has {there}")
        return read_file(name, files[name])

    @classmethod
    def holding(cls, files: Mapping[str, Any]) -> Report:
        """A report in memory, to test a step with."""
        from jeyn.model.artefact import REPORT

        report = cls(memory_entry(REPORT), None, None)
        report._held = files
        return report


def read_file(name: str, path: Path) -> Any:
    """A report's file by the ending of its name."""
    if name.endswith(".json"):
        import json

        return json.loads(path.read_bytes())
    if name.endswith((".txt", ".md", ".csv", ".html", ".svg")):
        return path.read_text(encoding="utf-8")
    return path.read_bytes()


def relationships(kind: str, targets: Saved | Iterable[Saved] | None) -> tuple[Relationship, ...]:
    """Edges of one type to one artefact or several."""
    if targets is None:
        return ()
    return tuple(one.relationship(kind) for one in ([targets] if isinstance(targets, Saved) else targets))


def memory_entry(kind: str, artefact: Artefact | None = None) -> Entry:
    """The entry of what no ledger holds."""
    from jeyn.model.artefact import Entry, Origin

    nowhere = Origin(commit="", dirty=False, repository="", actor="")
    identity = artefact.digest if artefact is not None else kind
    return Entry(f"memory/{identity}", "memory", kind, created="", origin=nowhere, artefact=artefact)

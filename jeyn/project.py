"""A project that is open: its settings, and the record that they lead to."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from jeyn.errors import AskError, IntegrityError
from jeyn.local_files import using, write_whole
from jeyn.model.artefact import Placed
from jeyn.model.names import definition_line
from jeyn.model.references import LATEST, ByDigest, Recorded, parse_reference
from jeyn.parts import Parts, opened_once
from jeyn.settings import Settings, find_root, read_settings

if TYPE_CHECKING:
    from jeyn.ledger.events import Publisher
    from jeyn.ledger.index import ReadIndex
    from jeyn.ledger.ledger import Ledger
    from jeyn.model.artefact import Origin

_README = """\
# What this folder is

The record that Jeyn keeps on this machine. Git ignores it; nothing in here is edited by hand.

- `ledger.db`   the ledger: every artefact and relationship that was recorded, append-only (SQLite). Keep it, and
                what SQLite has beside it (`-wal`, `-shm`) while it is in use; `ledger.db-turn` is empty.
- `blobs/`      the bytes of artefacts and definitions, each file named by its SHA-256. Keep it.
- `index.db`    an index of the ledger for lineage and search. Made again when it is deleted.
- `formulas-turn`  is empty: whoever records what it has read of a folder of files holds it meanwhile.
- `runs/`       the log of each step, by run. May be deleted.
- `passed`      digests of what was staged when a check of it passed. May be deleted, as may the next three.
- `documents`   documents without a finding, by their content, so that they need not be read again.
- `modules`     the names that modules with functions bind, likewise.
- `generated`   which generated files were as they should be, by what the file system tells of them.

`jeyn ls` lists what is recorded, `jeyn verify` checks ledger and blobs against their digests.
"""


class Project:
    """An open project. Parts are opened when they are first used; `close` gives them up."""

    def __init__(self, folder: Path | str = ".", environment: str | None = None, *, sidecar: str = "") -> None:
        """Find the project around a folder; AskError where there is none, or no such environment.

        Without one the variable JEYN_ENVIRONMENT names it; empty means the embedded default. `sidecar` is the gRPC
        endpoint of a Dapr sidecar that a process of the same run uses already.
        """
        settings = read_settings(find_root(Path(folder)), environment)
        self.settings: Settings = replace(settings, sidecar=sidecar) if sidecar else settings
        self.parts = Parts(self.settings, is_admitted=bool(sidecar))

    @property
    def root(self) -> Path:
        return self.settings.root

    @opened_once
    def ledger(self) -> Ledger:
        """The ledger of the environment."""
        from jeyn.ledger.ledger import Ledger

        self.prepare_state()
        return Ledger(self.parts.keys, self.parts.blobs, self.settings.project)

    @opened_once
    def _index(self) -> ReadIndex:
        from jeyn.ledger.index import ReadIndex

        return ReadIndex(self.settings.index, self.ledger)

    @property
    def index(self) -> ReadIndex:
        """The read index, brought up to the present."""
        self._index.sync()
        return self._index

    @opened_once
    def last_seen(self) -> ReadIndex:
        """The read index as it was when it last followed the ledger, which is not asked. Do not bring it up."""
        from jeyn.ledger.index import ReadIndex
        from jeyn.ledger.ledger import Ledger

        nothing = Ledger(self.parts.no_keys, self.parts.blobs, self.settings.project)
        return ReadIndex(self.settings.index, nothing)

    def seen(self) -> dict[str, int]:
        """By stream, the number up to which the index followed it when it was last used, without following it now."""
        return self._index.streams()

    def resolve(self, reference: str) -> Placed:
        """The recorded artefact that a reference names, read from the ledger itself.

        AskError where nothing or more than one thing fits, IntegrityError where its bytes were changed.
        """
        try:
            parsed = parse_reference(reference)
        except ValueError:
            raise AskError(
                f"{reference!r} is not a reference", "write NAME#NUMBER, NAME@MAJOR#latest or sha256:PREFIX"
            ) from None
        if isinstance(parsed, ByDigest):
            found = self._by_digest(parsed)
        elif isinstance(parsed, Recorded):
            found = self.recorded(parsed)
        else:
            raise AskError(f"{reference!r} names a definition, not an artefact", f"write {reference}#latest")
        there = self.ledger.streams.read(found.entry.stream, found.number)
        if there is None or there != found.entry:
            raise IntegrityError(f"{found} in the ledger is not what the index saw", "run `jeyn verify`")
        return found

    def recorded(self, reference: Recorded) -> Placed:
        """The artefact behind `NAME#NUMBER`, `NAME#latest` or `NAME#STAGE`, with or without a major."""
        index = self.index
        number = reference.number
        if number is not None:
            found = index.at(reference.name, number)
            check_major(reference, found)
        elif reference.which == LATEST:
            lines = self._majors(reference.name)
            if not reference.line and len(lines) > 1:
                forms = ", ".join(f"{reference.name}@{line}#latest" for line in lines)
                raise AskError(f"{reference.name} holds several majors", f"write one of {forms}")
            found = index.latest(reference.name, reference.line or next(iter(lines), ""))
        else:
            return self._promoted(reference)
        if found is None or found.entry.artefact is None:
            known = sorted(index.streams())
            raise AskError(f"nothing is recorded as {reference}", f"recorded are: {', '.join(known) or 'nothing yet'}")
        return found

    def origin(self, **more: str) -> Origin:
        """Where an entry that is saved now comes from; an uncommitted tree is kept as a snapshot first."""
        from jeyn.git.repository import Repository
        from jeyn.model.artefact import Origin

        repository = Repository.find(self.root)
        snapshot = repository.snapshot()
        return Origin(
            commit=snapshot.commit,
            dirty=snapshot.dirty,
            repository=repository.remote(),
            actor=repository.actor(),
            **more,
        )

    def tell_events(self, recorded: Iterable[Placed]) -> None:
        """Publish what was just recorded, if the environment has a broker; what that does not take, later."""
        if self.settings.environment.pubsub:
            self._publisher.tell(recorded)

    def catch_up_events(self) -> int:
        """Publish what was recorded and never published; how many."""
        return self._publisher.catch_up() if self.settings.environment.pubsub else 0

    @opened_once
    def _publisher(self) -> Publisher:
        from jeyn.ledger.events import Publisher

        return Publisher(self.ledger, lambda: self.parts.events)

    def make_importable(self) -> None:
        """Put the root on Python's path, first. AskError if another project's `generated` is imported already."""
        root = str(self.root)
        other = sys.modules.get("generated")
        paths = list(getattr(other, "__path__", ()))
        if paths and not Path(paths[0]).resolve().is_relative_to(self.root):
            raise AskError(f"this process has opened the project of {paths[0]}", "use one process per project")
        if root not in sys.path:
            sys.path.insert(0, root)

    def close(self) -> None:
        """Close what was opened."""
        for name in ("_index", "last_seen"):
            if name in vars(self):
                vars(self)[name].close()
        self.parts.close()

    def _by_digest(self, reference: ByDigest) -> Placed:
        found = self.index.by_digest(str(reference))
        if len({placed.entry.artefact.digest for placed in found if placed.entry.artefact}) > 1:
            raise AskError(f"{reference} is the beginning of several digests", "give more digits")
        if not found:
            raise AskError(f"no artefact has a digest that begins with {reference}")
        return found[0]

    def _majors(self, name: str) -> list[str]:
        """The majors whose artefacts a stream holds; a report has none."""
        return [line for line in self.index.lines(name) if line]

    def _promoted(self, reference: Recorded) -> Placed:
        """What the use case's file in git promotes to a stage; the digest there must be the ledger's."""
        from jeyn.model.names import Pin
        from jeyn.stores import definitions

        self.make_importable()
        lines = [reference.line] if reference.line else self._majors(reference.name)
        for line in lines:
            use_case = definitions.use_case(Pin(reference.name, line))
            for promotion in use_case.promoted:
                if promotion.stage == reference.which:
                    found = self.resolve(promotion.checkpoint)
                    if found.entry.artefact is None or found.entry.artefact.digest != promotion.digest:
                        raise IntegrityError(
                            f"{found} has another digest than {use_case.pin} promotes to {promotion.stage}",
                            "pull the record that it was promoted in, or promote again",
                        )
                    return found
        raise AskError(f"{reference.name} promotes nothing to {reference.which!r}")

    def prepare_state(self) -> None:
        """Make the folder of the record, with a page in it that explains it; Unreachable where that cannot be."""
        state = self.settings.state
        with using(state):
            state.mkdir(parents=True, exist_ok=True)
            for name, text in ((".gitignore", "*\n"), ("README.md", _README)):
                if not (state / name).exists():
                    write_whole(state / name, text)


def check_major(asked: Recorded, found: Placed | None) -> None:
    """AskError where an entry is of another major than the reference says."""
    if not asked.line or found is None or found.entry.artefact is None:
        return
    line = definition_line(found.entry.artefact.definition)
    if line != asked.line:
        number = f"{asked.name}#{found.number}"
        told = f"of major {line}" if line else f"a {found.entry.kind} without a major"
        fix = f"write {asked.name}@{line}#{found.number}" if line else f"write {number}"
        raise AskError(f"{number} is {told}, not of {asked.line}", fix)

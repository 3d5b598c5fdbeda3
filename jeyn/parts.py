"""The parts that an environment consists of. Only here are adapters chosen, from settings that were read once."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar, overload

from jeyn.errors import AskError
from jeyn.settings import Settings

if TYPE_CHECKING:
    from jeyn.adapters.dapr.calls import Sidecar
    from jeyn.adapters.dapr.own_sidecar import OwnSidecar
    from jeyn.ports.blobs import BlobStore
    from jeyn.ports.cluster import Cluster
    from jeyn.ports.events import EventSink
    from jeyn.ports.keys import KeyValueStore
    from jeyn.ports.secrets import SecretStore


T = TypeVar("T")

# How long a turn is waited for, in seconds: whoever has it writes one record.
_PATIENCE = 30.0
#: Held by the thread that opens a project, or a part of one. A fork waits until it is free: it would never be there.
opening = threading.RLock()
os.register_at_fork(before=opening.acquire, after_in_parent=opening.release, after_in_child=opening.release)


class opened_once(cached_property[T], Generic[T]):  # noqa: N801  # a decorator
    """A part that is opened when it is first used.

    Of threads that do so at once one opens it and the others wait; where it fails, the next tries.
    """

    @overload
    def __get__(self, instance: None, owner: type | None = None) -> opened_once[T]: ...
    @overload
    def __get__(self, instance: object, owner: type | None = None) -> T: ...
    def __get__(self, instance: object | None, owner: type | None = None) -> opened_once[T] | T:
        if instance is None:
            return self
        with opening:
            return super().__get__(instance, owner)


def folder_blobs(folder: Path) -> BlobStore:
    """A blob store in a folder."""
    from jeyn.adapters.folder import FolderBlobStore

    return FolderBlobStore(folder)


class Parts:
    """An environment's stores and its sidecar, opened when they are first used; `close` gives them up."""

    def __init__(self, settings: Settings, *, is_admitted: bool = False) -> None:
        """`is_admitted` says that somebody has made sure already that the state store may hold the record."""
        self._settings = settings
        self._is_admitted = is_admitted

    @opened_once
    def keys(self) -> KeyValueStore:
        """What the ledger's keys are in. AskError where that would break the record."""
        environment = self._settings.environment
        if not environment.state_store:
            from jeyn.adapters.sqlite import SqliteKeyValueStore

            return SqliteKeyValueStore(self._settings.ledger)
        from jeyn.adapters.dapr.admission import admit
        from jeyn.adapters.dapr.state import DaprKeyValueStore
        from jeyn.ledger.layout import Layout

        store = DaprKeyValueStore(self.sidecar, environment.state_store)
        if not self._is_admitted:
            admit(store, Layout(self._settings.project).probe(), self._components)
        return store

    @property
    def no_keys(self) -> KeyValueStore:
        """A ledger's keys for who will not ask for any."""
        from jeyn.adapters.memory import MemoryKeyValueStore

        return MemoryKeyValueStore()

    @opened_once
    def blobs(self) -> BlobStore:
        """What holds the bytes."""
        url = self._settings.blobs
        if "://" not in url:
            return folder_blobs(Path(url))
        if url.startswith("file://"):
            return folder_blobs(Path(url.removeprefix("file://")))
        from jeyn.adapters.objects import open_object_store

        return open_object_store(url, self._settings.cache)

    @opened_once
    def events(self) -> EventSink:
        """Where events go, in an environment that names a broker."""
        environment = self._settings.environment
        from jeyn.adapters.dapr.events import DaprEvents

        return DaprEvents(self.sidecar, environment.pubsub, environment.topic)

    @opened_once
    def secrets(self) -> SecretStore:
        """What holds the secrets that steps ask for."""
        if not self._settings.environment.secrets:
            from jeyn.adapters.process_secrets import ProcessSecrets

            return ProcessSecrets()
        from jeyn.adapters.dapr.secrets import DaprSecrets

        return DaprSecrets(self.sidecar, self._settings.environment.secrets)

    @property
    def cluster(self) -> Cluster:
        """The cluster that kubectl leads to. AskError where there is no kubectl."""
        from jeyn.adapters.kubectl import Kubectl

        return Kubectl()

    @opened_once
    def sidecar(self) -> Sidecar:
        """The sidecar that Dapr's variables name, else one that is started here and ends with this process."""
        from jeyn.adapters.dapr.calls import Sidecar
        from jeyn.adapters.dapr.channel import SidecarAddress

        given = self._settings.sidecar
        address = SidecarAddress(given, self._settings.token) if given else self._own.address
        return Sidecar(address, self._settings.environment.wait)

    @property
    def sidecar_endpoint(self) -> str:
        """Where other processes find the sidecar; empty where none is used."""
        return self.sidecar.address.endpoint if self._settings.environment.uses_dapr else ""

    @contextmanager
    def turn(self) -> Iterator[None]:
        """What one process that uses this folder's record has at a time, for as long as it takes to write a record.

        It is waited for, and not for ever; it is free when its holder ends. Other machines know nothing of it.
        """
        from jeyn.adapters.turns import Turns

        turns = Turns(self._settings.state / "formulas-turn", _PATIENCE)
        try:
            with turns.turn():
                yield
        finally:
            turns.close()

    def close(self) -> None:
        """Close what was opened. Safe to call twice."""
        opened = vars(self)
        if "keys" in opened:
            self.keys.close()
        if "sidecar" in opened:
            self.sidecar.close()
        if "_own" in opened:
            self._own.stop()

    @opened_once
    def _own(self) -> OwnSidecar:
        from jeyn.adapters.dapr.binary import find_daprd
        from jeyn.adapters.dapr.own_sidecar import OwnSidecar

        if self._components is None:
            raise AskError(
                f"the environment {self._settings.environment.name} needs a Dapr sidecar, and none is given",
                'start one and set DAPR_GRPC_PORT, or name its folder of components: components = "…"',
            )
        return OwnSidecar(
            find_daprd(),
            self._components,
            needs=self._settings.environment.state_store,
            root=self._settings.root,
            log=self._settings.state / "daprd.log",
            wait=self._settings.environment.wait,
        )

    @property
    def _components(self) -> Path | None:
        folder = self._settings.environment.components
        return self._settings.root / folder if folder else None

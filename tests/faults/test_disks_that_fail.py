"""A full or read-only disk under the ledger, under the blobs, or under all that is kept on this machine."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from oracles import check_numbers
from real_servers import or_skip
from running import RUN, Ended, Running, add_environments
from small_disk import SmallDisk

if TYPE_CHECKING:
    from conftest import ProjectFolder

KIB = 1 << 10
KEYS = "import sqlite3, sys; print(*[key for key, in sqlite3.connect(sys.argv[1]).execute('SELECT key FROM written')])"
PARTS = pytest.mark.parametrize("part", ["ledger", "blobs", "state"])


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with or_skip(), SmallDisk(tmp_path / "disk", "16m") as disk:
        yield disk


class OnSmallDisk:
    """A project of which one part is on a small disk: its ledger, its blobs, or all of its `.jeyn`."""

    def __init__(self, project: ProjectFolder, disk: SmallDisk, part: str) -> None:
        self._project = project
        self._disk = disk
        self._arguments = ["-C", str(project.root)]
        self._ledger = project.root / ".jeyn" / "ledger.db"
        if part == "state":
            environment = {**project.environment, "JEYN_STATE": str(disk.folder / "state")}
            self._project = replace(project, environment=environment)
            self._ledger = disk.folder / "state" / "ledger.db"
            return
        at = {"ledger": "ledger.db", "blobs": "blobs"}[part]
        add_environments(project, f'[tool.jeyn.environments.small]\n{part} = "{disk.folder / at}"\n')
        self._arguments += ["-e", "small"]
        self._ledger = disk.folder / at if part == "ledger" else project.root / ".jeyn/environments/small/ledger.db"

    def jeyn(self, *arguments: str, codes: tuple[int, ...] = (0,)) -> Ended:
        return Running.start(self._project, *self._arguments, *arguments, within=self._disk.enter).end(*codes)

    def entries(self) -> dict[str, str]:
        """Every entry id by its reference; all of the record is whole."""
        assert self._json("verify")["problems"] == []
        found = {event["subject"]: event["id"] for event in self._json("events")["events"]}
        assert len(set(found.values())) == len(found)
        check_numbers(self._keys(), len(found))
        return found

    def _keys(self) -> list[str]:
        command = [*self._disk.enter, sys.executable, "-c", KEYS, str(self._ledger)]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()

    def _json(self, command: str) -> Any:
        return self.jeyn(command, "--format", "json").run


def fails_whole(project: OnSmallDisk, disk: SmallDisk, fault: AbstractContextManager[None]) -> bool:
    """Whether a run under this fault fails, naming the disk; what is recorded stays whole and is completed later."""
    seen = project.entries()
    with fault:
        ended = project.jeyn(*RUN, codes=(0, 1, 4))
    assert (ended.code == 0) == (not ended.errors)
    assert all(str(disk.folder) in error for error in ended.errors), ended
    now = project.entries()
    assert {**seen, **ended.acknowledged}.items() <= now.items()
    again = project.jeyn(*RUN)
    assert {**now, **again.acknowledged}.items() <= project.entries().items()
    assert len(again.acknowledged) == 7
    return ended.code != 0


@PARTS
def test_a_full_disk_fails_the_run_and_harms_nothing(harvest: ProjectFolder, disk: SmallDisk, part: str) -> None:
    project = OnSmallDisk(harvest, disk, part)
    project.jeyn(*RUN)
    failed = [fails_whole(project, disk, disk.with_room_for(left * KIB)) for left in (0, 8, 40, 100)]
    assert failed[0]


@PARTS
def test_a_read_only_disk_fails_the_run_and_harms_nothing(harvest: ProjectFolder, disk: SmallDisk, part: str) -> None:
    project = OnSmallDisk(harvest, disk, part)
    with disk.read_only():
        ended = project.jeyn(*RUN, codes=(1, 4))
    assert ended.errors
    assert all(str(disk.folder) in error for error in ended.errors), ended
    project.jeyn(*RUN)
    assert fails_whole(project, disk, disk.read_only())

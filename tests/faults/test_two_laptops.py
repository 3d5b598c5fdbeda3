"""Two laptops push into one record at once, again and again, and one of them is killed: nothing is lost or doubled."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from dapr_stores import STORE, DaprStore
from oracles import Record, embedded, stored_keys
from running import Running, add_environments, chances

from jeyn.model.artefact import Entry

if TYPE_CHECKING:
    from conftest import ProjectFolder

ROUNDS = 20


class Laptops:
    """Clones of one repository, each with a ledger of its own, and the record that they share."""

    def __init__(self, project: ProjectFolder, store: DaprStore, folder: Path) -> None:
        team = (
            f'[tool.jeyn.environments.team]\nstate_store = "{STORE}"\nblobs = "{folder / "shared-blobs"}"\nwait = 20\n'
        )
        add_environments(project, team)
        self._folder = folder
        self._origin = folder / "origin.git"
        self._project = replace(project, environment={**project.environment, **store.daprd.client_environment})
        self._project.git("clone", "--quiet", "--bare", str(project.root), str(self._origin))
        self._store = store

    def another(self, name: str) -> ProjectFolder:
        root = self._folder / name
        self._project.git("clone", "--quiet", str(self._origin), str(root))
        return replace(self._project, root=root)

    def shared(self, seen_from: ProjectFolder) -> Record:
        return Record(seen_from.root, "team", lambda: stored_keys(self._store), self._store.address)

    @property
    def snapshots(self) -> set[str]:
        """The snapshot commits that the team's git repository has."""
        return snapshots(replace(self._project, root=self._origin))


@pytest.fixture
def laptops(harvest: ProjectFolder, dapr_store: DaprStore, tmp_path: Path) -> Laptops:
    return Laptops(harvest, dapr_store, tmp_path)


def snapshots(project: ProjectFolder) -> set[str]:
    refs = project.git("for-each-ref", "--format=%(refname)", "refs/jeyn/snapshots")
    return {ref.rpartition("/")[2] for ref in refs.splitlines()}


def by_id(record: Record) -> dict[str, Entry]:
    return {entry.id: entry for entry in record.whole_entries().values()}


def work(laptops: list[ProjectFolder], round_number: int, chance: random.Random) -> None:
    """Each records something, at the same time as the other; now and then from files that are not committed."""
    for number, laptop in enumerate(laptops):
        if chance.random() < 0.4:
            (laptop.root / "notes.txt").write_text(f"laptop {number}, round {round_number}\n")
    step = chance.choice(["north", "gather", "weigh"])
    runs = [Running.start(one, "run", "harvest", "--only", step, "--force", "--no-generate") for one in laptops]
    for run in runs:
        run.end(0)


@pytest.mark.parametrize("dapr_store", ["postgres-v2"], indirect=True)
def test_pushes_at_once_lose_nothing_and_double_nothing(laptops: Laptops) -> None:
    both = [laptops.another("first"), laptops.another("second")]
    for laptop in both:
        laptop.jeyn("run", "harvest", "--no-generate")
        laptop.jeyn("push", "-e", "team")
    usual = 1.0
    met = 0
    with chances() as chance:
        for number in range(ROUNDS):
            work(both, number, chance)
            pushes = [Running.start(laptop, "push", "-e", "team") for laptop in both]
            victim = chance.randrange(2)
            time.sleep(chance.uniform(0.1, usual))
            met += pushes[victim].kill()
            pushes[victim].end(0, -9)
            pushes[1 - victim].end(0)
            usual = pushes[1 - victim].seconds
        assert met > ROUNDS / 3

        for laptop in both:
            laptop.jeyn("push", "-e", "team")
        here = [by_id(embedded(laptop.root)) for laptop in both]
        assert by_id(laptops.shared(both[0])) == {**here[0], **here[1]}
        dirty = {entry.origin.commit for entries in here for entry in entries.values() if entry.origin.dirty}
        assert len(dirty) > 2
        assert laptops.snapshots == dirty
        assert both[0].json("-e", "team", "verify")["problems"] == []

        third = laptops.another("third")
        for _ in range(3):
            pull = Running.start(third, "pull", "-e", "team")
            time.sleep(chance.uniform(0.3, 2))
            pull.kill()
            pull.end(0, -9)
        third.jeyn("pull", "-e", "team")
        assert by_id(embedded(third.root)) == {**here[0], **here[1]}
        assert snapshots(third) == dirty
        assert third.json("verify")["problems"] == []
        assert third.json("push", "-e", "team")["entries"] == 0

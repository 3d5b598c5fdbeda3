"""A folder that several runs read at once: no batch is empty, and no file is in two."""

from __future__ import annotations

import subprocess
import sys

import pytest

# One try of the step `collect`, as its process runs it, where something happens before it has recorded what it read.
TRY = """
import subprocess, sys
from pathlib import Path

from jeyn.formulas import files
from jeyn.model.artefact import Origin
from jeyn.model.names import Pin
from jeyn.project import Project
from jeyn.runner.execute import execute
from jeyn.runner.task import Task

def run():
    subprocess.run([sys.executable, "-m", "jeyn", "run", "collect"], check=True, capture_output=True)

make = files.make

def first_make(*given):
    files.make = make
    made = make(*given)
    rows = {rows}
    {meanwhile}
    return type(made)(rows, made.metadata)

files.make = first_make
root = str(Path.cwd())
origin = Origin(commit="0" * 40, dirty=False, repository="", actor="", pipeline="collect@1", run="other", step="collect")
name = Project(root).settings.environment.name
task = Task(root, name, "", root, Pin("collect", "1"), "collect", "", origin, {{}}, {{}}, "", {{}}, "", "unused")
done = execute(task)
print(done.status, done.error, *(one.reference for one in done.outputs.values()), "reused" if done.is_reused else "made")
"""


def tried(project, meanwhile: str, rows: str = "list(made.data)") -> str:
    return project.python(TRY.format(meanwhile=meanwhile, rows=rows))


@pytest.fixture
def folder(growing):
    """A folder that a first run has read."""
    growing = growing('"data/*.csv"')
    put(growing, "a.csv", 1)
    growing.jeyn("run", "collect")
    return growing


def put(project, name: str, count: int) -> None:
    (project.root / "data" / name).write_text(f"sensor,at,value,count\nx,2030-01-02T00:00:00Z,1.5,{count}\n")


def read_by(project) -> list[list[str]]:
    """What each batch holds."""
    batches = sorted(project.json("ls", "batches")["items"], key=lambda one: one["ref"])
    shown = [project.json("show", one["ref"])["metadata"] for one in batches]
    assert [one["rows"] for one in shown] == [len(one["objects"]) for one in shown]
    return [[one["url"].removeprefix("data/") for one in metadata["objects"]] for metadata in shown]


def test_who_comes_too_late_takes_the_batch_of_who_was_faster(folder):
    put(folder, "b.csv", 2)
    assert tried(folder, "run()") == "done  readings#2 reused\n"
    assert read_by(folder) == [["a.csv"], ["b.csv"]]
    assert folder.json("verify")["problems"] == []


def test_who_was_started_for_files_that_are_read_by_now_makes_no_batch(folder):
    assert tried(folder, "raise AssertionError") == "done  readings#1 reused\n"
    assert read_by(folder) == [["a.csv"]]


def test_who_comes_too_late_takes_what_is_left(folder):
    put(folder, "b.csv", 2)
    put(folder, "c.csv", 3)
    away = 'Path("data/c.csv").rename("c"); run(); Path("c").rename("data/c.csv")'
    assert tried(folder, away) == "done  readings#3 made\n"
    assert read_by(folder) == [["a.csv"], ["b.csv"], ["c.csv"]]
    assert folder.json("verify")["problems"] == []


def test_runs_at_once_read_a_file_once(folder):
    put(folder, "b.csv", 2)
    folder.commit()
    command = [sys.executable, "-m", "jeyn", "run", "collect", "--no-generate"]
    runs = [subprocess.Popen(command, cwd=folder.root, env=folder.environment) for _ in range(3)]
    assert [run.wait() for run in runs] == [0, 0, 0]
    assert read_by(folder) == [["a.csv"], ["b.csv"]]


def test_a_file_that_changes_while_it_is_read_is_told_and_not_recorded(folder):
    put(folder, "b.csv", 2)
    changed = 'Path("data/b.csv").write_text(Path("data/b.csv").read_text() * 2)'
    assert "failed data/b.csv changed while it was read" in tried(folder, changed, rows="made.data")
    assert read_by(folder) == [["a.csv"]]
    put(folder, "b.csv", 3)
    folder.jeyn("run", "collect")
    assert read_by(folder) == [["a.csv"], ["b.csv"]]

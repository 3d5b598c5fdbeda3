"""`jeyn init` where something is already: nothing of it is overwritten, and nobody is surprised."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest


def contents(root: Path) -> dict[str, bytes]:
    """Everything in a folder but git's own files."""
    found = (path for path in root.rglob("*") if path.is_file() and ".git" not in path.relative_to(root).parts)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}


def test_a_second_time_changes_nothing(init, tmp_path):
    first = json.loads(init("churn", "--format", "json").out)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "churn").rglob("*")}
    second = init("churn", "--format", "json")
    assert second.code == 0
    assert json.loads(second.out) == {"schema": "jeyn.init/1", "written": [], "kept": first["written"]}
    assert before == {path: path.stat().st_mtime_ns for path in (tmp_path / "churn").rglob("*")}


def test_a_file_in_the_way_is_told_and_kept(init, tmp_path):
    root = tmp_path / "churn"
    root.mkdir()
    (root / "README.md").write_text("mine\n")
    (root / "notes.txt").write_text("mine too\n")
    asked = init("churn")
    assert (asked.code, asked.out) == (2, "")
    assert "would write catalogs/customers.yaml" in asked.err
    assert "would keep README.md: it differs" in asked.err
    assert "--yes" in asked.err
    assert contents(root) == {"README.md": b"mine\n", "notes.txt": b"mine too\n"}

    told = init("churn", "--yes")
    assert told.code == 0
    assert "kept README.md: it differs" in told.out
    assert (root / "README.md").read_bytes() == b"mine\n"
    assert (root / "catalogs" / "customers.yaml").exists()


def test_a_folder_with_files_is_not_added_to_unasked(init, tmp_path):
    (tmp_path / "churn").mkdir()
    (tmp_path / "churn" / "notes.txt").write_text("mine\n")
    assert init("churn", "--format", "json").code == 2
    assert set(contents(tmp_path / "churn")) == {"notes.txt"}
    told = json.loads(init("churn", "--yes", "--format", "json").out)
    assert told["kept"] == []
    assert "notes.txt" not in told["written"]


def test_an_empty_repository_is_no_reason_to_ask(init, tmp_path):
    subprocess.run(["git", "init", "--quiet", "--initial-branch", "trunk", str(tmp_path / "churn")], check=True)
    assert init("churn").code == 0
    assert (tmp_path / "churn" / ".git" / "HEAD").read_text() == "ref: refs/heads/trunk\n"


@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("\n", 2), ("n\n", 2)])
def test_on_a_terminal_it_asks(folder_at, tmp_path, answer, code):
    (tmp_path / "churn").mkdir()
    (tmp_path / "churn" / "notes.txt").write_text("mine\n")
    ours, theirs = pty.openpty()
    running = subprocess.Popen(
        [sys.executable, "-m", "jeyn", "init", "churn"],
        cwd=tmp_path,
        env=folder_at(tmp_path).environment,
        stdin=theirs,
        stdout=subprocess.DEVNULL,
        stderr=theirs,
    )
    os.close(theirs)
    shown = b""
    while b"[y/N] " not in shown:
        shown += os.read(ours, 4096)
    os.write(ours, answer.encode())
    running.wait(timeout=60)
    os.close(ours)
    assert running.returncode == code
    assert b"would write Makefile" in shown
    assert (tmp_path / "churn" / "Makefile").exists() == (code == 0)


def test_what_is_no_file_or_no_folder_is_not_replaced_or_followed(init, tmp_path):
    root, elsewhere = tmp_path / "churn", tmp_path / "elsewhere"
    elsewhere.mkdir()
    (root / "Makefile").mkdir(parents=True)
    (root / "catalogs").symlink_to(elsewhere)
    (root / "data").write_text("a file\n")
    (root / "Dockerfile").symlink_to("nowhere")
    told = init("churn", "--yes")
    assert told.code == 0
    for line in (
        "kept Makefile: it is no file",
        "kept catalogs/customers.yaml: catalogs is a link",
        "kept data/customers/2030-01.csv: data is no folder",
        "kept Dockerfile: it is a link",
    ):
        assert line in told.out
    assert list(elsewhere.iterdir()) == []
    assert (root / "data").read_text() == "a file\n"
    assert not (root / "nowhere").exists()


def test_files_that_generating_would_remove_are_reason_enough_to_refuse(init, tmp_path):
    theirs = tmp_path / "churn" / "generated" / "api" / "client.py"
    theirs.parent.mkdir(parents=True)
    theirs.write_text("# made by something else\n")
    refused = init("churn", "--yes")
    assert refused.code == 2
    assert "generated/api/client.py is not Jeyn's" in refused.err
    assert contents(tmp_path / "churn") == {"generated/api/client.py": b"# made by something else\n"}


def test_inside_a_repository_no_other_is_made(init, folder_at, tmp_path):
    outer = folder_at(tmp_path)
    outer.git("init", "--quiet")
    told = init("teams/churn", "--with", "gitlab")
    assert told.code == 0
    assert not (tmp_path / "teams" / "churn" / ".git").exists()
    assert f"at work only at the root of the repository, {tmp_path}: .gitlab-ci.yml, .pre-commit-config" in told.out
    inner = folder_at(tmp_path / "teams" / "churn")
    inner.commit("start")
    assert "no findings" in inner.jeyn("lint").stdout
    inner.jeyn("generate", "--check")


def test_what_cannot_be_asked(init, folder_at, tmp_path):
    (tmp_path / "file").write_text("")
    assert "file is no folder" in init("file").err
    assert "--name 'Not One' is not a name" in init("x", "--name", "Not One").err
    assert "--name NAME" in init("数据").err
    assert "is the name of a package" in init("jeyn").err
    assert init("x", "--with", "bitbucket").code == 2
    empty = tmp_path / "empty"
    empty.mkdir()
    without_git = folder_at(tmp_path).jeyn("init", "x", code=2, PATH=str(empty))
    assert "there is no `git` program" in without_git.stderr
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("folder", ["Größe v1.2", "2030-churn", "-x", ".hidden", "a'b; rm -rf $HOME"])
def test_any_folder_that_has_letters_can_be_one(init, tmp_path, folder):
    given = f"./{folder}"
    told = init(given)
    assert told.code == 0
    root = tmp_path / folder
    for line in told.out.splitlines():
        if line.startswith("  cd "):
            asked = subprocess.run(["sh", "-c", f"{line} && pwd"], cwd=tmp_path, capture_output=True, check=True)
            assert Path(asked.stdout.decode().rstrip("\n")) == root
    text = (root / "pyproject.toml").read_text()
    assert "'" not in text.partition("[build-system]")[2].partition("dependencies")[0]


def test_a_file_is_written_whole_or_not_at_all(folder_at, tmp_path):
    """The system lets no file grow over 4 KiB, as a full disk would."""
    project = folder_at(tmp_path)
    plain = {name: value for name, value in project.environment.items() if not name.startswith("COV")}
    command = f"ulimit -f 8; exec {sys.executable} -m jeyn init churn"
    done = subprocess.run(["sh", "-c", command], cwd=tmp_path, env=plain, capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr
    assert "cannot be written: File too large" in done.stderr
    left = contents(tmp_path / "churn")
    assert left
    project.jeyn("init", "churn", "--yes")
    whole = contents(tmp_path / "churn")
    assert len(whole) > len(left)
    assert whole == whole | left

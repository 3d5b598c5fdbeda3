"""The base project, with folders of documents laid over it, and in real git repositories."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jeyn_gen.load.documents import Document, document_paths, read_document
from jeyn_gen.load.project import Project, resolve

BASE = Path(__file__).parent / "base"
SOURCES = Path(__file__).parents[2]
_IDENTITY = {f"GIT_{who}_{what}": "ada@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


def project_of(folder: Path) -> Project:
    """The base project with the documents of a folder, which replace those of the same path. It has no findings."""
    files = {path: root / path for root in (BASE, folder) for path in document_paths(root, [])}
    documents: list[Document] = [read_document(path, file.read_text(), []) for path, file in sorted(files.items())]
    project = resolve(BASE, documents, [])
    assert not project.findings, project.findings
    assert all(document.definition for document in documents)
    return project


@dataclass(frozen=True)
class Repository:
    """A project at `root`, in a repository that begins at `top`."""

    root: Path
    top: Path

    def jeyn(self, *words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        """Run the command line in the project; fails unless it ends with `code`."""
        done = self._run([sys.executable, "-m", "jeyn", *words])
        assert done.returncode == code, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr, done.stderr
        return done

    def json(self, *words: str, code: int = 0) -> Any:
        return json.loads(self.jeyn(*words, "--format", "json", code=code).stdout)

    def git(self, *words: str) -> str:
        done = self._run(["git", *words])
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def commit(self, message: str = "change") -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace text in a file; it must be there."""
        text = (self.root / path).read_bytes().decode()
        assert old in text, f"{old!r} is not in {path}"
        (self.root / path).write_bytes(text.replace(old, new).encode())

    def _run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        kept = {name: value for name, value in os.environ.items() if name == "PATH" or name.startswith("COV")}
        home = {"HOME": str(self.top.parent), "GIT_CEILING_DIRECTORIES": str(self.top.parent)}
        environ = {**kept, **home, **_IDENTITY, "PYTHONPATH": str(SOURCES), "CI": "true"}
        return subprocess.run(command, cwd=self.root, env=environ, capture_output=True, text=True, check=False)


@dataclass(frozen=True)
class Projects:
    """Starts repositories below a folder."""

    folder: Path

    def start(self, within: str = ".") -> Repository:
        """The base project, committed, at the top of a repository or in a folder of it."""
        top = self.folder / "repository"
        root = top / within
        shutil.copytree(BASE, root, ignore=shutil.ignore_patterns("__pycache__"))
        project = Repository(root.resolve(), top.resolve())
        project.git("init", "--quiet", "--initial-branch", "main", str(top))
        project.commit("start")
        return project

    def clone(self, project: Repository, *options: str) -> Repository:
        """A clone over git's own protocol, which can be shallow."""
        top = self.folder / "clone"
        project.git("clone", "--quiet", *options, project.top.as_uri(), str(top))
        return Repository(top.resolve(), top.resolve())

"""A repository as its user handles it: with plain git."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from jeyn.git.repository import Repository


@dataclass(frozen=True)
class WorkTree:
    """The working tree, its files and its commands."""

    top: Path

    def git(self, *words: str, check: bool = True) -> str:
        done = subprocess.run(["git", *words], cwd=self.top, capture_output=True, check=False)
        assert not check or done.returncode == 0, done.stderr.decode()
        return done.stdout.decode("utf-8", "surrogateescape").removesuffix("\n")

    def write(self, path: str, content: str | bytes) -> Path:
        place = self.top / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content if isinstance(content, bytes) else content.encode())
        return place

    def commit(self, message: str = "a commit") -> str:
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)
        return self.git("rev-parse", "HEAD")

    def script(self, path: str, text: str) -> Path:
        place = self.write(path, f"#!/bin/sh\n{text}\n")
        place.chmod(0o755)
        return place

    @property
    def repository(self) -> Repository:
        return Repository.find(self.top)


def start(folder: Path, *options: str) -> WorkTree:
    folder.mkdir(parents=True)
    tree = WorkTree(folder)
    tree.git("init", "-q", "-b", "main", *options)
    return tree

"""Projects to try things on: real folders, real git repositories, the real command line."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

pytest_plugins = ["real_servers"]

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = Path(__file__).resolve().parent / "projects"


def pytest_configure() -> None:
    """What a shell starts with `&` does not hear Ctrl-C, and neither does what that starts: here it does."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _environment(home: Path) -> dict[str, str]:
    """A plain environment, as `env -i` gives it; coverage of child processes is kept."""
    kept = {name: value for name, value in os.environ.items() if name.startswith(("COV", "COVERAGE"))}
    return {"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": str(ROOT), "CI": "true", **kept}


@dataclass(frozen=True)
class ProjectFolder:
    """A project in a git repository of its own."""

    root: Path
    environment: dict[str, str]

    def jeyn(self, *arguments: str, code: int = 0, **extra: str) -> subprocess.CompletedProcess[str]:
        """Run the command line in the project; fails unless it ends with `code`."""
        done = subprocess.run(
            [sys.executable, "-m", "jeyn", *arguments],
            cwd=self.root,
            env={**self.environment, **extra},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr, done.stderr
        return done

    def json(self, *arguments: str, code: int = 0, **extra: str) -> Any:
        """Run a command with `--format json`, and read what it printed."""
        return json.loads(self.jeyn(*arguments, "--format", "json", code=code, **extra).stdout)

    def git(self, *arguments: str) -> str:
        """Run git in the project."""
        identity = {
            f"GIT_{who}_{what}": "tester@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
        }
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.root,
            env={**self.environment, **identity},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def commit(self, message: str = "change") -> str:
        """Commit everything; the commit."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)
        return self.git("rev-parse", "HEAD")

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace text in a file; it must be there."""
        text = (self.root / path).read_text()
        assert old in text, f"{old!r} is not in {path}"
        (self.root / path).write_text(text.replace(old, new))

    def python(self, code: str, exit_code: int = 0, **extra: str) -> str:
        """Run Python in the project; its output."""
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", code],
            cwd=self.root,
            env={**self.environment, **extra},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == exit_code, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout if exit_code == 0 else done.stderr


@pytest.fixture
def copy_of(tmp_path: Path) -> Callable[[str], ProjectFolder]:
    """A function that copies a sample project into a new git repository, generated and committed."""

    def copy(sample: str) -> ProjectFolder:
        home = tmp_path / "home"
        home.mkdir(exist_ok=True)
        root = tmp_path / sample
        shutil.copytree(SAMPLES / sample, root, ignore=shutil.ignore_patterns("__pycache__", ".jeyn"))
        (root / ".gitignore").write_text("__pycache__/\n")
        folder = ProjectFolder(root, _environment(home))
        folder.git("init", "--quiet", "--initial-branch", "main")
        folder.jeyn("generate")
        folder.commit("start")
        return folder

    return copy


@pytest.fixture
def folder_at(tmp_path: Path) -> Callable[[Path], ProjectFolder]:
    """A function that makes of any folder one to work in; it need not be a project yet."""

    def at(root: Path) -> ProjectFolder:
        home = tmp_path / "home"
        home.mkdir(exist_ok=True)
        return ProjectFolder(root, _environment(home))

    return at


@pytest.fixture
def numbers(copy_of: Callable[[str], ProjectFolder]) -> ProjectFolder:
    """A small project whose five steps use every recipe but `files`."""
    return copy_of("numbers")


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of this repository."""
    return ROOT

"""A repository whose commits are checked, as its user handles it: with git, and with the command on PATH."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENTS = {
    "pyproject.toml": '[tool.jeyn]\nproject = "tried"\n',
    "catalogs/numbers.yaml": "kind: DataCatalog\nname: numbers\nversion: 1.0.0\nfeatures:\n  value: {dtype: float64}\n",
    "pipelines/source.yaml": (
        "kind: DatasetFormula\nname: source\nversion: 1.0.0\ncatalog: numbers@1\n"
        "recipe:\n  python: {function: pipelines.work:source}\n"
    ),
    "pipelines/work.py": "def source(_):\n    return {'value': [1.0]}\n",
    ".gitignore": "__pycache__/\n",
}
#: A document whose generated file is quick to make.
MEAN = "kind: MLUseCase\nname: mean\nversion: 1.0.0\ninputs: numbers@1\noutputs: numbers@1\n"
GENERATED = "generated/use_cases/mean_v1.py"


def use_case(name: str) -> str:
    return MEAN.replace("name: mean", f"name: {name}")


@dataclass(frozen=True)
class Repository:
    """A working tree, and what happens in it. `environment` is that of every process."""

    top: Path
    environment: dict[str, str]

    def run(self, *words: str, code: int | None = 0, at: str = "", **extra: str) -> str:
        """What a program prints, standard error included; it must end with `code`, or anyhow if that is None."""
        done = subprocess.run(
            words,
            cwd=self.top / at,
            env={**self.environment, **extra},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert code is None or done.returncode == code, f"exit {done.returncode} of {words}\n{done.stdout}"
        assert "Traceback" not in done.stdout, done.stdout
        return done.stdout

    def git(self, *words: str, code: int | None = 0, at: str = "", **extra: str) -> str:
        return self.run("git", *words, code=code, at=at, **extra).removesuffix("\n")

    def jeyn(self, *words: str, code: int = 0, at: str = "", **extra: str) -> str:
        return self.run("jeyn", *words, code=code, at=at, **extra)

    def commit(self, *words: str, code: int = 0, at: str = "") -> str:
        """Commit what is staged, with the hooks on; `code` is 1 where they must stop it."""
        return self.git("commit", "--quiet", "--message", "a change", *words, code=code, at=at)

    def write(self, path: str, text: str) -> None:
        place = self.top / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)

    def read(self, path: str) -> str:
        return (self.top / path).read_text()

    def stage(self, path: str, text: str) -> None:
        self.write(path, text)
        self.git("add", path)

    def staged(self, path: str) -> str:
        """The content of a path in the index."""
        return self.git("show", f":{path}") + "\n"

    def in_head(self, *under: str) -> list[str]:
        """The files of the last commit."""
        return self.git("ls-tree", "-r", "--name-only", "HEAD", "--", *under).split("\n")

    def use_plain_hooks(self) -> None:
        """Set the hooks up as hooks/README.md says, in a commit of their own."""
        shutil.copytree(ROOT / "hooks", self.top / "hooks")
        shutil.copy(ROOT / ".gitattributes", self.top)
        self.git("add", "hooks", ".gitattributes")
        self.git("commit", "--quiet", "--message", "hooks")
        self.git("config", "core.hooksPath", "hooks")
        self.git("config", "merge.jeyn.driver", "true")

    def at(self, top: Path) -> Repository:
        """Another working tree in the same environment."""
        return replace(self, top=top)

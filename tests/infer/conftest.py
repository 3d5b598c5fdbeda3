"""Files of data, what is inferred from them, and the generated class that must accept them."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from jeyn.cli.main import main
from jeyn.formulas.files import make
from jeyn.formulas.listing import list_objects
from jeyn.model.definitions import DataCatalog, FilesRecipe
from jeyn.model.modules import batch_class
from jeyn.model.types import Feature
from jeyn_gen.emit.catalogs import catalog_unit
from jeyn_gen.load.project import load_project


@dataclass(frozen=True)
class Found:
    """What `jeyn infer` printed, and the catalog that the project has when it stands there."""

    text: str
    catalog: DataCatalog
    root: Path

    def __getitem__(self, name: str) -> Feature:
        return next(feature for feature in self.catalog.features if feature.name == name)

    def types(self) -> dict[str, str]:
        """Each feature's type, with a question mark where it may be null."""
        return {one.name: f"{one.type}{'?' if one.constraints.nullable else ''}" for one in self.catalog.features}

    def notes(self, name: str) -> list[str]:
        """The comments above a feature whose name is a plain word."""
        lines = self.text.splitlines()
        at = next(number for number, line in enumerate(lines) if line.startswith((f"  {name}:", f'  "{name}":')))
        found: list[str] = []
        while (line := lines[at - 1].strip()).startswith("# "):
            found.insert(0, line.removeprefix("# "))
            at -= 1
        return found

    def accepts(self, data: Any) -> int:
        """The rows of a batch of the generated class; ConformanceError if it refuses the data."""
        module = self.root / "shown_by_infer.py"
        module.write_text(catalog_unit(self.catalog).text(), encoding="utf-8")
        spec = importlib.util.spec_from_file_location("shown_by_infer", module)
        assert spec is not None
        assert spec.loader is not None
        held = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = held
        try:
            spec.loader.exec_module(held)
            return len(getattr(held, batch_class(self.catalog.pin)).of(data))
        finally:
            del sys.modules[spec.name]

    def accepts_file(self, path: str) -> int:
        """As `accepts`, of a file as the `files` recipe reads it."""
        form = {"csv": "csv", "jsonl": "jsonl", "ndjson": "jsonl"}.get(path.rpartition(".")[2], "parquet")
        recipe = FilesRecipe(path, form)
        return self.accepts(make(recipe, self.catalog, list_objects(path, self.root), self.root).data)


Infer = Callable[..., Found]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The root of a project without documents."""
    (tmp_path / "pyproject.toml").write_text('[tool.jeyn]\nproject = "tried"\n')
    (tmp_path / "catalogs").mkdir()
    return tmp_path


@pytest.fixture
def infer(root: Path, capsys: pytest.CaptureFixture[str]) -> Infer:
    """Runs `jeyn infer WORD… --name seen` in the project, puts what it prints there, and lints that."""

    def run(*words: str) -> Found:
        capsys.readouterr()
        code = main(["-C", str(root), "infer", *words, "--name", "seen"])
        printed = capsys.readouterr()
        assert (code, printed.err) == (0, "")
        (root / "catalogs" / "seen.yaml").write_text(printed.out, encoding="utf-8")
        project = load_project(root)
        assert project.findings == ()
        (catalog,) = project.definitions.catalogs.values()
        return Found(printed.out, catalog, root)

    return run


@pytest.fixture
def refused(root: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Runs `jeyn infer` where it must say no; what it says."""

    def run(*words: str, code: int = 1) -> str:
        capsys.readouterr()
        ended = main(["-C", str(root), "infer", *words, "--name", "seen"])
        printed = capsys.readouterr()
        assert (ended, printed.out) == (code, ""), printed
        assert "fix: " in printed.err
        return printed.err

    return run


@pytest.fixture
def put(root: Path) -> Callable[[Mapping[str, str | bytes]], None]:
    """Writes files below the project's root."""

    def write(files: Mapping[str, str | bytes]) -> None:
        for name, held in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(held if isinstance(held, bytes) else held.encode())

    return write

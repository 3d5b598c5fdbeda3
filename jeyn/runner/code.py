"""Which of the project's own files a function reaches, and what is in them."""

from __future__ import annotations

import ast
import hashlib
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from jeyn.model.modules import GENERATED

_HERE = Path(__file__).resolve().parents[1]


@dataclass(slots=True)
class FirstParty:
    """The modules below a project's root, without `generated/` (what it says is in the definitions' digests)."""

    root: Path
    _files: dict[str, Path | None] = field(default_factory=dict)

    def reached(self, module: str) -> list[Path]:
        """The files of a module, of its packages, and of all first-party modules that they import, sorted."""
        seen: dict[str, Path] = {}
        waiting = [module]
        while waiting:
            name = waiting.pop()
            for part in _with_packages(name):
                if part in seen or (path := self.file(part)) is None:
                    continue
                seen[part] = path
                waiting += _imported(path, part)
        return sorted(set(seen.values()))

    def file(self, module: str) -> Path | None:
        """The file of a first-party module, or None."""
        if module not in self._files:
            self._files[module] = self._find(module)
        return self._files[module]

    def imported_now(self) -> list[Path]:
        """The first-party files, `generated/` included, that this process has imported."""
        root = f"{self.root}{os.sep}"
        names = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
        own = (Path(name) for name in names if name and name.startswith(root) and name.endswith(".py"))
        return sorted(path for path in own if self._is_own(path))

    def _find(self, module: str) -> Path | None:
        if module.partition(".")[0] == GENERATED:
            return None
        base = self.root.joinpath(*module.split("."))
        for path in (base.with_suffix(".py"), base / "__init__.py"):
            if path.is_file() and self._is_own(path):
                return path
        return None

    def _is_own(self, path: Path) -> bool:
        """Below the root, but neither installed there nor Jeyn itself: these belong to the runtime."""
        if not path.is_relative_to(self.root) or path.is_relative_to(_HERE):
            return False
        parts = path.relative_to(self.root).parts
        return not any(part.startswith(".") or part == "site-packages" for part in parts)


def code_digests(root: Path, module: str, globs: Iterable[str], first_party: FirstParty) -> dict[str, str]:
    """SHA-256 by path of the files that a step's function depends on: what it imports, and its `code:` globs."""
    paths = set(first_party.reached(module)) if module else set()
    paths |= set(globbed(root, globs))
    return {path.relative_to(root).as_posix(): _sha256(path) for path in sorted(paths)}


def globbed(root: Path, globs: Iterable[str]) -> list[Path]:
    """The files that a step's `code:` globs name, sorted."""
    return sorted({path for pattern in globs for path in root.glob(pattern) if path.is_file()})


def third_party_imports(paths: Iterable[Path]) -> Iterator[str]:
    """The names that these files import, `from` imports as the module alone."""
    for path in paths:
        yield from _imported(path, "")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _with_packages(module: str) -> list[str]:
    """`a.b.c` is a, a.b and a.b.c: importing a module imports its packages."""
    parts = module.split(".")
    return [".".join(parts[:end]) for end in range(1, len(parts) + 1)]


def _imported(path: Path, module: str) -> tuple[str, ...]:
    status = path.stat()
    return _imports_of(path, module, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=4096)
def _imports_of(path: Path, module: str, _changed: int, _size: int) -> tuple[str, ...]:
    """Every module that a file may import, wherever the statement stands; a name from a package may be one too."""
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError):
        return ()
    package = module.split(".") if path.name == "__init__.py" else module.split(".")[:-1]
    found: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            found += [base, *(f"{base}.{alias.name}" for alias in node.names)] if base else []
    return tuple(found)

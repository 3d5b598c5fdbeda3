"""Functions that documents name, found in the source without importing it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from jeyn_gen.diagnostics.finding import Location
from jeyn_gen.load.kept import Kept, Row
from jeyn_gen.load.modules import ASYNCHRONOUS, FUNCTION, IMPORTED, Binding, Module, read_module
from jeyn_gen.load.remembered import content_digest, reader

_MOST_HOPS = 10


class FunctionFinder:
    """Looks functions up below a project's root; each module is read once, and not if it is remembered.

    `state`: the folder where is kept what modules bind.
    """

    def __init__(self, root: Path, state: Path | None = None) -> None:
        self._root = root
        self._kept = Kept(state, "modules", reader())
        self._rows: dict[str, Row] = {}
        self._read: dict[Path, Module | str] = {}

    def problem(self, function: str, arguments: int) -> tuple[str, str] | None:
        """Why `module:name` cannot be called with so many positional arguments: a code and a message, or None."""
        module, _, name = function.partition(":")
        return self._problem(module, name, arguments, 0)

    def names(self, module: str) -> list[str]:
        """The functions that a module defines at its top level."""
        path = self.path(module)
        found = self._module(path) if path else ""
        return [] if isinstance(found, str) else [*found.functions]

    def path(self, module: str) -> Path | None:
        """The file of a first-party module, or None."""
        base = self._root.joinpath(*module.split("."))
        for path in (base.with_suffix(".py"), base / "__init__.py"):
            try:
                if path.is_file():
                    return path
            except OSError:  # longer than a file's name can be
                return None
        return None

    def generated(self) -> Iterator[tuple[Location, str]]:
        """Place and name of each generated module that the modules read so far import."""
        for path, found in self._read.items():
            if isinstance(found, Module):
                yield from ((Location(self._shown(path), *place), name) for *place, name in found.generated)

    def keep(self) -> None:
        """Remember the modules that were looked at, and no others."""
        self._kept.replace(self._rows)

    def _problem(self, module: str, name: str, arguments: int, hops: int) -> tuple[str, str] | None:
        path = self.path(module)
        if path is None:
            return None if hops else ("JYN401", f"there is no module {module} below the project's root")
        found = self._module(path)
        if isinstance(found, str):
            return "JYN401", f"{self._shown(path)} is not valid Python: {found}"
        bound = found.bindings.get(name)
        if bound is None:  # only importing it would tell, where names come by `import *`
            return None if found.is_open else ("JYN402", f"{self._shown(path)} defines no `{name}`")
        if bound.kind == ASYNCHRONOUS:
            return "JYN403", f"`{name}` is asynchronous; a step's function is not"
        if bound.kind == FUNCTION:
            return _signature_problem(name, bound, arguments)
        if bound.kind == IMPORTED and hops < _MOST_HOPS:
            return self._problem(bound.module, bound.name, arguments, hops + 1)
        return None

    def _shown(self, path: Path) -> str:
        return path.relative_to(self._root).as_posix()

    def _module(self, path: Path) -> Module | str:
        """What a module binds, or why its source is not valid."""
        if path not in self._read:
            try:
                self._read[path] = self._remembered(path)
            except OSError as error:
                self._read[path] = str(error)
        return self._read[path]

    def _remembered(self, path: Path) -> Module | str:
        source, shown = path.read_bytes(), self._shown(path)
        digest = content_digest(source)
        before = self._kept.rows.get(shown)
        if before is not None and before[0] == digest:
            self._rows[shown] = before
            return Module.of_row(before[1])
        found = read_module(source)
        if isinstance(found, Module):
            self._rows[shown] = [digest, found.to_row()]
        return found


def _signature_problem(name: str, bound: Binding, arguments: int) -> tuple[str, str] | None:
    needed, keywords = bound.needed, bound.keywords
    if needed <= arguments and (bound.more or arguments <= bound.named) and not keywords:
        return None
    takes = f"{needed}" if needed == bound.named else f"{needed} to {bound.named}"
    noun = "positional argument" if takes == "1" else "positional arguments"
    also = f" and needs {', '.join(keywords)} by name" if keywords else ""
    return "JYN403", f"`{name}` takes {takes} {noun}{also}; it is called with {arguments}"

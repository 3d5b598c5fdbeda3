"""Functions that documents name, found in the source without importing it."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from pathlib import Path

_MOST_HOPS = 10


@dataclass(slots=True)
class FunctionFinder:
    """Looks functions up below a project's root; each module is parsed once."""

    root: Path
    _parsed: dict[str, ast.Module | None] = field(default_factory=dict)

    def problem(self, function: str, arguments: int) -> tuple[str, str] | None:
        """Why `module:name` cannot be called with so many positional arguments: a code and a message, or None."""
        module, _, name = function.partition(":")
        return self._problem(module, name, arguments, 0)

    def names(self, module: str) -> list[str]:
        """The functions that a module defines at its top level."""
        tree = self._module(module)
        body = tree.body if tree else []
        return [node.name for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]

    def _problem(self, module: str, name: str, arguments: int, hops: int) -> tuple[str, str] | None:
        path = self.path(module)
        if path is None:
            return None if hops else ("JYN401", f"there is no module {module} below the project's root")
        tree = self._module(module)
        if tree is None:
            return "JYN401", f"{path.relative_to(self.root).as_posix()} is not valid Python"
        bound = [node for node in tree.body if name in _bound(node)]
        if not bound:
            return "JYN402", f"{path.relative_to(self.root).as_posix()} defines no `{name}`"
        node = bound[-1]
        if isinstance(node, ast.AsyncFunctionDef):
            return "JYN403", f"`{name}` is asynchronous; a step's function is not"
        if isinstance(node, ast.FunctionDef):
            return _signature_problem(node, arguments)
        if isinstance(node, ast.ImportFrom) and node.module and not node.level and hops < _MOST_HOPS:
            imported = next(alias.name for alias in node.names if name in (alias.asname, alias.name))
            return self._problem(node.module, imported, arguments, hops + 1)
        return None

    def path(self, module: str) -> Path | None:
        """The file of a first-party module, or None."""
        base = self.root.joinpath(*module.split("."))
        for path in (base.with_suffix(".py"), base / "__init__.py"):
            if path.is_file():
                return path
        return None

    def _module(self, module: str) -> ast.Module | None:
        if module not in self._parsed:
            path = self.path(module)
            try:
                self._parsed[module] = ast.parse(path.read_bytes()) if path else None
            except (OSError, SyntaxError, ValueError, RecursionError):
                self._parsed[module] = None
        return self._parsed[module]


def _bound(node: ast.stmt) -> set[str]:
    """The names that a top-level statement binds, those in its branches included."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {alias.asname or alias.name for alias in node.names}
    return {
        child.id for child in ast.walk(node) if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store)
    } | {child.name for child in ast.walk(node) if isinstance(child, ast.FunctionDef)}


def _signature_problem(node: ast.FunctionDef, arguments: int) -> tuple[str, str] | None:
    if node.decorator_list:
        return None  # a decorator may give it any signature
    positional = len(node.args.posonlyargs) + len(node.args.args)
    needed = positional - len(node.args.defaults)
    keywords = [
        arg.arg for arg, default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True) if default is None
    ]
    fits = needed <= arguments and (positional >= arguments or node.args.vararg is not None) and not keywords
    if fits:
        return None
    takes = f"{needed}" if needed == positional else f"{needed} to {positional}"
    also = f" and needs {', '.join(keywords)} by name" if keywords else ""
    return "JYN403", f"`{node.name}` takes {takes} positional arguments{also}; it is called with {arguments}"

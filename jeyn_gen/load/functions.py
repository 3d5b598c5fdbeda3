"""Functions that documents name, found in the source without importing it."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_MOST_HOPS = 10
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(slots=True)
class FunctionFinder:
    """Looks functions up below a project's root; each module is parsed once."""

    root: Path
    _parsed: dict[Path, ast.Module | str] = field(default_factory=dict)

    def problem(self, function: str, arguments: int) -> tuple[str, str] | None:
        """Why `module:name` cannot be called with so many positional arguments: a code and a message, or None."""
        module, _, name = function.partition(":")
        return self._problem(module, name, arguments, 0)

    def names(self, module: str) -> list[str]:
        """The functions that a module defines at its top level."""
        path = self.path(module)
        tree = self._module(path) if path else ""
        return [] if isinstance(tree, str) else [node.name for node in tree.body if isinstance(node, _Function)]

    def path(self, module: str) -> Path | None:
        """The file of a first-party module, or None."""
        base = self.root.joinpath(*module.split("."))
        for path in (base.with_suffix(".py"), base / "__init__.py"):
            try:
                if path.is_file():
                    return path
            except OSError:  # longer than a file's name can be
                return None
        return None

    def _problem(self, module: str, name: str, arguments: int, hops: int) -> tuple[str, str] | None:
        path = self.path(module)
        if path is None:
            return None if hops else ("JYN401", f"there is no module {module} below the project's root")
        shown = path.relative_to(self.root).as_posix()
        tree = self._module(path)
        if isinstance(tree, str):
            return "JYN401", f"{shown} is not valid Python: {tree}"
        bound = [node for node in _statements(tree.body) if name in _names(node)]
        if not bound:
            if any(isinstance(node, ast.ImportFrom) and node.names[0].name == "*" for node in tree.body):
                return None  # only importing it would tell
            return "JYN402", f"{shown} defines no `{name}`"
        node = bound[-1]
        if isinstance(node, ast.AsyncFunctionDef):
            return "JYN403", f"`{name}` is asynchronous; a step's function is not"
        if isinstance(node, ast.FunctionDef):
            return _signature_problem(node, arguments)
        if isinstance(node, ast.ImportFrom) and node.module and not node.level and hops < _MOST_HOPS:
            imported = next(alias.name for alias in node.names if name == (alias.asname or alias.name))
            return self._problem(node.module, imported, arguments, hops + 1)
        return None

    def _module(self, path: Path) -> ast.Module | str:
        """The module's syntax, or why it has none."""
        if path not in self._parsed:
            self._parsed[path] = _syntax(path)
        return self._parsed[path]


def _syntax(path: Path) -> ast.Module | str:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the team's code, which is not what is checked here
            return ast.parse(path.read_bytes())
    except SyntaxError as error:
        return f"{error.msg} in line {error.lineno}"
    except (OSError, ValueError, RecursionError, MemoryError) as error:
        return str(error) or type(error).__name__


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a module, those in its branches included; not those of its functions and classes."""
    for node in body:
        yield node
        if not isinstance(node, _Function | ast.ClassDef):
            for part in ("body", "orelse", "handlers", "finalbody"):
                for inner in getattr(node, part, ()):
                    yield from _statements(inner.body if isinstance(inner, ast.ExceptHandler) else [inner])


def _names(node: ast.stmt) -> set[str]:
    """The names that one statement binds, without those that its branches bind."""
    if isinstance(node, _Function | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {alias.asname or alias.name.partition(".")[0] for alias in node.names}
    targets = [*getattr(node, "targets", ()), *filter(None, [getattr(node, "target", None)])]
    return {child.id for target in targets for child in ast.walk(target) if isinstance(child, ast.Name)}


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
    noun = "positional argument" if takes == "1" else "positional arguments"
    also = f" and needs {', '.join(keywords)} by name" if keywords else ""
    return "JYN403", f"`{node.name}` takes {takes} {noun}{also}; it is called with {arguments}"

"""What a Python module binds at its top level, and which generated code it imports: found in its source, unimported."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from jeyn.model.modules import GENERATED
from jeyn_gen.load.kept import Row

_Function = ast.FunctionDef | ast.AsyncFunctionDef
FUNCTION, ASYNCHRONOUS, IMPORTED, OTHER = "function", "asynchronous", "imported", "other"


@dataclass(frozen=True, slots=True)
class Binding:
    """What the last statement that binds a name binds it to.

    Of a function: how many positional arguments it needs, how many it names, whether it takes `more`, and those that it
    needs by name. Of what is imported from another module by its absolute name: that module, and its name there.
    """

    kind: str
    needed: int = 0
    named: int = 0
    more: bool = False
    keywords: tuple[str, ...] = ()
    module: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Module:
    """The bindings by name, the functions in the order of the source, and whether names may come by `import *`.

    `generated` are the generated modules that it imports, wherever in it, each with line and column.
    """

    bindings: dict[str, Binding]
    functions: tuple[str, ...]
    is_open: bool
    generated: tuple[tuple[int, int, str], ...] = ()

    def to_row(self) -> Row:
        """The module in plain JSON."""
        held = {
            name: [one.kind, one.needed, one.named, one.more, [*one.keywords], one.module, one.name]
            for name, one in self.bindings.items()
        }
        return [held, [*self.functions], self.is_open, [*self.generated]]

    @classmethod
    def of_row(cls, row: Row) -> Module:
        """The inverse of `to_row`."""
        held, functions, is_open, generated = row
        bindings = {
            name: Binding(kind, needed, named, more, tuple(keywords), module, original)
            for name, (kind, needed, named, more, keywords, module, original) in held.items()
        }
        return cls(bindings, tuple(functions), is_open, tuple((line, column, name) for line, column, name in generated))


def read_module(source: bytes) -> Module | str:
    """What a module binds, or why its source is not valid."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the team's code, which is not what is checked here
            tree = ast.parse(source)
    except SyntaxError as error:
        return f"{error.msg} in line {error.lineno}"
    except (ValueError, RecursionError, MemoryError) as error:
        return str(error) or type(error).__name__
    return Module(
        bindings={name: binding for node in _statements(tree.body) for name, binding in _bindings(node)},
        functions=tuple(node.name for node in tree.body if isinstance(node, _Function)),
        is_open=any(isinstance(node, ast.ImportFrom) and node.names[0].name == "*" for node in tree.body),
        generated=tuple(sorted({found for node in ast.walk(tree) for found in _of_generated(node)})),
    )


def _of_generated(node: ast.AST) -> Iterator[tuple[int, int, str]]:
    """Line, column and the dotted name of each module `generated.PACKAGE.MODULE` that a node imports."""
    names: list[str] = []
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        names = [f"{node.module}.{alias.name}" for alias in node.names]
    for name in names:
        parts = name.split(".")
        if len(parts) >= 3 and parts[0] == GENERATED:
            assert isinstance(node, ast.stmt), "an import is a statement"
            yield node.lineno, node.col_offset + 1, ".".join(parts[:3])


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a module, those in its branches included; not those of its functions and classes."""
    for node in body:
        yield node
        if not isinstance(node, _Function | ast.ClassDef):
            for part in ("body", "orelse", "handlers", "finalbody"):
                for inner in getattr(node, part, ()):
                    yield from _statements(inner.body if isinstance(inner, ast.ExceptHandler) else [inner])


def _bindings(node: ast.stmt) -> Iterator[tuple[str, Binding]]:
    """The names that one statement binds, without those that its branches bind."""
    if isinstance(node, ast.FunctionDef):
        yield node.name, _function(node)
    elif isinstance(node, ast.AsyncFunctionDef):
        yield node.name, Binding(ASYNCHRONOUS)
    elif isinstance(node, ast.ClassDef):
        yield node.name, Binding(OTHER)
    elif isinstance(node, ast.ImportFrom):
        for alias in node.names:
            is_found = node.module and not node.level
            yield (
                alias.asname or alias.name.partition(".")[0],
                (Binding(IMPORTED, module=node.module or "", name=alias.name) if is_found else Binding(OTHER)),
            )
    elif isinstance(node, ast.Import):
        yield from ((alias.asname or alias.name.partition(".")[0], Binding(OTHER)) for alias in node.names)
    else:
        targets = [*getattr(node, "targets", ()), *filter(None, [getattr(node, "target", None)])]
        names = (child.id for target in targets for child in ast.walk(target) if isinstance(child, ast.Name))
        yield from ((name, Binding(OTHER)) for name in names)


def _function(node: ast.FunctionDef) -> Binding:
    if node.decorator_list:
        return Binding(OTHER)  # a decorator may give it any signature
    positional = len(node.args.posonlyargs) + len(node.args.args)
    pairs = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
    return Binding(
        FUNCTION,
        needed=positional - len(node.args.defaults),
        named=positional,
        more=node.args.vararg is not None,
        keywords=tuple(arg.arg for arg, default in pairs if default is None),
    )

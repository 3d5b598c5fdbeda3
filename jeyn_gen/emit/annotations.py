"""Annotations of fields: syntax trees of types, of which only what is known to do nothing is taken."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache

from jeyn_gen.emit.layout import Brackets, Part, Union, named, on_one_line
from jeyn_gen.emit.source import quoted

_CALLS = frozenset({"Field", "float"})


@cache
def annotation(text: str) -> Part:
    """An annotation that was written here."""
    return part_of(ast.parse(text, mode="eval").body, {})


def part_of(node: ast.expr, names: Mapping[str, Part]) -> Part:
    """The annotation of a tree, in which `names` stand for what they are keys of; ValueError for anything but a type.

    Types are names, unions and subscripts, and in these also literals and the constraints of a `Field`.
    """
    match node:
        case ast.Name(id=name):
            return names.get(name, name)
        case ast.Attribute(value=owner, attr=name):
            return f"{on_one_line(part_of(owner, {}))}.{name}"
        case ast.Constant(value=value):
            return _constant(value)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
            return f"-{_constant(value)}"
        case ast.BinOp(op=ast.BitOr()):
            return Union(part_of(side, names) for side in _sides(node))
        case ast.Subscript(value=owner, slice=ast.Tuple(elts=items)):
            return Brackets(f"{on_one_line(part_of(owner, {}))}[", [part_of(item, names) for item in items], "]")
        case ast.Subscript(value=owner, slice=item):
            return Brackets(f"{on_one_line(part_of(owner, {}))}[", [part_of(item, names)], "]", comma=False)
        case ast.List(elts=items):
            return Brackets("[", [part_of(item, names) for item in items], "]")
        case ast.Call(func=ast.Name(id=name), args=args, keywords=keywords) if name in _CALLS:
            given = [part_of(one, {}) for one in args]
            given += [named(one.arg, part_of(one.value, {})) for one in keywords if one.arg]
            return Brackets(f"{name}(", given, ")")
    raise ValueError(ast.unparse(node))


def _sides(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        yield from _sides(node.left)
        yield from _sides(node.right)
    else:
        yield node


def _constant(value: object) -> str:
    if isinstance(value, str | bytes):
        return quoted(value)
    return "..." if value is ... else repr(value)

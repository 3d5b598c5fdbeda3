"""Values of the model, names and prose as Python source. Text of users can only ever become a literal."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterable
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from jeyn.model.modules import GENERATED

WIDTH = 88


def quoted(text: str) -> str:
    """A string literal in double quotes, where anything unprintable is escaped."""
    literal = repr(text)
    if literal[0] == '"':
        return literal
    return '"' + literal[1:-1].replace("\\'", "'").replace('"', '\\"') + '"'


def docstring(text: str, indent: str = "") -> str:
    """A docstring on lines of its own. Backslashes, quotes and what is unprintable are escaped."""
    lines = [quoted(line)[1:-1] for line in text.strip().split("\n")]
    wrapped = [
        piece
        for line in lines
        for piece in (
            textwrap.wrap(line, WIDTH - len(indent) - 6, break_long_words=False, break_on_hyphens=False) or [""]
        )
    ]
    # A wrapped line cannot split an escape, since escapes hold no blank.
    body = f"\n{indent}".join(piece.rstrip() for piece in wrapped).replace(f"\n{indent}\n", "\n\n")
    ending = f"\n{indent}" if len(wrapped) > 1 else ""
    return f'{indent}"""{body}{ending}"""'


def classes_in(value: Any) -> set[type[Any]]:
    """The dataclasses that an expression for this value calls."""
    if isinstance(value, tuple):
        return set().union(*(classes_in(item) for item in value))
    if not is_dataclass(value):
        return set()
    found = {type(value)}
    for _, item in _arguments(value):
        found |= classes_in(item)
    return found


def expression(value: Any, indent: int = 0, room: int | None = None) -> str:
    """An expression for a model value, broken over lines where it does not fit.

    `indent` is that of the line that it begins on, `room` how many columns that line has left for it.
    """
    flat = _flat(value)
    if len(flat) <= (WIDTH - indent if room is None else room):
        return flat
    inner = indent + 4
    if isinstance(value, tuple):
        items = [expression(item, inner, WIDTH - inner - 1) for item in value]
        return _broken("(", items, ")", indent)
    if is_dataclass(value) and not isinstance(value, type):
        parts = [f"{name}={expression(item, inner, WIDTH - inner - len(name) - 2)}" for name, item in _arguments(value)]
        return _broken(f"{type(value).__name__}(", parts, ")", indent)
    return flat


def _broken(start: str, parts: Iterable[str], end: str, indent: int) -> str:
    pad = " " * (indent + 4)
    return start + "".join(f"\n{pad}{part}," for part in parts) + f"\n{' ' * indent}{end}"


def _arguments(value: Any) -> list[tuple[str, Any]]:
    """The fields of a dataclass that differ from their default."""
    held = [(field, getattr(value, field.name)) for field in fields(value)]
    return [(field.name, item) for field, item in held if field.default is MISSING or item != field.default]


def _flat(value: Any) -> str:
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, tuple):
        return f"({', '.join(map(_flat, value))}{',' if len(value) == 1 else ''})"
    if isinstance(value, float):
        return repr(value) if value - value == 0 else f'float("{value!r}")'
    if isinstance(value, Decimal):
        return f'Decimal("{value}")'
    if isinstance(value, datetime | timedelta | date):
        return repr(value).replace("datetime.", "", 1).replace("tzinfo=datetime.timezone.utc", "tzinfo=timezone.utc")
    if is_dataclass(value) and not isinstance(value, type):
        return f"{type(value).__name__}({', '.join(f'{name}={_flat(item)}' for name, item in _arguments(value))})"
    assert value is None or isinstance(value, bool | int | bytes), value
    return repr(value)


def imports(*lines: str) -> str:
    """Import statements, sorted by module, each module once with its names merged."""
    merged: dict[str, set[str]] = {}
    for line in lines:
        module, _, names = line.removeprefix("from ").partition(" import ")
        merged.setdefault(module, set()).update(name.strip() for name in names.split(","))
    groups: list[list[str]] = [[], [], []]
    for module, held in sorted(merged.items()):
        groups[_group(module)].append(_import(module, sorted(held)))
    return "\n\n".join("\n".join(group) for group in groups if group)


def _group(module: str) -> int:
    """The standard library first, then what is installed, then the project's own."""
    top = module.partition(".")[0]
    if top in sys.stdlib_module_names:
        return 0
    return 2 if top == GENERATED else 1


def _import(module: str, names: list[str]) -> str:
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= WIDTH:
        return line
    return f"from {module} import (" + "".join(f"\n    {name}," for name in names) + "\n)"


def imports_of(*values: Any) -> list[str]:
    """Import lines for what the expressions of these values use."""
    found = {f"from {cls.__module__} import {cls.__name__}" for value in values for cls in classes_in(value)}
    text = " ".join(_flat(value) for value in values)
    found |= {
        f"from {module} import {name}"
        for module, name in (
            ("datetime", "date"),
            ("datetime", "datetime"),
            ("datetime", "timedelta"),
            ("datetime", "timezone"),
            ("decimal", "Decimal"),
        )
        if _uses(values, name) and name in text
    }
    return sorted(found)


def _uses(values: Iterable[Any], name: str) -> bool:
    """Whether a leaf among the values is written with this name."""
    for value in values:
        if isinstance(value, tuple):
            if _uses(value, name):
                return True
        elif is_dataclass(value) and not isinstance(value, type):
            if _uses([item for _, item in _arguments(value)], name):
                return True
        elif type(value).__name__ == name or (name == "timezone" and getattr(value, "tzinfo", None) is not None):
            return True
    return False

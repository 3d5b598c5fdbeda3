"""Libraries that come with an extra of this package, and may be absent."""

from __future__ import annotations

import importlib
from typing import Any

from jeyn.errors import AskError


def optional(module: str, extra: str) -> Any:
    """Import a module that `jeyn[EXTRA]` brings; AskError that says how to install it."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise AskError(f"{module} cannot be imported: {error}", fix=f"pip install 'jeyn[{extra}]'") from error


def type_name(value: object) -> str:
    """The dotted name of a value's type, as messages show it."""
    kind = type(value)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"

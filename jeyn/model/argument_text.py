"""A parameter's value as the text of a workflow's argument, and back.

Argo's arguments are text, in which it takes `{{…}}` for its own templates, and Kubernetes `$(…)` and `$$` for
variables: a value that holds such is written as JSON behind `json:`, braces and `$` as escapes. Everything else stands
as people would write it.
"""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any

from jeyn.model.types import Value

_JSON = "json:"
_SPECIAL = ("{{", "}}", "$")
_ESCAPES = {ord(one): f"\\u{ord(one):04x}" for one in "{}$"}


def as_argument(value: Value | None) -> str:
    """The text for a value."""
    if value is None:
        return f"{_JSON}null"
    text = _plain(value)
    if text.startswith(_JSON) or any(one in text for one in _SPECIAL) or not text.isprintable():
        return _JSON + json.dumps(text).translate(_ESCAPES)
    return text


def from_argument(text: str) -> Any:
    """What a text stands for, to be bound as a parameter: text, or None. ValueError where it is no JSON."""
    return json.loads(text.removeprefix(_JSON)) if text.startswith(_JSON) else text


def _plain(value: Value) -> str:
    """The text that a parameter is read from on a command line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, timedelta):
        return str(value.total_seconds())
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value)

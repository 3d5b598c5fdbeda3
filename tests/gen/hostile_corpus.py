"""Names and texts that try to become code, to break out of where they stand, or to change meaning; and how YAML is made of them.

`corpus/hostile.jsonl` is the table: one text per line, escaped so that it can be read and reviewed, with a word of why
it is in there; `times` repeats it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_TABLE = Path(__file__).parent / "corpus" / "hostile.jsonl"
# A key that YAML reads without a `?` has at most 1024 characters, escapes counted.
_MOST_OF_A_KEY = 99


@dataclass(frozen=True)
class Hostile:
    """A row of the table."""

    text: str
    why: str


def _rows() -> list[Hostile]:
    with _TABLE.open(encoding="ascii") as lines:
        held = [json.loads(line) for line in lines]
    return [Hostile(row["text"] * row.get("times", 1), row["why"]) for row in held]


CORPUS = _rows()
TEXTS = [row.text for row in CORPUS]
SHORT = [text for text in TEXTS if len(text) < 1000]
LONG = [text for text in TEXTS if len(text) >= 1000]


def flow(value: Any) -> str:
    """A value as JSON-like YAML, in which text is escaped as YAML does it."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)}: {flow(held)}" for key, held in value.items()) + "}"
    if isinstance(value, list):
        return f"[{', '.join(map(flow, value))}]"
    return double_quoted(value) if isinstance(value, str) else json.dumps(value)


def _key(text: str) -> str:
    return double_quoted(text) if len(text) < _MOST_OF_A_KEY else f"? {double_quoted(text)} "


def double_quoted(text: str) -> str:
    """A double-quoted scalar, in which everything that is not printable is escaped."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    if not escaped.isprintable():
        escaped = "".join(char if char.isprintable() else f"\\U{ord(char):08x}" for char in escaped)
    return f'"{escaped}"'


def single_quoted(text: str) -> str | None:
    """A single-quoted scalar, or None where that style cannot write the text on one line."""
    return "'" + text.replace("'", "''") + "'" if text.isprintable() else None


def block(text: str, indent: str) -> str | None:
    """A literal block scalar, or None where that style cannot write the text."""
    lines = text.split("\n")
    if not all(line.isprintable() for line in lines) or not text.strip("\n"):
        return None
    ending = len(text) - len(text.rstrip("\n"))
    chomping = "-" if not ending else "" if ending == 1 else "+"
    kept = lines if not ending else lines[:-1]
    return f"|{len(indent)}{chomping}\n" + "\n".join(f"{indent}{line}" if line else "" for line in kept)


def as_pattern(text: str) -> str:
    """A pattern for this text alone."""
    special = "\\.^$*+?{}[]|()#&-~"
    inner = "".join(
        f"\\x{ord(char):02x}" if ord(char) < 32 else f"\\{char}" if char in special else char for char in text
    )
    return f"^{inner}$"

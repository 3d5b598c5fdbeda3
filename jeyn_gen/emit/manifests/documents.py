"""YAML of Kubernetes objects: the same bytes for the same object, and no text that a reader could take for another.

It writes the little that objects consist of: mappings, lists, text, whole numbers and booleans. PyYAML's representer
takes ten times as long, and quotes fewer words than the YAML readers of Go need.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

# What neither YAML 1.1 nor 1.2 takes for anything but text: kubectl reads the one, other readers the other.
_PLAIN = re.compile(r"[A-Za-z/][A-Za-z0-9_./-]*[A-Za-z0-9]|[A-Za-z]", re.ASCII)
_WORDS = frozenset("y n yes no on off true false null nan inf infinity".split())
# Lines that a literal block holds as they are: printable ASCII, the first of them not indented.
_LITERAL = re.compile(r"[!-~][ -~]*\n(?:[ -~]*\n)*[ -~]*[!-~]\n", re.ASCII)


def as_yaml(objects: Iterable[Mapping[str, Any]]) -> str:
    """One document for each object, keys in the order given."""
    return "---\n".join("".join(f"{line}\n" for line in _mapping(one)) for one in objects)


def _mapping(value: Mapping[str, Any]) -> Iterator[str]:
    for key, held in value.items():
        if isinstance(held, dict) and held:
            yield f"{_text(key)}:"
            yield from _indented(_mapping(held))
        elif isinstance(held, list) and held:
            yield f"{_text(key)}:"
            yield from _sequence(held)
        elif isinstance(held, str) and _LITERAL.fullmatch(held):
            yield f"{_text(key)}: |"
            yield from _indented(held.splitlines())
        else:
            yield f"{_text(key)}: {_scalar(held)}"


def _sequence(value: Iterable[Any]) -> Iterator[str]:
    for held in value:
        if isinstance(held, dict) and held:
            first, *rest = _mapping(held)
            yield f"- {first}"
            yield from _indented(rest)
        else:
            yield f"- {_scalar(held)}"


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"  {line}" if line else "" for line in lines)


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        return _text(value)
    assert isinstance(value, bool | int) or value in ({}, []), f"objects hold no {value!r}"
    return json.dumps(value)


@lru_cache(4096)
def _text(text: str) -> str:
    """Text, in double quotes wherever it could be something else; what is not printable ASCII as an escape."""
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    quoted = json.dumps(text, ensure_ascii=False).replace("\x7f", "\\x7f")
    # Python's escapes of other characters, \xe9, \u202e and \U0001f600, are those of YAML.
    return quoted.encode("ascii", "backslashreplace").decode()

"""YAML of Kubernetes objects: the same bytes for the same object, and no text that a reader could take for another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

# What neither YAML 1.1 nor 1.2 takes for anything but text: kubectl reads the one, Python's readers the other.
_PLAIN = re.compile(r"[A-Za-z/][A-Za-z0-9_./-]*[A-Za-z0-9]", re.ASCII)
_WORDS = frozenset("y n yes no on off true false null nan inf infinity".split())


class _Dumper(yaml.CSafeDumper):
    """Strings in double quotes wherever they could be something else; lists below their key; no aliases."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True


def _text(dumper: _Dumper, value: str) -> yaml.ScalarNode:
    is_plain = _PLAIN.fullmatch(value) and value.lower() not in _WORDS
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=None if is_plain else '"')


_Dumper.add_representer(str, _text)


def as_yaml(objects: Iterable[Mapping[str, Any]]) -> str:
    """One document for each object, keys in the order given, lines of any width."""
    return yaml.dump_all(
        objects, Dumper=_Dumper, sort_keys=False, width=1 << 20, allow_unicode=False, default_flow_style=False
    )

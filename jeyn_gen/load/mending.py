"""Edits that mend a finding: only where what was meant is certain, and is written in one way."""

from __future__ import annotations

import re
from collections.abc import Iterable

from jeyn.model.names import Version
from jeyn.model.spelling import surely
from jeyn_gen.diagnostics.finding import Edit
from jeyn_gen.load.nodes import Node, ScalarNode, resolved

# What needs no quotes wherever a scalar can stand, unless it is read as something else than text.
_PLAIN = re.compile(r"\w(?:[\w.@#:-]*\w)?")
_BOOLEANS = {**dict.fromkeys(("true", "yes", "on", "y"), "true"), **dict.fromkeys(("false", "no", "off", "n"), "false")}
_WHOLE = re.compile(r"([-+]?[0-9]+)\.0*")
_VERSION = re.compile(r"[vV]?([0-9]+(?:\.[0-9]+){0,2})")


def respelt(word: str, known: Iterable[str], *, before: str = "", after: str = "") -> Edit | None:
    """The one known word that can have been meant, in the scalar that holds the word between two other texts."""
    near = surely(word, known)
    return rewritten(f"{before}{word}{after}", f"{before}{near}{after}") if near and near != word else None


def rewritten(old: str, new: str) -> Edit | None:
    """Another text, if it is one with and without quotes."""
    return Edit(old, new) if _PLAIN.fullmatch(new) and isinstance(resolved(new), str) else None


def meant(edit: Edit | None) -> str:
    """The fix that an edit is the whole of."""
    return f"did you mean `{edit.new}`?" if edit else ""


def as_boolean(node: Node) -> Edit | None:
    """What YAML 1.1 or quotes made of true and false."""
    if not isinstance(node, ScalarNode) or not isinstance(node.value, str):
        return None
    new = _BOOLEANS.get(node.text.lower())
    return Edit(node.text, new, bare=True) if new else None


def as_number(node: Node) -> Edit | None:
    """A number that stands in quotes."""
    if not isinstance(node, ScalarNode) or not isinstance(node.value, str):
        return None
    return Edit(node.text, node.text, bare=True) if type(resolved(node.text)) in (int, float) else None


def as_integer(node: Node) -> Edit | None:
    """A whole number that stands in quotes or has a point."""
    if not isinstance(node, ScalarNode) or type(node.value) not in (str, float):
        return None
    whole = _WHOLE.fullmatch(node.text)
    new = whole[1] if whole else node.text
    return Edit(node.text, new, bare=True) if type(resolved(new)) is int else None


def as_version(node: Node) -> Edit | None:
    """A version of one or two numbers, or with a `v` before it."""
    if not isinstance(node, ScalarNode) or not (found := _VERSION.fullmatch(node.text)):
        return None
    new = ".".join([*found[1].split("."), "0", "0"][:3])
    try:
        return rewritten(node.text, str(Version.parse(new)))
    except ValueError:
        return None

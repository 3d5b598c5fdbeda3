"""Editing YAML so that nothing but the scalars meant changes: comments, quotes, blanks and line ends stay as they are.

What is written is the text itself, with the few characters replaced. Nearly every scalar is one word that begins where
its node does, perhaps in quotes. Where others begin and end (folded, anchored), ruamel.yaml's round-trip parser says,
which takes ten times as long as reading the document. Whoever edits reads the result again, since a scalar may stand
for several places (an alias).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from jeyn.errors import AnswerIsNo
from jeyn_gen.load.documents import Document

_LINE_END = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # what libyaml counts as one


@dataclass(frozen=True, slots=True)
class Splice:
    """Replace `old` in the scalar at these keys by `new`.

    A last key `from` may be left out. A place in a list counts the mappings in it; a list of one may be left out.
    """

    keys: tuple[str, ...]
    old: str
    new: str


def spliced(document: Document, splices: Iterable[Splice]) -> str:
    """The document's text with the scalars edited; AnswerIsNo where one is written in a way that cannot be edited."""
    wanted = list(splices)
    starts = _where_they_begin(document, wanted) or _where_they_are(document, wanted)
    places = {(start, start + len(splice.old)): splice.new for start, splice in zip(starts, wanted, strict=True)}
    text = document.text
    for (start, end), new in sorted(places.items(), reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _where_they_begin(document: Document, splices: Sequence[Splice]) -> list[int] | None:
    """The offsets of the old texts, if each stands where its node begins, as it is or in quotes."""
    lines = [0, *(found.end() for found in _LINE_END.finditer(document.text))]
    starts: list[int] = []
    for splice in splices:
        place = document.at(*splice.keys).location
        start = lines[place.line - 1] + place.column - 1
        start += document.text.startswith(("'", '"'), start)
        if not document.text.startswith(splice.old, start):
            return None
        starts.append(start)
    return starts


def _where_they_are(document: Document, splices: Sequence[Splice]) -> list[int]:
    """The offsets of the old texts, however they are written."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        root = YAML(typ="rt").compose(document.text)
    except YAMLError as error:
        reason = str(getattr(error, "problem", error))
        raise AnswerIsNo(f"{document.path} cannot be edited: {reason}", _by_hand(splices)) from None
    starts: list[int] = []
    for splice in splices:
        node = _found(root, splice.keys)
        at = -1 if node is None else document.text.rfind(splice.old, node.start_mark.index, node.end_mark.index)
        if at < 0:
            message = f"{document.path}: {splice.old} cannot be found at {'.'.join(splice.keys)}"
            raise AnswerIsNo(message, _by_hand([splice]))
        starts.append(at)
    return starts


def by_hand(path: str, splices: Iterable[Splice]) -> AnswerIsNo:
    """What to raise where an edit did something else than was meant."""
    return AnswerIsNo(f"{path} cannot be edited: what should change stands for something else too", _by_hand(splices))


def _by_hand(splices: Iterable[Splice]) -> str:
    return "write it by hand: " + ", ".join(f"{'.'.join(one.keys)}: {one.new}" for one in splices)


def _found(node: Any, keys: tuple[str, ...]) -> Any:
    """The node at these keys, or None."""
    from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

    for place, key in enumerate(keys):
        if isinstance(node, ScalarNode) and keys[place:] == ("from",):
            return node
        if isinstance(node, SequenceNode) and key.isdigit():
            mappings = [item for item in node.value if isinstance(item, MappingNode)]
            node = mappings[int(key)] if int(key) < len(mappings) else None
            continue
        if not isinstance(node, MappingNode):
            return None
        if key == "0" and all(name.value != key for name, _ in node.value):
            continue
        node = next((value for name, value in node.value if name.value == key), None)
    return node if isinstance(node, ScalarNode) else None

"""Editing YAML so that nothing but the scalars meant changes: comments, quotes, blanks and line ends stay as they are.

ruamel.yaml's round-trip parser says where a scalar begins and ends; what is written is the text itself, with the few
characters replaced. Whoever edits reads the result again, since a scalar may stand for several places (an alias).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from jeyn.errors import AnswerIsNo


@dataclass(frozen=True, slots=True)
class Splice:
    """Replace `old` in the scalar at these keys by `new`.

    A last key `from` may be left out. A place in a list counts the mappings in it; a list of one may be left out.
    """

    keys: tuple[str, ...]
    old: str
    new: str


def spliced(path: str, text: str, splices: Iterable[Splice]) -> str:
    """The text with the scalars edited; AnswerIsNo where one is written in a way that cannot be edited."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    wanted = list(splices)
    try:
        root = YAML(typ="rt").compose(text)
    except YAMLError as error:
        reason = str(getattr(error, "problem", error))
        raise AnswerIsNo(f"{path} cannot be edited: {reason}", _by_hand(wanted)) from None
    places: dict[tuple[int, int], str] = {}
    for splice in wanted:
        node = _found(root, splice.keys)
        at = -1 if node is None else text.rfind(splice.old, node.start_mark.index, node.end_mark.index)
        if at < 0:
            raise AnswerIsNo(f"{path}: {splice.old} cannot be found at {'.'.join(splice.keys)}", _by_hand([splice]))
        places[at, at + len(splice.old)] = splice.new
    for (start, end), new in sorted(places.items(), reverse=True):
        text = text[:start] + new + text[end:]
    return text


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

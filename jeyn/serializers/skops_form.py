"""The schema of a skops file, put into a form that depends on the model alone.

A skops file is a zip: `schema.json`, and the arrays that it names. The schema is a tree of *nodes*, objects with the
key `__loader__`. skops 0.16 (`skops.io._audit` and `_general`) lets these follow the process rather than the model:

- `__id__`, the address of the object in memory. It matters only where two nodes share it: one object, twice. So it is
  left out elsewhere, and on values without an identity of their own, and the rest are numbered in order of appearance.
- `file`, the name of an array: an address, or a random UUID for bytes. Here it is the sha256 of the content, so the
  schema stands for the arrays too, and equal arrays are stored once.
- the order of a set, which follows the hash seed. The order of a dict is kept: a model can see it.

skops reads the result like a file of its own.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeGuard

from jeyn.errors import SerializerError

Node = dict[str, Any]

#: Loaders of values that are the same whichever of their equals stands there.
_VALUES = frozenset({"JsonNode", "TypeNode", "FunctionNode", "BytesNode", "SliceNode", "DTypeNode"})
#: Keys that would come back as others: skops writes them as JSON text and calls their type on it, and bool("false") is
#: True.
_LOST_KEYS = frozenset({"builtins.bool", "builtins.NoneType", "numpy.bool", "numpy.bool_"})
#: Attributes of scikit-learn's text vectorizers that hold an address; it only saves them a check in the same process.
_ADDRESSES = frozenset({"_stop_words_id"})
#: What scikit-learn adds of itself or of its clock: the version that writes, and how long a search took.
_CIRCUMSTANCES = frozenset({"_sklearn_version", "refit_time_"})
_SEARCH_TIMES = frozenset({"mean_fit_time", "std_fit_time", "mean_score_time", "std_score_time"})


def parse(text: bytes) -> Node:
    """The schema as skops wrote it; SerializerError if an entry of a dict would be lost in reading it."""
    schema: Node = json.loads(text, object_pairs_hook=_without_doubles)
    return schema


def settled(schema: Node, files: Mapping[str, str]) -> Node:
    """The schema to store: it depends on the model and on the versions that wrote it, not on the process.

    `files` maps the names of arrays to their lasting names. SerializerError on dicts that skops does not restore.
    """

    def settle(node: Node) -> Node:
        if "file" in node:
            node["file"] = files[node["file"]]
        _check_keys(node)
        if node["__loader__"] == "ObjectNode":
            _forget(node.get("content"), _ADDRESSES)
        _sort_if_set(node)
        if _is_value(node):
            node.pop("__id__", None)
        return node

    return _numbered(_rebuilt(schema, settle))


def essence(schema: Node) -> bytes:
    """The canonical form of a settled schema: also without versions of libraries, and measured times."""

    def reduce(node: Node) -> Node:
        if node["__loader__"] == "ObjectNode" and node["__module__"].startswith("sklearn."):
            attributes = node.get("content")
            _forget(attributes, _CIRCUMSTANCES)
            if _is_dict(attributes):
                _forget(attributes["content"].get("cv_results_"), _SEARCH_TIMES)
        return node

    def pairs(node: Node) -> Node:  # in an array, the order of a dict outlives the sorting of a node's own keys
        return node | {"content": list(node["content"].items())} if _is_dict(node) else node

    reduced = _rebuilt(_rebuilt(schema, reduce), pairs)
    meaning = {key: value for key, value in reduced.items() if key not in ("_skops_version", "protocol")}
    return json.dumps(meaning, sort_keys=True, separators=(",", ":")).encode()


def nodes(value: Any) -> Iterator[Node]:
    """All nodes of a schema, those inside first."""
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for child in children:
        yield from nodes(child)
    if _is_node(value):
        yield value


def dotted(node: Node) -> str:
    """The name of the type of what a node holds, or of the function that it is."""
    return f"{node['__module__']}.{node['__class__']}"


def _is_node(value: Any) -> TypeGuard[Node]:
    # The content of a dict may have the same key, but there its value is a node, not text.
    return isinstance(value, dict) and isinstance(value.get("__loader__"), str)


def _is_dict(value: Any) -> TypeGuard[Node]:
    return _is_node(value) and value["__loader__"] == "DictNode"


def _rebuilt(value: Any, change: Callable[[Node], Node]) -> Any:
    """A copy in which every node is what `change` makes of a copy of it, those inside first."""
    if isinstance(value, list):
        return [_rebuilt(item, change) for item in value]
    if not isinstance(value, dict):
        return value
    copy = {key: _rebuilt(item, change) for key, item in value.items()}
    return change(copy) if _is_node(copy) else copy


def _numbered(schema: Node) -> Node:
    """Keep an `__id__` only where nodes share it, as 1, 2, … in order of appearance; skops takes 0 for none."""
    uses = Counter(node["__id__"] for node in nodes(schema) if "__id__" in node)
    numbers: dict[int, int] = {}

    def number(node: Node) -> Node:
        address = node.pop("__id__", None)
        return node | {"__id__": numbers.setdefault(address, len(numbers) + 1)} if uses[address] > 1 else node

    numbered: Node = _rebuilt(schema, number)
    return numbered


def _is_value(node: Node) -> bool:
    loader = node["__loader__"]
    return loader in _VALUES or (loader == "TupleNode" and not any("__id__" in item for item in node["content"]))


def _check_keys(node: Node) -> None:
    if not _is_dict(node):
        return
    types = node["key_types"]["content"]
    if _LOST_KEYS & {dotted(kind) for kind in types}:
        raise SerializerError(
            "skops does not restore a dict whose keys are booleans or None", fix="use numbers or text as its keys"
        )
    if len(types) != len(node["content"]):
        raise SerializerError("skops does not restore a dict that holds a property", fix="take it out")


def _sort_if_set(node: Node) -> None:
    if node["__loader__"] == "SetNode":
        node["content"].sort(key=_unnumbered)
    elif node["__loader__"] == "ConstructorFromReduceNode" and dotted(node) == "builtins.frozenset":
        for items in node["content"]["content"]:  # its constructor's one argument, a list
            items["content"].sort(key=_unnumbered)


def _unnumbered(item: Node) -> str:
    bare = _rebuilt(item, lambda node: {key: value for key, value in node.items() if key != "__id__"})
    return json.dumps(bare, sort_keys=True)


def _forget(node: Any, keys: frozenset[str]) -> None:
    """Take entries out of a dict's node, together with the types of their keys, which stand in the same order."""
    if not _is_dict(node):
        return
    types = node["key_types"]["content"]
    kept = [(key, kind) for key, kind in zip(node["content"], types, strict=True) if key not in keys]
    node["content"] = {key: node["content"][key] for key, _ in kept}
    node["key_types"]["content"] = [kind for _, kind in kept]


def _without_doubles(pairs: list[tuple[str, Any]]) -> Node:
    held = dict(pairs)
    if len(held) < len(pairs):
        raise SerializerError(
            "skops does not restore a dict with two keys of the same text, such as 1 and '1'",
            fix="give its keys one type",
        )
    return held

"""YAML that other programs read, Dapr's and kustomize's, as values that know where they stand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

#: A line and a column, from 1.
Place = tuple[int, int]


class NotYaml(Exception):
    """A text that is no YAML; `line` is where it ends to be some."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(what)
        self.line = line


class PlacedMapping(dict[Any, Any]):
    """A mapping: where it begins, and the places of its values by key."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.places: dict[Any, Place] = {}


class PlacedList(list[Any]):
    """A sequence, and the places of its items."""

    def __init__(self) -> None:
        super().__init__()
        self.places: list[Place] = []


class _Loader(yaml.SafeLoader):
    """Makes these of mappings and sequences, and of scalars what YAML 1.1 does."""


def placed_documents(text: str) -> list[Any]:
    """What a text of YAML holds, without documents that are empty; NotYaml where it is none."""
    try:
        return [one for one in yaml.load_all(text, _Loader) if one is not None]
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise NotYaml(mark.line + 1 if mark else 1, getattr(error, "problem", None) or "it cannot be read") from None
    except RecursionError:
        raise NotYaml(1, "it is nested too deep") from None
    except ValueError as error:  # a date that no calendar has
        raise NotYaml(1, str(error)) from None


def _mapping(loader: _Loader, node: yaml.MappingNode) -> Iterator[PlacedMapping]:
    found = PlacedMapping(_place(node))
    yield found
    found.update(loader.construct_mapping(node))  # which puts what `<<` merges before the node's own
    for key, value in node.value:
        found.places[loader.construct_object(key, deep=True)] = _place(value)


def _list(loader: _Loader, node: yaml.SequenceNode) -> Iterator[PlacedList]:
    found = PlacedList()
    yield found
    found += loader.construct_sequence(node)
    found.places += map(_place, node.value)


def _place(node: yaml.Node) -> Place:
    return node.start_mark.line + 1, node.start_mark.column + 1


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
_Loader.add_constructor("tag:yaml.org,2002:seq", _list)

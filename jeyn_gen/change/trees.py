"""Two trees of documents, and which documents of the one are which of the other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from jeyn.model.definitions import DataCatalog, Definition
from jeyn.model.names import Pin
from jeyn_gen.load.documents import Document

Key = tuple[type[Definition], Pin]


class Tree:
    """The definitions of one tree by kind and pin, as far as they could be read; of two alike the first."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self.documents: dict[Key, Document] = {}
        for document in documents:
            if document.definition is not None:
                self.documents.setdefault((type(document.definition), document.definition.pin), document)

    @cached_property
    def catalogs(self) -> dict[Pin, DataCatalog]:
        """The catalogs by pin."""
        found = (document.definition for document in self.documents.values())
        return {one.pin: one for one in found if isinstance(one, DataCatalog)}

    @cached_property
    def lines(self) -> dict[tuple[type[Definition], str], list[Key]]:
        """The lines of each kind and name, from low to high."""
        found: dict[tuple[type[Definition], str], list[Key]] = {}
        for kind, pin in self.documents:
            found.setdefault((kind, pin.name), []).append((kind, pin))
        return {name: sorted(keys, key=_height) for name, keys in found.items()}


@dataclass(frozen=True, slots=True)
class Pair:
    """Two versions of one definition. `old` may stand in the new tree too, where `new` is a second line beside it."""

    old: Document
    new: Document

    @property
    def definitions(self) -> tuple[Definition, Definition]:
        assert self.old.definition is not None, "a tree holds what could be read"
        assert self.new.definition is not None, "a tree holds what could be read"
        return self.old.definition, self.new.definition


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two trees side by side: versions of one definition, definitions without an older one, and those that are gone."""

    old: Tree
    new: Tree
    pairs: tuple[Pair, ...]
    first: tuple[Document, ...]
    gone: tuple[Document, ...]


def compare(old: Tree, new: Tree) -> Comparison:
    """Find for each new document the one that it is a version of.

    That is the one of the same line. A line that was not there is compared with the nearest lower one, as it stands
    or stood, else with one that it took the place of by a lower version.
    """
    pairs: list[Pair] = []
    first: list[Document] = []
    replaced: set[Key] = set()
    for key, document in new.documents.items():
        known = key if key in old.documents else _nearest(key, old, new)
        if known is None:
            first.append(document)
        elif known in old.documents and (known == key or known not in new.documents):
            replaced.add(known)
            pairs.append(Pair(old.documents[known], document))
        else:
            pairs.append(Pair(new.documents[known], document))
    gone = [old.documents[key] for key in old.documents if key not in new.documents and key not in replaced]
    return Comparison(old, new, tuple(pairs), tuple(first), tuple(gone))


def _nearest(key: Key, old: Tree, new: Tree) -> Key | None:
    kind, pin = key
    before, after = old.lines.get((kind, pin.name), []), new.lines[kind, pin.name]
    lower = [one for one in {*before, *after} if _height(one) < _height(key)]
    if lower:
        return max(lower, key=_height)
    return next((one for one in before if one not in new.documents), None)


def _height(key: Key) -> tuple[int, ...]:
    return tuple(map(int, key[1].line.split(".")))

"""A rule: a row of a table and a pure function that finds where a change breaks it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from jeyn_gen.change.levels import Level

C = TypeVar("C")


@dataclass(frozen=True, slots=True)
class Breach:
    """One difference between two versions of a document.

    `subject` names what differs, such as `features.label` or `steps.train.outputs.checkpoint`; `keys` lead to it, or
    to the nearest that is left of it, in the new document. `feature` is the feature of a catalog, and `stream` the
    definition or report of a pipeline, whose readers the difference concerns. `asks_writers`: code that writes the
    catalog has to give more than it did.
    """

    subject: str
    message: str
    keys: tuple[str | int, ...]
    feature: str = ""
    stream: str = ""
    asks_writers: bool = False


@dataclass(frozen=True, slots=True)
class Rule(Generic[C]):
    """What a difference needs of the version. Why, an example and the fix stand in the code's row in `change_codes`."""

    code: str
    needs: Level
    check: Callable[[C], Iterator[Breach]]


def at(message: str, *keys: str, stream: str = "") -> Breach:
    """A breach whose subject is the path of its keys."""
    return Breach(".".join(keys), message, keys, stream=stream)

"""What a model serializer is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from jeyn.model.codec import Json

#: How to ask for the one serializer that takes any object and is never chosen by itself.
OPT_IN = "write `serializer: pickle` in the use case's file; read jeyn/serializers/pickle_.py first"


@dataclass(frozen=True, slots=True)
class Dump:
    """What was written.

    `canonical` is the `sha256:` digest of the serializer's canonical form: the same for the same model, whatever the
    time, the process, the object ids and the versions of the libraries that wrote it. `metadata` is plain JSON for
    people and for the record; it is no part of what the model is. `file` is the digest of the file's bytes, where it
    is known from writing them.
    """

    canonical: str
    metadata: dict[str, Json] = field(default_factory=dict)
    file: str = ""


class Serializer(Protocol):
    """A model object to one file and back."""

    @property
    def id(self) -> str:
        """`NAME/VERSION` of the format. Persisted with each checkpoint: never reused for another format."""
        ...

    @property
    def suffix(self) -> str:
        """The name of the checkpoint's blob, such as `model.skops`."""
        ...

    def accepts(self, model: object) -> bool:
        """Whether this serializer may be chosen for `model` without being asked for. Imports no framework."""
        ...

    def dump(self, model: object, path: Path) -> Dump:
        """Write `model` to `path`, replacing what is there.

        SerializerError if this serializer cannot take it; then the file may be left behind, unfinished. AskError if a
        library is not installed.
        """
        ...

    def load(self, path: Path, trusted: Sequence[str]) -> Any:
        """The model back. `trusted` are dotted names of types, or prefixes of them that end in `.*`.

        SerializerError if the file needs a type that is not trusted, or is not of this format. AskError if a library
        is not installed. The bytes are not checked against a digest: the caller has.
        """
        ...


def name_of(serializer: Serializer) -> str:
    """The id without the format's version: what a use case's file says."""
    return serializer.id.partition("/")[0]

"""Any Python object, by explicit opt-in: the last resort.

**Why this is dangerous.** A pickle is a program. Whoever can write one can run anything, as you, on every machine that
loads it, before any check of what was loaded can be made; and it names classes and functions by their place, so
it stops loading when code is renamed or a library is upgraded. Nothing in the file can tell a good one from a
bad one. Hence `pickle` is never chosen by itself and never loaded unless the use case's own file, reviewed in git,
says `serializer: pickle`.

The digest is weaker too: pickles of equal objects may differ where equal strings are one object in one process and two
in another, or where a set's order follows the hash seed.
"""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jeyn.errors import SerializerError
from jeyn.serializers.base import Dump
from jeyn.serializers.digesting import DigestingFile
from jeyn.serializers.extras import type_name

# Fixed, so that a newer Python's default does not change the bytes. Out-of-band buffers are not used.
_PROTOCOL = 5


class PickleSerializer:
    """The canonical form is the pickle itself, of a fixed protocol."""

    id = "pickle/1"
    suffix = "model.pickle"

    def accepts(self, model: object) -> bool:  # noqa: ARG002  # the protocol has it
        """Anything; `choose` leaves it out unless it is asked for by name."""
        return True

    def dump(self, model: object, path: Path) -> Dump:
        with DigestingFile(path) as file:
            try:
                pickle.dump(model, file, protocol=_PROTOCOL)
            except (pickle.PicklingError, TypeError, AttributeError, RecursionError) as error:
                raise SerializerError(f"a {type_name(model)} cannot be pickled: {error}") from error
        return Dump(file.digest, file=file.digest)

    def load(self, path: Path, trusted: Sequence[str]) -> Any:  # noqa: ARG002  # the protocol has it
        """Runs what the file says. `trusted` plays no part: a pickle cannot be held to a list of types."""
        with path.open("rb") as file:
            try:
                return pickle.load(file)  # noqa: S301  # the opt-in that the module's docstring describes
            except (pickle.UnpicklingError, EOFError, AttributeError, ImportError) as error:
                raise SerializerError(f"the checkpoint cannot be loaded: {error}") from error

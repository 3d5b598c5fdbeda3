"""What documents say to people about themselves and their parts, features aside."""

from __future__ import annotations

from collections.abc import Iterator

from jeyn.model.definitions import Definition, Pipeline
from jeyn_gen.change.rule import Breach, at


def descriptions(old: Definition, new: Definition) -> Iterator[Breach]:
    """Where a description is worded otherwise: of the document, or of a pipeline's parameters and steps."""
    if old.description != new.description:
        yield at("its description is worded otherwise", "description")
    if isinstance(old, Pipeline) and isinstance(new, Pipeline):
        for key in ("parameters", "steps"):
            known = {one.name: one.description for one in getattr(old, key)}
            for one in getattr(new, key):
                if known.get(one.name, one.description) != one.description:
                    message = f"the description of `{one.name}` is worded otherwise"
                    yield at(message, key, one.name, "description")

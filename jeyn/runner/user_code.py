"""Calling the user's own code, so that what goes wrong in it is told as theirs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jeyn.errors import JeynError
from jeyn.runner.excerpt import excerpt
from jeyn.stores.steps import StepInputs


class UserError(Exception):
    """Something that the user's own code raised."""

    def __init__(self, error: BaseException, root: Path) -> None:
        super().__init__(type(error).__name__)  # its text may be what cannot be made
        self.excerpt = excerpt(error, root)


def call(function: Any, inputs: StepInputs, root: Path) -> Any:
    """What a function returns; UserError for whatever it raises."""
    with told_as_theirs(root):
        return function(inputs)


@contextmanager
def told_as_theirs(root: Path) -> Iterator[None]:
    """UserError for whatever the user's code raises within, but for Jeyn's own errors."""
    try:
        yield
    except JeynError:
        raise
    except Exception as error:  # whatever it is, it is theirs
        raise UserError(error, root) from error

"""What stands in the way of a catalog: where, what, and the fix."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa

from jeyn.errors import AnswerIsNo
from jeyn_gen.diagnostics.excerpt import printable

#: What the libraries raise for bytes that are not what they should be.
UNREADABLE = (pa.ArrowException, OSError, ValueError, EOFError, zipfile.BadZipFile)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a file, or between two, of which no feature can be made. `column` is empty where it is in none."""

    path: str
    column: str
    message: str
    fix: str

    def __str__(self) -> str:
        place = f"{self.path}: column `{shortened(self.column)}`" if self.column else self.path
        return f"{printable(f'{place}: {self.message}')}\n    fix: {printable(self.fix)}"


class NoType(Exception):
    """There is no feature type for what is stored; carries the message and the fix."""

    def __init__(self, message: str, fix: str) -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix


def unreadable(path: str, what: str, error: BaseException) -> Problem:
    """The problem of a file that a library cannot read as what it should be."""
    lines = str(error).splitlines() or [type(error).__name__]
    return Problem(path, "", f"it cannot be read as {what}: {lines[0]}", "mend or remove it")


def refusal(problems: Iterable[Problem]) -> AnswerIsNo:
    """The error that tells all problems, each once."""
    told = "\n  ".join(dict.fromkeys(map(str, problems)))
    return AnswerIsNo(f"no catalog can be inferred:\n  {told}")


def shortened(text: str, most: int = 60) -> str:
    """The beginning of a text that is too long for a message."""
    return text if len(text) <= most else f"{text[:most]}…"

"""References: to a step's output, and to what a ledger holds."""

from __future__ import annotations

import re

from jeyn.model.names import NAME, PIN, Pin
from jeyn.model.values import dataclass

ENTRY = re.compile(
    rf"(?P<name>{NAME})(?:@(?P<line>[1-9]\d{{0,8}}|0\.(?:0|[1-9]\d{{0,8}})))?#(?P<which>[1-9]\d{{0,15}}|(?!\d+\Z){NAME})",
    re.ASCII,
)
#: A whole digest; `_DIGEST` also matches the beginning of one.
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_DIGEST = re.compile(r"sha256:([0-9a-f]{8,64})")
OUTPUT = re.compile(rf"(?P<step>{NAME})(?:\.(?P<output>[A-Za-z]\w*))?", re.ASCII)

LATEST = "latest"


@dataclass(frozen=True, slots=True)
class StepOutput:
    """`STEP.OUTPUT`, or `STEP` for a step with one output."""

    step: str
    output: str = ""

    def __str__(self) -> str:
        return f"{self.step}.{self.output}" if self.output else self.step


@dataclass(frozen=True, slots=True)
class Recorded:
    """`NAME#WHICH` or `NAME@MAJOR#WHICH`: `which` is a number, `latest`, or a stage."""

    name: str
    which: str
    line: str = ""

    @property
    def number(self) -> int | None:
        """The entry's place in its stream, if the reference names one."""
        return int(self.which) if self.which.isdigit() else None

    @property
    def pin(self) -> Pin | None:
        return Pin(self.name, self.line) if self.line else None

    def __str__(self) -> str:
        return f"{self.name}@{self.line}#{self.which}" if self.line else f"{self.name}#{self.which}"


@dataclass(frozen=True, slots=True)
class ByDigest:
    """`sha256:PREFIX` of an artefact's digest, 8 or more hexadecimal digits."""

    prefix: str

    def __str__(self) -> str:
        return f"sha256:{self.prefix}"


def parse_source(text: str) -> StepOutput | Recorded:
    """Read what a step's input names; ValueError otherwise."""
    entry = ENTRY.fullmatch(text)
    if entry:
        return Recorded(entry["name"], entry["which"], entry["line"] or "")
    output = OUTPUT.fullmatch(text)
    if output is None:
        raise ValueError(f"not STEP, STEP.OUTPUT, NAME@MAJOR#latest or NAME#NUMBER: {text!r}")
    return StepOutput(output["step"], output["output"] or "")


def parse_reference(text: str) -> Recorded | ByDigest | Pin:
    """Read what a command line names: an entry, an artefact's digest, or a definition; ValueError otherwise."""
    entry = ENTRY.fullmatch(text)
    if entry:
        return Recorded(entry["name"], entry["which"], entry["line"] or "")
    digest = _DIGEST.fullmatch(text)
    if digest:
        return ByDigest(digest[1])
    if re.fullmatch(PIN, text):
        return Pin.parse(text)
    raise ValueError(f"not a reference: {text!r}")

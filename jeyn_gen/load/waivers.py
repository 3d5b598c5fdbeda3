"""Reading `waivers`, which every kind of document may have: findings about a change that its authors accept."""

from __future__ import annotations

from dataclasses import dataclass

from jeyn.model.names import Version
from jeyn_gen.diagnostics.codes import CODES, OF_CHANGES
from jeyn_gen.load import reader as read
from jeyn_gen.load.fields import Fields, Reader
from jeyn_gen.load.nodes import Node

_NO_VERSION = Version(0, 0, 0)


@dataclass(frozen=True, slots=True)
class Waiver:
    """The one finding of a code and subject that a document accepts while it has this version, and the reason."""

    code: str
    subject: str
    version: Version
    reason: str


def waivers(reader: Reader, node: Node) -> tuple[Waiver, ...]:
    """The list of them."""
    return read.list_of("`waivers`", _waiver)(reader, node)


def _waiver(reader: Reader, node: Node) -> Waiver:
    fields = Fields(reader, node, "a waiver")
    found = Waiver(
        code=fields.need("code", _code, ""),
        subject=fields.need("subject", read.words, ""),
        version=fields.need("version", read.version, _NO_VERSION),
        reason=fields.need("reason", _reason, ""),
    )
    fields.close()
    return found


def _code(reader: Reader, node: Node) -> str:
    found = read.text(reader, node)
    if found in CODES and found.startswith(OF_CHANGES):
        return found
    fix = "write the code that `jeyn breaking` prints"
    raise reader.refuse(node, "JYN121", f"{found[:80]!r} is no finding about a change", fix)


def _reason(reader: Reader, node: Node) -> str:
    found = read.words(reader, node)
    if not found.strip():
        raise reader.refuse(node, "JYN119", "a waiver needs a reason", "say why the change is accepted")
    return found

"""Reading how a step is run: `retries`, `resources`, `secrets`, `code`. None of it changes what the step computes."""

from __future__ import annotations

import re
from functools import partial
from pathlib import PurePosixPath

from jeyn.model.definitions import Resources
from jeyn.model.running import Backoff
from jeyn.model.spans import span_of
from jeyn_gen.load import reader as read
from jeyn_gen.load.fields import Fields, Reader
from jeyn_gen.load.nodes import MappingNode, Node, ScalarNode
from jeyn_gen.load.spans import span

# https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
_NUMBER = r"\d{1,15}(?:\.\d{1,9})?"
_SCALE = r"(?:[munkMGTPE]|[KMGTPE]i|[eE][-+]?\d)?"
_NOTHING = r"0+(?:\.0+)?"
#: More than nothing, which Kubernetes takes for no limit.
CPU = re.compile(rf"(?!{_NOTHING}(?![.\d])){_NUMBER}{_SCALE}", re.ASCII)
#: Of bytes: there are no parts of one, as in `512m`.
MEMORY = re.compile(rf"(?!{_NOTHING}(?![.\d])){_NUMBER}(?:[kMGTPE]|[KMGTPE]i|[eE]\+?\d)?", re.ASCII)
_NO_LIMIT = re.compile(rf"{_NOTHING}{_SCALE}", re.ASCII)
SECRET_KEY = re.compile(r"[!-~]+")
_MOST_OF_A_FILE_NAME = 255  # bytes, on all common file systems


def retries(reader: Reader, node: Node) -> tuple[int, Backoff]:
    """How often a step is tried again, and how long it waits before that."""
    if not isinstance(node, MappingNode):
        return read.integer(0)(reader, node), Backoff()
    fields = Fields(reader, node, "`retries`")
    limit = fields.need("limit", read.integer(0), 0)
    found = Backoff(
        first=fields.get("backoff", span, 0),
        factor=fields.get("factor", read.integer(1), 1),
        longest=fields.get("longest", span, 0),
    )
    for key in ("factor", "longest"):
        if key in fields.node.pairs and "backoff" not in fields.node.pairs:
            fields.sound = False
            message = f"`{key}` belongs to a wait, which needs `backoff`"
            reader.report(fields.place(key), "JYN105", message, f"add `backoff:`, or remove `{key}`")
    if 0 < found.longest < found.first:
        fields.sound = False
        message = f"no wait is at least {span_of(found.first)} and at most {span_of(found.longest)}"
        reader.report(fields.place("longest"), "JYN114", message)
    fields.close()
    return limit, found


def resources(reader: Reader, node: Node) -> Resources:
    """What a step's pod asks for."""
    fields = Fields(reader, node, "`resources`")
    found = Resources(
        cpu=fields.get("cpu", partial(_quantity, "cpu"), ""),
        memory=fields.get("memory", partial(_quantity, "memory"), ""),
        gpu=fields.get("gpu", read.integer(0), 0),
    )
    fields.close()
    return found


def secret(reader: Reader, key: ScalarNode, node: Node) -> tuple[str, str]:
    """The name that the function knows a secret by, and the key in the secret store."""
    name = read.parameter_name(reader, key)
    text = read.text(reader, node)
    if not SECRET_KEY.fullmatch(text):
        fix = "write the key that the secret has in the store: printable ASCII without spaces"
        raise reader.refuse(node, "JYN121", f"{text[:80]!r} cannot be the key of a secret", fix)
    return name, text


def glob(reader: Reader, node: Node) -> str:
    """A pattern of paths below the project's root."""
    text = read.text(reader, node)
    parts = PurePosixPath(text).parts
    if not parts or text.startswith("/") or ".." in parts:
        message, fix = "is not a glob below the project's root", "write it relative to the root, without `..`"
    elif any("**" in part and part != "**" for part in parts):
        message, fix = "holds `**` beside other characters", "write `**` alone between two `/`, or `*`"
    elif any(len(part.encode()) > _MOST_OF_A_FILE_NAME for part in parts):
        message, fix = "is longer than the name of a file can be", "shorten it"
    else:
        return text
    raise reader.refuse(node, "JYN121", f"{text[:80]!r} {message}", fix)


def quantity_problem(kind: str, text: str) -> tuple[str, str] | None:
    """What is wrong with a quantity of `cpu` or `memory`, and how to mend it; None if nothing is."""
    if (MEMORY if kind == "memory" else CPU).fullmatch(text):
        return None
    if _NO_LIMIT.fullmatch(text):
        return f"{text[:80]!r} is no limit to Kubernetes", "write how much a step may take, as 500m, 2 or 4Gi"
    if CPU.fullmatch(text):
        return f"{text[:80]!r} are thousandths of a byte or less", f"write {text.rstrip('mun')}Mi for mebibytes"
    return f"{text[:80]!r} is no Kubernetes quantity", "write it as 500m, 2 or 4Gi"


def _quantity(kind: str, reader: Reader, node: Node) -> str:
    text = read.words(reader, node)
    problem = quantity_problem(kind, text)
    if problem is None:
        return text
    raise reader.refuse(node, "JYN121", *problem)

"""Reading where a step's pod runs: `image`, `node_selector`, `tolerations`, by the rules of Kubernetes."""

from __future__ import annotations

import re

from jeyn.model.running import Placement, Toleration
from jeyn_gen.load import reader as read
from jeyn_gen.load.fields import Fields, Reader
from jeyn_gen.load.nodes import Node, ScalarNode

# https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
_NAME = r"[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"
_SUBDOMAIN = r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*"
LABEL_KEY = re.compile(rf"(?:(?=[^/]{{1,253}}/){_SUBDOMAIN}/)?{_NAME}")
LABEL_VALUE = re.compile(rf"(?:{_NAME})?")
# https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#scheduling
OPERATORS = ("Equal", "Exists")
EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
#: The keys of a step that say where it runs.
KEYS = ("image", "node_selector", "tolerations")


def placement(fields: Fields) -> Placement:
    """What a step's own keys say of it."""
    return Placement(
        image=fields.get("image", read.name, ""),
        node_selector=fields.get("node_selector", read.mapping_of("`node_selector`", _label), ()),
        tolerations=fields.get("tolerations", read.list_of("`tolerations`", _toleration), ()),
    )


def _label(reader: Reader, key: ScalarNode, node: Node) -> tuple[str, str]:
    return _key(reader, key), _value(reader, node)


def _key(reader: Reader, node: Node) -> str:
    text = read.words(reader, node)
    if LABEL_KEY.fullmatch(text):
        return text
    fix = "write at most 63 letters, digits, `-`, `_` and `.`, after a domain and `/` if it has one"
    raise reader.refuse(node, "JYN129", f"{text[:80]!r} cannot be the key of a label", fix)


def _value(reader: Reader, node: Node) -> str:
    text = read.text(reader, node)
    if LABEL_VALUE.fullmatch(text):
        return text
    fix = "write at most 63 letters, digits, `-`, `_` and `.`, a letter or digit at both ends"
    raise reader.refuse(node, "JYN129", f"{text[:80]!r} cannot be the value of a label", fix)


def _toleration(reader: Reader, node: Node) -> Toleration:
    fields = Fields(reader, node, "a toleration")
    found = Toleration(
        key=fields.get("key", _key, ""),
        operator=fields.get("operator", read.choice(*OPERATORS), "Equal"),
        value=fields.get("value", _value, ""),
        effect=fields.get("effect", read.choice(*EFFECTS), ""),
        seconds=fields.get("seconds", read.integer(0), None),
    )
    fields.close()
    if not found.key and found.operator != "Exists":
        message, fix = "a toleration without a key bears every taint", "write `operator: Exists` too, or add the key"
    elif found.value and found.operator == "Exists":
        message, fix = "`Exists` bears a taint of any value, so it has none", "remove `value`, or write Equal"
    elif found.seconds is not None and found.effect != "NoExecute":
        message, fix = "only what NoExecute would end can stay for some seconds", "write `effect: NoExecute`"
    else:
        return found
    raise reader.refuse(node, "JYN129", message, fix)

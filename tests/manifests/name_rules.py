"""Names, labels and keys that schemas take as any text and an API server does not.

The syntax is that of https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ and …/labels/.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from manifest_values import mapping, names, text, title
from pods import Pod, pods

_LABEL = re.compile(r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?")
_SUBDOMAIN = re.compile(r"[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?")
_WORD = re.compile(r"[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")
_DATA_KEY = re.compile(r"[-._a-zA-Z0-9]{1,253}")
_TAG = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_FREELY_NAMED = "rbac.authorization.k8s.io/"


def objects(documents: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Names and namespaces of objects, and keys of what ConfigMaps hold."""
    for document in documents:
        metadata = mapping(document, "metadata")
        name = text(metadata, "name")
        if name and not text(document, "apiVersion").startswith(_FREELY_NAMED) and not _is_subdomain(name):
            yield f"{title(document)}: metadata.name: {name} is no DNS subdomain"
        namespace = metadata.get("namespace")
        if namespace is not None and not _LABEL.fullmatch(str(namespace)):
            yield f"{title(document)}: metadata.namespace: {namespace} is no DNS label"
        if text(document, "kind") == "ConfigMap":
            for key in [*mapping(document, "data"), *mapping(document, "binaryData")]:
                if not _DATA_KEY.fullmatch(str(key)):
                    yield f"{title(document)}: data: {key} is no key of a ConfigMap"


def labels(documents: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Labels and annotations of objects and of pods; tags in them are values that are put in later."""
    documents = list(documents)
    holders = [(f"{title(document)}: metadata", mapping(document, "metadata")) for document in documents]
    for where, metadata in [*holders, *((pod.where, pod.metadata) for pod in pods(documents))]:
        for field in ("labels", "annotations"):
            for key, value in mapping(metadata, field).items():
                if not _is_key(str(key)):
                    yield f"{where}: {field}: {key} is no key"
                if field == "labels" and not _is_label_value(value):
                    yield f"{where}: labels: {key}: {value} is no value of a label"


def of_pod(pod: Pod) -> Iterator[str]:
    """Names of containers and volumes."""
    for field in ("initContainers", "containers", "volumes"):
        for name in names(pod.spec, field):
            if not _LABEL.fullmatch(name):
                yield f"{pod.where}: {field}: {name or 'the empty name'} is no DNS label"


def _is_subdomain(name: str) -> bool:
    return len(name) <= 253 and ".." not in name and bool(_SUBDOMAIN.fullmatch(name))


def _is_key(key: str) -> bool:
    prefix, slash, name = key.rpartition("/")
    return bool(_WORD.fullmatch(name)) and (not slash or _is_subdomain(prefix))


def _is_label_value(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    filled = _TAG.sub("x", value)
    return filled == "" or bool(_WORD.fullmatch(filled))

"""The commit that manifests were made at, wherever it has to stand so that a pod knows it and a person finds it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from container_rules import SIDECAR
from manifest_values import mapping, objects, text, title
from pods import pods
from workflows import Workflow

ANNOTATION = "jeyn.dev/commit"
PARAMETER = "jeyn-commit"
_HANDED_OVER = "{{workflow.parameters.jeyn-commit}}"


def objects_annotated(documents: Iterable[Mapping[str, Any]], commit: str) -> Iterator[str]:
    """Every object is annotated with the commit."""
    for document in documents:
        found = mapping(document, "metadata", "annotations").get(ANNOTATION)
        if found != commit:
            yield f"{title(document)}: {_unlike(f'the annotation {ANNOTATION}', found, commit)}"


def parameters(documents: Iterable[Mapping[str, Any]], commit: str) -> Iterator[str]:
    """Every workflow that has steps of its own has the commit as an argument."""
    for workflow in filter(None, map(Workflow.of, documents)):
        if not workflow.templates or not text(workflow.spec, "entrypoint"):
            continue
        given = {text(one, "name"): one.get("value") for one in objects(workflow.spec, "arguments", "parameters")}
        if given.get(PARAMETER) != commit:
            yield f"{workflow.title}: {_unlike(f'the argument {PARAMETER}', given.get(PARAMETER), commit)}"


def pods_of_workflows(documents: Iterable[Mapping[str, Any]], commit: str) -> Iterator[str]:
    """Every pod of a workflow holds the commit, as an annotation or a label, and so do the images of a step's code."""
    for pod in pods(documents):
        if not pod.is_workflows:
            continue
        found = [mapping(pod.metadata, kind).get(ANNOTATION) for kind in ("annotations", "labels")]
        if not any(one in (commit, _HANDED_OVER) for one in found):
            yield f"{pod.where}: {_unlike(f'the annotation {ANNOTATION} of its pod', found[0] or found[1], commit)}"
        for container in pod.containers if pod.is_step else ():
            image = text(container.spec, "image")
            if container.role == "containers" and container.name != SIDECAR and not _holds(image, commit):
                yield f"{container.where}: the image {image} is not the one of {commit}"


def _holds(image: str, commit: str) -> bool:
    return commit in image or _HANDED_OVER in image


def _unlike(what: str, found: object, commit: str) -> str:
    return f"{what} is missing" if found is None else f"{what} is {found}, not {commit}"

"""Values that Argo reads only when a workflow runs, and so lets pass before: durations, time zones, retries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from manifest_values import mapping, strings, text, title
from workflows import Workflow

# Go's time.ParseDuration, without signs; Argo also reads a whole number as seconds where SECONDS says so.
_DURATION = re.compile(r"0|(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+")
_LEFT_OVER = re.compile(r"\$\{\w+\}")
_FREE_TEXT = re.compile(r"metadata\.annotations\..*(?:description|title)$")
_SUBSTITUTED_BY_ARGO_CD = re.compile(r"spec\.sources?(?:\[\d+\])?\.kustomize\.commonAnnotations\.")

# Where in a template or a workflow's spec a duration stands, and whether a whole number is one: in seconds.
_OF_TEMPLATES = (
    (("timeout",), False),
    (("retryStrategy", "backoff", "duration"), True),
    (("retryStrategy", "backoff", "maxDuration"), True),
    (("retryStrategy", "backoff", "cap"), True),
    (("memoize", "maxAge"), False),
    (("containerSet", "retryStrategy", "duration"), False),
    (("suspend", "duration"), True),
)
_OF_WORKFLOWS = (
    (("podGC", "deleteDelayDuration"), True),
    (("retryStrategy", "backoff", "duration"), True),
    (("retryStrategy", "backoff", "maxDuration"), True),
    (("retryStrategy", "backoff", "cap"), True),
)
_OF_APPLICATIONS = (
    (("syncPolicy", "retry", "backoff", "duration"), True),
    (("syncPolicy", "retry", "backoff", "maxDuration"), True),
)
_Places = Iterable[tuple[tuple[str, ...], bool]]


def durations(documents: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Durations are what Go reads, such as 90s, 1h30m or 1.5h."""
    for document in documents:
        workflow = Workflow.of(document)
        if workflow is not None:
            yield from _durations(workflow.spec, _OF_WORKFLOWS, workflow.title)
            for name, template in workflow.templates.items():
                yield from _durations(template, _OF_TEMPLATES, f"{workflow.title}: template {name}")
        elif text(document, "kind") == "Application":
            yield from _durations(mapping(document, "spec"), _OF_APPLICATIONS, title(document))


def _durations(value: Mapping[str, Any], places: _Places, where: str) -> Iterator[str]:
    for keys, seconds in places:
        written = mapping(value, *keys[:-1]).get(keys[-1])
        if written is None or "{{" in str(written):
            continue
        if not _DURATION.fullmatch(str(written)) and not (seconds and str(written).isdecimal()):
            yield f"{where}: {'.'.join(keys)}: {written} is no duration"


def time_zones(documents: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Time zones are in the IANA database."""
    for document in documents:
        zone = mapping(document, "spec").get("timezone")
        if text(document, "kind") == "CronWorkflow" and zone is not None and not _is_zone(zone):
            yield f"{title(document)}: spec.timezone: {zone} is no time zone"


def _is_zone(name: Any) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError):  # an OSError: the name is one of a folder of zones
        return False
    return True


def retries(documents: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The limit and the factor of retries are whole numbers."""
    for workflow in filter(None, map(Workflow.of, documents)):
        holders = {workflow.title: workflow.spec}
        holders |= {f"{workflow.title}: template {name}": one for name, one in workflow.templates.items()}
        for where, holder in holders.items():
            strategy = mapping(holder, "retryStrategy")
            values = {"limit": strategy.get("limit"), "backoff.factor": mapping(strategy, "backoff").get("factor")}
            for field, written in values.items():
                if written is not None and "{{" not in str(written) and not str(written).isdecimal():
                    yield f"{where}: retryStrategy.{field}: {written} is no whole number"


def patches(documents: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """A patch of pods is YAML or JSON, and of a pod's spec; one with tags can be read only when they are filled."""
    for workflow in filter(None, map(Workflow.of, documents)):
        for path, written in strings(workflow.spec, workflow.path):
            if path.endswith("podSpecPatch") and "{{" not in written and not _is_mapping(written):
                yield f"{workflow.title}: {path}: {written} is no patch of a pod"


def _is_mapping(written: str) -> bool:
    try:
        return isinstance(yaml.safe_load(written), Mapping)
    except yaml.YAMLError:
        return False


def left_over(documents: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Nothing waits for a substitution that has been made by now; what people wrote is theirs."""
    for document in documents:
        for path, written in strings(document):
            if _FREE_TEXT.search(path) or (
                text(document, "kind") == "Application" and _SUBSTITUTED_BY_ARGO_CD.match(path)
            ):
                continue
            if _LEFT_OVER.search(written):
                yield f"{title(document)}: {path}: {written} was not substituted"

"""What tasks of a DAG say of each other: Argo checks it for arguments that are one tag and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from argo_tags import names_in, tags, variable
from manifest_values import entries, objects, strings, text
from workflows import workflows

_TASK = variable("tasks")
_IN_DEPENDS = re.compile(r"([\w-]+)(?:\.\w+)?")


def tasks_before(documents: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Whatever a task uses of others, in `when`, `withParam` and anywhere else, is of tasks that end before it."""
    for workflow in workflows(documents):
        for name, template in workflow.templates.items():
            tasks = {text(task, "name"): task for task in objects(template, "dag", "tasks")}
            waits = {task: _waits_for(node) for task, node in tasks.items()}
            for task, node in tasks.items():
                before = _before(task, waits)
                for path, used in _used(node):
                    if used not in before:
                        where = f"{workflow.title}: template {name}: {task}: {path}"
                        yield f"{where}: {used} does not end before {task}"


def _waits_for(task: Mapping[str, Any]) -> set[str]:
    listed = {one for one in entries(task, "dependencies") if isinstance(one, str)}
    return listed | set(_IN_DEPENDS.findall(text(task, "depends")))


def _before(task: str, waits: Mapping[str, set[str]]) -> set[str]:
    found, waiting = set[str](), list(waits[task])
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += waits.get(one, ())
    return found


def _used(task: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Hooks are left out: they run when the task itself has ended, or while it runs."""
    for path, written in strings({field: value for field, value in task.items() if field != "hooks"}):
        for tag in tags(written):
            yield from ((path, name) for name in names_in(tag, _TASK))

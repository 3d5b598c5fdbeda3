"""References that Argo resolves only when a workflow runs: tags, arguments, hooks and their expressions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import argo_tags
from argo_tags import names_in, variable
from manifest_values import mapping, names, objects, strings, text
from workflows import EXIT_HOOK, Call, Templates, Workflow, calls, workflows

# https://argo-workflows.readthedocs.io/en/release-3.7/variables/
_PREFIXES = {
    "cronworkflow",
    "duration",
    "exitCode",
    "inputs",
    "item",
    "lastRetry",
    "node",
    "outputs",
    "pod",
    "resourcesDuration",
    "retries",
    "status",
    "steps",
    "tasks",
    "workflow",
}
_OF_WORKFLOWS = {
    "annotations",
    "creationTimestamp",
    "duration",
    "failures",
    "labels",
    "mainEntrypoint",
    "name",
    "namespace",
    "outputs",
    "parameters",
    "priority",
    "scheduledTime",
    "serviceAccountName",
    "status",
    "uid",
}
#: `{{workflow.parameters.json}}` is all of them: https://argo-workflows.readthedocs.io/en/latest/variables/#global
_ALL = "json"
_PARAMETER = variable("workflow.parameters")
_INPUT = variable("inputs.parameters")


def tags(documents: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Every `{{tag}}` begins with a variable that Argo knows; what it does not know it would leave as it stands."""
    for workflow in workflows(documents):
        for path, written in strings(workflow.spec, workflow.path):
            for tag in argo_tags.tags(written):
                if not tag.startswith("=") and not _is_variable(tag):
                    yield f"{workflow.title}: {path}: {{{{{tag}}}}} is no variable of Argo's"


def _is_variable(tag: str) -> bool:
    prefix, _, rest = tag.partition(".")
    return prefix in _PREFIXES and (prefix != "workflow" or rest.partition(".")[0] in _OF_WORKFLOWS)


def workflow_parameters(documents: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Every `workflow.parameters.x`, in a tag or an expression, is an argument of the workflow.

    A WorkflowTemplate without an entrypoint is called by others, whose arguments it then sees: Argo's validator
    follows those calls.
    """
    known = workflows(documents)
    templates = Templates(known)
    for workflow in known:
        source = templates.workflow(workflow, mapping(workflow.spec, "workflowTemplateRef"))
        given = {_ALL, *workflow.parameters, *(source.parameters if source else [])}
        if workflow.kind.endswith("Template") and not text(workflow.spec, "entrypoint"):
            continue
        for path, name in _mentioned(workflow, _PARAMETER):
            if name not in given:
                yield f"{workflow.title}: {path}: workflow.parameters.{name} is no argument of the workflow"


def inputs_in_expressions(documents: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Every `inputs.parameters.x` in an expression is an input of its template; in a plain tag Argo checks it."""
    for workflow in workflows(documents):
        for name, template in workflow.templates.items():
            given = names(template, "inputs", "parameters")
            for path, written in strings(template):
                for expression in argo_tags.expressions(written):
                    for wanted in names_in(expression, _INPUT):
                        if wanted not in given:
                            where = f"{workflow.title}: template {name}: {path}"
                            yield f"{where}: inputs.parameters.{wanted} is no input of the template"


def ghost_arguments(documents: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """What is handed over is declared by the template that it is handed to."""
    known = workflows(documents)
    templates = Templates(known)
    for workflow in known:
        for call in calls(workflow):
            called = templates.called(workflow, call)
            if called is not None:
                declared = [*names(called, "inputs", "parameters"), *names(called, "inputs", "artifacts")]
                yield from _ghosts(call.where, call.arguments, declared)
        source = templates.workflow(workflow, mapping(workflow.spec, "workflowTemplateRef"))
        if source is not None:
            yield from _ghosts(workflow.title, workflow.parameters, source.parameters)


def _ghosts(where: str, given: Iterable[str], declared: Iterable[str]) -> Iterator[str]:
    for name in sorted(set(given) - set(declared)):
        yield f"{where}: the argument {name} is none that {where.rsplit(': ', 1)[-1]} is asked for"


def hooks(documents: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Hooks run templates that are there, get what these need, and say when, unless at the end."""
    known = workflows(documents)
    templates = Templates(known)
    for workflow in known:
        for call in calls(workflow):
            if not call.hook:
                continue
            called = templates.called(workflow, call)
            if called is None:
                yield f"{call.where}: there is no template {_target(call)}"
                continue
            needed = [one for one in objects(called, "inputs", "parameters") if not {"value", "default"} & one.keys()]
            for name in sorted({text(one, "name") for one in needed} - set(call.arguments)):
                yield f"{call.where}: no argument {name}"
            if call.hook != EXIT_HOOK and not text(call.node, "expression"):
                yield f"{call.where}: no expression that says when"


def _target(call: Call) -> str:
    reference = mapping(call.node, "templateRef")
    return f"{text(reference, 'name')}/{text(reference, 'template')}" if reference else text(call.node, "template")


def _mentioned(workflow: Workflow, of: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    for path, written in strings(workflow.spec, workflow.path):
        is_expression = path.endswith((".expression", ".when", ".depends"))
        for code in [*argo_tags.tags(written), *([written] if is_expression else [])]:
            yield from ((path, name) for name in names_in(code, of))

"""Argo's workflows among manifests, and what calls what in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from manifest_values import entries, mapping, names, objects, text, title

WORKFLOW_KINDS = ("Workflow", "WorkflowTemplate", "ClusterWorkflowTemplate", "CronWorkflow")
_GROUP = "argoproj.io/"
EXIT_HOOK = "exit"  # the one hook that needs no expression

Object = Mapping[str, Any]

_TYPES = ("container", "containerSet", "script", "dag", "steps", "resource", "suspend", "http", "data", "plugin")


@dataclass(frozen=True)
class Workflow:
    """An object that holds a workflow's spec; of a CronWorkflow it is the one inside."""

    title: str
    kind: str
    name: str
    namespace: str
    path: str  # of `spec` in the document
    spec: Object

    @classmethod
    def of(cls, document: Object) -> Workflow | None:
        """The workflow in a document, if it is one."""
        kind = text(document, "kind")
        if kind not in WORKFLOW_KINDS or not text(document, "apiVersion").startswith(_GROUP):
            return None
        keys = ("spec", "workflowSpec") if kind == "CronWorkflow" else ("spec",)
        metadata = mapping(document, "metadata")
        named = (text(metadata, "name"), text(metadata, "namespace"))
        return cls(title(document), kind, *named, ".".join(keys), mapping(document, *keys))

    @property
    def templates(self) -> dict[str, Object]:
        """Its templates by name, each with what it takes from `templateDefaults`."""
        defaults = mapping(self.spec, "templateDefaults")
        return {
            text(one, "name"): _of_its_type(overlaid(defaults, one), one) for one in objects(self.spec, "templates")
        }

    @property
    def parameters(self) -> list[str]:
        """The names of its own arguments."""
        return names(self.spec, "arguments", "parameters")


@dataclass(frozen=True)
class Call:
    """One place that makes a template run: a task, a step, a hook, or the workflow's own entry and end."""

    where: str
    node: Object
    hook: str = ""  # its name, if it is a hook

    @property
    def arguments(self) -> list[str]:
        """The names of the parameters and artifacts that it hands over."""
        given = mapping(self.node, "arguments")
        return [*names(given, "parameters"), *names(given, "artifacts")]


def workflows(documents: Iterable[Object]) -> list[Workflow]:
    """All that hold a workflow's spec, in the order of the documents."""
    return [found for found in map(Workflow.of, documents) if found is not None]


def calls(workflow: Workflow) -> Iterator[Call]:
    """All calls in a workflow."""
    for field in ("entrypoint", "onExit"):
        if text(workflow.spec, field):
            yield Call(f"{workflow.title}: {field}", {"template": text(workflow.spec, field)})
    yield from _hooks(workflow.spec, workflow.title)
    for name, template in workflow.templates.items():
        for node in [*objects(template, "dag", "tasks"), *_steps(template)]:
            where = f"{workflow.title}: template {name}: {text(node, 'name')}"
            yield Call(where, node)
            yield from _hooks(node, where)


class Templates:
    """The templates of all workflows, to be found by what calls them."""

    def __init__(self, known: Iterable[Workflow]) -> None:
        self._shared = {(one.kind, one.namespace, one.name): one for one in known if one.kind.endswith("Template")}

    def workflow(self, caller: Workflow, reference: Object) -> Workflow | None:
        """What a `templateRef` or `workflowTemplateRef` of the caller names."""
        if reference.get("clusterScope"):
            return self._shared.get(("ClusterWorkflowTemplate", "", text(reference, "name")))
        return self._shared.get(("WorkflowTemplate", caller.namespace, text(reference, "name")))

    def called(self, caller: Workflow, call: Call) -> Object | None:
        """The template that a call runs; None if there is none."""
        reference = mapping(call.node, "templateRef")
        if reference:
            owner = self.workflow(caller, reference)
            return owner.templates.get(text(reference, "template")) if owner else None
        if isinstance(call.node.get("inline"), Mapping):
            return mapping(call.node, "inline")
        source = self.workflow(caller, mapping(caller.spec, "workflowTemplateRef")) or caller
        return source.templates.get(text(call.node, "template"))


def _of_its_type(merged: Object, template: Object) -> Object:
    """Defaults do not make a DAG a container: the controller keeps the type that a template has (`SetType`)."""
    own = [kind for kind in _TYPES if kind in template]
    return {key: value for key, value in merged.items() if key not in _TYPES or not own or key in own}


def overlaid(below: Any, above: Any) -> Any:
    """A value laid over another as Kubernetes merges patches: mappings by key, lists of named things by name."""
    if isinstance(below, Mapping) and isinstance(above, Mapping):
        return {**below, **{key: overlaid(below.get(key), value) for key, value in above.items()}}
    if _are_named(below) and _are_named(above):
        merged = {one["name"]: one for one in below}
        for one in above:
            merged[one["name"]] = overlaid(merged.get(one["name"]), one)
        return list(merged.values())
    return above


def _are_named(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, Mapping) and "name" in one for one in value)


def _steps(template: Object) -> Iterator[Object]:
    for group in entries(template, "steps"):
        yield from objects(group)


def _hooks(node: Object, where: str) -> Iterator[Call]:
    for name, hook in mapping(node, "hooks").items():
        yield Call(f"{where}: hook {name}", hook if isinstance(hook, Mapping) else {}, name)

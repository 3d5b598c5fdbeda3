"""The cluster under test, by kubectl."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Mapping
from typing import Any

import kustomize

ENDED = {"Succeeded", "Failed", "Error"}
_UNHELD = '{"metadata": {"finalizers": null}}'


class Kube:
    """One namespace of a cluster."""

    def __init__(self, namespace: str) -> None:
        self.namespace = namespace

    def run(self, *arguments: str, text: str = "", check: bool = True) -> str:
        """kubectl's answer."""
        command = [kustomize.kubectl(), *arguments]
        done = subprocess.run(command, input=text, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0 or not check, f"{' '.join(arguments)}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def json(self, *arguments: str) -> Any:
        """What it answers as JSON."""
        return json.loads(self.run(*arguments, "--output", "json"))

    def apply(self, *objects: Mapping[str, Any]) -> None:
        """Make or change objects."""
        self.run("apply", "-f", "-", text="\n---\n".join(json.dumps(one) for one in objects))

    def get(self, kind: str, name: str) -> Any:
        """An object of the namespace, or None."""
        found = self.run("get", kind, name, "-n", self.namespace, "--ignore-not-found", "-o", "json")
        return json.loads(found) if found.strip() else None

    def every(self, kind: str, *more: str) -> list[Any]:
        """The objects of a kind in the namespace."""
        return list(self.json("get", kind, "-n", self.namespace, *more)["items"])

    def submit(self, template: str, **parameters: str) -> str:
        """Start a workflow of a template; its name."""
        arguments = {"parameters": [{"name": name, "value": value} for name, value in parameters.items()]}
        workflow = {
            "apiVersion": "argoproj.io/v1alpha1",
            "kind": "Workflow",
            "metadata": {"generateName": f"{template}-", "namespace": self.namespace},
            "spec": {"workflowTemplateRef": {"name": template}, "arguments": arguments},
        }
        created = self.run("create", "-f", "-", "-o", "json", text=json.dumps(workflow))
        name: str = json.loads(created)["metadata"]["name"]
        return name

    def ended(self, workflow: str, seconds: float = 300) -> Any:
        """A workflow when it has ended."""
        return wait(lambda: self.if_ended(workflow), seconds, lambda: self.told(workflow))

    def if_ended(self, workflow: str) -> Any:
        """A workflow, if it has ended."""
        found = self.get("workflow", workflow)
        return found if found and found.get("status", {}).get("phase") in ENDED else None

    def pods(self, workflow: str) -> list[Any]:
        """The pods of a workflow that are there."""
        return self.every("pods", "-l", f"workflows.argoproj.io/workflow={workflow}")

    def told(self, workflow: str) -> str:
        """What may tell why a workflow does not end, or failed."""
        found = self.get("workflow", workflow) or {}
        lines = [json.dumps(one) for one in nodes(found)]
        for pod in self.pods(workflow):
            name = pod["metadata"]["name"]
            lines += [name, json.dumps(pod["status"].get("containerStatuses", pod["status"]))[:1500]]
            lines.append(self.run("logs", name, "-n", self.namespace, "--all-containers", "--tail=20", check=False))
        return "\n".join(lines)


def nodes(workflow: Mapping[str, Any]) -> list[dict[str, str]]:
    """What became of each pod and task."""
    found = workflow.get("status", {}).get("nodes", {}).values()
    return [
        {key: str(one.get(key, "")) for key in ("displayName", "type", "phase", "message")}
        for one in sorted(found, key=lambda one: one.get("startedAt") or "")
    ]


def wait(ask: Callable[[], Any], seconds: float, why: Callable[[], str] = lambda: "") -> Any:
    """What is asked for, when it is there."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := ask():
            return found
        time.sleep(0.5)
    raise AssertionError(f"not there after {seconds} s\n{why()}")


def remove_namespace(kube: Kube) -> None:
    """Remove it, with all that holds on to it: Argo CD keeps its hooks, of whose application it knows no more."""
    for one in kube.every("workflows"):
        name = one["metadata"]["name"]
        kube.run("patch", "workflow", name, "-n", kube.namespace, "--type=merge", "-p", _UNHELD, check=False)
    kube.run("delete", "namespace", kube.namespace, "--ignore-not-found")

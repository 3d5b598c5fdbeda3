"""The pods of a WorkflowTemplate, each a process that gets what Argo would give its container.

What is tried here is that what is emitted and what a pod does fit together: the arguments, the files of the outputs, what
one hands to the next. Argo itself is in `make e2e`.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from conftest import ProjectFolder

_TEMPLATE = re.compile(r"\{\{([^}]+)\}\}")
ENVIRONMENTS = """
[tool.jeyn.environments.cluster]
state_store = "ledger"
components = "components"
blobs = "s3://somewhere"
wait = 1
namespace = "somewhere"
image = "registry.example/team/project"
argocd = {repository = "https://git.example/team/project"}

[tool.jeyn.environments.disk]
ledger = "../shared/ledger.db"
blobs = "../shared/blobs"
"""
COMPONENT = """\
apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {name: ledger}
spec:
  type: state.sqlite
  version: v1
  metadata: [{name: connectionString, value: ledger.db}, {name: keyPrefix, value: none}]
"""


@dataclass(frozen=True)
class Ended:
    """A pod that has ended: its exit code, the files of its outputs, its termination message, and its log."""

    code: int
    outputs: dict[str, str]
    message: str
    log: list[dict[str, Any]]


@dataclass
class Cluster:
    """A project whose manifests are committed, and a folder that stands for what its pods share."""

    project: ProjectFolder
    commit: str
    scratch: Path
    pods: int = 0

    def template(self, name: str) -> dict[str, Any]:
        """The spec of a WorkflowTemplate."""
        path = self.project.root / f"generated/manifests/base/{name}.yaml"
        return next(one["spec"] for one in yaml.safe_load_all(path.read_text()) if one["kind"] == "WorkflowTemplate")

    def pod(self, arguments: list[str], **extra: str) -> Ended:
        """Run a container with these arguments to its end."""
        process, folder = self.begin(arguments, **extra)
        log, errors = process.communicate()
        assert errors == "", errors
        return self.ended(folder, process.returncode, log)

    def begin(self, arguments: list[str], **extra: str) -> tuple[subprocess.Popen[str], Path]:
        """Start a container in a folder of its own."""
        self.pods += 1
        folder = self.scratch / f"pod-{self.pods}"
        folder.mkdir(parents=True)
        places = {"/tmp/outputs": f"{folder}/outputs", "/dev/termination-log": f"{folder}/message"}
        environment = {
            **self.project.environment,
            "PATH": "/nowhere",  # an image holds no git
            "JEYN_ENVIRONMENT": "disk",
            "JEYN_STATE": str(folder / "state"),
            "JEYN_IMAGE": "registry.example/team/project",
            "JEYN_IMAGE_COMMIT": self.commit,
            "JEYN_REPOSITORY": "https://git.example/team/project",
            **extra,
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "jeyn", *(places.get(one, one) for one in arguments)],
            cwd=self.project.root,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        return process, folder

    def ended(self, folder: Path, code: int, log: str) -> Ended:
        """What a container left behind."""
        message = folder / "message"
        return Ended(
            code,
            {one.name: one.read_text() for one in folder.glob("outputs/*")},
            message.read_text() if message.exists() else "",
            [json.loads(line) for line in log.splitlines()],
        )


@dataclass
class Workflow:
    """A run of a template: `ended` holds its pods by task, with their item's place."""

    cluster: Cluster
    name: str
    uid: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    ended: dict[tuple[str, str], Ended] = field(default_factory=dict)
    phases: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)

    def run(self) -> str:
        """Every task that can run, and in the end what ends it; how it went, as Argo says it."""
        spec = self.cluster.template(self.name)
        self.outputs |= {"workflow.uid": self.uid, "workflow.parameters.jeyn-commit": self.cluster.commit}
        arguments = {one["name"]: one.get("value") for one in spec["arguments"]["parameters"]}
        arguments |= {**self.parameters, "jeyn-commit": self.cluster.commit}
        self.outputs |= {f"workflow.parameters.{name}": str(value) for name, value in arguments.items()}
        listed = [{"name": name, "value": value} for name, value in arguments.items()]
        self.outputs["workflow.parameters.json"] = json.dumps(listed)
        templates = {one["name"]: one for one in spec["templates"]}
        for task in templates[spec["entrypoint"]]["dag"]["tasks"]:
            self._task(task, templates[task["template"]])
        failed = [
            (f"{task}({item}:{item})" if item else task, one) for (task, item), one in self.ended.items() if one.code
        ]
        self.outputs["workflow.status"] = "Failed" if failed else "Succeeded"
        told = []
        for name, one in failed:  # a try, and what is said of all of them
            told.append({"displayName": f"{name}(0)", "message": f"Error (exit code {one.code}): {one.message}"})
            told.append({"displayName": name, "message": "retryStrategy.expression evaluated to false"})
        self.outputs["workflow.failures"] = json.dumps(json.dumps(told))
        finish = self._pod(templates[spec["onExit"]], {})
        assert finish.code == 0, finish
        self.ended["finish", ""] = finish
        return self.outputs["workflow.status"]

    def _task(self, task: dict[str, Any], template: dict[str, Any]) -> None:
        name = task["name"]
        needed = [one.removesuffix(".Succeeded") for one in task.get("depends", "").split(" && ") if one]
        if any(self.phases[one] != "Succeeded" for one in needed):
            self.phases[name] = "Omitted"
            return
        when = self._rendered(task.get("when", "true == true"))
        assert set(when.split(" && ")) <= {"true == true", "false == true"}, when
        if "false == true" in when:
            self.phases[name] = "Skipped"
            return
        items = list(self._items(task))
        if not items:
            self.phases[name] = "Skipped"
            return
        pods = [self._pod(template, task.get("arguments", {}), item) for item in items]
        for item, pod in zip(items, pods, strict=True):
            self.ended[name, item or ""] = pod
        self.phases[name] = "Succeeded" if all(pod.code == 0 for pod in pods) else "Failed"
        for output in template.get("outputs", {}).get("parameters", []):
            values = [pod.outputs.get(output["name"]) for pod in pods]
            if None not in values:
                held = json.dumps(values) if items != [None] else values[0]
                self.outputs[f"tasks.{name}.outputs.parameters.{output['name']}"] = str(held)

    def _items(self, task: dict[str, Any]) -> Iterator[str | None]:
        if "withSequence" in task:
            yield from map(str, range(int(task["withSequence"]["count"])))
        elif "withParam" in task:
            yield from json.loads(self._rendered(task["withParam"]))
        else:
            yield None

    def _pod(self, template: dict[str, Any], arguments: dict[str, Any], item: str | None = None) -> Ended:
        more = {"item": item or ""}
        given = {one["name"]: self._rendered(one["value"], more) for one in arguments.get("parameters", [])}
        inputs = {f"inputs.parameters.{name}": value for name, value in given.items()}
        files = {one["path"]: one["raw"]["data"] for one in template["inputs"]["artifacts"]}
        folder = self.cluster.scratch / f"handed-{self.cluster.pods}"
        for path, text in files.items():
            place = folder / Path(path).name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(self._rendered(text, inputs))
        places = {f"@{path}": f"@{folder / Path(path).name}" for path in files}
        arguments = [places.get(one, one) for one in template["container"]["args"]]
        return self.cluster.pod([self._rendered(one, inputs) for one in arguments])

    def _rendered(self, text: str, more: Mapping[str, str] | None = None) -> str:
        known = {**self.outputs, **(more or {})}
        return _TEMPLATE.sub(lambda match: known[match[1]], text)


def committed(project: ProjectFolder, scratch: Path) -> Cluster:
    """The cluster after a commit of everything that is generated now."""
    project.jeyn("generate")
    commit = project.commit("deploy")
    return Cluster(project, commit, scratch / commit[:12])

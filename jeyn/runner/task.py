"""A step that is about to run: all that its process needs to know, as plain values."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from jeyn.local_files import write_whole
from jeyn.model.artefact import Origin, StepInput
from jeyn.model.codec import decode, encode
from jeyn.model.names import Pin
from jeyn.model.types import Value


def label(step: str, item: str) -> str:
    """What people call a step, or one of its items: `fit`, `fit[3]`."""
    return f"{step}[{item}]" if item else step


@dataclass(frozen=True, slots=True)
class Task:
    """One try of one step.

    `root` is the project's folder, `environment` the name of the environment and `sidecar` the endpoint of its Dapr
    sidecar (empty: none), `work_tree` that of the repository around it, `tree` a file with the git blob ids of the
    run's commit, by path (empty: nothing can differ from it). `item` is one of those of a step with `for_each`.
    `heads` are numbers that were seen in the streams of its outputs.
    """

    root: str
    environment: str
    sidecar: str
    work_tree: str
    pipeline: Pin
    step: str
    item: str
    origin: Origin
    inputs: dict[str, StepInput]
    parameters: dict[str, Value | None]
    cache_key: str
    heads: dict[str, int]
    tree: str
    result: str

    @property
    def label(self) -> str:
        """What people call it."""
        return label(self.step, self.item)

    @property
    def prefix(self) -> str:
        """What the entry ids of this step begin with."""
        return f"{self.origin.run}/{self.step}/{self.item or '-'}"

    def write(self, path: Path) -> None:
        """Write the task for its process to read."""
        body: dict[str, Any] = {field.name: getattr(self, field.name) for field in fields(self)}
        body["pipeline"] = str(self.pipeline)
        body["origin"] = _plain(self.origin)
        body["inputs"] = {name: _plain(read) for name, read in self.inputs.items()}
        body["parameters"] = {name: encode(value) for name, value in self.parameters.items()}
        path.write_text(json.dumps(body), encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Task:
        """Read what `write` wrote."""
        body = json.loads(path.read_text(encoding="utf-8"))
        body["pipeline"] = Pin.parse(body["pipeline"])
        body["origin"] = Origin(**body["origin"])
        body["inputs"] = {name: StepInput(**read) for name, read in body["inputs"].items()}
        body["parameters"] = {name: decode(value) for name, value in body["parameters"].items()}
        return cls(**body)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a try ended: `status` is done, failed (the step's own fault) or unreachable (a part was).

    `signal` is that which ended its process, 0 where it ended by itself. `is_reused` says that the outputs are those of
    an earlier step, and nothing was committed.
    """

    status: str
    outputs: dict[str, StepInput]
    error: str = ""
    notices: tuple[str, ...] = ()
    signal: int = 0
    is_reused: bool = False

    def write(self, path: Path) -> None:
        """Write the outcome for the runner to read, in one step."""
        outputs = {name: _plain(given) for name, given in self.outputs.items()}
        plain = {name: getattr(self, name) for name in ("status", "error", "notices", "is_reused")}
        body = {**plain, "outputs": outputs}
        write_whole(path, json.dumps(body))

    @classmethod
    def read(cls, path: Path) -> Outcome | None:
        """The outcome, or None where the process ended without one."""
        try:
            body = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        outputs = {name: StepInput(**given) for name, given in body["outputs"].items()}
        return cls(body["status"], outputs, body["error"], tuple(body["notices"]), is_reused=body["is_reused"])


def _plain(value: Any) -> dict[str, Any]:
    return {field.name: getattr(value, field.name) for field in fields(value)}

"""How a run went."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jeyn.model.artefact import StepInput
from jeyn.model.codec import encode
from jeyn.model.types import Value

SUCCEEDED = "succeeded"
FAILED = "failed"
CANCELLED = "cancelled"
RAN = "ran"
REUSED = "reused"
SKIPPED = "skipped"

#: A reference, or those of all items of a step with `for_each`.
References = str | list[str]


@dataclass(frozen=True, slots=True)
class ItemResult:
    """How one item of a step went: ran, reused or failed; `settings` are the parameters that it sets."""

    name: str
    status: str
    seconds: float = 0.0
    settings: Mapping[str, Value | None] = field(default_factory=dict)
    outputs: Mapping[str, StepInput] = field(default_factory=dict)
    error: str = ""
    notices: tuple[str, ...] = ()
    is_unreachable: bool = False

    def to_json(self) -> dict[str, Any]:
        """Its part of `jeyn.run/1`. Numbers differ from ledger to ledger, so it tells the ids of entries too."""
        return {
            "item": self.name,
            "status": self.status,
            "seconds": round(self.seconds, 3),
            "parameters": {name: encode(value) for name, value in self.settings.items()},
            "outputs": {name: one.reference for name, one in self.outputs.items()},
            "entries": {name: one.entry for name, one in self.outputs.items()},
            "error": self.error,
        }


@dataclass(frozen=True, slots=True)
class StepResult:
    """How one step went: ran, reused, failed, skipped or cancelled. Inputs and outputs are references by name.

    A step is skipped with an error where one that it needs failed, and without one where a condition did not hold.
    `is_unreachable` tells of a failed one that a part which it needs did not answer: that is not its own fault.
    """

    name: str
    status: str
    seconds: float = 0.0
    inputs: Mapping[str, References] = field(default_factory=dict)
    outputs: Mapping[str, References] = field(default_factory=dict)
    error: str = ""
    notices: tuple[str, ...] = ()
    is_unreachable: bool = False
    items: tuple[ItemResult, ...] = ()

    @property
    def is_lost(self) -> bool:
        """Whether it gave nothing that another step could read."""
        return self.status in (FAILED, SKIPPED)

    def to_json(self) -> dict[str, Any]:
        """Its part of `jeyn.run/1`."""
        items = {"items": [item.to_json() for item in self.items]} if self.items else {}
        return {
            "name": self.name,
            "status": self.status,
            "seconds": round(self.seconds, 3),
            "inputs": dict(self.inputs),
            "outputs": dict(self.outputs),
            "error": self.error,
            "notices": list(self.notices),
            **items,
        }


@dataclass(frozen=True, slots=True)
class RunResult:
    """How a run went; `steps` in the order of the plan."""

    run: str
    pipeline: str
    commit: str
    dirty: bool
    status: str
    seconds: float
    steps: tuple[StepResult, ...]
    left_out: tuple[str, ...] = ()

    @property
    def succeeded(self) -> bool:
        return self.status == SUCCEEDED

    @property
    def is_unreachable(self) -> bool:
        """Whether the run failed, and for no other reason than parts that did not answer: later it may succeed."""
        failed = [step for step in self.steps if step.status == FAILED]
        return self.status == FAILED and bool(failed) and all(step.is_unreachable for step in failed)

    def to_json(self) -> dict[str, Any]:
        """The shape `jeyn.run/1`."""
        return {
            "schema": "jeyn.run/1",
            "run": self.run,
            "pipeline": self.pipeline,
            "commit": self.commit,
            "dirty": self.dirty,
            "left_out": list(self.left_out),
            "status": self.status,
            "seconds": round(self.seconds, 3),
            "steps": [step.to_json() for step in self.steps],
        }

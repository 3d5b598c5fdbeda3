"""How a run went."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SUCCEEDED = "succeeded"
FAILED = "failed"
CANCELLED = "cancelled"
RAN = "ran"
REUSED = "reused"
SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class StepResult:
    """How one step went: ran, reused, failed, skipped or cancelled. Inputs and outputs are references by name.

    `is_unreachable` tells of a failed one that a part which it needs did not answer: that is not its own fault.
    """

    name: str
    status: str
    seconds: float = 0.0
    inputs: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    error: str = ""
    notices: tuple[str, ...] = ()
    is_unreachable: bool = False


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
            "steps": [
                {
                    "name": step.name,
                    "status": step.status,
                    "seconds": round(step.seconds, 3),
                    "inputs": dict(step.inputs),
                    "outputs": dict(step.outputs),
                    "error": step.error,
                }
                for step in self.steps
            ],
        }

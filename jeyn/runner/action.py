"""The action: what a step would compute, as one key. Equal keys mean equal results, if the step is deterministic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from jeyn.formulas.listing import ListedObject
from jeyn.model.artefact import StepInput
from jeyn.model.codec import Json, canonical, digest, encode
from jeyn.model.plan import PlannedStep
from jeyn.model.types import Value
from jeyn.runner.runtime import runtime_digest, threads_of
from jeyn.stores import definitions
from jeyn.stores.targets import target


def action_key(
    step: PlannedStep,
    inputs: Mapping[str, StepInput],
    parameters: Mapping[str, Value | None],
    objects: Sequence[ListedObject],
    code: Mapping[str, str],
) -> str:
    """64 hexadecimal digits that cover code, inputs, parameters, definitions, listed objects and runtime.

    `code` holds the digests of the files that the step reaches, by path.
    """
    reads: dict[str, Json] = {
        one.name: encode(definitions.catalog(one.catalog)) for one in step.inputs if one.catalog is not None
    }
    action: Json = {
        "format": "jeyn.action/1",
        "function": step.function,
        "code": dict(code),
        "inputs": {name: read.digest for name, read in inputs.items()},
        "parameters": {name: encode(value) for name, value in parameters.items()},
        "reads": reads,
        "outputs": {output.name: target(output).meaning for output in step.outputs},
        "objects": [[one.url, one.bytes, one.etag] for one in objects],
        "runtime": runtime_digest(threads_of(step)),
    }
    return digest(canonical(action)).removeprefix("sha256:")

"""Whether what a function returned is what its step gives."""

from __future__ import annotations

from collections.abc import Mapping

from jeyn.errors import StepError
from jeyn.model.artefact import Entry
from jeyn.stores.saved import Saved
from jeyn.stores.steps import StepOutputs


def own_outputs(result: StepOutputs, prefix: str) -> dict[str, Saved]:
    """What a function returned, by output; StepError where an output is not what was saved for it."""
    outputs: dict[str, Saved] = {}
    for name in result.names:
        value = getattr(result, name)
        if not isinstance(value, Saved):
            raise StepError(
                f"the output `{name}` is {type(value).__name__}, which is not saved",
                "return what a store's save returned",
            )
        if value.entry.id != f"{prefix}/{name}":
            raise StepError(
                f"the output `{name}` is {value.entry.id}, which was saved as something else",
                f'save it with output="{name}" in this step',
            )
        outputs[name] = value
    return outputs


def check_drafts(name: str, entry: Entry, outputs: Mapping[str, Saved], prefix: str) -> None:
    """StepError if an entry refers to a draft of this step that is not an output, or to an older one of it."""
    there = {saved.entry.id: saved.digest for saved in outputs.values()}
    for edge in entry.relationships:
        if edge.entry.startswith(f"{prefix}/") and there.get(edge.entry) != edge.digest:
            raise StepError(
                f"the output `{name}` refers to something that this step saved and did not output",
                "output it too, or refer to what is output",
            )

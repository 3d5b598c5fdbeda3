"""Where an artefact is going: the definition that it conforms to, and the stream that it is recorded in."""

from __future__ import annotations

from dataclasses import dataclass

from jeyn.errors import StepError
from jeyn.model.artefact import BATCH, CHECKPOINT, REPORT
from jeyn.model.codec import Json, canonical, definition_digest, digest, encode
from jeyn.model.definitions import DataCatalog, DatasetFormula, MLUseCase
from jeyn.model.names import Pin, is_name
from jeyn.model.plan import PlannedOutput
from jeyn.ports.blobs import BlobStore
from jeyn.stores import definitions


@dataclass(frozen=True, slots=True)
class Target:
    """A place for one artefact.

    `definition` is `NAME@VERSION`, `meaning` the digest of what it means, `whole` everything that is needed to read
    the artefact without the repository.
    """

    output: str
    kind: str
    stream: str
    definition: str
    meaning: str
    whole: bytes
    catalog: DataCatalog | None = None
    use_case: MLUseCase | None = None

    def keep_definition(self, blobs: BlobStore) -> str:
        """Save the whole definition as a blob, unless it is there, and return its digest."""
        whole = digest(self.whole)
        if not blobs.exists(whole):
            with blobs.writer() as writer:
                writer.write(self.whole)
                writer.commit("definition.json")
        return whole


def batch_target(output: str, pin: Pin) -> Target:
    """The next batch of a formula."""
    formula = definitions.formula(pin)
    catalog = definitions.catalog(formula.catalog)
    return _defined(output, BATCH, formula, (catalog,), catalog=catalog)


def checkpoint_target(output: str, pin: Pin) -> Target:
    """The next checkpoint of a use case."""
    use_case = definitions.use_case(pin)
    catalogs = (definitions.catalog(use_case.inputs), definitions.catalog(use_case.outputs))
    return _defined(output, CHECKPOINT, use_case, catalogs, use_case=use_case)


def report_target(output: str, name: str) -> Target:
    """The next report of a name; StepError if it cannot be a name."""
    if not is_name(name):
        raise StepError(f"{name!r} cannot be the name of a report", "use lower-case letters, digits and hyphens")
    whole = canonical({"kind": "Report", "name": name})
    return Target(output, REPORT, name, name, digest(whole), whole)


def target(planned: PlannedOutput) -> Target:
    """Where an output of a step goes."""
    if planned.kind == REPORT:
        return report_target(planned.name, planned.report)
    assert planned.definition is not None, "batches and checkpoints have a definition"
    make = batch_target if planned.kind == BATCH else checkpoint_target
    return make(planned.name, planned.definition)


def _defined(
    output: str,
    kind: str,
    definition: DatasetFormula | MLUseCase,
    catalogs: tuple[DataCatalog, ...],
    catalog: DataCatalog | None = None,
    use_case: MLUseCase | None = None,
) -> Target:
    known = {one.pin: one for one in catalogs}
    whole: Json = {"definition": encode(definition), "catalogs": [encode(one) for one in known.values()]}
    return Target(
        output=output,
        kind=kind,
        stream=definition.name,
        definition=f"{definition.name}@{definition.version}",
        meaning=definition_digest(definition, known),
        whole=canonical(whole),
        catalog=catalog,
        use_case=use_case,
    )

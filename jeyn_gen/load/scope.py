"""What the checks across documents share: looking definitions up, and reporting what is not there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TypeVar

from jeyn.model.artefact import BATCH, CHECKPOINT
from jeyn.model.definitions import (
    DataCatalog,
    DatasetFormula,
    Definition,
    Definitions,
    MLUseCase,
)
from jeyn.model.inclusion import gaps
from jeyn.model.names import Pin
from jeyn.model.spelling import surely
from jeyn_gen.diagnostics.codes import made
from jeyn_gen.diagnostics.finding import Edit, Finding
from jeyn_gen.load.documents import Document, Key, Place
from jeyn_gen.load.fields import suggestion
from jeyn_gen.load.mending import meant, rewritten

T = TypeVar("T")


class Scope:
    """All definitions that could be read, and where they stand: `documents` are the files that hold them.

    `claims` are kind and pin of documents that could not be read whole. A lookup that meets one gives None without
    a finding, since the real mistake is reported there.
    """

    def __init__(
        self,
        definitions: Definitions,
        claims: frozenset[tuple[str, str]],
        findings: list[Finding],
        documents: Mapping[Key, Document],
    ) -> None:
        self.definitions = definitions
        self._claims = claims
        self._findings = findings
        self._hints: dict[tuple[str, Pin], tuple[str, Edit | None]] = {}
        self._documents = documents

    def document(self, definition: Definition) -> Document:
        """The file that holds a definition."""
        return self._documents[type(definition).__name__, definition.pin]

    def report(self, place: Place, code: str, message: str, fix: str = "", edit: Edit | None = None) -> None:
        """Add a finding; without a `fix` the code's own is given."""
        self._findings.append(made(place.location, code, message, fix, edit))

    def catalog(self, pin: Pin | None, place: Place) -> DataCatalog | None:
        return self._find(self.definitions.catalogs, "DataCatalog", pin, place)

    def formula(self, pin: Pin | None, place: Place) -> DatasetFormula | None:
        return self._find(self.definitions.formulas, "DatasetFormula", pin, place)

    def use_case(self, pin: Pin | None, place: Place) -> MLUseCase | None:
        return self._find(self.definitions.use_cases, "MLUseCase", pin, place)

    def catalog_of(self, formula: Pin) -> DataCatalog | None:
        """The catalog of a formula, or None where that is reported elsewhere."""
        found = self.definitions.formulas.get(formula)
        return self.definitions.catalogs.get(found.catalog) if found else None

    @cached_property
    def recorded(self) -> Mapping[str, Sequence[tuple[str, Pin]]]:
        """What owns a stream, by its name: formulas as what they make, batches, then use cases, checkpoints."""
        found: defaultdict[str, list[tuple[str, Pin]]] = defaultdict(list)
        for kind, table in ((BATCH, self.definitions.formulas), (CHECKPOINT, self.definitions.use_cases)):
            for pin in table:
                found[pin.name].append((kind, pin))
        return found

    @cached_property
    def reports(self) -> frozenset[str]:
        """The streams of reports."""
        pipelines = self.definitions.pipelines.values()
        return frozenset(output.report for one in pipelines for step in one.steps for output in step.outputs)

    def is_claimed(self, kind: str, pin: Pin) -> bool:
        """Whether a document that could not be read whole calls itself so."""
        return (kind, str(pin)) in self._claims or (kind, f"{pin.name}@") in self._claims

    def check_inclusion(self, producer: DataCatalog, consumer: DataCatalog, place: Place, code: str, edge: str) -> None:
        """Report every feature for which `producer` cannot be read as `consumer`."""
        for feature, reason in gaps(producer, consumer):
            self.report(
                place,
                code,
                f"{edge}: {producer.pin} cannot be read as {consumer.pin}: feature `{feature}` {reason}",
                f"change `{feature}` in {self.document(producer).path} or in {self.document(consumer).path}",
            )
        if producer is consumer:
            return
        deprecated = {feature.name for feature in producer.features if feature.deprecated}
        for wanted in consumer.features:
            if wanted.name in deprecated:
                self.report(place, "JYN502", f"{edge}: feature `{wanted.name}` of {producer.pin} is deprecated")

    def _find(self, table: Mapping[Pin, T], kind: str, pin: Pin | None, place: Place) -> T | None:
        if pin is None:
            return None
        if pin in table:
            return table[pin]
        if not self.is_claimed(kind, pin):
            self._report_dangling(table, kind, pin, place)
        return None

    def _report_dangling(self, table: Mapping[Pin, T], kind: str, pin: Pin, place: Place) -> None:
        if (kind, pin) not in self._hints:  # what many documents refer to, each of them misses
            edit = self._respelt(table, kind, pin)
            self._hints[kind, pin] = meant(edit) or self._hint(table, kind, pin), edit
        self.report(place, "JYN201", f"there is no {kind} {pin}", *self._hints[kind, pin])

    def _hint(self, table: Mapping[Pin, T], kind: str, pin: Pin) -> str:
        lines = sorted(known.line for known in table if known.name == pin.name)
        if lines:
            return f"did you mean `{pin.name}@{lines[-1]}`?"
        hint = suggestion(str(pin), [str(known) for known in table])
        others = (("DataCatalog", self.definitions.catalogs), ("DatasetFormula", self.definitions.formulas))
        for other, known in others:
            if other != kind and pin in known and not hint:
                hint = f"{pin} is a {other}; name a {kind}"
        return hint

    def _respelt(self, table: Mapping[Pin, T], kind: str, pin: Pin) -> Edit | None:
        near = self.nearest_name(pin.name, table, (kind,))
        return rewritten(str(pin), f"{near}@{pin.line}") if Pin(near, pin.line) in table else None

    def nearest_name(self, name: str, table: Iterable[Pin], kinds: Iterable[str]) -> str:
        """The one name of a definition that can have been meant, or nothing; those that could not be read count too."""
        names = {pin.name for pin in table}
        names |= {claim.partition("@")[0] for kind, claim in self._claims if kind in kinds}
        is_known = name in names or any(definition.name == name for definition in self.definitions)
        return "" if is_known else surely(name, names)

"""A whole project: all documents read, all references resolved, all findings at once."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jeyn.model.definitions import KINDS, Definitions, Pipeline
from jeyn.model.deployment import NOWHERE, Deployments
from jeyn.model.names import Pin, Version
from jeyn.model.plan import Plan
from jeyn_gen.diagnostics.codes import made
from jeyn_gen.diagnostics.finding import Finding, in_order
from jeyn_gen.load.deployment_checks import check_deployments
from jeyn_gen.load.deployments import read_deployments
from jeyn_gen.load.documents import Document, Key
from jeyn_gen.load.formula_checks import check_formulas, check_use_cases
from jeyn_gen.load.functions import FunctionFinder
from jeyn_gen.load.generated_imports import check_generated_imports
from jeyn_gen.load.held import Held, Table
from jeyn_gen.load.pipeline_checks import PipelineChecker
from jeyn_gen.load.reading import read_documents
from jeyn_gen.load.scope import Scope
from jeyn_gen.load.trigger_checks import check_triggers


@dataclass(frozen=True, slots=True)
class Project:
    """What a project's documents say. `plans` holds the pipelines that could be resolved whole."""

    root: Path
    documents: tuple[Document, ...]
    definitions: Definitions
    plans: dict[Pin, Plan]
    findings: tuple[Finding, ...]
    deployments: Deployments = NOWHERE

    @property
    def forms(self) -> dict[Pin, bytes]:
        """The canonical form of each catalog, whose value need not be there for it."""
        keyed = [(document.key, document.held) for document in self.documents]
        return {key[1]: held.form for key, held in keyed if held is not None and key and key[0] == "DataCatalog"}


def load_project(root: Path, state: Path | None = None) -> Project:
    """Read and check the documents below `root`, as they stand in the working tree.

    `state`: the folder where what was read is kept, so that it need not be read again.
    """
    with _no_collection():
        documents, findings = read_documents(root, state)
        return resolve(root, documents, findings, state)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Without looking for cycles: reading makes many objects that stay, and a quarter of its time went into that."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def resolve(root: Path, documents: Iterable[Document], findings: list[Finding], state: Path | None = None) -> Project:
    """Check documents against each other and against the source of their functions. `state` as above."""
    documents = tuple(documents)
    definitions, firsts = _definitions(documents, findings)
    scope = Scope(definitions, _claims(documents), findings, firsts)
    finder = FunctionFinder(root, state)
    _check_shared_names(documents, findings)
    check_use_cases(scope)
    check_formulas(scope, finder)
    checker = PipelineChecker(scope, finder)
    check_triggers(scope)
    plans = {pin: plan for pin, pipeline in scope.definitions.pipelines.items() if (plan := checker.plan(pipeline))}
    if all(document.held is not None for document in documents):  # else what is missing may be one of the others
        check_generated_imports(scope.definitions, finder, findings)
    finder.keep()
    deployments = read_deployments(root, findings)
    check_deployments(root, scope, plans, deployments)
    return Project(root, documents, scope.definitions, plans, tuple(in_order(findings)), deployments)


def _definitions(documents: Iterable[Document], findings: list[Finding]) -> tuple[Definitions, dict[Key, Document]]:
    """The definitions, and the file that holds each: of two alike the first."""
    tables: dict[str, dict[Pin, Held[Any]]] = {kind: {} for kind in KINDS}
    firsts: dict[Key, Document] = {}
    for document in documents:
        if document.held is None or document.key is None:
            continue
        kind, pin = document.key
        first = firsts.setdefault(document.key, document)
        if first is document:
            tables[kind][pin] = document.held
        else:
            message = f"{kind} {pin} is defined in {first.path} too"
            findings.append(made(document.at("name").location, "JYN202", message))
    found = Definitions(
        catalogs=Table(tables["DataCatalog"]),
        formulas=Table(tables["DatasetFormula"]),
        use_cases=Table(tables["MLUseCase"]),
        pipelines=Table(tables["Pipeline"]),
    )
    return found, firsts


def _claims(documents: Iterable[Document]) -> frozenset[tuple[str, str]]:
    """Kind and pin of the documents that could not be read whole: a reference to them is not dangling."""
    claims: set[tuple[str, str]] = set()
    for document in documents:
        if document.held is None and document.claims is not None:
            kind, name, version = document.claims
            try:
                claims.add((kind, f"{name}@{Version.parse(version).line}"))
            except ValueError:
                claims.add((kind, f"{name}@"))
    return frozenset(claims)


def _check_shared_names(documents: Iterable[Document], findings: list[Finding]) -> None:
    """Formulas, use cases, pipelines and reports own streams, and share one space of names."""
    owners: dict[str, tuple[str, str]] = {}
    owned = [(document, key) for document in documents if (key := document.key) and key[0] != "DataCatalog"]
    taken: list[tuple[Document, str, str, tuple[str, ...]]] = [
        (document, kind, pin.name, ("name",)) for document, (kind, pin) in owned
    ]
    for document, (kind, _) in owned:
        if kind == "Pipeline" and isinstance(definition := document.definition, Pipeline):
            taken += [
                (document, "report", output.report, ("steps", step.name, "outputs", output.name, "report"))
                for step in definition.steps
                for output in step.outputs
                if output.report
            ]
    for document, kind, name, keys in taken:
        other, path = owners.setdefault(name, (kind, document.path))
        if other != kind:
            message = f"{name!r} is the name of the {other} in {path} already"
            findings.append(made(document.at(*keys).location, "JYN203", message))

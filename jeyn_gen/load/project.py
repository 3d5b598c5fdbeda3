"""A whole project: all documents read, all references resolved, all findings at once."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from jeyn.model.definitions import DataCatalog, DatasetFormula, Definition, Definitions, MLUseCase, Pipeline
from jeyn.model.deployment import NOWHERE, Deployments
from jeyn.model.names import Pin, Version
from jeyn.model.plan import Plan
from jeyn_gen.diagnostics.codes import made
from jeyn_gen.diagnostics.finding import Finding, in_order
from jeyn_gen.load.deployment_checks import check_deployments
from jeyn_gen.load.deployments import read_deployments
from jeyn_gen.load.documents import Document, read_documents
from jeyn_gen.load.formula_checks import check_formulas, check_use_cases
from jeyn_gen.load.functions import FunctionFinder
from jeyn_gen.load.pipeline_checks import PipelineChecker
from jeyn_gen.load.scope import Scope


@dataclass(frozen=True, slots=True)
class Project:
    """What a project's documents say. `plans` holds the pipelines that could be resolved whole."""

    root: Path
    documents: tuple[Document, ...]
    definitions: Definitions
    plans: dict[Pin, Plan]
    findings: tuple[Finding, ...]
    deployments: Deployments = NOWHERE

    def document(self, definition: Definition) -> Document:
        """The file that holds a definition; KeyError if none does."""
        for document in self.documents:
            if document.definition is definition:
                return document
        raise KeyError(definition.name)


def load_project(root: Path) -> Project:
    """Read and check the documents below `root`, as they stand in the working tree."""
    with _no_collection():
        documents, findings = read_documents(root)
        return resolve(root, documents, findings)


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


def resolve(root: Path, documents: Iterable[Document], findings: list[Finding]) -> Project:
    """Check documents against each other and against the source of their functions."""
    documents = tuple(documents)
    scope = Scope(_definitions(documents, findings), _claims(documents), findings, documents)
    finder = FunctionFinder(root)
    _check_shared_names(documents, findings)
    check_use_cases(scope)
    check_formulas(scope, finder)
    checker = PipelineChecker(scope, finder)
    plans = {pin: plan for pin, pipeline in scope.definitions.pipelines.items() if (plan := checker.plan(pipeline))}
    deployments = read_deployments(root, findings)
    check_deployments(scope, plans, deployments)
    return Project(root, documents, scope.definitions, plans, tuple(in_order(findings)), deployments)


def _definitions(documents: Iterable[Document], findings: list[Finding]) -> Definitions:
    found = Definitions({}, {}, {}, {})
    tables: dict[type[Definition], dict[Pin, Definition]] = {
        DataCatalog: found.catalogs,  # type: ignore[dict-item]  # each table holds the values of its key
        DatasetFormula: found.formulas,  # type: ignore[dict-item]  # likewise
        MLUseCase: found.use_cases,  # type: ignore[dict-item]  # likewise
        Pipeline: found.pipelines,  # type: ignore[dict-item]  # likewise
    }
    firsts: dict[tuple[type[Definition], Pin], Document] = {}
    for document in documents:
        definition = document.definition
        if definition is None:
            continue
        first = firsts.setdefault((type(definition), definition.pin), document)
        if first is document:
            tables[type(definition)][definition.pin] = definition
        else:
            message = f"{type(definition).__name__} {definition.pin} is defined in {first.path} too"
            findings.append(made(document.at("name").location, "JYN202", message))
    return found


def _claims(documents: Iterable[Document]) -> frozenset[tuple[str, str]]:
    """Kind and pin of the documents that could not be read whole: a reference to them is not dangling."""
    claims: set[tuple[str, str]] = set()
    for document in documents:
        if document.definition is None and document.claims is not None:
            kind, name, version = document.claims
            try:
                claims.add((kind, f"{name}@{Version.parse(version).line}"))
            except ValueError:
                claims.add((kind, f"{name}@"))
    return frozenset(claims)


def _check_shared_names(documents: Iterable[Document], findings: list[Finding]) -> None:
    """Formulas, use cases, pipelines and reports own streams, and share one space of names."""
    owners: dict[str, tuple[str, str]] = {}
    owned = [
        (document, definition, definition.name, ("name",))
        for document in documents
        if (definition := document.definition) is not None and not isinstance(definition, DataCatalog)
    ]
    taken: list[tuple[Document, str, str, tuple[str, ...]]] = [
        (document, type(definition).__name__, name, keys) for document, definition, name, keys in owned
    ]
    for document, definition, _, _ in owned:
        if isinstance(definition, Pipeline):
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

"""A catalog as the document that a person goes on with: features, and above each what was seen of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from jeyn.errors import AskError
from jeyn.model.definitions import DataCatalog
from jeyn.model.names import Version
from jeyn.model.types import Constraints, Feature, List, Scalar, Struct, Tensor, item_of
from jeyn_gen.diagnostics.finding import Finding
from jeyn_gen.infer.drafts import Draft, drafted
from jeyn_gen.infer.survey import Survey
from jeyn_gen.infer.yaml_text import flow, opened, pair, quoted, text
from jeyn_gen.load.documents import read_document

_STEP = "  "


@dataclass(frozen=True, slots=True)
class Inferred:
    """A catalog and its document."""

    catalog: DataCatalog
    text: str


def inferred(survey: Survey, name: str, version: Version, *, constrained: bool) -> Inferred:
    """The catalog that holds all that was seen. `constrained`: and nothing beyond it, as far as rules can say that.

    AskError for what no document can hold: too many features, or nested too deep.
    """
    drafts = [drafted(column, seen, constrained=constrained) for column, seen in survey.columns.items()]
    catalog = DataCatalog(name, version, tuple(draft.feature for draft in drafts))
    lines = [*_head(survey, constrained=constrained), "kind: DataCatalog", f"name: {text(name)}", f"version: {version}"]
    lines += ["features:"]
    for draft in drafts:
        lacking = survey.lacking.get(draft.feature.name)
        notes = [f"not in {_named(lacking)}"] if lacking else []
        lines += _indented(_entry(Draft(draft.feature, (*draft.notes, *notes), draft.children)))
    written = "\n".join(lines) + "\n"
    _check(catalog, written)
    return Inferred(catalog, written)


def _check(catalog: DataCatalog, written: str) -> None:
    findings: list[Finding] = []
    document = read_document(f"{catalog.name}.yaml", written, findings)
    if findings:
        message = f"the catalog would be no document: {findings[0].message}"
        raise AskError(message, "infer it from files with fewer columns, or with less in each")
    assert document.definition == catalog, "what is written is what was meant"


def _head(survey: Survey, *, constrained: bool) -> Iterable[str]:
    rows = f"{survey.rows:,} row{'' if survey.rows == 1 else 's'}"
    first = f", of each file the first {survey.sample:,}" if survey.sample is not None else ""
    yield f"# Inferred from {rows}{first}: {_named(survey.files)}."
    if constrained:
        yield "# The rules are what was seen; widen what may be wider, and remove what is chance."
    else:
        yield "# What stands in comments was seen, and is no rule yet. Edit this: it is yours."


def _named(files: Sequence[str]) -> str:
    shown = [quoted(path)[1:-1] for path in files[:3]]
    return ", ".join(shown) + (f" and {len(files) - 3:,} more" if len(files) > 3 else "")


def _entry(draft: Draft) -> list[str]:
    """A feature or field under its name."""
    comments = [f"# {note}" for note in draft.notes]
    if not draft.children:
        return [*comments, *pair(draft.feature.name, flow(_keys(draft.feature)))]
    return [*comments, *opened(draft.feature.name), *_indented(_composite(draft))]


def _composite(draft: Draft) -> list[str]:
    """The keys of a struct or list, on lines of their own."""
    rules = [f"{key}: {flow(value)}" for key, value in _rules(draft.feature.constraints).items()]
    if isinstance(draft.feature.type, Struct):
        fields = [line for child in draft.children for line in _entry(child)]
        return [*rules, "struct:", *_indented(fields)]
    (item,) = draft.children
    comments = [f"# {note}" for note in item.notes]
    if not item.children:
        return [*rules, *comments, f"list: {flow(_keys(item.feature))}"]
    return [*rules, *comments, "list:", *_indented(_composite(item))]


def _keys(feature: Feature) -> dict[str, Any]:
    """The keys of a feature that is no struct and no list."""
    assert not isinstance(feature.type, Struct | List), "those have children"
    held: dict[str, Any] = {**_scalar(item_of(feature.type))}
    if isinstance(feature.type, Tensor):
        held["shape"] = list(feature.type.shape)
    return {**held, **_rules(feature.constraints)}


def _scalar(kind: Scalar) -> dict[str, Any]:
    held: dict[str, Any] = {"dtype": kind.dtype}
    if kind.timezone:
        held["timezone"] = kind.timezone
    return {**held, "precision": kind.precision, "scale": kind.scale} if kind.precision else held


def _rules(rules: Constraints) -> dict[str, Any]:
    held = {key: getattr(rules, key) for key in Constraints.__dataclass_fields__}
    return {key: value for key, value in held.items() if value is not None and value is not False}


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"{_STEP}{line}" for line in lines]

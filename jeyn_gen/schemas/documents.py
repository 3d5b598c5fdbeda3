"""The schemas of whole documents, each of one kind or of any, and the files that hold them."""

from __future__ import annotations

import json
from collections.abc import Callable

from jeyn.model.definitions import KINDS
from jeyn_gen.diagnostics.codes import CODES, OF_CHANGES
from jeyn_gen.schemas import features
from jeyn_gen.schemas.forms import WORDS, Schema, about, choice, fields, has, list_of, when
from jeyn_gen.schemas.patterns import NAME, NOT_BLANK, VERSION
from jeyn_gen.schemas.recipes import FORMULA, USE_CASE
from jeyn_gen.schemas.steps import PIPELINE

DIALECT = "https://json-schema.org/draft/2020-12/schema"
#: The name of the schema for documents of any kind.
ANY = "Document"

_WAIVER = fields(
    {
        "code": about(choice(*(code for code in CODES if code.startswith(OF_CHANGES))), "What `jeyn breaking` says."),
        "subject": about(WORDS, "Of what it says it, such as features.label."),
        "version": about(VERSION, "The version of the document that it is accepted in."),
        "reason": about({**WORDS, "pattern": NOT_BLANK}, "Why it is accepted; not blank."),
    },
    *("code", "subject", "version", "reason"),
    title="a waiver",
)
_COMMON: dict[str, Schema] = {
    "name": about(NAME, "Lower-case letters, digits and hyphens, at most 63; unique within kind and major version."),
    "version": about(VERSION, "A semantic version, such as 1.0.0."),
    "description": about(WORDS, "What it is, for people."),
    "waivers": about(list_of(_WAIVER), "Findings about a change that its authors accept, each with a reason."),
}
_CATALOG: dict[str, Schema] = {"features": about(features.features(), "What it holds, by name; any text names one.")}
_OWN: dict[str, tuple[str, dict[str, Schema], tuple[str, ...]]] = {
    "DataCatalog": ("The schema of an input or output: named features.", _CATALOG, ("features",)),
    "DatasetFormula": ("The recipe of a dataset.", FORMULA, ("catalog", "recipe")),
    "MLUseCase": ("Checkpoints that are used the same way.", USE_CASE, ("inputs", "outputs")),
    "Pipeline": ("A DAG of functions with typed inputs and outputs.", PIPELINE, ("steps",)),
}
#: What the schemas of kinds refer to, where they do.
_DEFINITIONS: dict[str, Callable[[], dict[str, Schema]]] = {
    "DataCatalog": features.feature_definitions,
    "Pipeline": features.parameter_definitions,
}

assert set(_OWN) == set(KINDS), "every kind has a schema"


def document_schema(kind: str | None = None) -> Schema:
    """The schema of the documents of a kind, or of all of them, told apart by `kind`; KeyError for another."""
    if kind is not None:
        held = {"$defs": _DEFINITIONS[kind]()} if kind in _DEFINITIONS else {}
        return {"$schema": DIALECT, **_document(kind), **held}
    told = {"kind": about(choice(*KINDS), "What the document is.")}
    cases = [when(has(kind=kind), {"$ref": f"#/$defs/{kind}"}) for kind in KINDS]
    return {
        "$schema": DIALECT,
        "title": "A document of a Jeyn project",
        "type": "object",
        "properties": told,
        "required": ["kind"],
        "allOf": cases,
        "$defs": {**{kind: _document(kind) for kind in KINDS}, **features.feature_definitions()},
    }


def schema_files() -> dict[str, str]:
    """The text of each schema, by the name of the file beside this module that holds it."""
    schemas = {ANY: document_schema(), **{kind: document_schema(kind) for kind in KINDS}}
    return {f"{name}.json": as_text(schema) for name, schema in schemas.items()}


def as_text(schema: Schema) -> str:
    """A schema as people read it, and editors."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _document(kind: str) -> Schema:
    description, own, needed = _OWN[kind]
    known = {"kind": about({"const": kind}, "What the document is."), **_COMMON, **own}
    return fields(known, "kind", "name", "version", *needed, title=f"a {kind}", description=description)

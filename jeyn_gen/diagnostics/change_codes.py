"""What the codes of changes say: 601 to 607 of any document, 610 to 645 of catalogs, then of formulas, use cases and
pipelines, also 608 and 609; as all of these are taken, later ones are from 901. What each needs of the version stands
with its rule, in `jeyn_gen.change`.

An example shows the line before and after, with `->` between them. Like the other codes, none is ever reused, and the
rows are one table for each kind, longer than modules should be, because they are read beside each other.
"""

from __future__ import annotations

from jeyn_gen.diagnostics.catalog_change_codes import CATALOG_CHANGE_CODES
from jeyn_gen.diagnostics.code import Code
from jeyn_gen.diagnostics.finding import WARNING
from jeyn_gen.diagnostics.pipeline_change_codes import EARLY_PIPELINE_CHANGE_CODES, PIPELINE_CHANGE_CODES

_OF_DOCUMENTS = (
    Code(
        "JYN601",
        "the version is lower than it was",
        "A version that was there already would mean something else than it did.",
        "version: 1.2.0 -> version: 1.1.0",
        "Raise the version; `jeyn bump` writes the one that is needed.",
    ),
    Code(
        "JYN602",
        "the version is raised more than needed",
        "A new major, or a new minor of 0, asks every consumer to move, here for a change that breaks none of them.",
        "version: 1.2.0 -> version: 2.0.0   # and a feature that may be null is added",
        "Raise the version as the change needs, or leave it if there is a reason that no rule knows.",
        WARNING,
    ),
    Code(
        "JYN603",
        "the version is raised, and nothing has changed",
        "Whoever compares the two versions looks for a change that is not there.",
        "version: 1.2.0 -> version: 1.2.1",
        "Leave the version as it was.",
        WARNING,
    ),
    Code(
        "JYN604",
        "a definition is gone",
        "Nothing here uses it any more; what was recorded with it stays recorded, and others may still read that.",
        "git rm catalogs/readings.yaml",
        "See that nobody outside this repository needs it.",
        WARNING,
    ),
    Code(
        "JYN605",
        "a waiver that waives nothing",
        "A waiver excuses one finding of its code and subject, while the document has the waiver's version. One that"
        " excuses nothing hides what will be found there some day.",
        'waivers: [{code: JYN610, subject: features.label, version: 1.2.0, reason: "…"}]',
        "Remove it, or correct its code, subject or version.",
    ),
    Code(
        "JYN606",
        "a description is worded otherwise",
        "What people read has changed, and nothing else: a patch.",
        "description: Readings. -> description: Readings of all halls.",
        "Raise the patch.",
    ),
    Code(
        "JYN607",
        "the same is written in another way",
        "The order of what stands below a key, and how a constraint is spelled, mean nothing: a patch.",
        "a: {dtype: int8, minimum: 1} -> a: {dtype: int8, exclusive_minimum: 0}",
        "Raise the patch, or write it as it was.",
    ),
)
_OF_FORMULAS = (
    Code(
        "JYN646",
        "a formula's batches conform to another catalog",
        "Whoever reads the batches expects the features of the catalog that was pinned.",
        "catalog: readings@1 -> catalog: readings@2",
        "Raise the major, so that consumers move when they are ready.",
    ),
    Code(
        "JYN647",
        "a recipe of another kind",
        "Batches are made in another way: their form stays, their values may differ.",
        "recipe: {files: …} -> recipe: {python: …}",
        "Raise the minor.",
    ),
    Code(
        "JYN648",
        "a recipe runs another function",
        "Batches keep their form, but another function makes their values.",
        "function: pipelines.halls:clean -> function: pipelines.halls:clean_all",
        "Raise the minor.",
    ),
    Code(
        "JYN649",
        "a recipe's function has moved",
        "A function of the same name in another module may be the same code, or another.",
        "function: pipelines.halls:clean -> function: pipelines.cleaning:clean",
        "Raise the minor.",
    ),
    Code(
        "JYN650",
        "a recipe reads another input",
        "Batches keep their form, but their values depend on more.",
        "inputs: {a: readings@1} -> inputs: {a: readings@1, b: halls@1}",
        "Raise the minor.",
    ),
    Code(
        "JYN651",
        "a recipe no longer reads an input",
        "Batches keep their form, but their values no longer depend on it.",
        "inputs: {a: readings@1, b: halls@1} -> inputs: {a: readings@1}",
        "Raise the minor.",
    ),
    Code(
        "JYN652",
        "an input of a recipe is another formula",
        "Batches keep their form, but their values come from other batches.",
        "inputs: {a: readings@1} -> inputs: {a: readings@2}",
        "Raise the minor.",
    ),
    Code(
        "JYN653",
        "the inputs of a composite stand in another order",
        "A left join keeps the rows of its first input, so the order decides which rows there are.",
        "inputs: {a: readings@1, b: halls@1} -> inputs: {b: halls@1, a: readings@1}",
        "Raise the minor, or restore the order.",
    ),
    Code(
        "JYN654",
        "a composite is joined on other keys",
        "Other rows belong to each other.",
        "on: [hall] -> on: [hall, day]",
        "Raise the minor.",
    ),
    Code(
        "JYN655",
        "a composite is joined in another way",
        "Rows without a match appear or disappear.",
        "how: inner -> how: left",
        "Raise the minor.",
    ),
    Code(
        "JYN656",
        "other batches are passed through the model",
        "Batches keep their form, but their values come from other batches.",
        "batch: readings@1 -> batch: readings@2",
        "Raise the minor.",
    ),
    Code(
        "JYN657",
        "batches are passed through another use case's model",
        "Batches keep their form, but another kind of model makes their values.",
        "checkpoint: guesser@1 -> checkpoint: guesser@2",
        "Raise the minor.",
    ),
    Code(
        "JYN658",
        "files are read in another format",
        "The same bytes read in another format give other values, or none.",
        "format: csv -> format: parquet",
        "Raise the minor.",
    ),
    Code(
        "JYN659",
        "files are read from another place",
        "Where files lie is configuration, and what was read is recorded with each batch: a patch.",
        "url: data/*.csv -> url: data/halls/*.csv",
        "Raise the patch.",
    ),
    Code(
        "JYN660",
        "a model is handed slices of another size",
        "The size of a slice decides about memory and time, not about what a batch is: a patch.",
        "rows: 65536 -> rows: 1024",
        "Raise the patch.",
    ),
)
_OF_USE_CASES = (
    Code(
        "JYN661",
        "checkpoints take another catalog",
        "A checkpoint of either version cannot be given what one of the other takes.",
        "inputs: readings@1 -> inputs: readings@2",
        "Raise the major, so that models and their users move together.",
    ),
    Code(
        "JYN662",
        "checkpoints give another catalog",
        "Whoever uses the checkpoints reads features that the new catalog lacks or has otherwise.",
        "outputs: guesses@1 -> outputs: guesses@2   # which has another dtype",
        "Raise the major, or pin a catalog that includes the old one.",
    ),
    Code(
        "JYN663",
        "checkpoints give more than they did",
        "What the new catalog has can still be read as the old one: a minor.",
        "outputs: guesses@1 -> outputs: detailed-guesses@1   # which has all of it, and more",
        "Raise the minor.",
    ),
    Code(
        "JYN664",
        "checkpoints are kept by another serializer",
        "New checkpoints are other bytes, and loading them may need other packages.",
        "serializer: pickle -> serializer: skops",
        "Raise the minor.",
    ),
    Code(
        "JYN665",
        "a gate is added",
        "It decides what may be promoted from now on, not what a checkpoint is: a patch.",
        "metrics: {} -> metrics: {accuracy: {minimum: 0.9}}",
        "Raise the patch.",
    ),
    Code(
        "JYN666",
        "a gate is tightened",
        "Less may be promoted from now on; what a checkpoint is stays: a patch.",
        "accuracy: {minimum: 0.9} -> accuracy: {minimum: 0.95}",
        "Raise the patch.",
    ),
    Code(
        "JYN667",
        "a gate is loosened",
        "More may be promoted from now on; what a checkpoint is stays: a patch.",
        "accuracy: {minimum: 0.95} -> accuracy: {minimum: 0.9}",
        "Raise the patch, and see in review that this is meant.",
    ),
    Code(
        "JYN668",
        "a gate is removed",
        "More may be promoted from now on; what a checkpoint is stays: a patch.",
        "metrics: {accuracy: {minimum: 0.9}} -> metrics: {}",
        "Raise the patch, and see in review that this is meant.",
    ),
    Code(
        "JYN669",
        "other types are trusted in checkpoints",
        "Loading a trusted type runs its code: a patch, that reviewers should see.",
        "trusted: [] -> trusted: ['sklearn.*']",
        "Raise the patch.",
    ),
    Code(
        "JYN670",
        "another checkpoint is promoted",
        "What is promoted is a fact about checkpoints, not about the use case: it needs no other version.",
        "production: {checkpoint: guesser#1, …} -> production: {checkpoint: guesser#2, …}",
        "Nothing is to be done.",
    ),
)
CHANGE_CODES: tuple[Code, ...] = (
    *_OF_DOCUMENTS,
    *EARLY_PIPELINE_CHANGE_CODES,
    *CATALOG_CHANGE_CODES,
    *_OF_FORMULAS,
    *_OF_USE_CASES,
    *PIPELINE_CHANGE_CODES,
)

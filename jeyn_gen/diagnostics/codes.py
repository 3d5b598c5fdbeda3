"""Every code that a finding can have: what it says, why that is an error, an example, and the fix.

The number of a code is persisted (in waivers, in people's heads): it is never reused for something else.
It is one table, longer than a module should be, because its rows are read beside each other.
"""

from __future__ import annotations

from jeyn_gen.diagnostics.change_codes import CHANGE_CODES
from jeyn_gen.diagnostics.code import Code
from jeyn_gen.diagnostics.deployment_codes import DEPLOYMENT_CODES
from jeyn_gen.diagnostics.finding import WARNING, Edit, Finding, Location

__all__ = ["CODES", "GROUPS", "OF_CHANGES", "Code", "made"]

_MOST = 600  # characters of a message; texts of any length can be part of one


#: What the codes that begin so are about.
GROUPS = {
    "JYN1": "One document by itself",
    "JYN2": "Documents together",
    "JYN3": "Edges",
    "JYN4": "Functions",
    "JYN5": "Warnings",
    "JYN6": "Changes",
    "JYN7": "Generated files",
    "JYN8": "Deployment",
    "JYN9": "Changes, continued",
}
#: How the codes begin that `jeyn breaking` has: the first hundred are used up.
OF_CHANGES = ("JYN6", "JYN9")

CODES: dict[str, Code] = {
    row.code: row
    for row in (
        # 1xx: GROUPS["JYN1"], and so on
        Code(
            "JYN101",
            "the file is not YAML",
            "Nothing can be read from a file whose syntax is broken, so nothing else in it is checked.",
            "features: {pixels: {dtype: float32}",
            "Mend the syntax at the place named; a bracket, a quote or an indentation is the usual cause.",
        ),
        Code(
            "JYN102",
            "the file cannot be read as UTF-8 text",
            "Documents are UTF-8, so that they mean the same on every machine.",
            "name: caf\\xe9",
            "Save the file as UTF-8, and see that it may be read.",
        ),
        Code(
            "JYN103",
            "a key stands twice",
            "YAML readers keep one of the two without a word, so the reader and the writer may mean different things.",
            "name: a\nname: b",
            "Remove or rename one of them.",
        ),
        Code(
            "JYN104",
            "unknown key",
            "A key that nothing reads is a misspelling or a misunderstanding: what it should do would not happen.",
            "features: {pixels: {dtype: float32, minimun: 0}}",
            "Correct its spelling, or remove it.",
        ),
        Code(
            "JYN105",
            "a key is missing",
            "The document cannot be used without it, and Jeyn does not guess.",
            "kind: DataCatalog\nname: digits",
            "Add the key.",
        ),
        Code(
            "JYN106",
            "a value has the wrong type",
            "Scalars are read by the rules of YAML 1.2: `no` is text, `1e3` a number, `0o7` is 7, `1.0` is not an"
            " integer. A value of another type is never converted.",
            "retries: two",
            "Write a value of the type that is expected.",
        ),
        Code(
            "JYN107",
            "a bad name",
            "Names of documents and steps become Kubernetes names and Python modules; names of parameters, inputs and"
            " outputs become Python attributes.",
            "name: Digit_Images",
            "Documents and steps: lower-case letters, digits and hyphens, at most 63, a letter or digit at both ends."
            " Parameters, inputs, outputs: a Python identifier that does not begin with an underscore.",
        ),
        Code(
            "JYN108",
            "a bad version",
            "Versions are semantic versions; references pin their major.",
            "version: 1.0",
            "Write three numbers, such as 1.0.0.",
        ),
        Code(
            "JYN109",
            "a bad reference",
            "A reference names what it means by one of a few forms.",
            "catalog: digit-images",
            "Definitions: NAME@MAJOR (before 1.0: NAME@0.MINOR). Inputs of a step: STEP, STEP.OUTPUT,"
            " NAME@MAJOR#latest or NAME#NUMBER. Functions: package.module:function.",
        ),
        Code(
            "JYN110",
            "unknown kind of document",
            "`kind` tells how the rest of the document is to be read.",
            "kind: Catalog",
            "Write DataCatalog, DatasetFormula, MLUseCase or Pipeline.",
        ),
        Code(
            "JYN111",
            "unknown dtype",
            "A feature's type decides its Python, Arrow and NumPy types.",
            "label: {dtype: int}",
            "Choose one of bool, int8 to int64, uint8 to uint64, float16 to float64, string, bytes, date, timestamp,"
            " duration, decimal.",
        ),
        Code(
            "JYN112",
            "a bad shape",
            "A tensor has at least one axis, each of at least 1, or -1 where it is free; only fixed-width numbers and"
            " booleans fill one.",
            "pixels: {dtype: float32, shape: [8, 0]}",
            "Give the length of each axis, or leave `shape` out for a scalar.",
        ),
        Code(
            "JYN113",
            "a constraint that its type cannot have",
            "A rule that can never be checked gives false comfort.",
            "name: {dtype: string, minimum: 3}",
            "Remove it, or use the one that fits: lengths and pattern for strings, bounds for numbers and times, a time"
            " zone for timestamps, precision and scale for decimals.",
        ),
        Code(
            "JYN114",
            "constraints that contradict each other",
            "No value, or none that the document itself states, could satisfy them.",
            "label: {dtype: int8, minimum: 9, maximum: 0}",
            "Correct the one that is wrong.",
        ),
        Code(
            "JYN115",
            "a pattern that cannot be used",
            "Patterns run in Python, over whole columns in RE2, and in Rust in row classes, and must mean the same to"
            " all: no look-around, no back-references, no other extensions. \\d, \\w, \\s and \\b are ASCII, and $"
            " is the very end.",
            "code: {dtype: string, pattern: '(?<=a)b'}",
            "Write the pattern without what the message names.",
        ),
        Code(
            "JYN117",
            "exactly one of several keys is needed",
            "With none or two of them the document would not say what is meant.",
            "recipe: {}",
            "Keep one of the keys named.",
        ),
        Code(
            "JYN118",
            "the document is too large or too deep",
            "Nesting and aliases can blow up a small file; no document of this convention needs that.",
            "a: &a [*b, *b]",
            "Write the parts out, or split the document.",
        ),
        Code(
            "JYN119",
            "nothing is in it",
            "A catalog without features, a pipeline without steps or an empty file does nothing.",
            "features: {}",
            "Add at least one, or delete the file.",
        ),
        Code(
            "JYN120",
            "a default breaks its own constraint",
            "Every run that does not set the parameter would be refused.",
            "C: {dtype: float64, default: 0, exclusive_minimum: 0}",
            "Change the default or the constraint.",
        ),
        Code(
            "JYN121",
            "a value is not one of those that can stand here",
            "The value has the right type, but it is none that Jeyn knows what to do with.",
            "files: {url: 'data/*.xlsx'}",
            "Use one of the values named.",
        ),
        Code(
            "JYN122",
            "a parameter that is not there",
            "`for_each` sets parameters that the step's function is handed, and `when` asks for those of the run.",
            "for_each: {c: [0.1, 1.0]}   # the pipeline has C",
            "Correct the name, or add the parameter to the pipeline and to what the step takes.",
        ),
        Code(
            "JYN123",
            "a value that its parameter does not take",
            "An item is checked as if it were given on the command line, and a condition could never hold.",
            "for_each: {C: [0.1, -1.0]}   # C: {dtype: float64, exclusive_minimum: 0}",
            "Write a value that the parameter takes, or widen the parameter.",
        ),
        Code(
            "JYN124",
            "something is listed twice",
            "The second would do again what the first has done.",
            "for_each: {C: [0.1, 1.0, 0.1]}",
            "Remove one of them.",
        ),
        Code(
            "JYN125",
            "too many items",
            "A manifest of thousands of items is more than a cluster takes, and more than a review can read.",
            "for_each: {a: [1, 2, …, 40], b: [1, 2, …, 40]}",
            "List them in a report of an earlier step, and name that: for_each: plan.settings.",
        ),
        Code(
            "JYN126",
            "a condition that can never hold",
            "The step would be skipped in every run.",
            "when: {parameters.C: {maximum: 0}}   # C: {dtype: float64, exclusive_minimum: 0}",
            "Correct the bounds, or the parameter's constraints.",
        ),
        Code(
            "JYN127",
            "a span of time that is none, or has no end",
            "Nothing can be done in no time, and what may take over a year has no bound.",
            "timeout: 0s",
            "Write a span from one second to a year, such as 90s, 10m or 1h30m.",
        ),
        Code(
            "JYN128",
            "a schedule that never fires",
            "Its fields are read as Argo Workflows does: minute, hour, day of the month, month, day of the week from 0"
            " for Sunday, without L and #. Of this one no moment is left.",
            'schedule: {cron: "0 0 31 2 *"}',
            "Correct the field named.",
        ),
        Code(
            "JYN129",
            "labels or tolerations that Kubernetes refuses",
            "No node could be found for the step's pod, or the cluster would not take its manifest.",
            "node_selector: {disk type: ssd}",
            "Write them as nodes have them: `kubectl get nodes --show-labels` tells.",
        ),
        # 2xx
        Code(
            "JYN201",
            "a reference to something that is not there",
            "What the document needs does not exist in this project.",
            "catalog: digit-imagse@1",
            "Correct the name or the major version, or add the document.",
        ),
        Code(
            "JYN202",
            "the same definition stands in two files",
            "A kind, name and major version name one definition.",
            "kind: DataCatalog\nname: digits\nversion: 1.1.0   # and another file with digits 1.0.0",
            "Rename one, give it another major version, or delete it.",
        ),
        Code(
            "JYN203",
            "a name is taken by another kind",
            "Formulas, use cases, pipelines and reports own streams, and share one space of names.",
            "kind: Pipeline\nname: digit-images   # which is a formula too",
            "Rename one of them.",
        ),
        Code(
            "JYN204",
            "an input names a step that is not there",
            "Inputs come from steps of the same pipeline, or from the record (NAME@MAJOR#latest).",
            "inputs: {images: scael}",
            "Correct the step's name.",
        ),
        Code(
            "JYN205",
            "an input does not name one output",
            "STEP alone stands for the sole output of a step; a step with several needs STEP.OUTPUT.",
            "inputs: {model: train}   # train gives a checkpoint and a report",
            "Write STEP.OUTPUT with one of the outputs named.",
        ),
        Code(
            "JYN206",
            "steps that wait for each other",
            "In a cycle no step can be the first to run.",
            "a: {inputs: {x: b}}\nb: {inputs: {x: a}}",
            "Remove one of the edges named.",
        ),
        Code(
            "JYN207",
            "formulas that are made from each other",
            "In a cycle no batch could ever be the first.",
            "a reads b@1, and b reads a@1",
            "Remove one of the inputs named.",
        ),
        Code(
            "JYN208",
            "a step names a parameter that the pipeline does not have",
            "Its function would be handed nothing under that name.",
            "parameters: [c]   # the pipeline has C",
            "Correct the name, or add the parameter to the pipeline.",
        ),
        Code(
            "JYN209",
            "something of the wrong kind",
            "A batch, a checkpoint and a report cannot stand for one another.",
            "inputs: {batch: train.checkpoint}",
            "Name something of the kind that is expected.",
        ),
        Code(
            "JYN210",
            "a formula's step does not fit its recipe",
            "The recipe says what the formula reads; the step may only say where each of these comes from.",
            "scale: {formula: scaled@1, inputs: {rwa: ingest}}",
            "Use the recipe's names, and name the step where several could be meant.",
        ),
        Code(
            "JYN211",
            "it is not clear which major version is meant",
            "The stream may hold several majors of this name.",
            "images: digit-images#latest",
            "Write the major: NAME@MAJOR#latest.",
        ),
        Code(
            "JYN212",
            "two things of one step have the same name",
            "Inputs and parameters of a step become arguments of one function, TrainInputs.of(…).",
            "parameters: {images: {dtype: int8}}   # and an input `images`",
            "Rename one of them.",
        ),
        Code(
            "JYN213",
            "many where one is needed",
            "A step with `for_each` gives one of each output for every item. A function of a step reads them all, as a"
            " tuple; a recipe, a list of items and a condition each need one.",
            "fit: {for_each: {C: [0.1, 1.0]}, …}\nguess: {formula: guess@1, inputs: {checkpoint: fit}}",
            "Choose one of them in a step between the two.",
        ),
        Code(
            "JYN214",
            "pipelines that start themselves",
            "A run that makes what it is started by is followed by another, and that by another, for ever.",
            "on: {new-batch: scaled@1}   # and a step that makes scaled@1",
            "Start it by what it reads, not by what it makes.",
        ),
        # 3xx
        Code(
            "JYN301",
            "what is given cannot be read as what is expected",
            "Every edge is checked feature by feature: the producer's catalog must include the consumer's.",
            "the producer has label: int8 nullable, the consumer label: int8",
            "Change one of the two catalogs, or put a formula between them.",
        ),
        Code(
            "JYN302",
            "a checkpoint is used in a way that its use case does not allow",
            "Checkpoints of a use case take its input catalog and give its output catalog.",
            "model: {batch: images@1, checkpoint: digit-recognition@1, …}   # images lacks a feature",
            "Use batches that include the use case's inputs, and a catalog that its outputs include.",
        ),
        Code(
            "JYN303",
            "a checkpoint is trained on other data than its use case takes",
            "None of the batches that the training step reads can be read as the use case's inputs, so the checkpoint"
            " could not be used on what it was trained on.",
            "train: {inputs: {texts: texts}, outputs: {checkpoint: digit-recognition@1}}",
            "Train on batches that include the use case's input catalog, or correct the use case.",
        ),
        # 4xx
        Code(
            "JYN401",
            "the module of a function is not there",
            "Functions are found in the source of this project, without importing it.",
            "function: pipelines.digit.train:train",
            "Correct the path; `a.b:f` is `f` in a/b.py below the project's root.",
        ),
        Code(
            "JYN402",
            "the function is not in its module",
            "The step could not run.",
            "function: pipelines.digits.train:trian",
            "Correct the name, or define the function at the top level of the module.",
        ),
        Code(
            "JYN403",
            "the function cannot be called as its step is",
            "A step's function takes one argument, its inputs; a model recipe's takes the model and a slice of rows.",
            "def train(images, C): ...",
            "Take the generated inputs class: def train(inputs: TrainInputs) -> TrainOutputs.",
        ),
        Code(
            "JYN404",
            "a module imports generated code that is not made",
            "The step could not start: of each major line of a definition that is there one module is generated, and"
            " a line that was bumped takes the module of the old one with it.",
            "from generated.catalogs.readings_v1 import ReadingsBatch   # readings is at 2.0.0",
            "Import what is generated now, or keep the old line beside the new one: jeyn bump --keep.",
        ),
        # 5xx
        Code(
            "JYN501",
            "batches of a formula are made in two ways",
            "A step outputs batches of a formula whose recipe names another function, so the recipe does not tell how"
            " they were made.",
            "split: {function: a:split, outputs: {train: training-images@1}}   # recipe: b:other",
            "Let the recipe name the step's function, or run the formula as a step.",
            WARNING,
        ),
        Code(
            "JYN502",
            "a deprecated feature is read",
            "The producer's catalog marks a feature as deprecated that the consumer's catalog needs.",
            "old: {dtype: int8, deprecated: true}",
            "Move to the feature that replaces it.",
            WARNING,
        ),
        # 6xx and 9xx: changes
        *CHANGE_CODES,
        # 7xx
        Code(
            "JYN701",
            "a generated file is missing",
            "What is generated is committed, so that a checkout runs as it is and a review shows what a change does.",
            "catalogs/digits.yaml without generated/catalogs/digits_v1.py",
            "Run `jeyn generate` and commit the result.",
        ),
        Code(
            "JYN702",
            "a generated file is not what its documents give",
            "Its documents or the generator have changed since it was made, or it was edited by hand: what runs is not"
            " what was reviewed.",
            "label: {dtype: int16}   # and in generated/, still int8",
            "Run `jeyn generate` and commit the result.",
        ),
        Code(
            "JYN703",
            "a file in generated/ follows from no document",
            "All of generated/ is made from documents, so code that still imports this file relies on something that"
            " is gone.",
            "generated/catalogs/digits_v1.py without a catalog digits",
            "Run `jeyn generate`, which removes it, and commit the result; your own code belongs elsewhere.",
        ),
        *DEPLOYMENT_CODES,
    )
}
CODES = dict(sorted(CODES.items()))


def made(place: Location, code: str, message: str, fix: str = "", edit: Edit | None = None) -> Finding:
    """A finding with the severity of its code and, unless another is given, the code's own fix."""
    row = CODES[code]
    short = message if len(message) <= _MOST else f"{message[:_MOST]}…"
    return Finding(place, code, short, fix or row.fix, row.severity, edit)

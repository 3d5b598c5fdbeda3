"""What the codes of changes to pipelines say: see `change_codes`."""

from __future__ import annotations

from jeyn_gen.diagnostics.code import Code

_MINOR = "Raise the minor."
_PATCH = "Raise the patch."

#: The last free ones below 610, where those of any document stand.
EARLY_PIPELINE_CHANGE_CODES = (
    Code(
        "JYN608",
        "a step gives many where it gave one, or one where it gave many",
        "With `for_each` a step gives one for each item: who reads the latest gets one of them, or another number.",
        "fit: {function: …} -> fit: {function: …, for_each: {C: [0.1, 1.0]}}",
        "Run it for each item in a step of its own, or raise the major.",
    ),
    Code(
        "JYN609",
        "what else starts a pipeline, or how many runs it has at once, is another",
        "When a pipeline runs is no part of what it does: a patch.",
        "on: merge -> on: [merge, {new-batch: readings@1}]",
        _PATCH,
    ),
)
PIPELINE_CHANGE_CODES = (
    Code(
        "JYN671",
        "a parameter is removed",
        "Whoever sets it is refused.",
        "parameters: {C: {dtype: float64, default: 1.0}} -> parameters: {}",
        "Keep the parameter, or raise the major.",
    ),
    Code(
        "JYN672",
        "a parameter is renamed",
        "Whoever sets it by its old name is refused.",
        "parameters: {C: …} -> parameters: {strength: …}",
        "Keep the name, or raise the major.",
    ),
    Code(
        "JYN673",
        "a parameter has another type",
        "What was given may not be a value of the new type.",
        "C: {dtype: float64, default: 1.0} -> C: {dtype: int8, default: 1}",
        "Add a parameter of another name with a default, or raise the major.",
    ),
    Code(
        "JYN674",
        "a parameter takes less than it did",
        "Some values that were given are refused.",
        "C: {dtype: float64, default: 1.0} -> C: {dtype: float64, default: 1.0, minimum: 0}",
        "Keep what it took, or raise the major.",
    ),
    Code(
        "JYN675",
        "a parameter takes more than it did",
        "Every value that was given is still taken: a minor.",
        "C: {dtype: float64, default: 1.0, minimum: 0} -> C: {dtype: float64, default: 1.0}",
        _MINOR,
    ),
    Code(
        "JYN676",
        "a parameter without a default is added",
        "Nobody who starts the pipeline gives it yet.",
        "parameters: {} -> parameters: {C: {dtype: float64}}",
        "Give it a default, or raise the major.",
    ),
    Code(
        "JYN677",
        "a parameter that need not be given is added",
        "Nobody who starts the pipeline has to know it: a minor.",
        "parameters: {} -> parameters: {C: {dtype: float64, default: 1.0}}",
        _MINOR,
    ),
    Code(
        "JYN678",
        "a parameter has no default any more",
        "Whoever relied on the default gives nothing, and is refused.",
        "C: {dtype: float64, default: 1.0} -> C: {dtype: float64}",
        "Keep the default, or raise the major.",
    ),
    Code(
        "JYN679",
        "the default of a parameter is another",
        "Runs that do not set it come out otherwise: a minor.",
        "C: {dtype: float64, default: 1.0} -> C: {dtype: float64, default: 0.1}",
        _MINOR,
    ),
    Code(
        "JYN680",
        "a step is removed, and what it gave is no longer made",
        "Whoever reads the latest of what it gave waits for ever.",
        "steps: {scale: {formula: scaled@1}, …} -> steps: {…}",
        "Keep the step, let another step make it, or raise the major.",
    ),
    Code(
        "JYN681",
        "a step is added",
        "The pipeline does more than it did: a minor.",
        "steps: {…} -> steps: {…, scale: {formula: scaled@1}}",
        _MINOR,
    ),
    Code(
        "JYN682",
        "a step no longer gives something that nothing else makes",
        "Whoever reads the latest of it waits for ever.",
        "outputs: {checkpoint: guesser@1, report: {report: notes}} -> outputs: {checkpoint: guesser@1}",
        "Keep the output, let another step make it, or raise the major.",
    ),
    Code(
        "JYN683",
        "a step gives something else under the same name",
        "What it gave is no longer made, and whoever reads the latest of it waits for ever.",
        "outputs: {checkpoint: guesser@1} -> outputs: {checkpoint: guesser@2}",
        "Give both under two names, or raise the major.",
    ),
    Code(
        "JYN684",
        "a step gives more than it did",
        "Nobody has to read it: a minor.",
        "outputs: {checkpoint: guesser@1} -> outputs: {checkpoint: guesser@1, report: {report: notes}}",
        _MINOR,
    ),
    Code(
        "JYN685",
        "a report is renamed",
        "Reports of the old name are no longer made, and whoever reads the latest of them waits for ever.",
        "outputs: {report: {report: notes}} -> outputs: {report: {report: remarks}}",
        "Keep the name, or raise the major.",
    ),
    Code(
        "JYN686",
        "a step runs something else",
        "What it gives has the same form, but other code makes it: a minor.",
        "function: pipelines.model:train -> function: pipelines.model:train_all",
        _MINOR,
    ),
    Code(
        "JYN687",
        "the function of a step has moved",
        "A function of the same name in another module may be the same code, or another: a minor.",
        "function: pipelines.model:train -> function: pipelines.training:train",
        _MINOR,
    ),
    Code(
        "JYN688",
        "a step runs another formula",
        "What the formula made is no longer made here, and whoever reads the latest of it waits for ever.",
        "scale: {formula: scaled@1} -> scale: {formula: scaled@2}",
        "Run the other formula in a step of its own, or raise the major.",
    ),
    Code(
        "JYN689",
        "an input of a step comes from elsewhere",
        "The step does the same to other data: a minor.",
        "inputs: {images: scale} -> inputs: {images: readings@1#latest}",
        _MINOR,
    ),
    Code(
        "JYN690",
        "an input of a step is read as another catalog",
        "The step reads other features: a minor.",
        "inputs: {images: {from: scale}} -> inputs: {images: {from: scale, catalog: pixels@1}}",
        _MINOR,
    ),
    Code(
        "JYN691",
        "an input of a step is added",
        "What the step gives depends on more: a minor.",
        "inputs: {images: scale} -> inputs: {images: scale, labels: mark}",
        _MINOR,
    ),
    Code(
        "JYN692",
        "an input of a step is removed",
        "What the step gives no longer depends on it: a minor.",
        "inputs: {images: scale, labels: mark} -> inputs: {images: scale}",
        _MINOR,
    ),
    Code(
        "JYN693",
        "a step needs another secret",
        "Somebody must provide it wherever the pipeline runs: a minor.",
        "secrets: {} -> secrets: {api_key: openai/api-key}",
        _MINOR,
    ),
    Code(
        "JYN694",
        "a step no longer needs a secret",
        "Nobody has to do anything: a patch.",
        "secrets: {api_key: openai/api-key} -> secrets: {}",
        _PATCH,
    ),
    Code(
        "JYN695",
        "a schedule is added",
        "When a pipeline runs is no part of what it does: a patch.",
        'schedule: {cron: "0 3 * * *"}   # and none before',
        _PATCH,
    ),
    Code(
        "JYN696",
        "a schedule is another",
        "When a pipeline runs is no part of what it does: a patch.",
        'schedule: {cron: "0 3 * * *"} -> schedule: {cron: "0 4 * * *"}',
        _PATCH,
    ),
    Code(
        "JYN697",
        "a schedule is removed",
        "When a pipeline runs is no part of what it does: a patch.",
        'schedule: {cron: "0 3 * * *"} -> and none any more',
        _PATCH,
    ),
    Code(
        "JYN698",
        "a step is run with something else",
        "Retries, time limits, resources, where it runs, the cache, what it looks at, the parameters that a step is"
        " handed, its items, and conditions that ask for less are no part of what the pipeline takes and gives: a"
        " patch.",
        "retries: 2 -> retries: 3",
        _PATCH,
    ),
    Code(
        "JYN699",
        "what a step gave is made by another step, or under another name",
        "Others know what was made by its definition or report, and find it still: a minor.",
        "steps: {scale: {formula: scaled@1}} -> steps: {rescale: {formula: scaled@1}}",
        _MINOR,
    ),
    Code(
        "JYN902",
        "a step is left out where it was run",
        "With a condition, what it gives may never be made again, and whoever reads the latest of it waits for ever, or"
        " goes on with what is old. What was made can still be read: a minor.",
        "deploy: {…} -> deploy: {…, when: {parameters.deploy: true}}",
        "Raise the minor, and tell those who read what the step gives; or let its function decide what it gives.",
    ),
)

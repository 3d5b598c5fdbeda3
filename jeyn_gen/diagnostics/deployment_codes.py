"""The codes of findings about where pipelines run. Numbers are persisted, as all of them are."""

from __future__ import annotations

from jeyn_gen.diagnostics.code import Code

DEPLOYMENT_CODES = (
    Code(
        "JYN801",
        "an environment says something that cannot be",
        "Its manifests would be refused by the cluster, or do what nobody meant, after the merge.",
        '[tool.jeyn.environments.production]\nimage = "registry.example/team/digits:latest"',
        "Correct the value; docs/record.md and docs/platform.md have all keys of an environment.",
    ),
    Code(
        "JYN802",
        "an environment lacks what its pods need",
        "Pods need a namespace, an image, and a ledger and blobs that outlast them.",
        '[tool.jeyn.environments.production]\nnamespace = "digits"',
        "Add what is missing; docs/platform.md has a complete example.",
    ),
    Code(
        "JYN803",
        "the Dapr components of an environment would not do",
        "Each pod's sidecar loads them: without those that the environment names it does not start, and no step does.",
        '[tool.jeyn.environments.production]\nstate_store = "ledger"\ncomponents = "componets/postgres"',
        "Name a folder that holds them, in YAML files; credentials come from variables, by `envRef`.",
    ),
    Code(
        "JYN804",
        "a name is too long for Kubernetes",
        "Names of objects, and of pods that are composed of them, end after 63 characters.",
        "name: a-pipeline-whose-name-says-everything-that-it-does-and-when",
        "Shorten the name of the pipeline.",
    ),
    Code(
        "JYN805",
        "two environments share a namespace",
        "Every pipeline would be there twice under one name, and each sync would undo the other's.",
        '[tool.jeyn.environments.staging]\nnamespace = "digits"   # and production in "digits", too',
        "Give each environment a namespace of its own.",
    ),
    Code(
        "JYN806",
        "no secret store holds the secrets of a step",
        "The step would have to find it among the variables of its pod, of which nothing in the repository tells.",
        "secrets: {token: hub-token}",
        'Add `secrets = "COMPONENT"` to the environment, and that component to its folder.',
    ),
    Code(
        "JYN807",
        "a step asks for a GPU that an environment does not have",
        "Its pod would wait for a node that never comes; only what runs has a time that is up.",
        "resources: {gpu: 1}",
        "Write `gpus = true` in the environment if its nodes have some, or ask for none.",
    ),
    Code(
        "JYN808",
        "nothing serves the stage that a step reads from",
        "What `#STAGE` means is fixed when manifests are made, from `promoted:` of the use case.",
        "inputs: {model: digit-recognition@1#production}   # and nothing is promoted to production",
        "Promote a checkpoint to the stage, or read `#latest`.",
    ),
    Code(
        "JYN809",
        "a pipeline is too large for Kubernetes",
        "An object of a cluster has at most a megabyte and a half; Argo keeps a run's state in another of the same.",
        "steps: {step-0001: …, step-5000: …}",
        "Split the pipeline; steps of another one are read as `NAME@MAJOR#latest`.",
    ),
    Code(
        "JYN810",
        "what starts by itself has a parameter without a default",
        "Nobody is there to give it when a schedule, a merge or a new batch starts the pipeline.",
        "parameters: {C: {dtype: float64}}\non: merge",
        "Give the parameter a default.",
    ),
    Code(
        "JYN811",
        "a step has a name that Argo cannot use",
        "Tasks are named like their steps, in expressions that say what each waits for.",
        "steps: {01-collect: {…}}",
        "Begin the step's name with a letter; a word of the expression language alone is none.",
    ),
    Code(
        "JYN812",
        "what is promoted is not what the ledger holds",
        "Every step that reads `#STAGE` would be refused: it is handed a digest that the ledger does not have there.",
        "promoted: {production: {checkpoint: digit-recognition#17, digest: 'sha256:…'}}   # and #17 is another",
        "Copy reference and digest from `jeyn show NAME#NUMBER`, of the environment's own ledger.",
    ),
    Code(
        "JYN813",
        "a step runs in an image that is not built",
        "`image` names a stage of the project's Dockerfile, which CI builds; without it the build would fail after the"
        " merge.",
        "steps: {train: {function: a:f, image: gpu}}   # FROM base AS cuda",
        "Add the stage, or name one that is there.",
    ),
)

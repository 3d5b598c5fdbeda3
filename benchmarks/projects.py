"""Synthetic projects: made the same every time, from nothing but the numbers below."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

#: Documents of one area of work: 7 catalogs, 8 formulas, 2 use cases, 3 pipelines.
PER_AREA = 20
FEATURES = 12

_PYPROJECT = """\
[tool.jeyn]
project = "bench"
"""
_COMPONENT = """\
apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {name: ledger}
spec: {type: state.in-memory, version: v1}
"""


def write(folder: Path, files: dict[str, str]) -> None:
    """Write files by their path below a folder."""
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


def empty() -> dict[str, str]:
    """A project without documents."""
    return {"pyproject.toml": _PYPROJECT}


def deployed(pipelines: int) -> dict[str, str]:
    """A project with so many pipelines of four steps, and an environment that runs them in pods."""
    environment = (
        '\n[tool.jeyn.environments.production]\nstate_store = "ledger"\ncomponents = "components/production"\n'
        'blobs = "s3://bench"\nnamespace = "bench"\nimage = "registry.example/bench"\n'
        'argocd = {repository = "https://git.example/bench"}\n'
    )
    files = {
        "pyproject.toml": _PYPROJECT + environment,
        ".gitignore": ".jeyn/\n__pycache__/\n",
        "components/production/ledger.yaml": _COMPONENT,
        "pipelines/functions.py": "def work(inputs):\n    return None\n",
    }
    for number in range(pipelines):
        steps = "".join(
            f"  step-{at}:\n    function: pipelines.functions:work\n"
            f"    outputs: {{told: {{report: told-{number}-{at}}}}}\n"
            + (f"    inputs: {{before: step-{at - 1}}}\n    resources: {{cpu: {at}, memory: {at}Gi}}\n" if at else "")
            for at in range(4)
        )
        files[f"pipelines/p{number}.yaml"] = (
            f"kind: Pipeline\nname: pipeline-{number}\nversion: 1.0.0\n"
            f"parameters:\n  rate: {{dtype: float64, default: 0.5}}\nsteps:\n{steps}"
        )
    return files


def three_steps(flavour: str) -> dict[str, str]:
    """A project with a pipeline of three formulas over a table of 1,000 rows; `flavour` is numpy or pandas."""
    files = {
        "pyproject.toml": _PYPROJECT,
        ".gitignore": ".jeyn/\n__pycache__/\n",
        "pipelines/__init__.py": "",
        "pipelines/functions.py": _functions(flavour),
        "pipelines/sums.yaml": dedent(
            """\
            kind: Pipeline
            name: sums
            version: 1.0.0
            steps:
              read: {formula: readings@1}
              scale: {formula: scaled@1}
              add: {formula: added@1}
            """
        ),
    }
    for name, source in (("readings", ""), ("scaled", "readings"), ("added", "scaled")):
        files[f"catalogs/{name}.yaml"] = dedent(
            f"""\
            kind: DataCatalog
            name: {name}
            version: 1.0.0
            features:
              id: {{dtype: int64, minimum: 0, unique: true}}
              value: {{dtype: float64, minimum: 0}}
            """
        )
        inputs = f"\n    inputs: {{source: {source}@1}}" if source else ""
        files[f"pipelines/{name}.yaml"] = (
            f"kind: DatasetFormula\nname: {name}\nversion: 1.0.0\ncatalog: {name}@1\n"
            f"recipe:\n  python:\n    function: pipelines.functions:{name}{inputs}\n"
        )
    return files


def _functions(flavour: str) -> str:
    own = {
        "numpy": (
            "dict[str, np.ndarray]",
            'return {"id": np.arange(1000), "value": np.arange(1000) / 7}',
            'columns = inputs.source.columns\n    return {"id": columns.id, "value": columns.value * 2}',
            'columns = inputs.source.columns\n    return {"id": columns.id, "value": columns.value.cumsum()}',
        ),
        "pandas": (
            "pd.DataFrame",
            'return pd.DataFrame({"id": np.arange(1000), "value": np.arange(1000) / 7})',
            "frame = inputs.source.to_pandas()\n    return frame.assign(value=frame.value * 2)",
            "frame = inputs.source.to_pandas()\n    return frame.assign(value=frame.value.cumsum())",
        ),
    }[flavour]
    gives, read, scale, add = own
    pandas = "import pandas as pd\n" if flavour == "pandas" else ""
    return (
        f"from __future__ import annotations\n\nimport numpy as np\n{pandas}\n"
        "from generated.formulas.added_v1 import AddedInputs\n"
        "from generated.formulas.readings_v1 import ReadingsInputs\n"
        "from generated.formulas.scaled_v1 import ScaledInputs\n\n\n"
        f"def readings(_: ReadingsInputs) -> {gives}:\n    {read}\n\n\n"
        f"def scaled(inputs: ScaledInputs) -> {gives}:\n    {scale}\n\n\n"
        f"def added(inputs: AddedInputs) -> {gives}:\n    {add}\n"
    )


def kedro_three_steps(flavour: str) -> dict[str, str]:
    """The same three nodes for kedro, every output on disk: as pickles of arrays, or as Parquet of frames."""
    functions = _functions(flavour)
    plain = functions[: functions.index("from generated")] + functions[functions.index("def readings") :]
    for name in ("Scaled", "Added"):
        plain = plain.replace(f"inputs: {name}Inputs", "source: " + ("dict" if flavour == "numpy" else "pd.DataFrame"))
    plain = plain.replace("_: ReadingsInputs", "").replace("inputs.source.to_pandas()", "source")
    plain = plain.replace("inputs.source.columns", "source").replace("columns.id", 'columns["id"]')
    plain = plain.replace("columns.value", 'columns["value"]')
    kind, ending = ("pickle.PickleDataset", "pkl") if flavour == "numpy" else ("pandas.ParquetDataset", "parquet")
    catalog = "".join(
        f"{name}:\n  type: {kind}\n  filepath: data/{name}.{ending}\n" for name in ("readings", "scaled", "added")
    )
    return {
        "pyproject.toml": '[tool.kedro]\npackage_name = "sums"\nproject_name = "sums"\nkedro_init_version = "1.7.0"\n',
        "conf/base/catalog.yml": catalog,
        "conf/base/parameters.yml": "rows: 1000\n",
        "conf/local/.gitkeep": "",
        "src/sums/__init__.py": "",
        "src/sums/settings.py": "",
        "src/sums/functions.py": plain,
        "src/sums/pipeline_registry.py": dedent(
            """\
            from kedro.pipeline import node, pipeline

            from sums.functions import added, readings, scaled


            def register_pipelines():
                nodes = [
                    node(readings, None, "readings"),
                    node(scaled, "readings", "scaled"),
                    node(added, "scaled", "added"),
                ]
                return {"__default__": pipeline(nodes)}
            """
        ),
    }


def areas(documents: int) -> dict[str, str]:
    """A project of so many documents, a multiple of PER_AREA, that lints without a finding."""
    files = {"pyproject.toml": _PYPROJECT, "pipelines/__init__.py": ""}
    for number in range(documents // PER_AREA):
        files |= _area(f"area-{number}")
    return files


def _area(area: str) -> dict[str, str]:
    package = area.replace("-", "_")
    files: dict[str, str] = {}
    for kind, name, body in (*_catalogs(area), *_formulas(area, package)):
        folder = "catalogs" if kind == "DataCatalog" else "pipelines"
        files[f"{folder}/{package}/{name}.yaml"] = f"kind: {kind}\nname: {name}\nversion: 1.2.0\n{body}"
    for kind, name, body in (*_use_cases(area), *_pipelines(area, package)):
        files[f"pipelines/{package}/{name}.yaml"] = f"kind: {kind}\nname: {name}\nversion: 1.0.3\n{body}"
    files[f"pipelines/{package}/__init__.py"] = ""
    files[f"pipelines/{package}/steps.py"] = _steps()
    return files


def _features(names: str, *more: str) -> str:
    """Features of a catalog: a key, FEATURES numbers and words called so, and more lines."""
    listed = ["  id: {dtype: int64, minimum: 0, unique: true, description: The row's key.}"]
    for number in range(FEATURES):
        if number % 4 == 3:
            listed.append(f"  {names}_{number}: {{dtype: string, enum: [low, middle, high], description: A class.}}")
        else:
            listed.append(
                f"  {names}_{number}: {{dtype: float64, minimum: -1000, maximum: 1000, nullable: true, unit: m}}"
            )
    return "\n".join(["description: Synthetic.", "features:", *listed, *(f"  {line}" for line in more)]) + "\n"


def _catalogs(area: str) -> Iterator[tuple[str, str, str]]:
    label = "label: {dtype: int8, minimum: 0, maximum: 9, description: What is to be told.}"
    embedding = "embedding: {dtype: float32, shape: [8, 8], minimum: 0, maximum: 1}"
    key = "description: Synthetic.\nfeatures:\n  id: {dtype: int64, minimum: 0, unique: true}\n"
    for name, body in (
        ("raw", _features("raw", "note: {dtype: string, max_length: 200, nullable: true}")),
        ("clean", _features("clean")),
        ("features", _features("clean", embedding)),
        ("labels", f"{key}  {label}\n"),
        ("training", _features("clean", embedding, label)),
        ("predictions", f"{key}  confidence: {{dtype: float64, minimum: 0, maximum: 1}}\n"),
        ("summaries", f"{key}  day: {{dtype: date}}\n  total: {{dtype: decimal, precision: 18, scale: 2}}\n"),
    ):
        yield "DataCatalog", f"{area}-{name}", body


def _formulas(area: str, package: str) -> Iterator[tuple[str, str, str]]:
    python = f"python:\n    function: pipelines.{package}.steps:"
    both = f"inputs: {{features: {area}-featured@1, labels: {area}-labelled@1}}\n    on: [id]"
    for name, catalog, recipe in (
        ("ingested", "raw", f'files: {{url: "data/{package}/*.parquet"}}'),
        ("labelled", "labels", f'files: {{url: "data/{package}/labels/*.csv"}}'),
        ("cleaned", "clean", f"{python}clean\n    inputs: {{raw: {area}-ingested@1}}"),
        ("featured", "features", f"{python}embed\n    inputs: {{clean: {area}-cleaned@1}}"),
        ("joined", "training", f"composite:\n    {both}"),
        ("held-back", "training", f"{python}hold_back\n    inputs: {{joined: {area}-joined@1}}"),
        ("summed", "summaries", f"{python}total\n    inputs: {{clean: {area}-cleaned@1}}"),
        (
            "predicted",
            "predictions",
            f"model:\n    batch: {area}-featured@1\n    checkpoint: {area}-telling@1\n"
            f"    function: pipelines.{package}.steps:predict",
        ),
    ):
        yield "DatasetFormula", f"{area}-{name}", f"catalog: {area}-{catalog}@1\nrecipe:\n  {recipe}\n"


def _use_cases(area: str) -> Iterator[tuple[str, str, str]]:
    for name in ("telling", "guessing"):
        body = f"inputs: {area}-features@1\noutputs: {area}-predictions@1\nmetrics:\n  accuracy: {{minimum: 0.9}}\n"
        yield "MLUseCase", f"{area}-{name}", body


def _pipelines(area: str, package: str) -> Iterator[tuple[str, str, str]]:
    prepared = ("ingested", "labelled", "cleaned", "featured", "joined", "held-back", "summed")
    steps = "".join(f"  {name}: {{formula: {area}-{name}@1}}\n" for name in prepared)
    yield "Pipeline", f"{area}-prepare", f'steps:\n{steps}schedule: {{cron: "0 3 * * *"}}\n'
    train = f"""\
parameters:
  rate: {{dtype: float64, default: 0.1, exclusive_minimum: 0}}
  rounds: {{dtype: int32, default: 100, minimum: 1}}
steps:
  train:
    function: pipelines.{package}.steps:train
    inputs: {{training: {area}-joined@1#latest, held_back: {area}-held-back@1#latest}}
    outputs: {{checkpoint: {area}-telling@1}}
    resources: {{cpu: 2, memory: 4Gi}}
    retries: 1
  evaluate:
    function: pipelines.{package}.steps:evaluate
    inputs: {{checkpoint: train, held_back: {area}-held-back@1#latest}}
    outputs: {{report: {{report: {area}-evaluation}}}}
    parameters: []
  guess:
    function: pipelines.{package}.steps:train
    inputs: {{training: {area}-joined@1#latest, held_back: {area}-held-back@1#latest}}
    outputs: {{checkpoint: {area}-guessing@1}}
"""
    yield "Pipeline", f"{area}-train", train
    yield "Pipeline", f"{area}-predict", f"steps:\n  predict: {{formula: {area}-predicted@1}}\n"


def _steps() -> str:
    """A module of functions, of the length that such modules have."""
    bodies = [
        f"def {name}({arguments}):\n"
        + "".join(f"    value_{line} = [{line}, {line} + 1, len(str({line}))]\n" for line in range(12))
        + "    return value_0\n"
        for name, arguments in (
            ("clean", "inputs"),
            ("embed", "inputs"),
            ("hold_back", "inputs"),
            ("total", "inputs"),
            ("train", "inputs"),
            ("evaluate", "inputs"),
            ("predict", "model, slice_"),
        )
    ]
    return "from __future__ import annotations\n\nimport math\n\n\n" + "\n\n".join(bodies)

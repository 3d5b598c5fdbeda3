"""The four definitions that people write: catalogs, formulas, use cases and pipelines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from jeyn.model.catalogs import DataCatalog as DataCatalog  # noqa: PLC0414  # one of the four
from jeyn.model.names import Pin, Version
from jeyn.model.references import Recorded, StepOutput
from jeyn.model.running import Backoff, Condition, ForEach, Placement
from jeyn.model.types import Constraints, Scalar, Value
from jeyn.model.values import dataclass


@dataclass(frozen=True, slots=True)
class FilesRecipe:
    """New objects below a URL glob make the next batch. `format` is parquet, csv or jsonl."""

    url: str
    format: str


@dataclass(frozen=True, slots=True)
class PythonRecipe:
    """A function of batches of other formulas."""

    function: str
    inputs: tuple[tuple[str, Pin], ...] = ()


@dataclass(frozen=True, slots=True)
class CompositeRecipe:
    """Several formulas joined on key features (`how`: inner, left or full), or side by side without `on`."""

    inputs: tuple[tuple[str, Pin], ...]
    on: tuple[str, ...] = ()
    how: str = "inner"


@dataclass(frozen=True, slots=True)
class ModelRecipe:
    """Batches of formula `batch` passed through a checkpoint of use case `checkpoint`.

    `function` takes the loaded model and one slice of the batch of at most `rows` rows, and returns rows.
    """

    batch: Pin
    checkpoint: Pin
    function: str
    rows: int = 65536


Recipe = FilesRecipe | PythonRecipe | CompositeRecipe | ModelRecipe


@dataclass(frozen=True, slots=True)
class DatasetFormula:
    """The recipe of a dataset: how its batches are made, and the catalog that they conform to."""

    name: str
    version: Version
    catalog: Pin
    recipe: Recipe
    description: str = ""

    @property
    def pin(self) -> Pin:
        return Pin(self.name, self.version.line)

    @property
    def function(self) -> str:
        """`module:name` of the recipe's function, or nothing."""
        return self.recipe.function if isinstance(self.recipe, PythonRecipe | ModelRecipe) else ""

    @property
    def inputs(self) -> tuple[tuple[str, Pin], ...]:
        """What the recipe reads, by name: formulas, and for a model recipe its use case."""
        if isinstance(self.recipe, FilesRecipe):
            return ()
        if isinstance(self.recipe, ModelRecipe):
            return (("batch", self.recipe.batch), ("checkpoint", self.recipe.checkpoint))
        return self.recipe.inputs


@dataclass(frozen=True, slots=True)
class Gate:
    """Bounds, both included, that a checkpoint's metric must keep to be promoted."""

    metric: str
    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True, slots=True)
class Promotion:
    """What git says is promoted to a stage."""

    stage: str
    checkpoint: str
    digest: str


@dataclass(frozen=True, slots=True)
class MLUseCase:
    """Checkpoints that are used the same way. `serializer` names one by id; empty: by the model's type."""

    name: str
    version: Version
    inputs: Pin
    outputs: Pin
    metrics: tuple[Gate, ...] = ()
    promoted: tuple[Promotion, ...] = ()
    serializer: str = ""
    trusted: tuple[str, ...] = ()
    description: str = ""

    @property
    def pin(self) -> Pin:
        return Pin(self.name, self.version.line)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A typed knob of a pipeline; without a default it must be given at each run."""

    name: str
    type: Scalar
    constraints: Constraints = Constraints()
    default: Value | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class InputSource:
    """Where a step's input comes from, and the catalog that it is read as (none: the producer's own)."""

    name: str
    source: StepOutput | Recorded
    catalog: Pin | None = None


@dataclass(frozen=True, slots=True)
class OutputTarget:
    """What a step gives: a batch or checkpoint of `definition`, or a report in the stream `report`."""

    name: str
    definition: Pin | None = None
    report: str = ""


@dataclass(frozen=True, slots=True)
class Resources:
    """What a step's pod asks for, in Kubernetes quantities; empty: the environment's default."""

    cpu: str = ""
    memory: str = ""
    gpu: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """One node of a pipeline: it runs a formula, or a function with inputs and outputs of its own.

    `secrets` are names that the function knows them by, each with its key in the environment's secret store.
    `timeout` is in seconds; 0: none.
    """

    name: str
    formula: Pin | None = None
    function: str = ""
    inputs: tuple[InputSource, ...] = ()
    outputs: tuple[OutputTarget, ...] = ()
    parameters: tuple[str, ...] | None = None
    code: tuple[str, ...] = ()
    cache: bool = True
    retries: int = 0
    resources: Resources = Resources()
    secrets: tuple[tuple[str, str], ...] = ()
    description: str = ""
    for_each: ForEach | None = None
    when: tuple[Condition, ...] = ()
    backoff: Backoff = Backoff()
    timeout: int = 0
    placement: Placement = Placement()


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a pipeline runs by itself: a cron expression in an IANA time zone.

    `concurrency` says what becomes of a start while an earlier run goes on: forbid, allow or replace (that run).
    `missed` is for how many seconds a start that was missed may still be made up for.
    """

    cron: str
    timezone: str = "UTC"
    concurrency: str = "forbid"
    missed: int = 0


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A DAG of steps.

    It is started by its schedule, after a merge, and by new batches of formulas. `concurrency` is how many runs of it
    an environment has at once; 0: any number.
    """

    name: str
    version: Version
    steps: tuple[Step, ...]
    parameters: tuple[Parameter, ...] = ()
    schedule: Schedule | None = None
    description: str = ""
    on_merge: bool = False
    on_new_batch: tuple[Pin, ...] = ()
    concurrency: int = 0

    @property
    def pin(self) -> Pin:
        return Pin(self.name, self.version.line)

    def step(self, name: str) -> Step | None:
        """The step of that name, or None."""
        return next((step for step in self.steps if step.name == name), None)


Definition = DataCatalog | DatasetFormula | MLUseCase | Pipeline
KINDS: dict[str, type[Definition]] = {
    "DataCatalog": DataCatalog,
    "DatasetFormula": DatasetFormula,
    "MLUseCase": MLUseCase,
    "Pipeline": Pipeline,
}


@dataclass(frozen=True, slots=True)
class Definitions:
    """All definitions of a project, to look up by pin."""

    catalogs: Mapping[Pin, DataCatalog]
    formulas: Mapping[Pin, DatasetFormula]
    use_cases: Mapping[Pin, MLUseCase]
    pipelines: Mapping[Pin, Pipeline]

    def promoted(self, source: Recorded) -> Iterator[Promotion]:
        """What the use cases that `NAME#STAGE` or `NAME@MAJOR#STAGE` names promote to that stage."""
        for use_case in self.use_cases.values():
            if use_case.name == source.name and source.line in ("", use_case.pin.line):
                yield from (one for one in use_case.promoted if one.stage == source.which)

    def __iter__(self) -> Iterator[Definition]:
        for table in (self.catalogs, self.formulas, self.use_cases, self.pipelines):
            yield from table.values()

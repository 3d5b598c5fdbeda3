"""How a step is run: for which items, under which conditions, where, and how it is tried again."""

from __future__ import annotations

from jeyn.model.references import StepOutput
from jeyn.model.types import Value
from jeyn.model.values import dataclass

#: The longest span of time that a step can state, in seconds.
YEAR = 365 * 24 * 3600
# What begins with a second and is at least doubled has passed a year by then.
_MOST_DOUBLINGS = 25


@dataclass(frozen=True, slots=True)
class ForEach:
    """What a step is run for, once each: items, or those that an earlier step's report lists.

    An item is the parameters that it sets, by name. It is called by its place, in decimal digits from `0`.
    """

    items: tuple[tuple[tuple[str, Value], ...], ...] = ()
    source: StepOutput | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """What must hold for a step to run: of a parameter of the run, or of a metric of what an earlier step gave.

    It equals a value, or keeps bounds, which are both included.
    """

    parameter: str = ""
    source: StepOutput | None = None
    metric: str = ""
    equals: Value | None = None
    minimum: float | None = None
    maximum: float | None = None

    def __str__(self) -> str:
        """What is asked for, as a document names it."""
        return f"parameters.{self.parameter}" if self.source is None else f"{self.source}.{self.metric}"


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long a step waits before it is tried again, in seconds; `longest` of 0 is no bound."""

    first: int = 0
    factor: int = 1
    longest: int = 0

    def before(self, retry: int) -> int:
        """The seconds to wait before a retry, of which the first is 0: at most a year, whatever the factor."""
        grown = self.first * self.factor ** min(retry, _MOST_DOUBLINGS) if self.factor > 1 else self.first
        return min(grown, self.longest or YEAR)

    def in_all(self, retries: int) -> int:
        """The seconds of the waits before so many retries, however many they are."""
        grows = min(retries, _MOST_DOUBLINGS)
        return sum(map(self.before, range(grows))) + (retries - grows) * self.before(grows)


@dataclass(frozen=True, slots=True)
class Toleration:
    """A taint of a node that a step's pod bears, as Kubernetes has it; `seconds`: for so long, None for ever."""

    key: str = ""
    operator: str = "Equal"
    value: str = ""
    effect: str = ""
    seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a step's pod runs, and from which image target; nothing that changes what the step computes."""

    image: str = ""
    node_selector: tuple[tuple[str, str], ...] = ()
    tolerations: tuple[Toleration, ...] = ()

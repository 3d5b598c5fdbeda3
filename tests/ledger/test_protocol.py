"""The proof of the ledger's protocol: every interleaving of its store operations, with crashes and lying stores.

Each scenario is explored whole, not sampled. At every state `check_always` must hold, and `check_end` once everybody
has ended or crashed and a reader has come by.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest
from interleaving import Exploration, Process
from judged import Broken, check_always, check_end
from mutants import MUTANTS
from tries import a_notebook, a_reader, a_store, a_try, an_end, an_index, real_ledger

from jeyn.ledger.index import ReadIndex


@dataclass(frozen=True)
class Scenario:
    """Who does what, on streams of what length, and how often what may go wrong."""

    name: str
    processes: Sequence[Process]
    streams: Mapping[str, int] = field(default_factory=dict)
    crashes: int = 0
    lies: int = 0
    appended: tuple[str, ...] = ()


ONE = {"batch": "images"}
TWO = {"checkpoint": "digits", "metrics": "report"}
SAME = {"train": "images", "test": "images"}
ZOMBIE, RETRY = (a_try(real_ledger, "train", ONE, content=content) for content in ("zombie", "retry"))
ZOMBIE_OF_TWO, RETRY_OF_TWO = (a_try(real_ledger, "train", TWO, content=content) for content in ("zombie", "retry"))
SCALE = a_try(real_ledger, "scale", {"left": "digits", "right": "report"}, content="scale")
SPLIT = a_try(real_ledger, "split", {"right": "report", "left": "digits"}, content="split", cache_key="other")
READER = a_reader(real_ledger, "train")

SCENARIOS = [
    Scenario("two tries of a step, new stream", [ZOMBIE, RETRY], crashes=2, lies=2),
    Scenario("two tries of a step, stream of 1", [ZOMBIE, RETRY], {"images": 1}, crashes=2, lies=2),
    Scenario("two tries of a step, stream of 3", [ZOMBIE, RETRY], {"images": 3}, crashes=2, lies=2),
    Scenario("two tries of a step with two outputs", [ZOMBIE_OF_TWO, RETRY_OF_TWO], crashes=2, lies=1),
    Scenario(
        "two tries of a step with two outputs of one stream",
        [a_try(real_ledger, "split", SAME, content=content) for content in ("zombie", "retry")],
        crashes=1,
        lies=1,
    ),
    Scenario("two tries and a reader", [ZOMBIE, RETRY, READER], {"images": 1}, crashes=1),
    Scenario("three tries", [ZOMBIE, RETRY, a_try(real_ledger, "train", ONE, content="third")], {"images": 1}),
    Scenario("two steps, two new streams", [SCALE, SPLIT], crashes=2, lies=1),
    Scenario("two steps, two streams", [SCALE, SPLIT], {"digits": 2, "report": 1}, crashes=2, lies=1),
    Scenario(
        "two tries and another step",
        [ZOMBIE, RETRY, a_try(real_ledger, "scale", ONE, content="scale", cache_key="")],
        {"images": 1},
        crashes=1,
    ),
    Scenario(
        "two steps under one cache key",
        [a_try(real_ledger, step, {"batch": step}, content=step) for step in ("scale", "split")],
        crashes=1,
        lies=2,
    ),
    Scenario(
        "two tries and a notebook",
        [ZOMBIE, RETRY, a_notebook(real_ledger, "note", "images")],
        crashes=1,
        appended=("note",),
    ),
    Scenario("a try and an index", [ZOMBIE_OF_TWO, an_index(real_ledger)], {"digits": 1}, crashes=1, lies=1),
    Scenario(
        "a zombie that outlives its run",
        [ZOMBIE_OF_TWO, RETRY_OF_TWO, an_end(real_ledger, "train")],
        crashes=2,
        appended=("r1/end",),
    ),
]


def explore(scenario: Scenario) -> tuple[int, int]:
    """The numbers of interleavings and of states; Broken at the first that is not as it must be."""
    keys, ids = a_store(scenario.streams, "train", "scale", "split")
    appended = [*ids, *scenario.appended]
    exploration = Exploration(
        scenario.processes, lambda store: check_always(store, appended), lambda store: check_end(store, appended)
    )
    interleavings = exploration.run(keys, crashes=scenario.crashes, lies=scenario.lies)
    return interleavings, len(exploration.seen)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.name)
def test_every_interleaving(scenario: Scenario) -> None:
    interleavings, states = explore(scenario)
    print(f"{interleavings:.3g} interleavings, {states} states")  # shown by `pytest -rP`
    assert interleavings > 1_000_000


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda one: one.__name__)
def test_a_protocol_with_one_thing_wrong_is_found_out(mutant: type) -> None:
    make, what = MUTANTS[mutant]
    zombie, retry = (a_try(make, "train", ONE, content=content) for content in ("zombie", "retry"))
    other = a_try(make, "scale", ONE, content="scale")
    scenarios = [
        Scenario("a try alone", [zombie], crashes=1, lies=1),
        Scenario("two tries", [zombie, retry], {"images": 1}),
        Scenario("two steps", [zombie, other]),
        Scenario("two outputs of one stream", [a_try(make, "split", SAME, content="split")], crashes=1, lies=1),
    ]
    with pytest.raises(Broken, match=what):
        list(map(explore, scenarios))


def test_a_reader_that_completes_nothing_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ReadIndex, "_roll_forward", lambda index: False)
    explore(Scenario("no crash", [RETRY]))
    with pytest.raises(Broken, match="committed and not placed"):
        explore(Scenario("a crash", [RETRY], crashes=1))

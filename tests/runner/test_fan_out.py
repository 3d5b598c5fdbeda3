"""Steps with `for_each`: run once for each item, side by side, each reused, tried again and recorded by itself."""

from __future__ import annotations

import json

import pytest

from jeyn.ledger.verify import verify
from jeyn.model.artefact import RUN_FANNED_OUT
from jeyn.project import Project

PARAMETERS = [{"slope": slope, "label": label} for slope in (1.0, 2.0) for label in ("a", "b")]


@pytest.fixture
def sweep(copy_of):
    """A project with a step over listed items, one over the items of a report, and steps that read all they gave."""
    return copy_of("sweep")


def by_name(done):
    return {step["name"]: step for step in done["steps"]}


def test_every_item_is_recorded_and_read_in_its_place(sweep):
    done = sweep.json("run", "sweep", "--workers", "3")
    steps = by_name(done)
    assert done["status"] == "succeeded"
    fit, plan, refit, choose = (steps[name] for name in ("fit", "plan", "refit", "choose"))
    assert [item["parameters"] for item in fit["items"]] == PARAMETERS
    assert [item["item"] for item in fit["items"]] == ["0", "1", "2", "3"]
    assert fit["inputs"] == {"points": "points#1"}
    assert sorted(fit["outputs"]["line"]) == [f"line#{number}" for number in (1, 2, 3, 4)]
    assert plan["inputs"] == {"lines": fit["outputs"]["line"], "notes": fit["outputs"]["note"]}
    # Read in the order of the items, whatever the order in which they ended.
    assert [item["parameters"] for item in refit["items"]] == [
        {"slope": 3.0, "label": "rea"},
        {"slope": 3.0, "label": "reb"},
    ]
    assert choose["inputs"]["lines"] == refit["outputs"]["line"]
    shown = sweep.json("show", fit["outputs"]["line"][2])
    assert (shown["step"], shown["item"], shown["run"]) == ("fit", "2", done["run"])
    assert "sweep/fit/2\n" in sweep.jeyn("show", fit["outputs"]["line"][2]).stdout
    edges = sweep.json("show", "settings#1")["relationships"]
    read = [*fit["outputs"]["line"], *fit["outputs"]["note"]]
    assert {(edge["type"], edge["target"]) for edge in edges} == {("derived_from", one) for one in read}
    graph = sweep.json("lineage", "settings#1")
    assert {node["ref"] for node in graph["nodes"]} == {"settings#1", "points#1", *read}
    assert sweep.json("verify")["problems"] == []
    project = Project(sweep.root)
    record = project.ledger.step(done["run"], "plan")
    assert set(record.inputs) == {f"{name}[{at}]" for name in ("lines", "notes") for at in range(4)}
    assert dict(project.ledger.step(done["run"], "fit", "3").parameters) == PARAMETERS[3]
    (fanned,) = project.index.of_kinds([RUN_FANNED_OUT])
    assert fanned.entry.details == {"steps": [["refit", "0"], ["refit", "1"]]}
    project.close()


def test_each_item_is_reused_by_itself(sweep):
    first = by_name(sweep.json("run", "sweep"))
    assert {step["status"] for step in sweep.json("run", "sweep")["steps"]} == {"reused"}
    sweep.edit("pipelines/sweep.yaml", "label: [a, b]", "label: [b, c]")
    foreseen = sweep.jeyn("run", "sweep", "--dry-run").stdout
    assert "fit: 2 of 4 items would be reused" in foreseen
    done = by_name(sweep.json("run", "sweep"))
    assert [item["status"] for item in done["fit"]["items"]] == ["reused", "ran", "reused", "ran"]
    assert done["fit"]["status"] == "ran"
    assert done["fit"]["outputs"]["line"][::2] == first["fit"]["outputs"]["line"][1::2]
    printed = sweep.jeyn("run", "sweep").stdout
    assert "and 1 more" in printed


def test_only_reads_what_all_items_gave_last(sweep):
    assert (
        "no run of sweep has done all items of 'fit' yet" in sweep.jeyn("run", "sweep", "--only", "plan", code=2).stderr
    )
    first = by_name(sweep.json("run", "sweep"))
    sweep.json("run", "sweep", "--only", "fit", "--force")
    again = by_name(sweep.json("run", "sweep", "--only", "plan", "--force"))
    assert again["plan"]["inputs"]["lines"] != first["fit"]["outputs"]["line"]
    assert sorted(again["plan"]["inputs"]["lines"]) == ["line#10", "line#7", "line#8", "line#9"]
    alone = by_name(sweep.json("run", "sweep", "--only", "refit"))
    assert alone["refit"]["outputs"] == first["refit"]["outputs"]


def test_one_item_that_fails_fails_the_step_and_no_other_item(sweep):
    counter = sweep.root.parent / "tries"
    sweep.edit(
        "pipelines/work.py",
        "    slope, label = inputs.parameters.slope, inputs.parameters.label\n    line",
        "    slope, label = inputs.parameters.slope, inputs.parameters.label\n"
        f"    with open({str(counter)!r}, 'a') as file:\n        file.write(f'{{slope:g}}{{label}} ')\n"
        "    if (slope, label) == (2, 'a'):\n        raise ValueError('not this one')\n    line",
    )
    sweep.edit(
        "pipelines/sweep.yaml", "    outputs: {line: line@1, note", "    retries: 1\n    outputs: {line: line@1, note"
    )
    sweep.commit()
    ran = sweep.jeyn("run", "sweep", "--format", "json", code=1)
    steps = by_name(json.loads(ran.stdout))
    assert [item["status"] for item in steps["fit"]["items"]] == ["ran", "ran", "failed", "ran"]
    assert steps["fit"]["error"].startswith("fit[2]: ")
    assert "ValueError: not this one" in steps["fit"]["error"]
    assert (steps["fit"]["status"], steps["fit"]["outputs"]) == ("failed", {})
    assert steps["plan"]["status"] == "skipped"
    assert steps["plan"]["error"] == "a step that it needs did not succeed"
    assert sorted(counter.read_text().split()) == ["1a", "1b", "2a", "2a", "2b"]
    # The others are there, and are not run again.
    sweep.edit("pipelines/sweep.yaml", "slope: [1, 2]", "slope: [1]")
    assert by_name(sweep.json("run", "sweep"))["fit"]["status"] == "reused"
    project = Project(sweep.root)
    assert verify(project.ledger, project.index.streams()).problems == []
    project.close()


@pytest.mark.parametrize(
    ("items", "message"),
    [
        ('[{"slope": -1.0}]', "item 0 of settings#1: slope = -1.0 breaks minimum 0.0"),
        ('[{}, {"slope": "steep"}]', "item 1 of settings#1: 'steep' is no float64 for the parameter 'slope'"),
        ('[{"deploy": True}]', "item 0 of settings#1 sets deploy, which the step does not take"),
        ("[3]", "item 0 of settings#1 is int, not a mapping of parameters"),
        ('{"slope": 1}', "holds dict, not a list of items"),
        ('{"a.json": [], "b.json": []}', "settings#1 has 2 JSON files"),
        ('{"a.json": "nonsense"}', "a.json of settings#1 is no JSON"),
    ],
)
def test_a_list_that_the_parameters_refuse_fails_the_step(sweep, items, message):
    sweep.edit("pipelines/work.py", "artefact_store.save(items)", f"artefact_store.save({items})")
    steps = by_name(sweep.json("run", "sweep", code=1))
    assert steps["plan"]["status"] == "ran"
    assert steps["refit"]["status"] == "failed"
    assert message in steps["refit"]["error"]


def test_an_empty_list_skips_the_step_and_what_needs_it(sweep):
    sweep.edit("pipelines/work.py", "if slope > 2]", "if slope > 200]")
    done = sweep.json("run", "sweep")
    steps = by_name(done)
    assert done["status"] == "succeeded"
    assert [steps[name]["status"] for name in ("refit", "choose", "ship")] == ["skipped"] * 3
    assert steps["refit"]["notices"] == ["refit is skipped: plan.settings lists no items"]
    assert steps["choose"]["notices"] == ["choose is skipped: refit, which it needs, is skipped"]
    assert steps["refit"]["error"] == steps["ship"]["error"] == ""


def test_items_are_built_for_tests_from_a_list(sweep):
    told = sweep.python(
        """
import jeyn
from jeyn.testing import run_step
from generated.pipelines.sweep_v1 import ChooseInputs, PlanInputs
from pipelines.work import choose, plan
inputs = PlanInputs.of(lines=[{"slope": 1.5}, {"slope": 0.5}], notes=[{"note.txt": "a: 1"}, {"note.txt": "b: 2"}])
print(type(inputs.lines).__name__, [line.model["slope"] for line in inputs.lines])
print(run_step(plan, inputs).settings.read("report.json"))
try:
    PlanInputs.of(lines=inputs.lines[0], notes=[])
except jeyn.errors.StepError as error:
    print(error.message.rpartition(">")[2])
"""
    )
    assert told.splitlines() == [
        "tuple [1.5, 0.5]",
        "[{'label': 'rea', 'slope': 2.5}]",
        " is one artefact, and this input is many",
    ]

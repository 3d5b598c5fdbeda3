"""A pipeline that no object of a cluster could hold is a finding; and what its size is taken for is its size."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
import yaml
from deployed import Deploy, environment

from jeyn.cli.main import main
from jeyn_gen.load.project import load_project
from jeyn_gen.load.template_size import template_size

MANY = "generated/manifests/base/many-v1.yaml"
FUNCTION = {"function": "pipelines.many:f"}
Steps = dict[str, dict[str, Any]]


def files(steps: Mapping[str, Any], parameters: Mapping[str, Any] | None = None) -> dict[str, str]:
    """The files of a pipeline with these steps."""
    document = {"kind": "Pipeline", "name": "many", "version": "1.0.0", "parameters": parameters or {}, "steps": steps}
    return {"pipelines/many.yaml": json.dumps(document), "pipelines/many.py": "def f(inputs): ...\n"}


def alike(count: int) -> Steps:
    return {f"step-{at:04}": FUNCTION for at in range(count)}


def giving(count: int) -> Steps:
    return {name: {**step, "outputs": {"told": {"report": f"told-{name}"}}} for name, step in alike(count).items()}


def fed(count: int, reads: int) -> Steps:
    """So many steps that give, and half as many that read so many of these."""
    givers = giving(count)
    inputs = {f"i{number}": f"{name}.told" for number, name in enumerate([*givers][:reads])}
    return givers | {f"read-{at:04}": {**FUNCTION, "inputs": inputs} for at in range(count // 2)}


def differing(count: int, key: str, value: Any) -> Steps:
    """So many steps, each with another value of a key: `value` is called with its number."""
    return {name: {**step, key: value(at)} for at, (name, step) in enumerate(giving(count).items())}


def told(count: int) -> Steps:
    """Steps under conditions on others."""
    one = {"minimum": 0}
    return giving(count) | {f"read-{at:04}": {**FUNCTION, "when": {f"step-{at:04}.told.x": one}} for at in range(count)}


def labels(at: int) -> dict[str, str]:
    return {f"example.org/kind-{number}": f"value-{at}" for number in range(20)}


def taints(at: int) -> list[dict[str, str]]:
    return [{"key": f"k{number}", "value": f"v{at}", "effect": "NoSchedule"} for number in range(5)]


TEXT = {"dtype": "string", "default": "x" * 60_000}
PROJECTS = {
    "one": files(alike(1)),
    "alike": files(alike(500)),
    "fed": files(fed(100, 40)),
    "in-time": files(differing(300, "timeout", lambda at: f"{60 + at}s")),
    "of-a-size": files(differing(300, "resources", lambda at: {"cpu": f"{at + 1}m"})),
    "on-nodes": files(differing(100, "node_selector", labels)),
    "tolerant": files(differing(100, "tolerations", taints)),
    "told": files(told(100)),
    "parameters": files(alike(1), {f"p{number}": TEXT for number in range(10)}),
}


@pytest.mark.parametrize("name", PROJECTS)
def test_the_size_of_a_template_is_about_what_it_is_taken_for(name: str, deploy: Deploy) -> None:
    root = deploy(files=PROJECTS[name])
    template, *_ = yaml.load_all((root / MANY).read_bytes(), yaml.CSafeLoader)
    size = len(json.dumps(template, separators=(",", ":")).encode())
    plan = next(plan for pin, plan in load_project(root).plans.items() if pin.name == "many")
    assert size <= template_size(plan) <= 1.25 * size + 5_000


@pytest.fixture
def lint(deploy: Deploy, capsys: pytest.CaptureFixture[str]) -> Any:
    """What lint says of a project with these files, with the exit code."""
    root = deploy(environment("production"))

    def linted(written: Mapping[str, str]) -> tuple[int, str]:
        for path, text in written.items():
            (root / path).write_text(text)
        capsys.readouterr()
        code = main(["-C", str(root), "lint"])
        return code, capsys.readouterr().out

    return linted


@pytest.mark.parametrize(
    "written",
    [files(alike(1500)), files(differing(600, "timeout", lambda at: f"{60 + at}s")), files(fed(200, 50))],
    ids=["steps", "templates", "inputs"],
)
def test_what_there_is_room_for(written: Mapping[str, str], lint: Any) -> None:
    assert lint(written)[0] == 0


@pytest.mark.parametrize(
    ("written", "says"),
    [
        (files(alike(1501)), "JYN809: 1,501 steps; at most 1,500 are room for"),
        (files(differing(900, "timeout", lambda at: f"{60 + at}s")), "JYN809: its template takes about 1,1"),
        (files(alike(1), {f"p{number}": TEXT for number in range(40)}), "JYN809: its template takes about 2,4"),
        (files(fed(200, 70)), "JYN809: what the steps read takes about"),
        (
            files(alike(1), {"words": {"dtype": "string", "default": "x" * 65_537}}),
            "JYN809: a default of more than 65,536 bytes",
        ),
    ],
    ids=["steps", "templates", "parameters", "inputs", "default"],
)
def test_what_no_object_could_hold_is_told_where_it_is(written: Mapping[str, str], says: str, lint: Any) -> None:
    code, out = lint(written)
    assert code == 1
    assert "pipelines/many.yaml:1:" in out
    assert says in out

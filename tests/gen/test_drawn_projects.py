"""Whole projects, whatever they say: no finding, no traceback, the same bytes twice, and a type checker that agrees."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from drawn_projects import DrawnProject, projects
from hypothesis import HealthCheck, Phase, event, given, settings
from thorough import many

import jeyn
from jeyn.cli.main import main
from jeyn_gen.emit.project import project_units
from jeyn_gen.load.project import load_project
from jeyn_gen.publish.files import drift, publish

TRIED = settings(
    deadline=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.filter_too_much,
        HealthCheck.function_scoped_fixture,  # each example clears its folder
    ],
)


def written(project: DrawnProject, root: Path) -> Path:
    shutil.rmtree(root, ignore_errors=True)
    for path, text in project.files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8", newline="")
    return root


@settings(TRIED, max_examples=many(10, 1000))
@given(project=projects())
def test_no_finding_and_the_same_bytes_twice(project: DrawnProject, tmp_path: Path) -> None:
    for formula in project.formulas:
        event(type(formula.recipe).__name__)
    root = written(project, tmp_path / "project")
    loaded = load_project(root)
    assert loaded.findings == ()
    assert Counter(loaded.definitions) == Counter(project.definitions)
    units = project_units(loaded.definitions, loaded.plans)
    publish(root, units)
    made = {unit.path: (root / unit.path).read_bytes() for unit in units}
    for path, content in made.items():
        compile(content, path, "exec", dont_inherit=True)
    again = load_project(root)
    assert drift(root, project_units(again.definitions, again.plans)) == []
    assert {unit.path: unit.text().encode() for unit in project_units(again.definitions, again.plans)} == made


@settings(TRIED, max_examples=many(5, 50))
@given(project=projects())
def test_the_commands_agree(project: DrawnProject, tmp_path: Path) -> None:
    root = written(project, tmp_path / "project")
    assert main(["-C", str(root), "lint", "--strict"]) == 0
    assert main(["-C", str(root), "generate"]) == 0
    assert main(["-C", str(root), "generate", "--check"]) == 0


@pytest.mark.slow
def test_a_type_checker_takes_what_is_generated(tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "jeyn").symlink_to(Path(jeyn.__file__).parent)

    # Not shrunk: mypy takes seconds, and names the line.
    @settings(TRIED, max_examples=many(3, 30), database=None, phases=[Phase.generate])
    @given(project=projects())
    def check(project: DrawnProject) -> None:
        root = written(project, tmp_path / "project")
        assert main(["-C", str(root), "generate"]) == 0
        words = [
            "-m",
            "mypy",
            "--strict",
            "--follow-imports=silent",
            "--cache-dir",
            str(tmp_path / "cache"),
            "-p",
            "generated",
        ]
        done = subprocess.run(
            [sys.executable, *words],
            cwd=root,
            env={**os.environ, "MYPYPATH": str(site)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[:3000]

    check()

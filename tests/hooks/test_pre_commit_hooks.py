"""The hooks of .pre-commit-hooks.yaml, called by pre-commit itself."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hooked_repository import GENERATED, MEAN, ROOT, Repository, use_case

BAD = MEAN.replace("numbers@1", "numbers@7")
PRE_COMMIT = (sys.executable, "-m", "pre_commit")


def hooks() -> list[dict[str, Any]]:
    """The hooks that this repository offers, but run with the `jeyn` on PATH: installing one needs a network."""
    offered: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    for hook in offered:
        hook["language"] = "system"
        del hook["additional_dependencies"]
    return offered


def install(repository: Repository, *offered: dict[str, Any]) -> None:
    repository.write(".pre-commit-config.yaml", yaml.safe_dump({"repos": [{"repo": "local", "hooks": list(offered)}]}))
    repository.git("add", ".pre-commit-config.yaml")
    repository.git("commit", "--quiet", "--message", "hooks")
    repository.run(*PRE_COMMIT, "install", "--hook-type", "pre-commit", "--hook-type", "pre-merge-commit")


@pytest.fixture
def hooked(repository: Repository) -> Repository:
    """A repository with both hooks installed by pre-commit."""
    install(repository, *hooks())
    return repository


def test_the_manifest_is_one(repository: Repository) -> None:
    repository.run(*PRE_COMMIT, "validate-manifest", str(ROOT / ".pre-commit-hooks.yaml"))
    repository.run(*PRE_COMMIT, "validate-config", str(ROOT / ".pre-commit-config.yaml"))
    offered = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert [hook["id"] for hook in offered] == ["jeyn-generate", "jeyn-lint", "jeyn-breaking"]
    assert all(hook["additional_dependencies"] == [".[gen]"] for hook in offered)


def test_a_commit_waits_for_what_is_generated(hooked: Repository) -> None:
    hooked.stage("pipelines/mean.yaml", MEAN)
    said = hooked.commit(code=1)
    assert f"written: {GENERATED}" in said
    assert "git add generated" in said
    hooked.git("add", "generated")
    hooked.commit()
    assert GENERATED in hooked.in_head()
    assert hooked.git("status", "--porcelain") == ""


def test_the_staged_version_is_judged_and_edits_come_back(hooked: Repository) -> None:
    hooked.stage("pipelines/mean.yaml", BAD)
    hooked.write("pipelines/mean.yaml", MEAN)
    hooked.write("catalogs/untracked.yaml", "nonsense")
    assert "JYN201" in hooked.commit(code=1)
    assert hooked.read("pipelines/mean.yaml") == MEAN
    hooked.git("add", "pipelines/mean.yaml")
    hooked.write("pipelines/mean.yaml", BAD)
    hooked.commit(code=1)
    hooked.git("add", "generated")
    hooked.commit()
    assert hooked.read("pipelines/mean.yaml") == BAD
    assert hooked.git("show", "HEAD:pipelines/mean.yaml") + "\n" == MEAN
    assert hooked.git("status", "--porcelain").split("\n") == [" M pipelines/mean.yaml", "?? catalogs/untracked.yaml"]


def test_commits_that_only_delete_or_rename_are_judged(hooked: Repository) -> None:
    hooked.git("rm", "--quiet", "catalogs/numbers.yaml")
    assert "JYN201" in hooked.commit(code=1)
    hooked.git("reset", "--quiet", "--hard")
    hooked.git("rm", "--quiet", "pipelines/source.yaml")
    assert "removed: generated/formulas/source_v1.py" in hooked.commit(code=1)
    hooked.git("add", "generated")
    hooked.commit()
    hooked.git("mv", "catalogs/numbers.yaml", "catalogs/moved.yaml")
    hooked.commit()
    assert hooked.git("status", "--porcelain") == ""


def test_commit_all_of_some_files_and_amend(hooked: Repository) -> None:
    hooked.stage("pipelines/mean.yaml", MEAN)
    hooked.jeyn("generate", "--staged", "--add")
    hooked.commit()
    hooked.write("pipelines/mean.yaml", MEAN + "description: Of all.\n")
    hooked.commit("--all", code=1)
    hooked.commit("--all")
    assert "Of all." in hooked.git("show", f"HEAD:{GENERATED}")
    hooked.write("pipelines/mean.yaml", MEAN + "description: Alone.\n")
    hooked.commit("pipelines/mean.yaml", code=1)
    hooked.commit("pipelines/mean.yaml", "generated", "--amend")
    assert "Alone." in hooked.git("show", f"HEAD:{GENERATED}")
    assert hooked.git("status", "--porcelain") == ""


def test_merges_are_judged(hooked: Repository) -> None:
    for name in ("one", "two"):
        hooked.git("checkout", "--quiet", "-b", name, "main")
        hooked.stage(f"pipelines/{name}.yaml", use_case(name))
        hooked.jeyn("generate", "--staged", "--add")
        hooked.commit()
    hooked.git("merge", "--quiet", "--no-edit", "one")
    hooked.jeyn("generate", "--check")
    hooked.git("checkout", "--quiet", "-b", "three", "main")
    hooked.git("rm", "--quiet", "-r", "catalogs", "pipelines", "generated")
    hooked.commit()
    hooked.stage("pipelines/three.yaml", "kind: Nonsense\n")
    hooked.commit("--no-verify")
    assert "JYN" in hooked.git("merge", "--no-edit", "--strategy-option", "ours", "two", code=None)
    assert hooked.git("rev-parse", "HEAD^2", code=128)


def test_projects_below_the_top_are_named_in_args(below: Callable[..., Repository]) -> None:
    repository = below("ml/one", "ml/two")
    named = [
        {**hook, "name": f"{hook['name']} {project}", "args": ["-C", project, *hook["args"]]}
        for hook in hooks()
        for project in ("ml/one", "ml/two")
    ]
    install(repository, *named)
    repository.stage("ml/two/pipelines/mean.yaml", MEAN)
    assert "git add ml/two/generated" in repository.commit(code=1)
    repository.git("add", "ml/two/generated")
    repository.commit(at="ml/one")
    repository.stage("ml/one/pipelines/mean.yaml", BAD)
    repository.commit(code=1)


def test_linked_working_trees(hooked: Repository, tmp_path: Path) -> None:
    hooked.git("worktree", "add", "--quiet", str(tmp_path / "second"))
    second = hooked.at(tmp_path / "second")
    second.stage("pipelines/mean.yaml", BAD)
    second.commit(code=1)
    second.stage("pipelines/mean.yaml", MEAN)
    second.commit(code=1)
    second.git("add", "generated")
    second.commit()
    assert hooked.git("status", "--porcelain") == ""


def test_all_files_as_ci_asks(hooked: Repository) -> None:
    said = hooked.run(*PRE_COMMIT, "run", "--all-files")
    assert said.count("Passed") == 3

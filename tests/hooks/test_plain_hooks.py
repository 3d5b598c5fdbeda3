"""The hooks of hooks/, called by git itself."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from hooked_repository import GENERATED, MEAN, ROOT, Repository, use_case

BAD = MEAN.replace("numbers@1", "numbers@7")


@pytest.fixture
def hooked(repository: Repository) -> Repository:
    """A repository with the plain hooks on."""
    repository.use_plain_hooks()
    return repository


def test_they_are_executable_and_plain_shell() -> None:
    for hook in ("pre-commit", "pre-merge-commit", "post-rewrite"):
        path = ROOT / "hooks" / hook
        assert path.stat().st_mode & stat.S_IXUSR
        assert path.read_text().startswith("#!/bin/sh\n")


def test_a_commit_brings_what_is_generated(hooked: Repository) -> None:
    hooked.stage("pipelines/mean.yaml", MEAN)
    hooked.commit()
    assert GENERATED in hooked.in_head()
    assert hooked.git("status", "--porcelain") == ""
    hooked.git("rm", "--quiet", "pipelines/mean.yaml")
    hooked.commit()
    assert "use_cases" not in "".join(hooked.in_head())
    hooked.git("mv", "pipelines/source.yaml", "pipelines/moved.yaml")
    hooked.commit(at="catalogs")
    assert hooked.git("status", "--porcelain") == ""


def test_what_is_edited_and_not_staged_stays_as_it_is(hooked: Repository) -> None:
    hooked.stage("pipelines/mean.yaml", MEAN)
    hooked.commit()
    edited = {
        "pipelines/mean.yaml": MEAN + "description: Edited.\n",
        "catalogs/numbers.yaml": "nonsense",
        "pipelines/work.py": "def source(:\r\n",
        GENERATED: "mine = 1\r\n",
        "catalogs/untracked.yaml": "nonsense",
        "generated/untracked.py": "mine = 1",
    }
    hooked.stage("pipelines/mean.yaml", MEAN + "description: Staged.\n")
    for path, text in edited.items():
        (hooked.top / path).write_bytes(text.encode())
    hooked.commit()
    assert {path: (hooked.top / path).read_bytes().decode() for path in edited} == edited
    assert "Staged." in hooked.git("show", f"HEAD:{GENERATED}")
    assert "Edited." not in hooked.git("show", "HEAD:pipelines/mean.yaml")


def test_a_commit_with_findings_is_stopped(hooked: Repository) -> None:
    hooked.stage("pipelines/mean.yaml", BAD)
    hooked.write("pipelines/mean.yaml", MEAN)
    before = hooked.git("rev-parse", "HEAD")
    assert "JYN201" in hooked.commit(code=1)
    assert hooked.git("rev-parse", "HEAD") == before
    assert hooked.read("pipelines/mean.yaml") == MEAN
    hooked.commit("--no-verify")


def test_commit_all_and_amend(hooked: Repository) -> None:
    hooked.stage("pipelines/mean.yaml", MEAN)
    hooked.commit()
    hooked.write("pipelines/mean.yaml", MEAN + "description: Of all.\n")
    hooked.commit("--all")
    assert "Of all." in hooked.git("show", f"HEAD:{GENERATED}")
    hooked.write("pipelines/mean.yaml", MEAN + "description: Amended.\n")
    hooked.commit("--all", "--amend")
    assert "Amended." in hooked.git("show", f"HEAD:{GENERATED}")
    assert hooked.git("status", "--porcelain") == ""


def test_a_commit_of_some_files_must_name_what_is_generated(hooked: Repository) -> None:
    hooked.stage("pipelines/mean.yaml", MEAN)
    hooked.commit()
    hooked.write("pipelines/mean.yaml", MEAN + "description: Alone.\n")
    hooked.stage("pipelines/work.py", "def source(:\n")  # staged, but not in this commit
    said = hooked.commit("pipelines/mean.yaml", code=1)
    assert "git add generated, then name it, or name nothing" in said
    assert "Alone." in hooked.read(GENERATED)
    hooked.commit("pipelines/mean.yaml", "generated")
    assert "Alone." in hooked.git("show", f"HEAD:{GENERATED}")
    assert hooked.git("status", "--porcelain") == "M  pipelines/work.py"


def test_branches_that_add_documents_merge_without_a_conflict(hooked: Repository) -> None:
    for name in ("one", "two"):
        hooked.git("checkout", "--quiet", "-b", name, "main")
        hooked.stage(f"pipelines/{name}.yaml", use_case(name))
        hooked.commit()
    hooked.git("merge", "--quiet", "--no-edit", "one")
    assert len(hooked.git("rev-list", "--parents", "-1", "HEAD").split()) == 3
    hooked.jeyn("generate", "--check")
    assert hooked.git("status", "--porcelain") == ""


def test_branches_that_change_one_document_merge_where_the_document_does(hooked: Repository) -> None:
    lines = "metrics:\n  a: {minimum: 0}\n  b: {minimum: 0}\n  c: {minimum: 0}\n  d: {minimum: 0}\n"
    hooked.stage("pipelines/mean.yaml", MEAN + lines)
    hooked.commit()
    for name in ("a", "d"):
        hooked.git("checkout", "--quiet", "-b", name, "main")
        hooked.stage("pipelines/mean.yaml", MEAN + lines.replace(f"{name}: {{minimum: 0", f"{name}: {{minimum: 5"))
        hooked.commit()
    said = hooked.git("merge", "--no-edit", "a", code=None)
    assert "complete it: git commit --no-edit" in said
    assert hooked.git("diff", "--name-only", "--diff-filter=U") == ""
    hooked.git("commit", "--quiet", "--no-edit")
    assert len(hooked.git("rev-list", "--parents", "-1", "HEAD").split()) == 3
    hooked.jeyn("generate", "--check")
    assert hooked.git("show", f"HEAD:{GENERATED}").count("minimum=5") == 2


def test_without_the_driver_generating_again_resolves_the_conflict(hooked: Repository) -> None:
    hooked.git("config", "--unset", "merge.jeyn.driver")
    for name in ("one", "two"):
        hooked.git("checkout", "--quiet", "-b", name, "main")
        hooked.stage("pipelines/mean.yaml", f"{MEAN}description: {name}\n")
        hooked.commit()
    assert f"Merge conflict in {GENERATED}" in hooked.git("merge", "--no-edit", "one", code=1)
    hooked.commit(code=128)  # git does not even ask the hooks
    hooked.stage("pipelines/mean.yaml", f"{MEAN}description: one and two\n")
    hooked.jeyn("generate")
    hooked.git("add", "generated")
    hooked.git("commit", "--quiet", "--no-edit")
    assert "one and two" in hooked.git("show", f"HEAD:{GENERATED}")


def test_a_rebase_goes_on_and_says_what_it_left_stale(hooked: Repository) -> None:
    for name in ("one", "two"):
        hooked.git("checkout", "--quiet", "-b", name, "main")
        hooked.stage("pipelines/mean.yaml", f"{MEAN}description: {name}\n")
        hooked.commit()
    hooked.git("rebase", "--quiet", "one", code=1)
    hooked.stage("pipelines/mean.yaml", f"{MEAN}description: both\n")
    hooked.jeyn("lint", "--staged")
    assert "then git commit --amend" in hooked.git("rebase", "--continue", GIT_EDITOR="true")
    assert hooked.git("rev-list", "--count", "main..HEAD") == "2"
    hooked.git("commit", "--quiet", "--amend", "--no-edit")  # with the hooks on, which generate it
    assert "both" in hooked.git("show", f"HEAD:{GENERATED}")
    assert hooked.git("status", "--porcelain") == ""
    hooked.git("checkout", "--quiet", "-b", "three", "one")
    hooked.git("rebase", "--quiet", "two")


def test_projects_below_the_top_are_named(below: Callable[..., Repository]) -> None:
    repository = below("ml/one", "ml/the other")
    repository.use_plain_hooks()
    for project in ("ml/one", "ml/the other"):
        repository.git("config", "--add", "jeyn.project", project)
        repository.stage(f"{project}/pipelines/mean.yaml", MEAN)
    repository.commit(at="ml/one")
    assert {f"ml/one/{GENERATED}", f"ml/the other/{GENERATED}"} <= set(repository.in_head())
    repository.stage("ml/the other/pipelines/mean.yaml", BAD)
    repository.commit(code=1)


def test_linked_working_trees_and_submodules(hooked: Repository, tmp_path: Path) -> None:
    hooked.git("worktree", "add", "--quiet", str(tmp_path / "second"))
    second = hooked.at(tmp_path / "second")
    second.stage("pipelines/mean.yaml", MEAN)
    second.commit(at="pipelines")
    assert GENERATED in second.in_head()
    second.write("pipelines/mean.yaml", BAD)
    second.commit("--all", code=1)
    assert hooked.git("status", "--porcelain") == ""

    outer = hooked.at(tmp_path / "outer")
    outer.top.mkdir()
    outer.git("init", "--quiet")
    outer.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(hooked.top), "inner")
    inner = hooked.at(outer.top / "inner")
    inner.git("config", "core.hooksPath", "hooks")
    inner.stage("pipelines/mean.yaml", BAD)
    inner.commit(code=1)
    inner.stage("pipelines/mean.yaml", MEAN)
    inner.commit()
    assert GENERATED in inner.in_head()
    outer.git("add", "inner")
    outer.commit()


def test_without_jeyn_on_the_path_the_hook_says_what_to_do(hooked: Repository) -> None:
    path = os.pathsep.join(
        one for one in hooked.environment["PATH"].split(os.pathsep) if not Path(one, "jeyn").exists()
    )
    hooked.stage("pipelines/mean.yaml", MEAN)
    said = hooked.git("commit", "--message", "a change", code=1, PATH=path)
    assert said == "hooks: there is no jeyn on PATH; activate the environment that has it, or: pip install 'jeyn[gen]'"


def test_a_hook_without_its_executable_bit_is_passed_over_and_git_says_so(hooked: Repository) -> None:
    (hooked.top / "hooks/pre-commit").chmod(0o644)
    hooked.stage("pipelines/mean.yaml", BAD)
    assert "not set as executable" in hooked.git("commit", "--message", "a change")

"""`jeyn lint --staged` and `jeyn generate --staged`: the index decides, whatever the working tree holds."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hooked_repository import DOCUMENTS, GENERATED, MEAN, Repository, use_case
from runs_pods import FILE, LEDGER, PROJECT

BAD = MEAN.replace("numbers@1", "numbers@7")


def test_the_staged_version_is_judged(repository: Repository) -> None:
    repository.stage("pipelines/mean.yaml", MEAN)
    repository.write("pipelines/mean.yaml", BAD)
    assert "no findings" in repository.jeyn("lint", "--staged")
    repository.jeyn("lint", code=1)
    repository.stage("pipelines/mean.yaml", BAD)
    repository.write("pipelines/mean.yaml", MEAN)
    assert "pipelines/mean.yaml:4:9: error JYN201" in repository.jeyn("lint", "--staged", code=1)
    assert "no findings" in repository.jeyn("lint")
    assert "JYN201" in repository.jeyn("generate", "--staged", code=1)


def test_what_is_untracked_or_only_intended_is_not_staged(repository: Repository) -> None:
    repository.write("catalogs/untracked.yaml", "not: a document\n")
    repository.write("catalogs/intended.yaml", "not: a document\n")
    repository.git("add", "--intent-to-add", "catalogs/intended.yaml")
    assert repository.jeyn("lint", "--staged") == "checked 2 documents: no findings\n"
    repository.stage("catalogs/intended.yaml", "")
    assert "intended.yaml" in repository.jeyn("lint", "--staged", code=1)
    # A function's module counts as a document does.
    repository.git("rm", "--quiet", "--cached", "catalogs/intended.yaml", "pipelines/work.py")
    assert "JYN401" in repository.jeyn("lint", "--staged", code=1)
    assert (repository.top / "pipelines/work.py").exists()


def test_deleted_and_renamed_documents(repository: Repository) -> None:
    repository.git("mv", "catalogs/numbers.yaml", "catalogs/figures.yaml")
    assert "no findings" in repository.jeyn("lint", "--staged")
    repository.git("rm", "--quiet", "--cached", "catalogs/figures.yaml")
    assert "pipelines/source.yaml:4:10: error JYN201" in repository.jeyn("lint", "--staged", code=1)
    assert "no findings" in repository.jeyn("lint")


def test_paths_and_json(repository: Repository) -> None:
    repository.stage("pipelines/mean.yaml", BAD)
    (repository.top / "pipelines/mean.yaml").unlink()
    assert "no findings" in repository.jeyn("lint", "--staged", "catalogs")
    found = json.loads(repository.jeyn("lint", "--staged", "pipelines/mean.yaml", "--format", "json", code=1))
    assert {one["path"] for one in found["findings"]} == {"pipelines/mean.yaml"}
    repository.write("pipelines/untracked.yaml", "")
    assert "there is no pipelines/untracked.yaml" in repository.jeyn(
        "lint", "--staged", "pipelines/untracked.yaml", code=2
    )
    assert "outside the project" in repository.jeyn("lint", "--staged", "/", code=2)


def test_generate_writes_what_the_staged_documents_need(repository: Repository) -> None:
    repository.stage("pipelines/mean.yaml", MEAN)
    repository.write("pipelines/mean.yaml", MEAN + "description: Not staged.\n")
    assert f"missing: {GENERATED}" in repository.jeyn("generate", "--check", "--staged", code=1)
    assert not (repository.top / GENERATED).exists()
    said = repository.jeyn("generate", "--staged", code=1)
    assert f"written: {GENERATED}\n" in said
    assert "git add generated\n" in said
    assert "Not staged" not in repository.read(GENERATED)
    assert GENERATED not in repository.git("ls-files")
    repository.git("add", "generated")
    for words in (("--check",), (), ("--add",)):
        repository.jeyn("generate", "--staged", *words)
    assert repository.read("pipelines/mean.yaml").endswith("Not staged.\n")


def test_generate_can_stage_it_too(repository: Repository) -> None:
    repository.stage("pipelines/mean.yaml", MEAN)
    assert "staged as well" in repository.jeyn("generate", "--staged", "--add")
    assert repository.staged(GENERATED) == repository.read(GENERATED)
    assert "?? " not in repository.git("status", "--porcelain")
    repository.jeyn("generate", "--check", "--staged")
    repository.git("rm", "--quiet", "--cached", "pipelines/mean.yaml")
    assert f"removed: {GENERATED}" in repository.jeyn("generate", "--staged", "--add")
    assert "use_cases" not in repository.git("ls-files")
    assert not (repository.top / "generated/use_cases").exists()


def test_generated_files_with_edits_of_their_own_are_left_alone(repository: Repository) -> None:
    repository.stage("pipelines/mean.yaml", MEAN)
    repository.jeyn("generate", "--staged", "--add")
    first = repository.staged(GENERATED)
    repository.stage("pipelines/mean.yaml", MEAN + "description: Staged.\n")
    for edited in (first + "x = 1\n", None):
        if edited is None:
            (repository.top / GENERATED).unlink()
        else:
            repository.write(GENERATED, edited)
        said = repository.jeyn("generate", "--staged", code=1)
        assert f"{GENERATED} has changes that are not staged, and is left as it is" in said
        assert "--staged --add" in said
        assert (repository.read(GENERATED) if edited else None) == edited
        assert repository.staged(GENERATED) == first
    repository.write(GENERATED, first + "x = 1\n")
    assert "is left as it is" in repository.jeyn("generate", "--staged", "--add")
    assert repository.read(GENERATED) == first + "x = 1\n"
    assert "Staged." in repository.staged(GENERATED)
    repository.jeyn("generate", "--check", "--staged")


def test_an_untracked_file_in_the_place_of_a_generated_one_is_left_alone(repository: Repository) -> None:
    repository.stage("pipelines/mean.yaml", MEAN)
    repository.write(GENERATED, "mine = 1\n")
    assert "is left as it is" in repository.jeyn("generate", "--staged", code=1)
    assert repository.read(GENERATED) == "mine = 1\n"


def test_what_is_generated_already_is_only_to_be_staged(repository: Repository) -> None:
    repository.stage("pipelines/mean.yaml", MEAN)
    repository.jeyn("generate")
    said = repository.jeyn("generate", "--staged", code=1)
    assert "is left as it is" not in said
    assert "git add generated" in said


def test_generate_as_json(repository: Repository) -> None:
    repository.stage("pipelines/mean.yaml", MEAN)
    found = json.loads(repository.jeyn("generate", "--check", "--staged", "--format", "json", code=1))
    assert {"path": GENERATED, "state": "missing", "made_by": None} in found["files"]


def test_the_project_is_the_one_that_is_staged(repository: Repository) -> None:
    repository.write("pyproject.toml", "[tool.other]\n")
    repository.write("catalogs/pyproject.toml", "[tool.jeyn]\n")
    assert "checked 2 documents" in repository.jeyn("lint", "--staged", at="catalogs")
    repository.stage("pyproject.toml", "[tool.other]\n")
    assert "no Jeyn project is staged" in repository.jeyn("lint", "--staged", code=2)
    repository.stage("pyproject.toml", "[tool\n")
    assert "is not TOML" in repository.jeyn("lint", "--staged", code=2)


def test_where_nothing_can_be_staged(repository: Repository, tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    assert "nothing is staged in" in repository.jeyn("-C", str(tmp_path / "plain"), "lint", "--staged", code=2)
    assert "there is no folder" in repository.jeyn("-C", "nowhere", "lint", "--staged", code=2)
    assert "--add goes with --staged" in repository.jeyn("generate", "--add", code=2)
    assert "--check writes nothing" in repository.jeyn("generate", "--staged", "--check", "--add", code=2)


def test_before_the_first_commit(repository: Repository, tmp_path: Path) -> None:
    fresh = repository.at(tmp_path / "fresh")
    fresh.top.mkdir()
    fresh.git("init", "--quiet")
    for path, text in DOCUMENTS.items():
        fresh.stage(path, text)
    assert "checked 2 documents: no findings" in fresh.jeyn("lint", "--staged")


def test_a_conflict_is_to_be_resolved_first(repository: Repository) -> None:
    for branch, text in (("theirs", MEAN), ("ours", use_case("average"))):
        repository.git("checkout", "--quiet", "-b", branch, "main")
        repository.stage("pipelines/mean.yaml", text)
        repository.commit()
    repository.git("merge", "--quiet", "theirs", code=1)
    assert "pipelines/mean.yaml has a conflict" in repository.jeyn("lint", "--staged", code=2)


@pytest.mark.parametrize("check", ["lint", "generate"])
def test_projects_below_the_top(below: Callable[..., Repository], check: str) -> None:
    repository = below("ml/one", "ml/two [2]")
    repository.stage("ml/two [2]/pipelines/mean.yaml", BAD)
    repository.jeyn("-C", "ml/one", check, "--staged")
    repository.jeyn("-C", "ml/two [2]", check, "--staged", code=1)
    repository.jeyn(check, "--staged", at="ml/two [2]/pipelines", code=1)
    assert "no Jeyn project is staged" in repository.jeyn(check, "--staged", code=2)


def test_generate_below_the_top(below: Callable[..., Repository]) -> None:
    repository = below("ml/one", "ml/two")
    repository.stage("ml/one/pipelines/mean.yaml", MEAN)
    assert "git add ml/one/generated" in repository.jeyn("-C", "ml/one", "generate", "--staged", code=1)
    repository.git("add", "ml/one/generated")
    repository.jeyn("-C", "ml/one", "generate", "--staged", "--check")
    repository.stage("ml/two/pipelines/mean.yaml", MEAN)
    repository.jeyn("generate", "--staged", "--add", at="ml/two/catalogs")
    assert repository.staged(f"ml/two/{GENERATED}") == repository.read(f"ml/one/{GENERATED}")


def test_modules_behind_links_and_in_submodules_are_found(repository: Repository, tmp_path: Path) -> None:
    library = repository.at(tmp_path / "library")
    library.top.mkdir()
    library.git("init", "--quiet")
    library.stage("work.py", DOCUMENTS["pipelines/work.py"])
    library.commit()
    repository.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(library.top), "library")
    repository.write("shared/work.py", DOCUMENTS["pipelines/work.py"])
    (repository.top / "linked").symlink_to("shared")
    repository.write("catalogs/elsewhere/odd", DOCUMENTS["catalogs/numbers.yaml"].replace("numbers", "odd"))
    (repository.top / "catalogs/odd.yaml").symlink_to("elsewhere/odd")
    for name in ("library", "linked"):
        formula = DOCUMENTS["pipelines/source.yaml"].replace("pipelines.work", f"{name}.work")
        repository.write(f"pipelines/{name}.yaml", formula.replace("name: source", f"name: {name}"))
    repository.git("add", "--all")
    repository.commit()
    assert "checked 5 documents: no findings" in repository.jeyn("lint", "--staged")
    library.stage("work.py", "def other(): ...\n")
    library.commit()
    repository.git("-C", "library", "pull", "--quiet")
    repository.jeyn("lint", "--staged")
    repository.git("add", "library")
    assert "library/work.py defines no `source`" in repository.jeyn("lint", "--staged", code=1)
    repository.git("checkout", "--quiet", "HEAD", "library")
    (repository.top / "linked").unlink()
    repository.git("add", "linked")
    assert "linked.work" in repository.jeyn("lint", "--staged", code=1)
    # One listing does not tell of these, so that nothing is remembered.
    assert not (repository.top / ".jeyn/passed").exists()


def test_a_linked_working_tree_has_an_index_of_its_own(repository: Repository, tmp_path: Path) -> None:
    repository.stage("pipelines/mean.yaml", BAD)
    repository.git("worktree", "add", "--quiet", str(tmp_path / "second"))
    second = repository.at(tmp_path / "second")
    second.jeyn("lint", "--staged")
    repository.jeyn("lint", "--staged", code=1)
    second.stage("pipelines/mean.yaml", MEAN)
    second.jeyn("generate", "--staged", "--add")
    assert GENERATED not in repository.git("ls-files")
    assert GENERATED in second.git("ls-files")


def test_the_index_that_git_names_is_read(repository: Repository) -> None:
    git = repository.top / ".git"
    repository.git("read-tree", "HEAD", GIT_INDEX_FILE=".git/other")
    repository.stage("pipelines/mean.yaml", BAD)
    for name in (".git/other", str(git / "other")):
        repository.jeyn("lint", "--staged", GIT_INDEX_FILE=name)
        repository.jeyn("lint", "--staged", at="catalogs", GIT_INDEX_FILE=name)
        repository.jeyn("-C", "catalogs", "lint", "--staged", GIT_INDEX_FILE=name, GIT_DIR=".git")
    repository.jeyn("-C", "catalogs", "lint", "--staged", GIT_DIR=".git", code=1)


def test_what_a_component_of_kustomize_names_is_to_be_staged(repository: Repository) -> None:
    repository.stage("pyproject.toml", f'{PROJECT}kustomize = "deploy/production"\n')
    repository.stage(FILE, LEDGER)
    repository.stage("deploy/production/kustomization.yaml", "kind: Component\npatches:\n- path: accounts.yml\n")
    repository.write("deploy/production/accounts.yml", "{}\n")
    said = repository.jeyn("lint", "--staged", code=1)
    assert "deploy/production/kustomization.yaml:3:9: error JYN801: 'accounts.yml' is not there" in said
    assert "no findings" in repository.jeyn("lint")
    repository.git("add", "deploy")
    assert "no findings" in repository.jeyn("lint", "--staged")
    assert "nothing that this reads has been staged" in repository.jeyn("lint", "--staged")
    repository.git("rm", "--quiet", "--cached", "deploy/production/accounts.yml")
    assert "'accounts.yml' is not there" in repository.jeyn("lint", "--staged", code=1)

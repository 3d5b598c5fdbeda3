"""What passed is known again, by one question to git; whatever may make a difference is asked anew."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hooked_repository import DOCUMENTS, MEAN, ROOT, Repository

KNOWN = "nothing that this reads has been staged since it passed\n"
CODE = "from jeyn.cli import passed\n"


@pytest.fixture
def known(repository: Repository) -> Repository:
    """A repository in which `generate` has passed without a finding, and so has `lint`."""
    assert "up to date" in repository.jeyn("generate", "--staged")
    return repository


def test_what_passed_is_known(known: Repository) -> None:
    for words in (("generate",), ("generate", "--check"), ("generate", "--add"), ("lint",), ("lint", "--strict")):
        assert known.jeyn(words[0], "--staged", *words[1:]) == KNOWN
    assert known.jeyn("-C", str(known.top), "lint", "--staged") == KNOWN
    known.write("catalogs/numbers.yaml", "not staged")
    known.write("catalogs/untracked.yaml", "not staged")
    known.write("pyproject.toml", "not = [staged")
    assert known.jeyn("lint", "--staged") == KNOWN
    known.stage("README.md", "nothing that is read")
    assert known.jeyn("lint", "--staged") == KNOWN
    assert known.git("status", "--porcelain", "--ignored").count(".jeyn") == 1


def test_what_passed_beside_components_is_known(repository: Repository) -> None:
    repository.stage("components/production/state.yaml", "kind: Component\n")
    assert repository.jeyn("generate", "--staged") != KNOWN
    assert repository.jeyn("generate", "--staged") == KNOWN
    for path in ("components/production/state.yaml", "Dockerfile", "deploy/patch.yaml"):
        repository.stage(path, "kind: Other\n")
        assert repository.jeyn("generate", "--staged") != KNOWN
        assert repository.jeyn("generate", "--staged") == KNOWN


def test_lint_knows_nothing_of_generate(repository: Repository) -> None:
    repository.jeyn("lint", "--staged")
    assert repository.jeyn("lint", "--staged") == KNOWN
    assert repository.jeyn("generate", "--staged") != KNOWN


@pytest.mark.parametrize(
    "words",
    [
        ("lint", "--staged", "catalogs"),
        ("lint", "--staged", "--format", "text"),
        ("-e", "production", "lint", "--staged"),
        ("--color", "always", "lint", "--staged"),
        ("lint", "--staged", "--nonsense"),
        ("lint", "--help", "--staged"),
    ],
)
def test_other_options_are_asked_anew(known: Repository, words: tuple[str, ...]) -> None:
    assert KNOWN not in known.run("jeyn", *words, code=None)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("catalogs/more.yaml", DOCUMENTS["catalogs/numbers.yaml"].replace("name: numbers", "name: more")),
        ("pipelines/mean.yaml", MEAN),
        ("pipelines/work.py", "def source(_): ...\n"),
        ("anywhere/else.py", "x = 1\n"),
        ("pyproject.toml", DOCUMENTS["pyproject.toml"] + "# another\n"),
        ("catalogs/pyproject.toml", DOCUMENTS["pyproject.toml"]),
        ("components/production/state.yaml", "kind: Component\n"),
        ("deploy/production/kustomization.yaml", "kind: Component\n"),
        ("deploy/production/quota.yml", "kind: ResourceQuota\n"),
        ("generated/catalogs/more_v1.py", "x = 1\n"),
        (".gitmodules", ""),
    ],
)
def test_what_is_read_makes_a_difference(known: Repository, path: str, text: str) -> None:
    known.stage(path, text)
    assert known.run("jeyn", "lint", "--staged", code=None) != KNOWN
    known.git("reset", "--quiet", "--", path)
    assert known.jeyn("lint", "--staged") == KNOWN


def test_what_is_deleted_or_in_conflict_makes_a_difference(known: Repository) -> None:
    known.git("rm", "--quiet", "--cached", "pipelines/work.py")
    assert "JYN401" in known.jeyn("lint", "--staged", code=1)
    known.git("reset", "--quiet")
    blob = known.git("rev-parse", "HEAD:pipelines/work.py")
    lines = "".join(f"100644 {blob} {stage}\tpipelines/work.py\n" for stage in (1, 2, 3))
    subprocess.run(["git", "update-index", "--index-info"], input="0 " + "0" * 40 + "\tpipelines/work.py\n" + lines,
                   cwd=known.top, text=True, check=True)  # fmt: skip
    assert "conflict" in known.jeyn("lint", "--staged", code=2)


def test_failures_and_warnings_are_told_again(repository: Repository) -> None:
    deprecated = DOCUMENTS["catalogs/numbers.yaml"].replace("float64", "float64, deprecated: unused")
    repository.stage("catalogs/numbers.yaml", deprecated)
    repository.stage("pipelines/mean.yaml", MEAN.replace("numbers@1", "numbers@7"))
    for _ in range(2):
        assert "JYN201" in repository.jeyn("lint", "--staged", code=1)
        repository.jeyn("generate", "--staged", code=1)


def test_another_folder_index_or_jeyn_is_another_question(known: Repository) -> None:
    assert known.jeyn("lint", "--staged", at="catalogs") != KNOWN
    assert known.jeyn("lint", "--staged", at="catalogs") == KNOWN
    known.git("read-tree", "HEAD", GIT_INDEX_FILE=".git/other")
    assert known.jeyn("lint", "--staged", GIT_INDEX_FILE=".git/other") == KNOWN
    known.git("rm", "--quiet", "--cached", "pipelines/work.py", GIT_INDEX_FILE=".git/other")
    for index in (".git/other", str(known.top / ".git/other")):
        for git in ({}, {"GIT_DIR": ".git"}, {"GIT_DIR": str(known.top / ".git"), "GIT_WORK_TREE": str(known.top)}):
            assert "JYN401" in known.jeyn("lint", "--staged", code=1, GIT_INDEX_FILE=index, **git)
    assert known.jeyn("lint", "--staged", GIT_DIR=".git") == KNOWN
    newer = "import sys, jeyn.version; jeyn.version.VERSION = '9'\nfrom jeyn.cli.start import main; sys.exit(main())"
    assert known.run(sys.executable, "-c", newer, "lint", "--staged") != KNOWN
    assert known.jeyn("lint", "--staged", JEYN_STATE=str(known.top / "state")) != KNOWN
    assert {one.name for one in (known.top / "state").iterdir()} == {".gitignore", "documents", "modules"}


def test_another_generator_is_another_question(known: Repository, tmp_path: Path) -> None:
    """A checkout of Jeyn has one version for many states: its files tell."""
    for package in ("jeyn", "jeyn_gen"):
        known.run("cp", "-Rp", str(ROOT / package), str(tmp_path))
    other = {"PYTHONPATH": str(tmp_path)}
    assert known.jeyn("lint", "--staged", **other) != KNOWN
    assert known.jeyn("lint", "--staged", **other) == KNOWN
    with (tmp_path / "jeyn_gen/load/syntax.py").open("a") as file:
        file.write("# another rule\n")
    assert known.jeyn("lint", "--staged", **other) != KNOWN


def test_projects_do_not_answer_for_each_other(below: Callable[..., Repository]) -> None:
    repository = below(".", "ml/one")
    for words in (("lint",), ("-C", "ml/one", "lint")):
        assert repository.jeyn(*words, "--staged") != KNOWN
        assert repository.jeyn(*words, "--staged") == KNOWN
    (repository.top / "ml/one/.jeyn/passed").unlink()
    assert repository.jeyn("-C", "ml/one", "lint", "--staged") != KNOWN


@pytest.mark.parametrize("damage", [b"", b"\xff\0\n" * 1000, None])
def test_a_damaged_file_knows_nothing(known: Repository, damage: bytes | None) -> None:
    file = known.top / ".jeyn/passed"
    file.unlink()
    if damage is None:
        file.mkdir()
    else:
        file.write_bytes(damage)
    assert known.jeyn("lint", "--staged") != KNOWN
    assert (known.jeyn("lint", "--staged") == KNOWN) == (damage is not None)


def test_the_file_stays_small(known: Repository) -> None:
    file = known.top / ".jeyn/passed"
    file.write_text("".join(f"{number:040}\n" for number in range(500)))
    known.jeyn("lint", "--staged")
    lines = file.read_text().splitlines()
    assert len(lines) == 100
    assert lines[:-1] == [f"{number:040}" for number in range(401, 500)]
    assert known.jeyn("lint", "--staged") == KNOWN


def test_another_add_meanwhile_is_not_taken_for_what_passed(known: Repository) -> None:
    """`remember` is told what was read; what git lists by then must be just that."""
    listing = known.git("ls-files", "--stage", "-z").split("\0")[:-1]
    blobs = {record.partition("\t")[2]: record.split(" ")[1] for record in listing}
    remembered = CODE + f"passed.remember('breaking', '.', '.', {sorted(blobs)!r}, {blobs!r})"
    for path in ("catalogs/more.yaml", "catalogs/numbers.yaml"):
        known.stage(path, "other: 1\n")
        known.run(sys.executable, "-c", remembered)
        assert known.run(sys.executable, "-c", CODE + "print(passed.before(['breaking', '--staged']))") == "False\n"
        known.git("reset", "--quiet", "--", path)


def test_what_breaks_depends_on_the_branches_too(known: Repository) -> None:
    """As `jeyn breaking --staged` uses it: its answer is another one when the default branch has moved."""
    listing = known.git("ls-files", "--stage", "-z").split("\0")[:-1]
    blobs = {record.partition("\t")[2]: record.split(" ")[1] for record in listing}
    known.run(
        sys.executable,
        "-c",
        CODE + f"passed.remember('breaking', {str(known.top)!r}, {str(known.top)!r}, [], {blobs!r})",
    )
    asked = (sys.executable, "-c", CODE + "print(passed.before(['breaking', '--staged']))")
    assert known.run(*asked) == "True\n"
    known.git("update-ref", "refs/remotes/origin/main", known.git("commit-tree", "-m", "other", "HEAD^{tree}"))
    assert known.run(*asked) == "False\n"


def test_nothing_that_takes_time_is_imported(known: Repository) -> None:
    code = (
        "import os, sys; before = set(sys.modules)\nfrom jeyn.cli.start import main\nassert main() == 0\n"
        "print(*sorted(set(sys.modules) - before))"
    )
    loaded = known.run(
        sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{code}", "lint", "--staged"
    )
    assert loaded.splitlines()[0] + "\n" == KNOWN
    ours = {"jeyn", "jeyn.cli", "jeyn.cli.passed", "jeyn.cli.start", "jeyn.git", "jeyn.git.listing", "jeyn.version"}
    assert set(loaded.splitlines()[1].split()) <= {*ours, "__future__", "_blake2"}

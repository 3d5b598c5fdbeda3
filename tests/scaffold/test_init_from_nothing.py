"""A repository that was just scaffolded passes everything that it asks of its own changes."""

from __future__ import annotations

import subprocess
import sys

import pytest
import yaml

from jeyn.cli.main import COMMANDS
from jeyn_gen.scaffold.editor import SCHEMA


@pytest.fixture
def written(folder_at, tmp_path):
    """What a scaffold says that it wrote."""
    told = folder_at(tmp_path).json("init", "churn", "--with", "github")
    assert (told["schema"], told["kept"]) == ("jeyn.init/1", [])
    return told["written"]


@pytest.fixture
def churn(folder_at, tmp_path, written):
    """A scaffold, staged for its first commit."""
    project = folder_at(tmp_path / "churn")
    project.git("add", "--all")
    return project


@pytest.fixture
def programs(tmp_path):
    """The folder that `make setup` would fill, with the programs of this environment."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, words in {"jeyn": "-m jeyn", "mypy": "-m mypy", "python": ""}.items():
        (folder / name).write_text(f'#!/bin/sh\nexec {sys.executable} {words} "$@"\n')
        (folder / name).chmod(0o755)
    return folder


def test_it_passes_its_own_checks_at_the_first_commit(churn, programs):
    churn.commit("Start")
    assert churn.git("branch", "--show-current") == "main"
    command = ["make", "--silent", "check", f"BIN={programs}"]
    done = subprocess.run(command, cwd=churn.root, env=churn.environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    for said in ("9 documents: no findings", "are up to date", "Success: no issues found", "3 passed"):
        assert said in done.stdout
    assert churn.git("status", "--porcelain") == "", "what checks leave behind is ignored"


def test_what_is_written_is_what_git_and_reviewers_see(churn, written):
    assert churn.git("ls-files").splitlines() == written
    assert "generated/checks/pipelines/train_churn_v1.py" in written
    asked = ["linguist-generated", "eol", "diff", "--", "generated/catalogs/customers_v1.py", "requirements.lock"]
    assert set(churn.git("check-attr", *asked).splitlines()) == {
        "generated/catalogs/customers_v1.py: linguist-generated: set",
        "generated/catalogs/customers_v1.py: eol: lf",
        "generated/catalogs/customers_v1.py: diff: unspecified",
        "requirements.lock: linguist-generated: set",
        "requirements.lock: eol: lf",
        "requirements.lock: diff: unset",
    }
    for words in (["format", "--check"], ["check", "--select", "E,F,I,B,UP,SIM,RUF"]):
        command = [sys.executable, "-m", "ruff", *words, "--isolated", "--no-cache", "pipelines", "tests"]
        done = subprocess.run(command, cwd=churn.root, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


def test_editors_find_the_schema_of_the_documents(churn, written):
    if "schema" not in COMMANDS:
        pytest.skip("this Jeyn has no `schema`")
    assert SCHEMA in written
    documents = [path for path in written if path.startswith(("catalogs/", "pipelines/")) and path.endswith(".yaml")]
    command = [sys.executable, "-m", "check_jsonschema", "--schemafile", SCHEMA, *documents]
    done = subprocess.run(command, cwd=churn.root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_its_hooks_let_the_first_commit_pass(churn, programs):
    """pre-commit itself runs them, on what is staged before there is any commit."""
    pytest.importorskip("pre_commit")
    if "breaking" not in COMMANDS or "--staged" not in churn.jeyn("breaking", "--help").stdout:
        pytest.skip("this Jeyn has no `breaking --staged`")
    path = f"{programs}:{churn.environment['PATH']}"
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", "run"],
        cwd=churn.root,
        env={**churn.environment, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("Passed") == 3


def test_its_hooks_are_those_that_jeyn_offers(on_github):
    (local,) = yaml.safe_load(on_github[".pre-commit-config.yaml"])["repos"]
    assert local["repo"] == "local"
    assert [hook["id"] for hook in local["hooks"]] == ["jeyn-lint", "jeyn-generate", "jeyn-breaking"]
    for hook in local["hooks"]:
        assert hook["entry"] == f"jeyn {hook['id'].removeprefix('jeyn-')} --staged"
        # Without these a commit that only removes a document would run no hook.
        assert (hook["language"], hook["pass_filenames"], hook["always_run"]) == ("system", False, True)

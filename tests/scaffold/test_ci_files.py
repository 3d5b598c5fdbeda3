"""The CI files: valid by the forges' schemas, with as few rights as their work needs, and commands that there are."""

from __future__ import annotations

import argparse
import importlib
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from jeyn.cli.main import COMMANDS


@pytest.fixture(scope="session")
def workflow(on_github):
    # YAML 1.1, as PyYAML reads it, takes the key `on` for true; nothing here asks for it.
    return yaml.safe_load(on_github[".github/workflows/jeyn.yaml"])


@pytest.fixture(scope="session")
def gitlab(on_gitlab):
    return yaml.safe_load(on_gitlab[".gitlab-ci.yml"])


@pytest.mark.parametrize(
    ("path", "options"),
    [
        (".github/workflows/jeyn.yaml", ["--builtin-schema", "vendor.github-workflows"]),
        (".gitlab-ci.yml", ["--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci"]),
    ],
)
def test_the_forges_schema_accepts_it(on_github, on_gitlab, path, options, tmp_path):
    place = tmp_path / Path(path).name
    place.write_text({**on_github, **on_gitlab}[path])
    command = [sys.executable, "-m", "check_jsonschema", *options, str(place)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    place.write_text(place.read_text().replace("timeout", "time-out"))
    assert subprocess.run(command, capture_output=True, check=False).returncode != 0, "the schema sees mistakes"


def test_rights_are_those_that_a_job_needs(workflow):
    assert workflow["permissions"] == {"contents": "read"}
    rights = {name: job.get("permissions") for name, job in workflow["jobs"].items()}
    assert rights == {
        "check": None,
        "image": {"contents": "read", "packages": "write"},
        "deploy": {"contents": "write"},
    }


def test_actions_are_pinned_by_their_major(workflow):
    used = [step["uses"] for job in workflow["jobs"].values() for step in job["steps"] if "uses" in step]
    assert len(used) >= 6
    assert all(re.fullmatch(r"(actions|docker)/[a-z-]+@v\d+", name) for name in used)


def test_only_the_job_that_pushes_keeps_its_credentials(workflow):
    for name, job in workflow["jobs"].items():
        checkout = next(step["with"] for step in job["steps"] if step.get("uses", "").startswith("actions/checkout"))
        assert checkout.get("persist-credentials", True) is (name == "deploy")
        assert checkout.get("fetch-depth") == (None if name == "image" else 0)


def test_no_text_of_others_becomes_a_command(on_github, workflow):
    """Expressions are replaced before the shell reads a script: a branch may be called `$(…)`."""
    for job in workflow["jobs"].values():
        assert all("${{" not in step.get("run", "") for step in job["steps"])
    assert "secrets." not in on_github[".github/workflows/jeyn.yaml"]


def test_what_deploys_waits_for_what_checks_and_builds(workflow, gitlab):
    assert workflow["jobs"]["deploy"]["needs"] == "image"
    assert workflow["jobs"]["image"]["needs"] == "check"
    assert workflow["jobs"]["image"]["if"] == "${{ github.event_name == 'push' }}"
    assert gitlab["stages"] == ["check", "build", "deploy"]
    for name in ("build", "deploy"):
        assert gitlab[name]["rules"] == [{"if": "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH"}]
    for text in (str(workflow["jobs"]["deploy"]), str(gitlab["deploy"])):
        assert "force" not in text


def test_gitlab_is_told_what_was_found(gitlab):
    assert gitlab[".check"]["artifacts"]["reports"] == {"junit": "junit-*.xml"}
    assert gitlab[".check"]["artifacts"]["when"] == "always"
    assert gitlab["variables"]["GIT_DEPTH"] == "0"


def test_no_variable_has_to_be_set_by_hand(on_gitlab):
    used = set(re.findall(r"\$\{?([A-Z_]+)", on_gitlab[".gitlab-ci.yml"]))
    assert all(name.startswith("CI_") or name == "SOURCE_DATE_EPOCH" for name in used)


def test_images_have_a_tag_that_is_not_latest(on_gitlab, gitlab):
    images = [job["image"] for job in gitlab.values() if isinstance(job, dict) and "image" in job]
    assert all(re.fullmatch(r"[a-z]+:[0-9][a-z0-9.-]*", image) for image in [*images, *gitlab["build"]["services"]])
    assert "latest" not in on_gitlab[".gitlab-ci.yml"]


def scripts(workflow, gitlab) -> list[str]:
    """What both forges run."""
    theirs = [step["run"] for job in workflow["jobs"].values() for step in job["steps"] if "run" in step]
    jobs = [job for job in gitlab.values() if isinstance(job, dict)]
    return theirs + [line for job in jobs for key in ("before_script", "script") for line in job.get(key, ())]


def test_the_shell_reads_every_script(workflow, gitlab):
    for script in scripts(workflow, gitlab):
        subprocess.run(["bash", "-n"], input=script, text=True, check=True)


def test_its_commands_are_those_that_jeyn_has(workflow, gitlab, on_github):
    hooks = yaml.safe_load(on_github[".pre-commit-config.yaml"])["repos"][0]["hooks"]
    lines = [*scripts(workflow, gitlab), *(hook["entry"] for hook in hooks), on_github["Makefile"]]
    found = [words for line in lines for words in re.findall(r"\bjeyn ((?:[a-z]+\b)[^;|>&\n]*)", line)]
    assert len(found) >= 15
    for words in found:
        name, *rest = shlex.split(words)
        module = importlib.import_module(COMMANDS[name][0])
        parser = argparse.ArgumentParser(allow_abbrev=False, exit_on_error=False)
        module.arguments(parser)
        _, unknown = parser.parse_known_args(rest)
        assert not unknown, words

"""What CI of a project that is deployed builds and pushes: its scripts run, and docker and git are told what."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from deployed import COMMIT, Deploy, environment

from jeyn_gen.scaffold.files import scaffold

GPU = """\
kind: Pipeline
name: tune
version: 1.0.0
steps:
  fit:
    function: pipelines.tune:fit
    image: gpu
    outputs: {found: {report: found}}
"""
FUNCTION = "def fit(_): ...\n"
FILES = {"pipelines/tune.yaml": GPU, "pipelines/tune.py": FUNCTION}
_NAMES = re.compile(r"name=([^,]+),push=true")


@pytest.fixture(scope="module")
def github() -> list[str]:
    found = yaml.safe_load(scaffold("churn", "github")[".github/workflows/jeyn.yaml"])
    return [step["run"] for name in ("image", "deploy") for step in found["jobs"][name]["steps"] if "run" in step]


@pytest.fixture(scope="module")
def gitlab() -> list[str]:
    found = yaml.safe_load(scaffold("churn", "gitlab")[".gitlab-ci.yml"])
    return [line for name in ("build", "deploy") for line in found[name]["script"] if not line.startswith("export")]


def told(scripts: list[str], root: Path, shell: list[str], **variables: str) -> list[str]:
    """The commands to docker and git, which take note of them and do nothing."""
    programs, log = root.parent / "programs", root.parent / "told"
    shutil.rmtree(programs, ignore_errors=True)
    programs.mkdir()
    for name in ("docker", "git"):
        (programs / name).write_text(f'#!/bin/sh\necho "{name} $*" >> "{log}"\n')
        (programs / name).chmod(0o755)
    log.write_text("")
    environment = {"PATH": f"{programs}:{os.environ['PATH']}", "GITHUB_OUTPUT": os.devnull, **variables}
    for script in scripts:
        subprocess.run([*shell, script], cwd=root, env=environment, check=True)
    return log.read_text().splitlines()


def on_github(scripts: list[str], root: Path) -> list[str]:
    known = {"GITHUB_SHA": COMMIT, "GITHUB_REPOSITORY": "Team/Churn", "NAME": f"ghcr.io/team/churn:{COMMIT}"}
    return told(scripts, root, ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c"], **known)


def on_gitlab(scripts: list[str], root: Path) -> list[str]:
    known = {"CI_COMMIT_SHA": COMMIT, "CI_REGISTRY_IMAGE": "registry.example/team/churn"}
    known |= {"CI_SERVER_FQDN": "git.example", "CI_PROJECT_PATH": "team/churn", "CI_JOB_TOKEN": "x"}
    return told(scripts, root, ["sh", "-ec"], **known)


def images(commands: list[str]) -> list[tuple[str, str]]:
    """Target and name of each image that is built and pushed."""
    built = [one for one in commands if " buildx build " in one]
    return [("".join(re.findall(r"--target (\S+)", one)), _NAMES.findall(one)[0]) for one in built]


def branches(commands: list[str]) -> list[str]:
    return [one.rpartition(f"{COMMIT}:refs/heads/")[2] for one in commands if " push " in one and "refs" in one]


def test_github_builds_what_steps_name_and_moves_each_branch(deploy: Deploy, github: list[str]) -> None:
    root = deploy()
    commands = on_github(github, root)
    assert images(commands) == []  # an action builds the image that has no target
    assert branches(commands) == ["deploy/production"]
    root = deploy(environment("production"), environment("staging"), files=FILES)
    commands = on_github(github, root)
    assert images(commands) == [("gpu", f"ghcr.io/team/churn-gpu:{COMMIT}")]
    assert branches(commands) == ["deploy/production", "deploy/staging"]


def test_gitlab_builds_what_steps_name_and_moves_each_branch(deploy: Deploy, gitlab: list[str]) -> None:
    plain = ("", f"registry.example/team/churn:{COMMIT}")
    root = deploy()
    commands = on_gitlab(gitlab, root)
    assert images(commands) == [plain]
    assert branches(commands) == ["deploy/production"]
    root = deploy(environment("production"), environment("staging"), files=FILES)
    commands = on_gitlab(gitlab, root)
    assert images(commands) == [plain, ("gpu", f"registry.example/team/churn-gpu:{COMMIT}")]
    assert branches(commands) == ["deploy/production", "deploy/staging"]


@pytest.mark.parametrize("forge", ["github", "gitlab"])
def test_a_project_that_is_not_deployed_moves_nothing(
    forge: str, github: list[str], gitlab: list[str], tmp_path: Path
) -> None:
    root = tmp_path / "project"
    root.mkdir()
    commands = on_github(github, root) if forge == "github" else on_gitlab(gitlab, root)
    assert branches(commands) == []
    assert len(images(commands)) == (0 if forge == "github" else 1)

"""The worked example, deployed by the commands of docs/platform.md as they are written there."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import kustomize
import pytest
from kube import Kube, remove_namespace
from repository import ROOT, Repository, setting

PAGE = ROOT / "docs/platform.md"
LOCAL = """\
sidecar_image = "{sidecar}"
cpu = "500m"
memory = "900Mi"
"""


def blocks(language: str) -> list[str]:
    """The page's code blocks in a language."""
    return re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(), re.DOTALL)


@pytest.fixture(scope="module")
def example(tmp_path_factory, postgres, s3, monkeysession):
    """The worked example in a repository of its own, configured as the page says, with what this cluster needs besides."""
    folder = tmp_path_factory.mktemp("example")
    kube = Kube("digits")
    remove = ("delete", "application/digits-production", "appproject/digits", "-n", "argocd", "--ignore-not-found")
    kube.run(*remove)
    remove_namespace(kube)
    bare = folder / "digits.git"
    subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch", "main", str(bare)], check=True)
    made = Repository(folder / "digits", bare, kube, "digits", "production")
    subprocess.run([sys.executable, "-m", "jeyn", "init", str(made.root)], check=True, stdout=subprocess.DEVNULL)
    for name in ("catalogs", "pipelines", "tests", "data", "generated"):
        shutil.rmtree(made.root / name)
    for name in ("catalogs", "pipelines", "components"):
        shutil.copytree(ROOT / name, made.root / name, ignore=shutil.ignore_patterns("__pycache__"))
    (stated,) = (one for one in blocks("toml") if "namespace" in one)
    stated = stated.replace("registry.example/team/digits", setting("JEYN_E2E_IMAGE"))
    stated = stated.replace("https://git.example/team/digits", f"{setting('JEYN_E2E_REPOSITORY')}{bare}")
    more = LOCAL.format(sidecar=setting("JEYN_E2E_SIDECAR"))
    stated = stated.replace(
        "\n[tool.jeyn.environments.production.argocd]", f"{more}\n[tool.jeyn.environments.production.argocd]"
    )
    settings = made.root / "pyproject.toml"
    text = re.sub(r"\[tool\.jeyn\]\n.*?(?=\[tool\.mypy\])", lambda _: stated, settings.read_text(), flags=re.DOTALL)
    settings.write_text(text.replace("objects,pandas", "matplotlib,objects,pandas"))
    s3.create_bucket("team-digits")
    variables = {"JEYN_POSTGRES": postgres.create_database("digits"), **s3.client_environment}
    for name, value in variables.items():
        monkeysession.setenv(name, value)
    reached = {name: value.replace("127.0.0.1", setting("JEYN_E2E_HOST")) for name, value in variables.items()}
    (made.root / "production.env").write_text("".join(f"{name}={value}\n" for name, value in reached.items()))
    yield made
    kube.run(*remove)
    remove_namespace(kube)


def test_its_commands(example, wheels):
    commit = example.commit("what the page deploys")
    assert "production.env" not in example.git("ls-files")
    example.build(commit, wheels)
    example.git(
        "push", "--quiet", str(example.bare), f"{commit}:refs/heads/main", f"{commit}:refs/heads/deploy/production"
    )
    programs = f"{Path(kustomize.kubectl()).parent}:{Path(sys.executable).parent}"
    environment = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"}

    def run_block(about: str) -> None:
        (console,) = (one for one in blocks("console") if about in one)
        for command in re.findall(r"^\$ (.*)$", console, re.MULTILINE):
            done = subprocess.run(
                ["sh", "-c", command], cwd=example.root, env=environment, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"

    run_block("kubectl apply")
    example.synced(commit)
    namespace = json.loads(example.kube.run("get", "namespace", "digits", "-o", "json"))
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    assert "✗" not in example.jeyn("doctor", "-e", "production")
    workflow = example.kube.ended(example.kube.submit("train-digits-v1"), 600)
    assert workflow["status"]["phase"] == "Succeeded", example.kube.told(workflow["metadata"]["name"])
    example.jeyn("run", "train-digits")
    laptop = example.digests()
    assert laptop
    assert example.digests("-e", "production") == laptop
    assert commit in example.jeyn("status", "-e", "production")

    run_block("delete application")
    deployed = "workflowtemplates,cronworkflows,networkpolicies,configmaps,serviceaccounts"
    left = example.kube.every(deployed, "--selector", "app.kubernetes.io/managed-by=jeyn")
    assert [(one["kind"], one["metadata"]["name"]) for one in left] == []
    assert example.kube.get("secret", "jeyn-secrets") is not None

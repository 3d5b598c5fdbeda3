"""A repository that is deployed: scaffolded, built, pushed, and synced by Argo CD."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kube import Kube, wait

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = """
[tool.jeyn.environments.{name}]
state_store = "ledger"
components = "components/{name}"
blobs = "s3://{bucket}"
namespace = "{namespace}"
image = "{image}"
sidecar_image = "{sidecar}"
cpu = "250m"
memory = "700Mi"
retries = 3
stage = "production"
poll = "* * * * *"
argocd = {{repository = "{repository}"}}
"""
SETTINGS = {
    "JEYN_E2E_IMAGE": "localhost/jeyn-e2e",
    "JEYN_E2E_SIDECAR": "docker.io/daprio/daprd:1.14.4",
    "JEYN_E2E_REPOSITORY": "file://",
}


def setting(name: str) -> str:
    """A variable, or what stands for it."""
    found = os.environ.get(name) or SETTINGS.get(name, "")
    assert found, f"{name} is not set; tests/e2e/README.md tells what it is"
    return found


@dataclass
class Repository:
    """A working copy, and the bare repository that Argo CD follows."""

    root: Path
    bare: Path
    kube: Kube
    project: str
    name: str = "live"

    @property
    def application(self) -> str:
        return f"{self.project}-{self.name}"

    def jeyn(self, *arguments: str, code: int = 0, **extra: str) -> str:
        """The command line in the working copy."""
        environment = {**os.environ, **extra}
        done = subprocess.run(
            [sys.executable, "-m", "jeyn", *arguments],
            cwd=self.root,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, f"jeyn {' '.join(arguments)}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def git(self, *arguments: str) -> str:
        """Git in the working copy."""
        who = {
            f"GIT_{one}_{what}": "tester@example.org" for one in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
        }
        command = ["git", *arguments]
        done = subprocess.run(
            command, cwd=self.root, env={**os.environ, **who}, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def commit(self, message: str) -> str:
        """Generate, and commit everything."""
        self.jeyn("generate")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)
        return self.git("rev-parse", "HEAD")

    def build(self, commit: str, wheels: Path, says: str = "") -> None:
        """The image of a commit, by the repository's own Dockerfile; `says`: it claims to be of another."""
        options = ["--build-arg", f"COMMIT={says or commit}", "--build-arg", "PIP_FIND_LINKS=/wheels"]
        options += ["--volume", f"{wheels}:/wheels:ro"]
        target = f"{setting('JEYN_E2E_IMAGE')}:{commit}"
        command = [*shlex.split(setting("JEYN_E2E_BUILD")), str(self.root), target, *options]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]

    def deploy(self, commit: str) -> None:
        """What CI does when the image is there: push, then move the branch that the cluster follows."""
        self.git("push", "--quiet", str(self.bare), f"{commit}:refs/heads/main")
        self.move(commit)

    def move(self, commit: str) -> None:
        """Move that branch, wherever it is; back, too."""
        self.git("push", "--quiet", str(self.bare), f"+{commit}:refs/heads/deploy/{self.name}")
        self.refresh()

    def refresh(self) -> None:
        """Have Argo CD look now, as a web hook does."""
        annotate = ("annotate", "application", self.application, "-n", "argocd", "--overwrite")
        self.kube.run(*annotate, "argocd.argoproj.io/refresh=normal", check=False)

    def synced(self, commit: str) -> Any:
        """The application, when the cluster has a commit."""
        return wait(lambda: self._if_synced(commit), 180, self._state)

    def _if_synced(self, commit: str) -> Any:
        own = self.kube.get("configmap", "jeyn")
        if not own or own["metadata"].get("annotations", {}).get("jeyn.dev/commit") != commit:
            return None
        found = json.loads(self.kube.run("get", "application", self.application, "-n", "argocd", "-o", "json"))
        phase = found.get("status", {}).get("operationState", {}).get("phase")
        return found if phase == "Succeeded" else None

    def _state(self) -> str:
        return self.kube.run("get", "application", self.application, "-n", "argocd", "-o", "yaml", check=False)[-4000:]

    def digests(self, *arguments: str) -> set[tuple[str, str, str]]:
        """Definition, step and digest of all that is recorded."""
        listed = json.loads(self.jeyn("ls", "--format", "json", *arguments))["items"]
        return {(one["definition"], one["step"], one["item"], one["digest"]) for one in listed}

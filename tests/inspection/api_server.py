"""A Kubernetes API of a few read-only objects, for the real kubectl: discovery, get, list, and reviews of access."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

#: Kinds by group version: plural, kind, and whether they live in a namespace.
KINDS = {
    "v1": [
        ("namespaces", "Namespace", False),
        ("configmaps", "ConfigMap", True),
        ("secrets", "Secret", True),
        ("pods", "Pod", True),
    ],
    "apps/v1": [("deployments", "Deployment", True)],
    "apiextensions.k8s.io/v1": [("customresourcedefinitions", "CustomResourceDefinition", False)],
    "argoproj.io/v1alpha1": [
        ("applications", "Application", True),
        ("workflows", "Workflow", True),
        ("workflowtemplates", "WorkflowTemplate", True),
    ],
}
CONFIG = """\
apiVersion: v1
kind: Config
clusters: [{{name: here, cluster: {{server: "http://127.0.0.1:{port}"}}}}]
users: [{{name: me, user: {{}}}}]
contexts: [{{name: here, context: {{cluster: here, user: me}}}}]
current-context: here
"""


class Api:
    """What the API holds.

    `denied` are resources that no account may create. `is_forbidden`: this user may see nothing; `is_narrow`: only what
    is in a namespace, and nobody's rights but the own.
    """

    def __init__(self, version: str = "v1.34.4") -> None:
        self.version = version
        self.objects: list[dict[str, Any]] = []
        self.denied: set[str] = set()
        self.is_forbidden = self.is_narrow = False

    def add(self, api: str, kind: str, name: str, namespace: str = "", **rest: Any) -> dict[str, Any]:
        """Add an object, and return it."""
        metadata = {"name": name, **({"namespace": namespace} if namespace else {}), **rest.pop("metadata", {})}
        one = {"apiVersion": api, "kind": kind, "metadata": metadata, **rest}
        self.objects = [old for old in self.objects if _key(old) != _key(one)] + [one]
        return one

    def remove(self, kind: str, name: str) -> None:
        """Remove an object that is there."""
        left = [one for one in self.objects if (one["kind"], one["metadata"]["name"]) != (kind, name)]
        assert len(left) == len(self.objects) - 1
        self.objects = left

    def answer(self, path: str, query: Mapping[str, list[str]]) -> tuple[int, Any]:
        """Status and body of a GET."""
        parts = path.strip("/").split("/")
        if parts == ["version"]:
            return 200, {"major": "1", "minor": "34", "gitVersion": self.version, "platform": "linux/amd64"}
        if parts == ["api"]:
            return 200, {"kind": "APIVersions", "versions": ["v1"]}
        if parts == ["apis"]:
            return 200, {"kind": "APIGroupList", "apiVersion": "v1", "groups": list(_groups())}
        group = "v1" if parts[0] == "api" else "/".join(parts[1:3])
        rest = parts[2:] if parts[0] == "api" else parts[3:]
        if group not in KINDS:
            return 404, _status("NotFound", "no such group")
        if not rest:
            return 200, {
                "kind": "APIResourceList",
                "apiVersion": "v1",
                "groupVersion": group,
                "resources": _resources(group),
            }
        if self.is_forbidden or (self.is_narrow and (rest[0] != "namespaces" or len(rest) < 3)):
            return 403, _status("Forbidden", "nobody may")
        return self._objects(group, rest, query)

    def _objects(self, group: str, rest: list[str], query: Mapping[str, list[str]]) -> tuple[int, Any]:
        namespace = ""
        if rest[0] == "namespaces" and len(rest) > 2:
            namespace, rest = rest[1], rest[2:]
        kind = next((kind for plural, kind, _ in KINDS[group] if plural == rest[0]), None)
        found = [one for one in self.objects if (one["apiVersion"], one["kind"]) == (group, kind)]
        found = [one for one in found if not namespace or one["metadata"].get("namespace") == namespace]
        if len(rest) > 1:
            named = [one for one in found if one["metadata"]["name"] == rest[1]]
            return (200, named[0]) if named else (404, _status("NotFound", f'{rest[0]} "{rest[1]}" not found'))
        for wanted in query.get("labelSelector", []):
            key, _, value = wanted.partition("=")
            found = [one for one in found if one["metadata"].get("labels", {}).get(key) == value]
        return 200, {"kind": f"{kind}List", "apiVersion": group, "metadata": {}, "items": found}


@contextmanager
def serving(api: Api, folder: Path) -> Iterator[Path]:
    """A server on loopback for as long as this lasts; the kubeconfig that leads to it."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = urlsplit(self.path)
            self._send(*api.answer(url.path, parse_qs(url.query)))

        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"]))  # protobuf, in which text is itself
            if api.is_narrow and "Impersonate-User" in self.headers:
                self._send(403, _status("Forbidden", 'users "system:serviceaccount" is forbidden: nobody may'))
                return
            allowed = not any(resource.encode() in asked for resource in api.denied)
            review = {"kind": "SelfSubjectAccessReview", "apiVersion": "authorization.k8s.io/v1", "spec": {}}
            self._send(201, {**review, "status": {"allowed": allowed}})

        def _send(self, status: int, body: Any) -> None:
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: Any) -> None:
            """Nobody reads it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        path = folder / "kubeconfig"
        path.write_text(CONFIG.format(port=server.server_port))
        yield path
        server.shutdown()


def _key(one: Mapping[str, Any]) -> tuple[str, str, str]:
    return one["kind"], one["metadata"].get("namespace", ""), one["metadata"]["name"]


def _groups() -> Iterator[dict[str, Any]]:
    for group in KINDS:
        name, slash, version = group.partition("/")
        if slash:
            known = {"groupVersion": group, "version": version}
            yield {"name": name, "versions": [known], "preferredVersion": known}


def _resources(group: str) -> list[dict[str, Any]]:
    verbs = ["get", "list"]
    return [
        {"name": plural, "singularName": kind.lower(), "namespaced": namespaced, "kind": kind, "verbs": verbs}
        for plural, kind, namespaced in KINDS[group]
    ]


def _status(reason: str, message: str) -> dict[str, Any]:
    code = {"NotFound": 404, "Forbidden": 403}[reason]
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "status": "Failure",
        "reason": reason,
        "message": message,
        "code": code,
    }

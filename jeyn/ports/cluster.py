"""What a Kubernetes cluster tells of itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

#: A Kubernetes object, as its API gives it.
Object = Mapping[str, Any]


class Cluster(Protocol):
    """A cluster that is only looked at.

    Every method may raise Unreachable where it does not answer, and AskError where this user may not look.
    """

    def version(self) -> str:
        """That of its API server, such as `v1.34.4`."""
        ...

    def get(self, kind: str, name: str, namespace: str = "") -> Object | None:
        """One object; None where there is none, or no such kind."""
        ...

    def every(self, kind: str, namespace: str = "", labels: str = "") -> list[Object]:
        """All objects of a kind with these labels, of one namespace or of all; none where there is no such kind."""
        ...

    def may(self, verb: str, resource: str, namespace: str, account: str) -> bool:
        """Whether a service account of a namespace may do something there."""
        ...

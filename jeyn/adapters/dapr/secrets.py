"""Secrets from a Dapr secret store. https://docs.dapr.io/reference/api/secrets_api/"""

from __future__ import annotations

from typing import Any

from jeyn.adapters.dapr.calls import Sidecar
from jeyn.errors import AskError


class DaprSecrets:
    """A SecretStore in the component that a sidecar calls `store`.

    Some stores keep several values under one key: `KEY/NAME` is one of them, as a Kubernetes secret and its entry.
    """

    def __init__(self, sidecar: Sidecar, store: str) -> None:
        from dapr.proto import api_v1

        self._sidecar = sidecar
        self._store = store
        self._api: Any = api_v1

    def read(self, key: str) -> str:
        name, _, entry = key.partition("/")
        request = self._api.GetSecretRequest(store_name=self._store, key=name)
        what = f"the secret {key!r} in {self._store!r}"
        reply = self._sidecar.ask(self._sidecar.stub.GetSecret, request, self._sidecar.patience(), what)
        found = dict(reply.data)
        value = found.get(entry or name, "") if entry or len(found) != 1 else next(iter(found.values()))
        if not value:
            raise AskError(
                f"the secret store {self._store!r} has no {key!r}", "add it there, or mend the step's secrets"
            )
        return str(value)

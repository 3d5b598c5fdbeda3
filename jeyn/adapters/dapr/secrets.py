"""Secrets from a Dapr secret store. https://docs.dapr.io/reference/api/secrets_api/"""

from __future__ import annotations

import re
from typing import Any

from jeyn.adapters.dapr.calls import Sidecar
from jeyn.errors import AskError

# Dapr has no code for a secret that is not there: its answer is INTERNAL, with what the store's own client said.
_ABSENT = re.compile(r"not ?found|can't find|does not exist|\b404\b", re.IGNORECASE)


class DaprSecrets:
    """A SecretStore in the component that a sidecar calls `store`.

    Some stores keep several entries under one key, as Kubernetes does: `KEY#ENTRY` is one of them. Keys themselves
    hold slashes in others, as in Vault and on AWS.
    """

    def __init__(self, sidecar: Sidecar, store: str) -> None:
        from dapr.proto import api_v1

        self._sidecar = sidecar
        self._store = store
        self._api: Any = api_v1

    def read(self, key: str) -> str:
        name, _, entry = key.partition("#")
        request = self._api.GetSecretRequest(store_name=self._store, key=name)
        what = f"the secret {key!r} in {self._store!r}"
        reply = self._sidecar.ask(self._get, request, self._sidecar.patience(), what)
        found: dict[str, str] = dict(reply.data)
        if not entry and len(found) > 1 and name not in found:
            raise AskError(f"{what} has several entries", f"name one of them: {name}#ENTRY, as {min(found)}")
        value = found.get(entry or name) or ("" if entry else next(iter(found.values()), ""))
        if not value:
            raise self._absent(key)
        return value

    def _get(self, request: Any, **options: Any) -> Any:
        import grpc

        try:
            return self._sidecar.stub.GetSecret(request, **options)
        except grpc.RpcError as error:
            if error.code() is grpc.StatusCode.INTERNAL and _ABSENT.search(error.details() or ""):
                raise self._absent(request.key) from None
            raise

    def _absent(self, key: str) -> AskError:
        return AskError(f"the secret store {self._store!r} has no {key!r}", "add it there, or mend the step's secrets")

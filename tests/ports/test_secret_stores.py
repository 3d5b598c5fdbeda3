"""The contract of SecretStore, over a process's variables and over a real daprd."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from component_files import Component, secrets_file
from ports import free_port

from jeyn.adapters.dapr.calls import Sidecar
from jeyn.adapters.dapr.channel import SidecarAddress
from jeyn.adapters.dapr.secrets import DaprSecrets
from jeyn.adapters.process_secrets import ProcessSecrets
from jeyn.errors import AskError, Unreachable
from jeyn.ports.secrets import SecretStore

HELD = {
    "token": "geheim",
    "some/path": "to it",
    "umlaut": "schlüssel 'ä\" {{x}}",
    "lines": "one\ntwo\n",
    "long": "x" * 20_000,
}


@pytest.fixture
def behind_daprd(start_daprd: Callable[..., Any], tmp_path: Path) -> Any:
    """A daprd whose secret store `vault` holds what is held."""
    file = tmp_path / "secrets.json"
    file.write_text(json.dumps(HELD))
    return start_daprd(secrets_file("vault", file))


def sidecar(address: str, wait: float = 10.0) -> Sidecar:
    return Sidecar(SidecarAddress(address, ""), wait)


@pytest.fixture(params=["process", "dapr"])
def secrets(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[SecretStore]:
    """A store that holds what is held."""
    if request.param == "process":
        for name, value in HELD.items():
            monkeypatch.setenv(name.upper().replace("/", "_"), value)
        yield ProcessSecrets()
        return
    opened = sidecar(request.getfixturevalue("behind_daprd").grpc_address)
    yield DaprSecrets(opened, "vault")
    opened.close()


def test_it_gives_the_very_text(secrets: SecretStore) -> None:
    assert {name: secrets.read(name) for name in HELD} == HELD


def test_what_it_does_not_have_is_named_at_once(secrets: SecretStore) -> None:
    began = time.monotonic()
    with pytest.raises(AskError, match="'nothing-like-it'"):
        secrets.read("nothing-like-it")
    assert time.monotonic() - began < 2, "asking again would not help"


@pytest.mark.parametrize(
    ("key", "variable"),
    [("openai/api-key", "OPENAI_API_KEY"), ("Token", "TOKEN"), ("a..b", "A_B"), ("lower", "lower"), ("x1", "X1")],
)
def test_the_variable_of_a_key(monkeypatch: pytest.MonkeyPatch, key: str, variable: str) -> None:
    monkeypatch.setenv(variable, "geheim")
    assert ProcessSecrets().read(key) == "geheim"
    monkeypatch.setenv(variable, "")
    with pytest.raises(AskError, match=f"export {variable.upper()}="):
        ProcessSecrets().read(key)


def test_a_sidecar_that_is_not_there_is_unreachable_in_time() -> None:
    opened = sidecar(f"127.0.0.1:{free_port()}", wait=0.3)
    began = time.monotonic()
    with pytest.raises(Unreachable, match="does not answer"):
        DaprSecrets(opened, "vault").read("token")
    assert time.monotonic() - began < 1.3
    opened.close()


def test_entries_of_one_key(start_daprd: Callable[..., Any], tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    file.write_text(json.dumps({"database": {"user": "root", "password": "wörd"}, "sole": {"token": "geheim"}}))
    several = Component("vault", "secretstores.local.file", {"secretsFile": str(file), "multiValued": "true"})
    opened = sidecar(start_daprd(several).grpc_address)
    secrets = DaprSecrets(opened, "vault")
    assert [secrets.read(key) for key in ("database#password", "database#user", "sole")] == ["wörd", "root", "geheim"]
    with pytest.raises(AskError, match=r"several entries\n.*database#ENTRY, as password"):
        secrets.read("database")
    with pytest.raises(AskError, match="'database#host'"):
        secrets.read("database#host")
    opened.close()


def test_a_store_that_the_sidecar_does_not_know(behind_daprd: Any) -> None:
    opened = sidecar(behind_daprd.grpc_address)
    began = time.monotonic()
    with pytest.raises(AskError, match="vualt"):
        DaprSecrets(opened, "vualt").read("token")
    assert time.monotonic() - began < 2
    opened.close()

"""Several commands in one folder, each with a sidecar of its own: a real daprd each."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from jeyn.adapters.dapr import own_sidecar
from jeyn.adapters.dapr.own_sidecar import OwnSidecar
from jeyn.errors import AskError

_COMPONENT = """
apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {name: NAME}
spec: {type: TYPE, version: v1, metadata: []}
"""


@pytest.fixture
def components(tmp_path: Path) -> Path:
    (tmp_path / "components").mkdir()
    (tmp_path / "components" / "ledger.yaml").write_text(
        _COMPONENT.replace("NAME", "ledger").replace("TYPE", "state.in-memory")
    )
    return tmp_path / "components"


@pytest.fixture
def opened() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def start(daprd: str, components: Path, opened: ExitStack, needs: str = "ledger") -> OwnSidecar:
    root = components.parent
    started = OwnSidecar(daprd, components, needs=needs, root=root, log=root / "state" / "daprd.log", wait=30)
    opened.callback(started.stop)
    return started


def test_all_of_them_start(daprd_path: str, components: Path, opened: ExitStack) -> None:
    with ThreadPoolExecutor(4) as pool:
        for _ in range(4):
            with ExitStack() as ended:
                list(pool.map(lambda _: start(daprd_path, components, ended), range(4)))
    assert {path.name for path in (components.parent / "state").iterdir()} <= {
        "daprd.log",
        "daprd-2.log",
        "daprd-3.log",
        "daprd-4.log",
    }


def test_one_that_cannot_start_tells_its_own_reason(daprd_path: str, components: Path, opened: ExitStack) -> None:
    start(daprd_path, components, opened)
    log = components.parent / "state" / "daprd.log"
    said = log.read_text()
    (components / "broken.yaml").write_text(_COMPONENT.replace("NAME", "broken").replace("TYPE", "state.postgresql"))
    with pytest.raises(AskError, match=r"broken(.|\n)*daprd-2\.log"):
        start(daprd_path, components, opened)
    assert log.read_text() == said
    assert "broken" in log.with_stem("daprd-2").read_text()


def test_a_log_is_used_again_and_holds_one_start(daprd_path: str, components: Path) -> None:
    for _ in range(2):
        with ExitStack() as ended:
            start(daprd_path, components, ended)
    state = components.parent / "state"
    assert [path.name for path in state.iterdir()] == ["daprd.log"]
    assert (state / "daprd.log").read_text().count("App channel is not initialized") == 1


def test_a_port_that_another_takes_meanwhile_is_left_to_it(
    daprd_path: str, components: Path, opened: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    free_port = own_sidecar._free_port
    with closing(socket.socket()) as another:
        another.bind(("127.0.0.1", 0))
        another.listen()
        ports = iter([another.getsockname()[1]])
        monkeypatch.setattr(own_sidecar, "_free_port", lambda: next(ports, None) or free_port())
        start(daprd_path, components, opened)
    assert next(ports, None) is None

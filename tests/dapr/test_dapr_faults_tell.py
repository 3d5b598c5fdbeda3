"""What goes wrong between Jeyn and a sidecar: one typed error each, in bounded time, and nothing printed."""

from __future__ import annotations

import asyncio
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import component_files
import pytest
from dapr_stores import DaprStore
from daprd import Daprd

from jeyn.adapters.dapr.admission import admit
from jeyn.adapters.dapr.calls import Patience, Sidecar, TooLarge
from jeyn.adapters.dapr.channel import SidecarAddress
from jeyn.adapters.dapr.state import DaprKeyValueStore
from jeyn.errors import AskError, JeynError, Unreachable

WAIT = 1.0
#: Of `localhost`, signed by itself, with its key: for nothing but this test.
CERTIFICATE = Path(__file__).with_name("localhost.pem")


def keys_at(endpoint: str, store: str = "record", *, wait: float = WAIT, token: str = "") -> DaprKeyValueStore:
    return DaprKeyValueStore(Sidecar(SidecarAddress(endpoint, token), wait), store)


def of(daprd: Daprd, **options: float) -> DaprKeyValueStore:
    return keys_at(daprd.grpc_address, **options)


def error_of(action: Callable[[], object], *, within: float = WAIT + 1) -> JeynError:
    began = time.monotonic()
    with pytest.raises(JeynError) as caught:
        action()
    assert time.monotonic() - began < within
    return caught.value


@pytest.fixture
def nobody() -> str:
    """An address where nothing listens."""
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{found.getsockname()[1]}"


@pytest.fixture
def silence() -> Iterator[str]:
    """An address where connections are taken, and nothing is answered."""
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        found.listen()
        yield f"127.0.0.1:{found.getsockname()[1]}"


def each_call(keys: DaprKeyValueStore) -> list[Callable[[], object]]:
    return [
        lambda: keys.create("a", b"1"),
        lambda: keys.create_many({"a": b"1", "b": b"2"}),
        lambda: keys.get("a"),
        lambda: keys.get_many(["a", "b"]),
    ]


def test_a_sidecar_that_is_not_there(nobody: str) -> None:
    keys = keys_at(nobody)
    for call in each_call(keys):
        error = error_of(call)
        assert isinstance(error, Unreachable)
        assert nobody in error.message
        assert "DAPR_GRPC_PORT" in error.fix
    keys.close()


def test_a_sidecar_that_does_not_answer(silence: str) -> None:
    keys = keys_at(silence)
    for call in each_call(keys):
        assert isinstance(error_of(call), Unreachable)
    keys.close()


def test_a_store_that_is_not_configured(start_daprd: Callable[..., Daprd]) -> None:
    for given in ([component_files.state_in_memory("other")], [component_files.pubsub_in_memory("other")]):
        keys = of(start_daprd(*given))
        for call in each_call(keys):
            error = error_of(call)
            assert isinstance(error, AskError)
            assert "'record'" in error.message
            assert "component" in error.fix
        keys.close()


@pytest.mark.parametrize("dapr_store", ["redis", "postgres-v1", "postgres-v2"], indirect=True)
def test_a_store_that_is_down(dapr_store: DaprStore) -> None:
    keys = keys_at(dapr_store.address, dapr_store.name)
    keys.create("before", b"1")
    assert dapr_store.backend is not None
    dapr_store.backend.kill()
    for call in each_call(keys):
        assert isinstance(error_of(call, within=WAIT + 1.5), Unreachable)
    dapr_store.backend.start()
    patient = keys_at(dapr_store.address, dapr_store.name, wait=20)
    assert patient.get("before") == b"1"
    assert patient.create("after", b"2")
    patient.close()
    keys.close()


def test_a_sidecar_that_is_away_for_a_while_is_waited_for(
    start_daprd: Callable[..., Daprd], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    daprd = start_daprd(component_files.state_sqlite("record", tmp_path / "record.db"))
    keys = of(daprd, wait=20)
    assert keys.create("a", b"1")
    daprd.kill()
    later = threading.Timer(2.0, daprd.start)
    later.start()
    assert keys.create("a", b"2") is False
    later.join()
    assert keys.get("a") == b"1"
    assert any("trying for" in line for line in caplog.messages)
    keys.close()


def test_a_sidecar_that_stands_still_is_waited_for(start_daprd: Callable[..., Daprd], tmp_path: Path) -> None:
    daprd = start_daprd(component_files.state_sqlite("record", tmp_path / "record.db"))
    keys = of(daprd, wait=20)
    assert keys.create("a", b"1")
    freezing = threading.Thread(target=daprd.freeze, args=(3.0,))
    freezing.start()
    time.sleep(0.2)
    assert keys.create("b", b"2") in (True, False)  # its own write may be told as refused
    freezing.join()
    assert keys.get_many(["a", "b"]) == {"a": b"1", "b": b"2"}
    keys.close()


def test_a_message_that_is_too_large(start_daprd: Callable[..., Daprd]) -> None:
    keys = of(start_daprd(component_files.state_in_memory("record"), extra=["--max-body-size", "64Ki"]))
    error = error_of(lambda: keys.create("large", b"x" * 100_000))
    assert isinstance(error, TooLarge)
    assert "--max-body-size" in error.fix
    for number in range(20):
        assert keys.create(f"some/{number}", bytes([number]) * 20_000)
    many = {f"some/{number}": bytes([number]) * 20_000 for number in range(20)}
    assert keys.get_many(many) == many  # asked for in parts
    keys.close()


class WithoutFirstWrite(DaprKeyValueStore):
    """As a store that knows no first-write concurrency would take its creates."""

    def _start(self, key: str, value: bytes, patience: Patience) -> Any:
        item = self._common.StateItem(key=key, value=value)
        request = self._api.SaveStateRequest(store_name=self.name, states=[item])
        return self._sidecar.start(self._sidecar.stub.SaveState, request, patience)


def test_a_store_that_writes_over_is_refused(start_daprd: Callable[..., Daprd]) -> None:
    daprd = start_daprd(component_files.state_in_memory("record"))
    keys = of(daprd)
    for _ in range(2):
        admit(keys, "probe", None)
    keys.close()
    worse = WithoutFirstWrite(Sidecar(SidecarAddress(daprd.grpc_address), WAIT), "record")
    error = error_of(lambda: admit(worse, "another-probe", None))
    assert isinstance(error, AskError)
    assert "writes over" in error.message
    worse.close()


def test_tls(start_daprd: Callable[..., Daprd], monkeypatch: pytest.MonkeyPatch) -> None:
    """In front of the sidecar stands what ends TLS, as a service mesh or a remote sidecar has it."""
    daprd = start_daprd(component_files.state_in_memory("record"))
    with ends_tls(daprd.grpc_port) as port:
        monkeypatch.setenv("GRPC_DEFAULT_SSL_ROOTS_FILE_PATH", str(CERTIFICATE))
        keys = keys_at(f"dns:localhost:{port}?tls=true", wait=10)
        assert keys.create("a", b"1")
        assert keys.get("a") == b"1"
        keys.close()
        plain = keys_at(f"127.0.0.1:{port}")
        assert isinstance(error_of(lambda: plain.get("a")), Unreachable)
        plain.close()
        monkeypatch.setenv("GRPC_DEFAULT_SSL_ROOTS_FILE_PATH", "/no/such/file")
        with pytest.raises(AskError, match="certificates"):
            keys_at(f"dns:localhost:{port}?tls=true")


@contextmanager
def ends_tls(behind: int) -> Iterator[int]:
    """A port of this machine on which TLS is ended, and passed on to another port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    context.set_alpn_protocols(["h2"])

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.close()

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", behind)
        await asyncio.gather(pump(reader, back), pump(there, writer))

    async def serve(ready: Future[int], end: asyncio.Event) -> None:
        async with await asyncio.start_server(pass_on, "127.0.0.1", 0, ssl=context) as server:
            ready.set_result(server.sockets[0].getsockname()[1])
            await end.wait()

    loop, ready, end = asyncio.new_event_loop(), Future[int](), asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(serve(ready, end)))
    thread.start()
    try:
        yield ready.result(10)
    finally:
        loop.call_soon_threadsafe(end.set)
        thread.join()
        for task in asyncio.all_tasks(loop):
            task.cancel()
            loop.run_until_complete(asyncio.gather(task, return_exceptions=True))
        loop.close()


def test_a_limit_below_what_an_entry_needs_is_refused(start_daprd: Callable[..., Daprd]) -> None:
    keys = of(start_daprd(component_files.state_in_memory("record"), extra=["--max-body-size", "128Ki"]))
    assert isinstance(error_of(lambda: admit(keys, "probe", None)), TooLarge)
    keys.close()


def test_a_token_is_sent_and_never_shown(start_daprd: Callable[..., Daprd]) -> None:
    daprd = start_daprd(component_files.state_in_memory("record"), token="open-sesame")
    keys = keys_at(daprd.grpc_address, token="open-sesame")
    assert keys.create("a", b"1")
    assert keys.create_many({"b": b"1"}) == {"b"}
    assert keys.get("a") == b"1"
    keys.close()
    wrong = keys_at(daprd.grpc_address, token="guessed")
    error = error_of(lambda: wrong.get("a"))
    assert isinstance(error, AskError)
    assert "guessed" not in str(error)
    assert "DAPR_API_TOKEN" in error.fix
    wrong.close()
    assert "sesame" not in repr(SidecarAddress("here", "open-sesame"))


def test_a_socket_of_the_file_system(
    start_daprd: Callable[..., Daprd], tmp_path_factory: pytest.TempPathFactory
) -> None:
    import tempfile

    with tempfile.TemporaryDirectory(prefix="jeyn-") as folder:
        daprd = start_daprd(component_files.state_in_memory("record"), sockets=Path(folder))
        for endpoint in (daprd.grpc_address, daprd.grpc_address.replace("unix:", "unix://")):
            keys = keys_at(endpoint)
            assert keys.get("nothing") is None
            keys.close()


@pytest.mark.parametrize("endpoint", ["ftp://somewhere", "ws://here:1"])
def test_an_address_that_is_none(endpoint: str) -> None:
    with pytest.raises(AskError, match="not the address of a sidecar"):
        keys_at(endpoint)


def test_what_is_no_sidecar(start_daprd: Callable[..., Daprd]) -> None:
    daprd = start_daprd(component_files.state_in_memory("record"))
    keys = keys_at(f"127.0.0.1:{daprd.http_port}")
    assert isinstance(error_of(lambda: keys.get("a")), JeynError)
    keys.close()


def test_nothing_is_printed(nobody: str) -> None:
    script = f"""
from jeyn.adapters.dapr.calls import Sidecar
from jeyn.adapters.dapr.channel import SidecarAddress
from jeyn.adapters.dapr.state import DaprKeyValueStore
from jeyn.errors import Unreachable
keys = DaprKeyValueStore(Sidecar(SidecarAddress("{nobody}"), 0.5), "record")
try:
    keys.get("a")
except Unreachable:
    keys.close()
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert (done.stdout, done.stderr) == ("", "")


def test_jeyn_itself_loads_no_grpc() -> None:
    script = "import sys, jeyn; jeyn.Project; assert not {'grpc', 'dapr', 'obstore'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)

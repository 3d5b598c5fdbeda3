"""What a bucket's server and the way to it can suffer: cuts, failures, slowness, absence; and a full disk here."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from random import Random

import obstore
import pytest
from faulty_proxy import FaultyProxy
from object_blobs import LARGE, PATIENCE, SMALL, OpenObjectBlobs, digest_of, files, save
from versity import VersityGateway

from jeyn.adapters import object_bucket
from jeyn.adapters.object_parts import PART, part_bytes
from jeyn.adapters.objects import ObjectBlobStore
from jeyn.errors import Unreachable

BOUND = 3 * PATIENCE  # of a failure; what is beyond `PATIENCE` is for a machine that is busy with other tests

MOST_MEMORY = """
import hashlib, sys
from pathlib import Path
from jeyn.adapters.objects import open_object_store

def most_memory():
    line, = (line for line in open("/proc/self/status") if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024

def piece(number):
    return hashlib.shake_256(b"%d" % number).digest(1 << 20)

url, folder, mebibytes = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
with open_object_store(url, folder / "one").writer() as writer:
    for number in range(mebibytes):
        writer.write(piece(number))
    blob = writer.commit("a.bin")
assert open_object_store(url, folder / "other").fetch(blob.digest).stat().st_size == mebibytes << 20
print(most_memory())
"""

FILL_THE_DISK = """
import resource, sys
from pathlib import Path
from jeyn.adapters.objects import open_object_store
from jeyn.errors import Unreachable
blobs = open_object_store(sys.argv[1], Path(sys.argv[2]))
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
try:
    blobs.fetch(sys.argv[3])
except Unreachable as error:
    print(error.message)
"""


@pytest.fixture
def blobs(open_object_blobs: OpenObjectBlobs) -> ObjectBlobStore:
    """An empty store."""
    return open_object_blobs()


@pytest.mark.parametrize("data", [SMALL, LARGE], ids=["small", "large"])
@pytest.mark.parametrize("times", [1, 6])
def test_a_connection_that_is_cut_while_sending(
    blobs: ObjectBlobStore, open_object_blobs: OpenObjectBlobs, s3_proxy: FaultyProxy, data: bytes, times: int
) -> None:
    s3_proxy.to_server.cut(len(data) // 14, times)
    digest = save(open_object_blobs(patience=30), data).digest
    assert s3_proxy.to_server.cuts == 0
    assert open_object_blobs("other").fetch(digest).read_bytes() == data


@pytest.mark.parametrize("data", [SMALL, LARGE], ids=["small", "large"])
@pytest.mark.parametrize("times", [1, 6])
def test_a_connection_that_is_cut_while_reading(
    blobs: ObjectBlobStore, open_object_blobs: OpenObjectBlobs, s3_proxy: FaultyProxy, data: bytes, times: int
) -> None:
    digest = save(blobs, data).digest
    reader = open_object_blobs("other", patience=30)
    s3_proxy.to_client.cut(len(data) // 14, times)
    assert reader.fetch(digest).read_bytes() == data
    assert s3_proxy.to_client.cuts < times


def test_the_answer_to_a_create_that_is_lost(
    blobs: ObjectBlobStore, open_object_blobs: OpenObjectBlobs, s3_proxy: FaultyProxy
) -> None:
    assert not blobs.exists(digest_of(SMALL))  # has the connection ready, so that the next answer is that of the write
    with blobs.writer() as writer:
        writer.write(SMALL)
        s3_proxy.to_client.cut(200)  # in the middle of the second answer from here, the first being that of a HEAD
        assert writer.commit("a.bin").digest == digest_of(SMALL)
    assert open_object_blobs("other").fetch(digest_of(SMALL)).read_bytes() == SMALL


@pytest.mark.parametrize("status", ["500 Internal Error", "503 Slow Down"])
def test_a_server_that_fails_for_a_while(
    blobs: ObjectBlobStore, open_object_blobs: OpenObjectBlobs, s3_proxy: FaultyProxy, status: str
) -> None:
    s3_proxy.answer(status, 3)
    digest = save(open_object_blobs(patience=30), LARGE).digest
    assert len(s3_proxy.requests) > 3
    s3_proxy.answer(status, 3)
    assert open_object_blobs("other", patience=30).fetch(digest).read_bytes() == LARGE


def test_a_server_that_fails_for_ever_is_unreachable(
    blobs: ObjectBlobStore, object_url: str, s3_proxy: FaultyProxy, tmp_path: Path
) -> None:
    s3_proxy.answer("503 Slow Down", 1000)
    began = time.monotonic()
    with pytest.raises(Unreachable, match=f"{object_url} fails to .*503.*\n.*try again"):
        save(blobs, SMALL)
    with pytest.raises(Unreachable, match=r"fails to read a blob \(503 SlowDown\)"):
        blobs.fetch(digest_of(SMALL))
    with pytest.raises(Unreachable, match=r"fails to list blobs \(503 SlowDown\)"):
        list(blobs.digests())
    assert time.monotonic() - began < 3 * BOUND
    assert files(tmp_path / "cache") == []


def test_slow_reads_complete(blobs: ObjectBlobStore, open_object_blobs: OpenObjectBlobs, s3_proxy: FaultyProxy) -> None:
    digest = save(blobs, LARGE).digest
    s3_proxy.to_client.bytes_per_second = 5e6  # of each connection
    assert open_object_blobs("other").fetch(digest).read_bytes() == LARGE


@pytest.mark.parametrize("data", [SMALL, LARGE], ids=["small", "large"])
def test_reads_that_trickle_are_given_up(
    blobs: ObjectBlobStore,
    open_object_blobs: OpenObjectBlobs,
    s3_proxy: FaultyProxy,
    monkeypatch: pytest.MonkeyPatch,
    data: bytes,
) -> None:
    digest = save(blobs, data).digest
    monkeypatch.setattr(object_bucket, "SLOWEST", PART)  # so that a part may take `PATIENCE` and a second
    reader = open_object_blobs("other")
    s3_proxy.to_client.bytes_per_second = 2000
    began = time.monotonic()
    with pytest.raises(Unreachable, match="in time"):
        reader.fetch(digest)
    assert time.monotonic() - began < 2 * BOUND


def test_a_server_that_is_away_for_a_while(
    blobs: ObjectBlobStore, open_object_blobs: OpenObjectBlobs, s3_proxy: FaultyProxy
) -> None:
    s3_proxy.stop()
    back = threading.Timer(1.0, s3_proxy.start)
    back.start()
    digest = save(open_object_blobs(patience=30), LARGE).digest
    back.join()
    assert open_object_blobs("other").fetch(digest).read_bytes() == LARGE


def test_a_server_that_is_killed_while_parts_are_sent(
    blobs: ObjectBlobStore, open_object_blobs: OpenObjectBlobs, s3_proxy: FaultyProxy, s3_server: VersityGateway
) -> None:
    s3_proxy.to_server.bytes_per_second = 20e6

    def kill() -> None:
        while s3_proxy.to_server.passed < 2 * PART:
            time.sleep(0.01)
        s3_server.kill()
        s3_server.start()

    killer = threading.Thread(target=kill)
    killer.start()
    digest = save(open_object_blobs(patience=60), LARGE).digest
    killer.join()
    s3_proxy.to_server.bytes_per_second = 0
    assert open_object_blobs("other").fetch(digest).read_bytes() == LARGE


def test_a_server_that_stays_away_is_unreachable(
    blobs: ObjectBlobStore, object_url: str, s3_proxy: FaultyProxy, tmp_path: Path
) -> None:
    path = tmp_path / "model.bin"
    path.write_bytes(SMALL)
    with s3_proxy.gone():
        for ask in (
            lambda: save(blobs, SMALL),
            lambda: blobs.adopt(path, "model.bin"),
            lambda: blobs.fetch(digest_of(SMALL)),
            lambda: blobs.exists(digest_of(SMALL)),
            lambda: list(blobs.digests()),
        ):
            began = time.monotonic()
            with pytest.raises(Unreachable, match=f"{object_url} cannot be reached to .*: no connection\n.*try again"):
                ask()
            assert time.monotonic() - began < BOUND
    assert path.read_bytes() == SMALL
    assert files(tmp_path / "cache") == []
    assert list(blobs.digests()) == []


def test_a_server_that_goes_away_while_parts_are_sent_is_unreachable_and_shows_nothing(
    blobs: ObjectBlobStore, s3_proxy: FaultyProxy, tmp_path: Path
) -> None:
    def go_away() -> None:
        while s3_proxy.to_server.passed < 2 * PART:
            time.sleep(0.01)
        s3_proxy.stop()

    s3_proxy.to_server.bytes_per_second = 20e6
    gone = threading.Thread(target=go_away)
    gone.start()
    began = time.monotonic()
    with pytest.raises(Unreachable):
        save(blobs, LARGE)
    assert time.monotonic() - began < 2 * BOUND
    gone.join()
    s3_proxy.start()
    assert not blobs.exists(digest_of(LARGE))
    assert list(blobs.digests()) == []
    assert files(tmp_path / "cache") == []


def test_a_server_that_stands_still_is_unreachable(
    blobs: ObjectBlobStore, open_object_blobs: OpenObjectBlobs, s3_server: VersityGateway
) -> None:
    digest = save(blobs, SMALL).digest
    reader = open_object_blobs("other")
    with s3_server.frozen():
        for ask in (lambda: save(blobs, LARGE), lambda: reader.fetch(digest), lambda: list(reader.digests())):
            began = time.monotonic()
            with pytest.raises(Unreachable, match="in time"):
                ask()
            assert time.monotonic() - began < BOUND
    assert reader.fetch(digest).read_bytes() == SMALL


def test_a_blob_is_there_only_when_all_of_it_is(
    blobs: ObjectBlobStore, open_object_blobs: OpenObjectBlobs, s3_proxy: FaultyProxy
) -> None:
    s3_proxy.to_server.bytes_per_second = 20e6
    looks = []
    with ThreadPoolExecutor(1) as pool:
        saved = pool.submit(save, blobs, LARGE)
        onlooker = open_object_blobs("other", patience=30)
        while not saved.done():
            if onlooker.exists(digest_of(LARGE)):
                assert onlooker.fetch(digest_of(LARGE)).read_bytes() == LARGE
                break
            assert list(onlooker.digests()) in ([], [digest_of(LARGE)])
            looks.append(s3_proxy.to_server.passed)
        assert saved.result().digest == digest_of(LARGE)
    assert max(looks) > PART  # it was looked for while parts of it were there


def test_a_second_try_sends_only_what_is_missing(
    blobs: ObjectBlobStore, open_object_blobs: OpenObjectBlobs, s3_proxy: FaultyProxy
) -> None:
    parts = [Random(number).randbytes(PART + 1000) for number in range(3)]
    for data in parts[:2]:
        save(blobs, data)
    s3_proxy.to_server.cut(100_000, 1000)
    with pytest.raises(Unreachable):
        save(blobs, parts[2])
    assert list(blobs.digests()) != []
    s3_proxy.to_server.cut(0, 0)
    before = s3_proxy.to_server.passed
    for data in parts:
        save(open_object_blobs("again"), data)
    assert len(parts[2]) < s3_proxy.to_server.passed - before < len(parts[2]) + 20_000
    assert set(blobs.digests()) == {digest_of(data) for data in parts}


def test_a_store_that_refuses_what_it_does_not_hold_is_unreachable(
    blobs: ObjectBlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    # S3 may refuse a create because of another that then fails; no server does so on demand.
    def refuse(*arguments: object, **options: object) -> None:
        raise obstore.exceptions.AlreadyExistsError("by the test")

    monkeypatch.setattr(obstore, "put", refuse)
    with pytest.raises(Unreachable, match="neither takes nor holds"):
        save(blobs, SMALL)


@pytest.mark.parametrize("size", [PART + 1, 70 << 30, 71 << 30, (1 << 40) + 1, 5 << 40])
def test_parts_are_few_and_as_small_as_that_allows(size: int) -> None:
    part = part_bytes(size)
    assert part % (1 << 20) == 0
    assert part * 10_000 > size
    assert part == PART or part * 8_000 < size


def test_memory_does_not_grow_with_a_blob(object_url: str, s3_environment: None, tmp_path: Path) -> None:
    def most(mebibytes: int) -> int:
        command = [sys.executable, "-c", MOST_MEMORY, object_url, str(tmp_path / str(mebibytes)), str(mebibytes)]
        return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)

    assert most(200) < most(1) + (110 << 20)  # both ways hold at most a few parts of 8 MiB


def test_a_full_disk_under_the_cache_is_unreachable_and_leaves_nothing(
    blobs: ObjectBlobStore, object_url: str, tmp_path: Path
) -> None:
    digest = save(blobs, LARGE).digest
    command = [sys.executable, "-c", FILL_THE_DISK, object_url, str(tmp_path / "full"), digest]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert "the cache of blobs" in done.stdout
    assert files(tmp_path / "full") == []


def test_a_read_only_cache_is_unreachable(
    blobs: ObjectBlobStore,
    open_object_blobs: OpenObjectBlobs,
    tmp_path: Path,
    with_permissions: Callable[[Path, int], AbstractContextManager[None]],
) -> None:
    digest = save(blobs, SMALL).digest
    (tmp_path / "other").mkdir()
    with_permissions(tmp_path / "other", 0o555)
    with pytest.raises(Unreachable, match=r"the cache of blobs .*other cannot be used"):
        open_object_blobs("other").fetch(digest)
    with pytest.raises(Unreachable, match="the cache of blobs"), open_object_blobs("other").writer():
        pass

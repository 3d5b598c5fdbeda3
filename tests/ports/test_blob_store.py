"""The contract of BlobStore, sentence by sentence, over every implementation."""

from __future__ import annotations

import array
import hashlib
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from implementations import OpenBlobStore

from jeyn.errors import IntegrityError
from jeyn.model.artefact import Blob
from jeyn.ports import BlobStore

MISSING = f"sha256:{'0' * 64}"
LARGE = 70 << 20


def digest_of(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def save(blobs: BlobStore, parts: bytes | Iterable[bytes], name: str = "a.bin") -> Blob:
    with blobs.writer() as writer:
        for part in [parts] if isinstance(parts, bytes) else parts:
            assert writer.write(part) == len(part)
        return writer.commit(name)


def test_what_is_committed_is_there_under_its_digest(blobs: BlobStore) -> None:
    blob = save(blobs, [b"some ", b"", b"bytes"], name="weights.bin")
    assert blob == Blob("weights.bin", digest_of(b"some bytes"), 10)
    assert blobs.exists(blob.digest)
    assert blobs.fetch(blob.digest).read_bytes() == b"some bytes"
    assert list(blobs.digests()) == [blob.digest]


def test_a_blob_may_be_empty(blobs: BlobStore) -> None:
    expected = Blob("empty", digest_of(b""), 0)
    assert save(blobs, [], name="empty") == expected
    assert save(blobs, b"", name="empty") == expected
    assert blobs.fetch(expected.digest).read_bytes() == b""


@given(parts=st.lists(st.binary(max_size=3000), max_size=6))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20, deadline=None)
def test_a_blob_is_its_bytes_however_they_were_cut(blobs: BlobStore, parts: list[bytes]) -> None:
    whole = b"".join(parts)
    assert save(blobs, parts) == save(blobs, whole) == Blob("a.bin", digest_of(whole), len(whole))


def test_a_writer_takes_bytes_of_any_buffer(blobs: BlobStore) -> None:
    numbers = array.array("d", [1.5, -2.0, 3.25])
    with blobs.writer() as writer:
        assert writer.write(memoryview(numbers)) == 24
        blob = writer.commit("numbers")
    assert blobs.fetch(blob.digest).read_bytes() == numbers.tobytes()


@pytest.mark.parametrize("piece", [200 << 10, 9 << 20, LARGE], ids=["small writes", "big writes", "one write"])
def test_a_large_blob(blobs: BlobStore, piece: int) -> None:
    data = bytes(range(256)) * 4096 * 70
    view = memoryview(data)
    with blobs.writer() as writer:
        for start in range(0, LARGE, piece):
            part = view[start : start + piece]
            assert writer.write(part) == len(part)
        blob = writer.commit("large")
    assert blob == Blob("large", digest_of(data), LARGE)
    assert blobs.fetch(blob.digest).read_bytes() == data


def test_leaving_without_commit_leaves_no_blob(blobs: BlobStore) -> None:
    with blobs.writer() as writer:
        writer.write(b"some bytes")
    assert list(blobs.digests()) == []
    assert not blobs.exists(digest_of(b"some bytes"))


def test_an_error_while_writing_leaves_no_blob_and_is_not_swallowed(blobs: BlobStore) -> None:
    def parts() -> Iterator[bytes]:
        yield b"some bytes"
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        save(blobs, parts())
    assert list(blobs.digests()) == []


def test_a_blob_is_not_there_before_its_commit(blobs: BlobStore) -> None:
    with blobs.writer() as writer:
        writer.write(b"some bytes")
        assert not blobs.exists(digest_of(b"some bytes"))
        writer.commit("a.bin")
        assert blobs.exists(digest_of(b"some bytes"))


def test_the_same_bytes_twice_are_one_blob(blobs: BlobStore) -> None:
    first, second = save(blobs, b"same", name="one"), save(blobs, b"same", name="two")
    assert (first.digest, second.name) == (second.digest, "two")
    assert list(blobs.digests()) == [first.digest]
    assert blobs.fetch(first.digest).read_bytes() == b"same"


def test_a_blob_may_be_renewed_while_somebody_reads_it(blobs: BlobStore) -> None:
    blob = save(blobs, b"same")
    with blobs.fetch(blob.digest).open("rb") as reader:
        save(blobs, b"same")
        assert reader.read() == b"same"


def test_a_scratch_file_is_adopted(blobs: BlobStore) -> None:
    path = blobs.scratch(".parquet")
    assert path.suffix == ".parquet"
    assert blobs.scratch(".parquet") != path
    path.write_bytes(b"written by another library")
    assert blobs.adopt(path, "data.parquet") == Blob("data.parquet", digest_of(b"written by another library"), 26)
    assert not path.exists()
    assert blobs.fetch(digest_of(b"written by another library")).read_bytes() == b"written by another library"


def test_a_file_from_anywhere_is_adopted(blobs: BlobStore, tmp_path: Path) -> None:
    path = tmp_path / "model.bin"
    path.write_bytes(b"weights")
    blob = blobs.adopt(path, "model.bin")
    assert not path.exists()
    assert blobs.fetch(blob.digest).read_bytes() == b"weights"
    path.write_bytes(b"weights")
    assert blobs.adopt(path, "again") == Blob("again", blob.digest, 7)
    assert not path.exists()
    assert list(blobs.digests()) == [blob.digest]


def test_a_digest_that_is_given_is_taken_until_the_bytes_are_checked(blobs: BlobStore) -> None:
    right, wrong = digest_of(b"written just now"), digest_of(b"something else")
    for digest in (right, wrong):
        path = blobs.scratch()
        path.write_bytes(b"written just now")
        assert blobs.adopt(path, "a.bin", digest) == Blob("a.bin", digest, 16)
    assert blobs.fetch(right).read_bytes() == b"written just now"
    blobs.check(right)
    with pytest.raises(IntegrityError):
        blobs.check(wrong)


def test_scratch_files_are_no_blobs(blobs: BlobStore) -> None:
    blobs.scratch().write_bytes(b"left behind")
    assert list(blobs.digests()) == []


def test_a_missing_blob_fails_its_check(blobs: BlobStore) -> None:
    assert not blobs.exists(MISSING)
    with pytest.raises(IntegrityError, match=MISSING):
        blobs.fetch(MISSING)
    save(blobs, b"something else")
    with pytest.raises(IntegrityError):
        blobs.fetch(MISSING)


@pytest.mark.parametrize("change", [b"some bytez", b"some byte", b"some bytes ", b""], ids=repr)
@pytest.mark.parametrize("was_read", [False, True])
def test_changed_bytes_fail_their_check(
    kind_of_blobs: OpenBlobStore, blobs: BlobStore, tmp_path: Path, change: bytes, was_read: bool
) -> None:
    blob = save(blobs, b"some bytes")
    other = save(blobs, b"other bytes")
    if was_read:
        blobs.fetch(blob.digest)
    kind_of_blobs.overwrite(tmp_path / "blobs", blob.digest, change)
    for _ in range(2):
        with pytest.raises(IntegrityError, match=blob.digest[7:9]):
            blobs.fetch(blob.digest)
        with pytest.raises(IntegrityError, match=blob.digest[7:9]):
            blobs.check(blob.digest)
    assert blobs.exists(blob.digest)  # which checks no bytes
    blobs.check(other.digest)
    assert blobs.fetch(other.digest).read_bytes() == b"other bytes"


def test_saving_again_heals_changed_bytes(kind_of_blobs: OpenBlobStore, blobs: BlobStore, tmp_path: Path) -> None:
    blob = save(blobs, b"some bytes")
    kind_of_blobs.overwrite(tmp_path / "blobs", blob.digest, b"some bytez")
    save(blobs, b"some bytes")
    assert blobs.fetch(blob.digest).read_bytes() == b"some bytes"
    kind_of_blobs.overwrite(tmp_path / "blobs", blob.digest, b"")
    path = blobs.scratch()
    path.write_bytes(b"some bytes")
    blobs.adopt(path, "a.bin")
    assert blobs.fetch(blob.digest).read_bytes() == b"some bytes"


def test_all_digests_are_listed(blobs: BlobStore) -> None:
    saved = [save(blobs, b"%d" % number).digest for number in range(60)]
    assert sorted(blobs.digests()) == sorted(saved)


def test_many_may_write_the_same_bytes_at_once(blobs: BlobStore) -> None:
    threads = 8
    barrier = threading.Barrier(threads)
    data = b"0123456789abcdef" * (2 << 16)

    def write(number: int) -> Blob:
        with blobs.writer() as writer:
            writer.write(data[: number + 1])
            writer.write(data[number + 1 :])
            barrier.wait()
            return writer.commit("a.bin")

    with ThreadPoolExecutor(threads) as pool:
        written = set(pool.map(write, range(threads)))
    assert written == {Blob("a.bin", digest_of(data), len(data))}
    assert list(blobs.digests()) == [digest_of(data)]
    assert blobs.fetch(digest_of(data)).read_bytes() == data


def test_a_store_is_there_when_it_is_opened_again(
    kind_of_blobs: OpenBlobStore, blobs: BlobStore, tmp_path: Path
) -> None:
    blob = save(blobs, b"some bytes")
    again = kind_of_blobs.open(tmp_path / "blobs")
    assert again.exists(blob.digest)
    assert list(again.digests()) == [blob.digest]
    assert again.fetch(blob.digest).read_bytes() == b"some bytes"

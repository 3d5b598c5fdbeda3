"""Blobs in a bucket and in the cache before it: what is sent, read and kept where, and what is noticed."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from faulty_proxy import FaultyProxy
from object_blobs import LARGE, SMALL, OpenObjectBlobs, digest_of, files, save
from versity import VersityGateway

from jeyn.adapters.folder import FolderBlobStore
from jeyn.adapters.object_parts import PART
from jeyn.adapters.objects import ObjectBlobStore
from jeyn.errors import IntegrityError, Unreachable

SHARED_MEMORY = Path("/dev/shm")


@pytest.fixture
def blobs(open_object_blobs: OpenObjectBlobs) -> ObjectBlobStore:
    """An empty store."""
    return open_object_blobs()


def test_a_folder_of_blobs_may_be_copied_into_a_bucket(
    blobs: ObjectBlobStore, s3_server: VersityGateway, s3_bucket: str, tmp_path: Path
) -> None:
    folder = FolderBlobStore(tmp_path / "folder")
    for data in (b"", SMALL, LARGE):
        with folder.writer() as writer:
            writer.write(data)
            writer.commit("a.bin")
    shutil.copytree(tmp_path / "folder", s3_server.file(s3_bucket, "some/where"), dirs_exist_ok=True)
    assert set(blobs.digests()) == set(folder.digests())
    for data in (b"", SMALL, LARGE):
        assert blobs.fetch(digest_of(data)).read_bytes() == data


def test_what_was_saved_here_is_read_without_the_server(
    blobs: ObjectBlobStore, open_object_blobs: OpenObjectBlobs, s3_proxy: FaultyProxy, tmp_path: Path
) -> None:
    written = save(blobs, LARGE)
    path = blobs.scratch()
    path.write_bytes(SMALL)
    adopted = blobs.adopt(path, "b.bin")
    with s3_proxy.gone():
        for again in (blobs, open_object_blobs()):
            assert again.fetch(written.digest).read_bytes() == LARGE
            assert again.fetch(adopted.digest).read_bytes() == SMALL
    assert len(files(tmp_path / "cache")) == 2


@pytest.mark.parametrize("data", [SMALL, LARGE], ids=["small", "large"])
def test_what_was_read_is_read_from_the_cache_until_that_is_damaged_or_deleted(
    blobs: ObjectBlobStore, open_object_blobs: OpenObjectBlobs, s3_proxy: FaultyProxy, tmp_path: Path, data: bytes
) -> None:
    blob = save(blobs, data)
    reader = open_object_blobs("other")
    path = reader.fetch(blob.digest)
    assert path.read_bytes() == data
    with s3_proxy.gone():
        assert reader.fetch(blob.digest) == path
        assert open_object_blobs("other").fetch(blob.digest) == path
    path.chmod(0o644)
    path.write_bytes(b"damaged")
    assert reader.fetch(blob.digest).read_bytes() == data
    shutil.rmtree(tmp_path / "other")
    assert reader.fetch(blob.digest).read_bytes() == data


def test_several_may_fill_one_cache_at_once(
    blobs: ObjectBlobStore, open_object_blobs: OpenObjectBlobs, tmp_path: Path
) -> None:
    digest = save(blobs, LARGE).digest
    with ThreadPoolExecutor(4) as pool:
        read = pool.map(lambda _: open_object_blobs("shared", 30).fetch(digest).read_bytes(), range(4))
        assert all(data == LARGE for data in read)
    assert len(files(tmp_path / "shared")) == 1


@pytest.mark.parametrize("data", [b"", SMALL, LARGE], ids=["empty", "small", "large"])
def test_what_is_there_is_not_sent_again_but_its_age_renewed(
    blobs: ObjectBlobStore,
    open_object_blobs: OpenObjectBlobs,
    s3_proxy: FaultyProxy,
    stored_object: Callable[[str], Path],
    data: bytes,
) -> None:
    path = stored_object(save(blobs, data).digest)
    mark = Path(str(path).replace("sha256", "renewed"))
    assert not mark.exists()
    for name in ("again", "and again"):
        before = s3_proxy.to_server.passed
        save(open_object_blobs(name), data)
        assert s3_proxy.to_server.passed - before < 5000
        assert mark.stat().st_size == 0
        assert time.time() - mark.stat().st_mtime < 60
        os.utime(mark, (0, 0))
    assert list(blobs.digests()) == [digest_of(data)]


def test_a_file_of_another_file_system_is_adopted_without_a_copy(blobs: ObjectBlobStore, tmp_path: Path) -> None:
    if not SHARED_MEMORY.is_dir() or SHARED_MEMORY.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("needs a second file system: /dev/shm")
    with tempfile.TemporaryDirectory(dir=SHARED_MEMORY) as folder:
        path = Path(folder) / "model.bin"
        path.write_bytes(SMALL)
        digest = blobs.adopt(path, "model.bin").digest
        assert not path.exists()
        assert files(tmp_path / "cache") == []
        assert blobs.fetch(digest).read_bytes() == SMALL
        with pytest.raises(Unreachable):
            blobs.adopt(Path(folder), "a folder")


def test_more_blobs_than_one_page_are_listed(blobs: ObjectBlobStore, stored_object: Callable[[str], Path]) -> None:
    digests = {digest_of(b"%d" % number) for number in range(2100)}
    for digest in digests:
        stored_object(digest).parent.mkdir(parents=True, exist_ok=True)
        stored_object(digest).touch()
    assert sorted(blobs.digests()) == sorted(digests)


def test_foreign_objects_are_no_blobs(blobs: ObjectBlobStore, s3_server: VersityGateway, s3_bucket: str) -> None:
    digest = save(blobs, SMALL).digest
    for name in ("README", "some/README", "some/where/sha256/README", f"some/where/sha256/ab/{'g' * 62}"):
        path = s3_server.file(s3_bucket, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("foreign")
    assert list(blobs.digests()) == [digest]


@pytest.mark.parametrize("data", [SMALL, LARGE], ids=["small", "large"])
def test_other_bytes_are_never_cached(
    blobs: ObjectBlobStore,
    open_object_blobs: OpenObjectBlobs,
    stored_object: Callable[[str], Path],
    tmp_path: Path,
    data: bytes,
) -> None:
    digest = save(blobs, data).digest
    stored_object(digest).write_bytes(data[:-1] + b"?")
    with pytest.raises(IntegrityError, match=f"some/where/sha256/{digest[7:9]}/{digest[9:]}"):
        open_object_blobs("other").fetch(digest)
    assert files(tmp_path / "other") == []
    stored_object(digest).unlink()
    with pytest.raises(IntegrityError, match=r"is not in s3://.*\n.*--force"):
        open_object_blobs("other").fetch(digest)
    assert files(tmp_path / "other") == []


def test_a_large_object_that_was_cut_short_is_replaced(
    blobs: ObjectBlobStore, open_object_blobs: OpenObjectBlobs, stored_object: Callable[[str], Path]
) -> None:
    digest = save(blobs, LARGE).digest
    stored_object(digest).write_bytes(LARGE[:PART])
    with pytest.raises(IntegrityError):
        open_object_blobs("other").fetch(digest)
    save(blobs, LARGE)
    assert open_object_blobs("other").fetch(digest).read_bytes() == LARGE

"""What a folder of blobs can suffer: sudden ends, no rights, no space, another file system, foreign files."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from jeyn.adapters import folder as folder_module
from jeyn.adapters.folder import FolderBlobStore, FolderBlobWriter
from jeyn.errors import IntegrityError, Unreachable
from jeyn.model.artefact import Blob

Permissions = Callable[[Path, int], AbstractContextManager[None]]
SHARED_MEMORY = Path("/dev/shm")

WRITE_AND_WAIT = """
import sys
from pathlib import Path
from jeyn.adapters.folder import FolderBlobStore
with FolderBlobStore(Path(sys.argv[1])).writer() as writer:
    for _ in range(5):
        writer.write(b"x" * (1 << 20))
    print("written", flush=True)
    sys.stdin.readline()
    writer.commit("a.bin")
"""

FILL_THE_DISK = """
import resource, sys
from pathlib import Path
from jeyn.adapters.folder import FolderBlobStore
from jeyn.errors import Unreachable
blobs = FolderBlobStore(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
for piece in (1 << 10, 3 << 20):
    try:
        with blobs.writer() as writer:
            for _ in range(0, 3 << 20, piece):
                writer.write(b"x" * piece)
            writer.commit("a.bin")
    except Unreachable as error:
        print(error.exit_code)
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "blobs"


@pytest.fixture
def blobs(root: Path) -> FolderBlobStore:
    return FolderBlobStore(root)


def save(blobs: FolderBlobStore, data: bytes) -> Blob:
    with blobs.writer() as writer:
        writer.write(data)
        return writer.commit("a.bin")


def files(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def test_a_blob_is_a_read_only_file_named_by_its_digest(blobs: FolderBlobStore, root: Path) -> None:
    digest = save(blobs, b"some bytes").digest.removeprefix("sha256:")
    assert files(root) == [f"sha256/{digest[:2]}/{digest[2:]}"]
    assert (root / files(root)[0]).stat().st_mode & 0o777 == 0o444


def test_nothing_is_left_of_a_blob_that_was_given_up(blobs: FolderBlobStore, root: Path) -> None:
    with blobs.writer() as writer:
        writer.write(b"x" * (3 << 20))
    assert files(root) == []


def test_a_process_that_is_killed_while_it_writes_leaves_no_blob(blobs: FolderBlobStore, root: Path) -> None:
    command = [sys.executable, "-c", WRITE_AND_WAIT, str(root)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "written\n"
        process.send_signal(signal.SIGKILL)
    assert list(blobs.digests()) == []
    (left,) = files(root)
    assert left.startswith("scratch/")
    assert blobs.fetch(save(blobs, b"x" * (5 << 20)).digest).stat().st_size == 5 << 20


def test_a_full_disk_is_unreachable_and_leaves_nothing(blobs: FolderBlobStore, root: Path) -> None:
    done = subprocess.run([sys.executable, "-c", FILL_THE_DISK, str(root)], check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["4", "4"]
    assert files(root) == []


def test_a_read_only_folder_is_unreachable_but_read(
    blobs: FolderBlobStore, root: Path, tmp_path: Path, with_permissions: Permissions
) -> None:
    blob = save(blobs, b"some bytes")
    file = tmp_path / "file"
    file.write_bytes(b"other bytes")
    for folder in [root, *(path for path in root.rglob("*") if path.is_dir())]:
        with_permissions(folder, 0o555)
    with pytest.raises(Unreachable, match="cannot be used"), blobs.writer():
        pass
    with pytest.raises(Unreachable):
        blobs.scratch()
    with pytest.raises(Unreachable):
        blobs.adopt(file, "file")
    assert file.read_bytes() == b"other bytes"
    assert blobs.fetch(blob.digest).read_bytes() == b"some bytes"
    assert list(blobs.digests()) == [blob.digest]


def test_a_folder_that_becomes_read_only_before_the_commit_is_unreachable(
    blobs: FolderBlobStore, root: Path, with_permissions: Permissions
) -> None:
    with blobs.writer() as writer:
        writer.write(b"some bytes")
        with_permissions(root, 0o555)
        with pytest.raises(Unreachable):
            writer.commit("a.bin")
    assert files(root) == []


def test_a_folder_that_may_not_be_read_is_unreachable(
    blobs: FolderBlobStore, root: Path, with_permissions: Permissions
) -> None:
    blob = save(blobs, b"some bytes")
    with_permissions(root / "sha256" / blob.digest[7:9], 0o000)
    with pytest.raises(Unreachable):
        list(blobs.digests())
    with pytest.raises(Unreachable):
        blobs.exists(blob.digest)
    with pytest.raises(Unreachable):
        FolderBlobStore(root).fetch(blob.digest)


def test_a_root_that_is_a_file_is_unreachable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    blobs = FolderBlobStore(tmp_path / "file")
    with pytest.raises(Unreachable), blobs.writer():
        pass
    with pytest.raises(Unreachable):
        blobs.fetch(f"sha256:{'0' * 64}")
    assert not blobs.exists(f"sha256:{'0' * 64}")
    assert list(blobs.digests()) == []


def test_a_missing_root_is_an_empty_store(blobs: FolderBlobStore) -> None:
    assert list(blobs.digests()) == []
    with pytest.raises(IntegrityError):
        blobs.fetch(f"sha256:{'0' * 64}")


def test_foreign_files_are_no_blobs(blobs: FolderBlobStore, root: Path) -> None:
    blob = save(blobs, b"some bytes")
    (root / "sha256" / "ab").mkdir(exist_ok=True)
    for name in (".DS_Store", "ab/.nfs0001", "ab/README", f"{blob.digest[7:9]}/{'g' * 62}"):
        (root / "sha256" / name).write_text("foreign")
    assert list(blobs.digests()) == [blob.digest]


def test_saving_again_renews_the_age(blobs: FolderBlobStore, root: Path, tmp_path: Path) -> None:
    path = blobs.fetch(save(blobs, b"some bytes").digest)
    os.utime(path, (0, 0))
    save(blobs, b"some bytes")
    assert time.time() - path.stat().st_mtime < 60
    os.utime(path, (0, 0))
    old = tmp_path / "old"
    old.write_bytes(b"some bytes")
    os.utime(old, (0, 0))
    blobs.adopt(old, "old")
    assert time.time() - path.stat().st_mtime < 60


@pytest.mark.skipif(not SHARED_MEMORY.is_dir(), reason="needs a second file system: /dev/shm")
def test_a_file_of_another_file_system_is_adopted(blobs: FolderBlobStore, root: Path, tmp_path: Path) -> None:
    if SHARED_MEMORY.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("needs a second file system, and temporary files are on /dev/shm already")
    with tempfile.TemporaryDirectory(dir=SHARED_MEMORY) as folder:
        path = Path(folder) / "model.bin"
        path.write_bytes(b"weights" * 100_000)
        blob = blobs.adopt(path, "model.bin")
        assert not path.exists()
        assert blobs.fetch(blob.digest).read_bytes() == b"weights" * 100_000
        with pytest.raises(Unreachable):
            blobs.adopt(Path(folder), "a folder")
    assert [name.partition("/")[0] for name in files(root)] == ["sha256"]


def test_a_disk_that_fails_while_the_writer_goes_on_is_unreachable(
    blobs: FolderBlobStore, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # No disk fails on demand. The system tells of it once, to the flush in between; then it calls the file whole.
    failures = [OSError(errno.EIO, "Input/output error")]
    fsync = os.fsync

    def fail_once(handle: int) -> None:
        if failures:
            raise failures.pop()
        fsync(handle)

    monkeypatch.setattr(os, "fsync", fail_once)
    monkeypatch.setattr(folder_module, "_FLUSH_EVERY", 1 << 20)
    with pytest.raises(Unreachable, match="Input/output"):
        save(blobs, b"x" * (1 << 20))
    assert files(root) == []


def test_a_disk_that_fails_is_noticed_before_the_next_flush(
    blobs: FolderBlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(handle: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", fail)
    monkeypatch.setattr(folder_module, "_FLUSH_EVERY", 1 << 20)

    def write_on(writer: FolderBlobWriter) -> None:
        for _ in range(1000):
            writer.write(b"x" * (1 << 20))
            time.sleep(0.001)

    with blobs.writer() as writer, pytest.raises(Unreachable, match="Input/output"):
        write_on(writer)

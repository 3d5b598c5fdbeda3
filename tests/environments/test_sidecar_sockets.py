"""What a real daprd of our own listens on: nothing that another machine gets to, and sockets in a folder of its user."""

from __future__ import annotations

import stat
from contextlib import suppress
from pathlib import Path

import component_files
from component_files import state_in_memory

from jeyn.adapters.dapr.own_sidecar import OwnSidecar

# Of a line of proc(5)'s tables: the own end, as ADDRESS:PORT in hexadecimal digits, the state, and the inode.
_LOCAL, _STATE, _INODE = 1, 3, 9
_LISTENS = "0A"
_LOOPBACK = "0100007F"


def test_no_other_machine_gets_to_it(daprd_path: str, tmp_path: Path) -> None:
    components = component_files.write([state_in_memory("ledger")], tmp_path / "components")
    log = tmp_path / "state" / "daprd.log"
    sidecar = OwnSidecar(daprd_path, components, needs="ledger", root=tmp_path, log=log, wait=30)
    try:
        folder = Path(sidecar.address.endpoint.removeprefix("unix:")).parent
        daprd = one_with(f"--unix-domain-socket {folder}")
        assert bound(daprd) == {("tcp", _LOOPBACK)}
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    finally:
        sidecar.stop()
    assert not folder.exists()


def one_with(words: str) -> int:
    """The process id of a daprd by words of its command line, which the shell that keeps it has as well."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            line = (path / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            if words in line and not line.startswith("sh "):
                found.append(int(path.name))
    (pid,) = found
    return pid


def bound(pid: int) -> set[tuple[str, str]]:
    """Protocol and address of each socket of a process that waits for others: TCP that listens, UDP of any state."""
    inodes = set()
    for path in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):
            inodes.add(str(path.readlink()).removeprefix("socket:[").removesuffix("]"))
    found = set()
    for protocol in ("tcp", "tcp6", "udp", "udp6"):
        for line in Path(f"/proc/{pid}/net/{protocol}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[_INODE] in inodes and (protocol.startswith("udp") or fields[_STATE] == _LISTENS):
                found.add((protocol, fields[_LOCAL].partition(":")[0]))
    return found

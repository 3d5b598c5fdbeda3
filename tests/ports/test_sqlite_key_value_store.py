"""What a SQLite file can suffer: other processes, their sudden end, no rights, no space, damage."""

from __future__ import annotations

import contextlib
import fcntl
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from jeyn.adapters.sqlite import SqliteKeyValueStore
from jeyn.errors import IntegrityError, JeynError, Unreachable

Permissions = Callable[[Path, int], AbstractContextManager[None]]
HELD = {f"stream/s/{number}": b"value of number %03d, " % number * 12 for number in range(60)}

RACE = """
import sys
from pathlib import Path
from jeyn.adapters.sqlite import SqliteKeyValueStore
sys.stdin.readline()
keys = SqliteKeyValueStore(Path(sys.argv[1]))
won = [n for n in range(150) if keys.create(f"race/{n}", sys.argv[2].encode(), rebuildable=n % 2 == 0)]
print(*won)
"""

CREATE_AND_WAIT = """
import sys
from pathlib import Path
from jeyn.adapters.sqlite import SqliteKeyValueStore
keys = SqliteKeyValueStore(Path(sys.argv[1]))
keys.create("durable", b"1")
keys.create("rebuildable", b"2", rebuildable=True)
print("created", flush=True)
sys.stdin.readline()
"""

# The limit stands in for a disk that is full: what would go beyond it is not written.
FILL_THE_DISK = """
import resource, sys
from pathlib import Path
from jeyn.adapters.sqlite import SqliteKeyValueStore
from jeyn.errors import Unreachable
keys = SqliteKeyValueStore(Path(sys.argv[1]))
keys.create("before", b"1")
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, hard))
for rebuildable in (False, True):
    try:
        keys.create("too large", b"x" * (3 << 20), rebuildable=rebuildable)
    except Unreachable as error:
        print(error.exit_code, keys.get("too large"), keys.get("before"))
resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
print(keys.create("too large", b"y" * (3 << 20)))
keys.close()
"""


def start(script: str, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


@pytest.fixture
def filled(path: Path) -> Path:
    """A file that holds HELD, and that nobody has open."""
    keys = SqliteKeyValueStore(path)
    for key, value in HELD.items():
        keys.create(key, value)
    keys.close()
    assert sorted(one.name for one in path.parent.iterdir()) == [path.name, f"{path.name}-turn"]  # no log is left
    return path


def test_of_processes_that_race_on_each_key_exactly_one_wins(path: Path) -> None:
    processes = {name: start(RACE, path, name) for name in "abcd"}
    for process in processes.values():
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    won = {name: process.communicate()[0].split() for name, process in processes.items()}
    assert [process.returncode for process in processes.values()] == [0] * 4
    winners = [(f"race/{number}", name) for name, numbers in won.items() for number in numbers]
    assert len(winners) == 150
    keys = SqliteKeyValueStore(path)
    assert {key: value.decode() for key, value in keys.rows()} == dict(winners)
    keys.close()


def test_what_was_created_survives_the_sudden_end_of_the_process(path: Path) -> None:
    process = start(CREATE_AND_WAIT, path)
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "created\n"
        process.send_signal(signal.SIGKILL)
    keys = SqliteKeyValueStore(path)
    assert keys.get_many(["durable", "rebuildable"]) == {"durable": b"1", "rebuildable": b"2"}
    assert list(keys.problems()) == []
    keys.close()


def test_a_commit_waits_for_the_disk_unless_it_can_be_found_again(path: Path) -> None:
    # A loss of power cannot be had on demand, so this looks at the setting: https://sqlite.org/pragma.html#pragma_synchronous
    keys = SqliteKeyValueStore(path)
    for number, (rebuildable, level) in enumerate([(False, 2), (True, 1), (False, 2), (False, 2), (True, 1)]):
        keys.create(f"one/{number}", b"1", rebuildable=rebuildable)
        assert keys._connection.execute("PRAGMA synchronous").fetchone()[0] == level
        keys.create_many({f"two/{number}": b"2", f"three/{number}": b"3"}, rebuildable=rebuildable)
        assert keys._connection.execute("PRAGMA synchronous").fetchone()[0] == level
    keys.close()


def test_a_full_disk_is_unreachable_and_harms_nothing(path: Path) -> None:
    process = start(FILL_THE_DISK, path)
    assert process.communicate()[0].splitlines() == ["4 None b'1'", "4 None b'1'", "True"]
    keys = SqliteKeyValueStore(path)
    assert {key: len(value) for key, value in keys.rows()} == {"before": 1, "too large": 3 << 20}
    assert list(keys.problems()) == []
    keys.close()


def test_a_read_only_folder_is_unreachable(filled: Path, with_permissions: Permissions) -> None:
    with_permissions(filled.parent, 0o555)
    with pytest.raises(Unreachable, match=r"ledger\.db cannot be used"):
        SqliteKeyValueStore(filled)
    with pytest.raises(Unreachable):
        SqliteKeyValueStore(filled.parent / "new.db")
    with pytest.raises(Unreachable):
        SqliteKeyValueStore(filled.parent / "new" / "ledger.db")


def test_a_folder_that_becomes_read_only_disturbs_nobody_who_is_there(
    path: Path, with_permissions: Permissions
) -> None:
    keys = SqliteKeyValueStore(path)
    keys.create("a", b"1")
    with_permissions(path.parent, 0o555)
    with_permissions(path, 0o444)
    assert keys.create("b", b"2", rebuildable=True)
    assert keys.get_many(["a", "b"]) == {"a": b"1", "b": b"2"}
    keys.close()


def test_a_path_that_cannot_be_a_file_is_unreachable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    for path in (tmp_path, tmp_path / "file" / "ledger.db"):
        with pytest.raises(Unreachable):
            SqliteKeyValueStore(path)


def test_a_file_that_another_program_holds_is_unreachable_until_it_lets_go(path: Path) -> None:
    keys = SqliteKeyValueStore(path, patience=0.05)
    keys.create("a", b"1")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    for rebuildable in (False, True):
        with pytest.raises(Unreachable, match="locked"):
            keys.create("b", b"2", rebuildable=rebuildable)
    assert keys.get("a") == b"1"
    other.execute("ROLLBACK")
    other.close()
    assert keys.create("b", b"2")
    keys.close()


def test_a_turn_that_is_not_given_back_delays_and_prevents_nothing(path: Path) -> None:
    keys = SqliteKeyValueStore(path, patience=0.1)
    keys.create("a", b"1")
    with path.with_name("ledger.db-turn").open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        began = time.monotonic()
        assert keys.create("b", b"2")
        assert time.monotonic() - began >= 0.1
        assert keys.get("b") == b"2"
    began = time.monotonic()
    assert keys.create("c", b"3")
    assert time.monotonic() - began < 0.1
    keys.close()


def test_a_store_that_was_closed_is_unreachable(path: Path) -> None:
    keys = SqliteKeyValueStore(path)
    keys.close()
    for ask in (lambda: keys.get("a"), lambda: keys.create("a", b"1"), lambda: list(keys.problems())):
        with pytest.raises(Unreachable):
            ask()


def test_a_file_that_is_no_database_is_damaged(path: Path) -> None:
    path.write_bytes(random.Random(1).randbytes(20_000))
    with pytest.raises(IntegrityError, match="is damaged"):
        SqliteKeyValueStore(path)


def test_a_row_that_holds_no_bytes_is_damage(path: Path) -> None:
    keys = SqliteKeyValueStore(path)
    for key in ("number", "sound"):
        keys.create(key, b"1")
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("UPDATE written SET value = 1 WHERE key = 'number'")
    for ask in (lambda: keys.get("number"), lambda: keys.get_many(["sound", "number"]), lambda: list(keys.rows())):
        with pytest.raises(IntegrityError, match="does not hold bytes"):
            ask()
    assert keys.get("sound") == b"1"
    keys.close()


def test_a_file_that_is_shorter_than_it_was_is_damaged(filled: Path) -> None:
    whole = filled.read_bytes()
    for pages in range(1, len(whole) // 4096):
        filled.write_bytes(whole[: pages * 4096])
        assert _is_noticed(filled), f"{pages} pages"


def _is_noticed(path: Path) -> bool:
    """Whether opening or using a file tells that it is damaged."""
    try:
        keys = SqliteKeyValueStore(path)
    except IntegrityError:
        return True
    problems = list(keys.problems())
    keys.close()
    return problems != []


def test_a_page_of_zeros_is_noticed(filled: Path) -> None:
    whole = filled.read_bytes()
    for page in range(len(whole) // 4096):
        filled.write_bytes(whole[: page * 4096] + bytes(4096) + whole[(page + 1) * 4096 :])
        assert _is_noticed(filled) or page == 0  # an empty first page is an empty database


def test_a_flipped_byte_raises_nothing_but_typed_errors(filled: Path) -> None:
    whole = filled.read_bytes()
    damaged = filled.with_name("damaged.db")
    differing = 0
    # The header, the schema at the end of the first page, and a step through the rest that meets all parts of a page.
    for at in (*range(0, 108, 3), *range(3976, 4096, 5), *range(4096, len(whole), 211)):
        data = bytearray(whole)
        data[at] ^= 0xFF
        damaged.write_bytes(data)
        with contextlib.suppress(IntegrityError, Unreachable):
            differing += _use(damaged)
        for left in damaged.parent.glob("damaged.db-*"):
            left.unlink()
    assert differing  # of a value alone no database knows: the ledger's seals notice those


def _use(path: Path) -> bool:
    """Do everything once; whether an answer differs from what was written, and is not refused."""
    keys = SqliteKeyValueStore(path)
    differs = False
    for ask in (
        lambda: keys.get_many(HELD) != HELD,
        lambda: dict(keys.rows()) != HELD,
        lambda: keys.get("stream/s/7") != HELD["stream/s/7"],
        lambda: list(keys.problems()) != [],
        lambda: not keys.create("new", b"1", rebuildable=True),
    ):
        with contextlib.suppress(JeynError):
            differs |= ask()
    keys.close()
    return differs

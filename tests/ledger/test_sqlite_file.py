"""Files of SQLite that several open, and make, at once."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from jeyn.adapters.sqlite import SqliteKeyValueStore
from jeyn.errors import Unreachable
from jeyn.ledger.index_file import open_index
from jeyn.sqlite_file import open_sqlite

OPEN: list[Callable[[Path], object]] = [SqliteKeyValueStore, open_index]


def being_made(path: Path) -> sqlite3.Connection:
    """A file that another is about to make, as SQLite is before it is in WAL mode."""
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    other.execute("CREATE TABLE other (one)")
    return other


@pytest.mark.parametrize("opened", OPEN)
def test_who_opens_a_file_that_is_being_made_waits(
    tmp_path: Path, opened: Callable[[Path], sqlite3.Connection]
) -> None:
    with closing(being_made(tmp_path / "new.db")) as other:
        ended = threading.Timer(0.3, lambda: other.execute("COMMIT"))
        ended.start()
        opened(tmp_path / "new.db").close()
        ended.join()


def test_the_wait_ends(tmp_path: Path) -> None:
    with (
        closing(being_made(tmp_path / "new.db")),
        pytest.raises(Unreachable, match=r"new\.db cannot be used: .*locked"),
    ):
        SqliteKeyValueStore(tmp_path / "new.db", patience=0.1)


@pytest.mark.parametrize("opened", OPEN)
def test_eight_that_make_one_file_at_once_all_have_it(
    tmp_path: Path, opened: Callable[[Path], sqlite3.Connection]
) -> None:
    ready = threading.Barrier(8)

    def make(path: Path) -> None:
        ready.wait()
        opened(path).close()

    with ThreadPoolExecutor(8) as makers:
        for number in range(50):
            list(makers.map(make, [tmp_path / f"{number}.db"] * 8))
    with closing(open_sqlite(tmp_path / "0.db", 1.0)) as made:
        assert made.execute("PRAGMA journal_mode").fetchone() == ("wal",)

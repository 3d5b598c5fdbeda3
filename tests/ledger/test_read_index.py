"""The read index: it follows the ledger, answers from its file alone, and completes what a crash left open."""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from at_hand import PROJECT, artefact, digest_of, entry, run_fanned_out, run_finished, run_started, step_record

from jeyn.adapters.memory import MemoryKeyValueStore
from jeyn.adapters.sqlite import SqliteKeyValueStore
from jeyn.errors import IntegrityError, Unreachable
from jeyn.ledger.index import ReadIndex
from jeyn.ledger.ledger import Ledger
from jeyn.ledger.verify import verify
from jeyn.model.artefact import BATCH, CHECKPOINT, REPORT, RUN_FINISHED, RUN_STARTED, Entry, Placed, StepRecord

OpenIndex = Callable[..., ReadIndex]


def contents(index: ReadIndex) -> list[Placed]:
    """Every entry that an index knows."""
    kinds = [BATCH, CHECKPOINT, REPORT, RUN_STARTED, RUN_FINISHED]
    return sorted(index.of_kinds(kinds), key=lambda placed: (placed.entry.stream, placed.number))


def truth(ledger: Ledger) -> list[Placed]:
    """Every entry that a ledger holds."""
    names = sorted(name for _, name in ledger.streams.names())
    return [placed for name in names for placed in ledger.streams.follow(name, after=0)]


@pytest.fixture
def index(filled_ledger: Ledger, open_index: OpenIndex) -> ReadIndex:
    """An index of the filled ledger, at its present end."""
    index = open_index(filled_ledger)
    index.sync()
    return index


def test_a_new_index_is_empty(fresh_ledger: Ledger, open_index: OpenIndex) -> None:
    index = open_index(fresh_ledger)
    for _ in range(2):
        assert (contents(index), index.streams(), index.open_runs()) == ([], {}, [])
        assert index.latest("images") is None
        index.sync()


def test_it_has_all_that_the_ledger_has(filled_ledger: Ledger, index: ReadIndex) -> None:
    assert contents(index) == truth(filled_ledger)
    assert index.streams() == {"train-digits": 2, "images": 2, "digits": 1, "report": 1}
    assert list(index.streams()) == ["train-digits", "images", "digits", "report"]  # in the order of their beginnings


def test_it_reads_what_is_new_and_no_more(filled_ledger: Ledger, open_index: OpenIndex) -> None:
    class Watched(MemoryKeyValueStore):
        """Remembers which entries were asked for."""

        def get_many(self, keys: object) -> dict[str, bytes]:
            keys = list(keys)
            asked.extend(key for key in keys if "/stream/images/" in key)
            return super().get_many(keys)

    asked: list[str] = []
    ledger = Ledger(Watched(), filled_ledger.blobs, PROJECT)
    for number in range(100):
        ledger.append(entry(f"e/{number}", "images", artefact=artefact("x")))
    index = open_index(ledger)
    index.sync()
    assert len(asked) >= 100
    asked.clear()
    index.sync()
    assert asked == ["jeyn/1/digits/stream/images/101"]
    ledger.append(entry("new", "images", artefact=artefact("x")))
    asked.clear()
    index.sync()
    assert "jeyn/1/digits/stream/images/100" not in asked
    assert index.at("images", 101) == Placed(101, entry("new", "images", artefact=artefact("x")))


def test_an_entry_is_found_by_its_number_and_by_its_id(filled_ledger: Ledger, index: ReadIndex) -> None:
    for placed in truth(filled_ledger):
        assert index.at(placed.entry.stream, placed.number) == placed
        assert index.by_id(placed.entry.id) == placed
    assert index.at("images", 3) is None
    assert index.at("nothing", 1) is None
    assert index.by_id("nothing") is None


def test_what_comes_after_the_last_sync_is_not_known(filled_ledger: Ledger, index: ReadIndex) -> None:
    filled_ledger.append(entry("new", "images", artefact=artefact("new")))
    assert index.at("images", 3) is None
    index.sync()
    assert index.at("images", 3) is not None


def test_the_latest_of_a_stream_and_of_a_line(fresh_ledger: Ledger, open_index: OpenIndex) -> None:
    versions = ["1.0.0", "1.4.2", "2.0.0", "1.5.0", "0.2.9", "0.3.0", "10.0.0"]
    for number, version in enumerate(versions):
        made = artefact(f"{number}", definition=f"images@{version}")
        fresh_ledger.append(entry(f"e/{number}", "images", artefact=made))
    fresh_ledger.append(entry("none", "images"))
    fresh_ledger.append(entry("report", "accuracy", artefact=artefact("r", kind=REPORT, definition="accuracy")))
    index = open_index(fresh_ledger)
    index.sync()
    newest = {line: index.latest("images", line) for line in ("1", "2", "0.2", "0.3", "10", "3", "0")}
    assert {line: placed and placed.number for line, placed in newest.items()} == {
        "1": 4,
        "2": 3,
        "0.2": 5,
        "0.3": 6,
        "10": 7,
        "3": None,
        "0": None,
    }
    assert str(index.latest("images")) == "images#7"  # what has no artefact is not the latest
    assert index.lines("images") == ["0.2", "0.3", "1", "10", "2"]
    assert (index.lines("accuracy"), str(index.latest("accuracy"))) == ([""], "accuracy#1")
    assert index.lines("nothing") == []


def test_artefacts_are_found_by_the_beginning_of_their_digest(fresh_ledger: Ledger, open_index: OpenIndex) -> None:
    for number in range(40):
        created = f"2030-01-31T09:00:{number:02}.000000Z"
        fresh_ledger.append(entry(f"e/{number}", "images", artefact=artefact(f"{number % 20}"), created=created))
    fresh_ledger.append(entry("none", "images"))
    index = open_index(fresh_ledger)
    index.sync()
    for number in range(20):
        digest = digest_of(f"{number}".encode())
        for length in (len(digest), 20):
            assert [placed.number for placed in index.by_digest(digest[:length])] == [number + 21, number + 1]
    everything = index.by_digest("sha256:")
    assert len(everything) == 40
    for prefix in ("sha256:0", "sha256:9", "sha256:f"):
        matching = [placed for placed in everything if placed.entry.artefact.digest.startswith(prefix)]
        assert index.by_digest(prefix) == matching
    assert index.by_digest("sha256:" + "0" * 20) == []


def test_kinds_newest_first(filled_ledger: Ledger, index: ReadIndex) -> None:
    assert {str(placed) for placed in index.of_kinds([BATCH])} == {"images#1", "images#2"}
    assert [placed.entry.kind for placed in index.of_kinds([RUN_STARTED, RUN_FINISHED])] == [RUN_FINISHED, RUN_STARTED]
    assert [str(placed) for placed in index.of_kinds([RUN_STARTED, RUN_FINISHED], 1)] == ["train-digits#2"]
    assert list(index.of_kinds([])) == []


def test_what_was_made_from_an_artefact(filled_ledger: Ledger, index: ReadIndex) -> None:
    scaled = index.at("images", 1)
    assert scaled is not None
    assert [str(placed) for placed in index.made_from(scaled.entry.id)] == ["digits#1", "images#2", "report#1"]
    assert list(index.made_from("nothing")) == []


def test_runs_that_have_not_ended(fresh_ledger: Ledger, open_index: OpenIndex) -> None:
    index = open_index(fresh_ledger)
    for run in ("r1", "r2", "r3"):
        fresh_ledger.append(run_started(run, ["train"]))
    fresh_ledger.append(run_finished("r2", {"train": True}))
    index.sync()
    assert sorted(index.open_runs()) == ["r1", "r3"]
    fresh_ledger.append(run_finished("r1", {"train": False}))
    index.sync()
    assert index.open_runs() == ["r3"]


class TestRollForward:
    """What a crash left committed and not placed, is placed by whoever comes next."""

    def left_open(
        self, ledger: Ledger, run: str = "r1", step: str = "train", *, placed: int = 0, item: str = ""
    ) -> StepRecord:
        """Commit a step of two outputs, and crash when so many of them are placed."""
        outputs = {"checkpoint": ("digits", artefact(f"{run} w")), "metrics": ("report", artefact(f"{run} m"))}
        record = step_record(run, step, outputs, cache_key="k", item=item)

        class Crashing(MemoryKeyValueStore):
            def create(self, key: str, value: bytes, *, rebuildable: bool = False) -> bool:
                if "/stream/" in key and len(made) == placed:
                    raise KeyboardInterrupt
                made.extend([key] * ("/stream/" in key))
                return super().create(key, value)

        made: list[str] = []
        keys = Crashing()
        keys._held = ledger.keys._held  # type: ignore[attr-defined]  # the memory store's
        with pytest.raises(KeyboardInterrupt):
            Ledger(keys, ledger.blobs, PROJECT).commit(record)
        return record

    def is_complete(self, ledger: Ledger, index: ReadIndex, record: StepRecord) -> bool:
        ids = [one.entry.id for one in record.entries]
        return all(index.by_id(one) is not None for one in ids) and ledger.cached("k") == record

    @pytest.mark.parametrize("placed", [0, 1])
    def test_while_the_run_goes_on(self, fresh_ledger: Ledger, open_index: OpenIndex, placed: int) -> None:
        fresh_ledger.append(run_started("r1", ["scale", "train"]))
        index = open_index(fresh_ledger)
        index.sync()
        record = self.left_open(fresh_ledger, placed=placed)
        index.sync()
        assert self.is_complete(fresh_ledger, index, record)
        assert contents(index) == truth(fresh_ledger)

    @pytest.mark.parametrize("placed", [0, 1])
    def test_when_the_run_has_ended_and_calls_the_step_failed(
        self, fresh_ledger: Ledger, open_index: OpenIndex, placed: int
    ) -> None:
        fresh_ledger.append(run_started("r1", ["scale", "train"]))
        record = self.left_open(fresh_ledger, placed=placed)
        fresh_ledger.append(run_finished("r1", {"scale": True, "train": False}))
        index = open_index(fresh_ledger)
        index.sync()
        assert self.is_complete(fresh_ledger, index, record)

    def test_items_that_a_run_learned_of_on_its_way(self, fresh_ledger: Ledger, open_index: OpenIndex) -> None:
        fresh_ledger.append(run_started("r1", ["plan"]))
        fresh_ledger.append(run_fanned_out("r1", "train", 3))
        record = self.left_open(fresh_ledger, item="2")
        index = open_index(fresh_ledger)
        index.sync()
        assert self.is_complete(fresh_ledger, index, record)
        assert index._db.execute("SELECT step, item FROM open_step").fetchall() == [
            ("plan", ""),
            ("train", "0"),
            ("train", "1"),
        ]

    def test_verification_completes_them_too(self, fresh_ledger: Ledger) -> None:
        fresh_ledger.append(run_started("r1", ["plan"]))
        fresh_ledger.append(run_fanned_out("r1", "train", 3))
        record = self.left_open(fresh_ledger, item="2")
        assert verify(fresh_ledger, {}).problems == []
        assert fresh_ledger.cached("k") == record

    def test_steps_that_a_run_skipped_are_not_looked_for(self, fresh_ledger: Ledger, open_index: OpenIndex) -> None:
        fresh_ledger.append(run_started("r1", ["scale", "train"]))
        end = run_finished("r1", {"scale": False})
        told = [*end.details["steps"], {"name": "train", "status": "skipped", "outputs": {}}]
        fresh_ledger.append(replace(end, details={**end.details, "steps": told}))
        index = open_index(fresh_ledger)
        index.sync()
        assert index._db.execute("SELECT step FROM open_step").fetchall() == [("scale",)]

    def test_when_a_zombie_commits_after_the_end_of_its_run(self, fresh_ledger: Ledger, open_index: OpenIndex) -> None:
        fresh_ledger.append(run_started("r1", ["train"]))
        fresh_ledger.append(run_finished("r1", {"train": False}))
        index = open_index(fresh_ledger)
        for _ in range(3):
            index.sync()
        record = self.left_open(fresh_ledger)
        index.sync()
        assert self.is_complete(fresh_ledger, index, record)

    def test_a_day_after_the_end_of_a_run_nobody_looks_for_zombies(
        self, fresh_ledger: Ledger, open_index: OpenIndex, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fresh_ledger.append(run_started("r1", ["train"]))
        fresh_ledger.append(run_finished("r1", {"train": False}))
        index = open_index(fresh_ledger)
        index.sync()
        now = time.time()
        monkeypatch.setattr(time, "time", lambda: now + 25 * 3600)
        index.sync()
        record = self.left_open(fresh_ledger)
        index.sync()
        assert not self.is_complete(fresh_ledger, index, record)
        new = open_index(fresh_ledger, "new.db")
        new.sync()  # for whoever follows the ledger anew, the run has just ended
        assert self.is_complete(fresh_ledger, new, record)

    def test_a_step_of_a_run_without_end_is_looked_for_once(self, fresh_ledger: Ledger, open_index: OpenIndex) -> None:
        fresh_ledger.append(run_started("r1", ["scale", "train"]))
        record = self.left_open(fresh_ledger)
        index = open_index(fresh_ledger)
        index.sync()
        assert self.is_complete(fresh_ledger, index, record)
        assert index._db.execute("SELECT step FROM open_step").fetchall() == [("scale",)]
        fresh_ledger.append(run_finished("r1", {"scale": True, "train": True}))
        index.sync()
        assert index._db.execute("SELECT count(*) FROM open_step").fetchone() == (0,)


class TestAnotherLedger:
    """The file is advice: whatever the ledger is now, that is what counts."""

    def test_one_that_is_empty(self, index: ReadIndex, fresh_ledger: Ledger, open_index: OpenIndex) -> None:
        again = open_index(Ledger(MemoryKeyValueStore(), fresh_ledger.blobs, PROJECT))
        again.sync()
        assert (contents(again), again.streams()) == ([], {})

    def test_one_that_has_other_entries(self, index: ReadIndex, fresh_ledger: Ledger, open_index: OpenIndex) -> None:
        other = Ledger(MemoryKeyValueStore(), fresh_ledger.blobs, PROJECT)
        for number in range(3):
            other.append(entry(f"other/{number}", "images", artefact=artefact("x")))
        again = open_index(other)
        again.sync()
        assert contents(again) == truth(other)
        assert again.streams() == {"images": 3}
        assert list(again.made_from("r1/scale/-/batch")) == []

    def test_a_copy_of_before_that_went_another_way(
        self, filled_ledger: Ledger, index: ReadIndex, open_index: OpenIndex
    ) -> None:
        held = filled_ledger.keys._held  # type: ignore[attr-defined]  # the memory store's
        del held[filled_ledger.layout.entry("images", 2)]  # which is not in the first stream
        filled_ledger.append(entry("another", "images", artefact=artefact("another")))
        again = open_index(filled_ledger)
        again.sync()
        assert contents(again) == truth(filled_ledger)
        assert again.by_id("note/1") is None

    def test_one_that_was_cut_short(self, filled_ledger: Ledger, index: ReadIndex, open_index: OpenIndex) -> None:
        held = filled_ledger.keys._held  # type: ignore[attr-defined]  # the memory store's
        del held[filled_ledger.layout.entry("images", 2)]
        again = open_index(filled_ledger)
        assert again.streams()["images"] == 2  # what `jeyn verify` asks before anybody follows the ledger
        again.sync()
        assert contents(again) == truth(filled_ledger)

    def test_two_that_find_it_so_at_once(self, index: ReadIndex, fresh_ledger: Ledger, tmp_path: Path) -> None:
        other = Ledger(MemoryKeyValueStore(), fresh_ledger.blobs, PROJECT)
        other.append(run_started("r9", ["train"]))
        for number in range(50):
            other.append(entry(f"other/{number}", f"s{number % 7}", artefact=artefact("x")))
        barrier = threading.Barrier(4)

        def follow(_: int) -> list[Placed]:
            again = ReadIndex(tmp_path / "index.db", other)
            barrier.wait()
            again.sync()
            found = contents(again)
            again.close()
            return found

        with ThreadPoolExecutor(4) as pool:
            assert [found == truth(other) for found in pool.map(follow, range(4))] == [True] * 4


def test_threads_share_an_index(fresh_ledger: Ledger, open_index: OpenIndex) -> None:
    index = open_index(fresh_ledger)
    ready = threading.Barrier(8)

    def use(thread: int) -> None:
        ready.wait()
        for number in range(20):
            placed = fresh_ledger.append(entry(f"{thread}/{number}", f"s{thread % 3}", artefact=artefact("x")))
            index.sync()
            assert index.by_id(placed.entry.id) == placed
            assert index.latest(placed.entry.stream) is not None

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(use, range(8)))
    assert contents(index) == truth(fresh_ledger)


class TestFile:
    """The file may be deleted, damaged, old, or out of reach."""

    def test_one_that_was_deleted_is_made_again(
        self, filled_ledger: Ledger, index: ReadIndex, open_index: OpenIndex, tmp_path: Path
    ) -> None:
        index.close()
        (tmp_path / "index.db").unlink()
        again = open_index(filled_ledger)
        again.sync()
        assert contents(again) == truth(filled_ledger)

    def test_one_that_is_there_is_used(self, filled_ledger: Ledger, index: ReadIndex, open_index: OpenIndex) -> None:
        assert contents(open_index(filled_ledger)) == truth(filled_ledger)

    @pytest.mark.parametrize("damage", [b"no database at all" * 500, b"", bytes(8192)], ids=["text", "empty", "zeros"])
    @pytest.mark.parametrize("log", [b"", b"no log at all"])
    def test_one_that_is_no_index_is_made_again(
        self, filled_ledger: Ledger, index: ReadIndex, open_index: OpenIndex, tmp_path: Path, damage: bytes, log: bytes
    ) -> None:
        index.close()
        (tmp_path / "index.db").write_bytes(damage)
        if log:
            (tmp_path / "index.db-wal").write_bytes(log)
        again = open_index(filled_ledger)
        again.sync()
        assert contents(again) == truth(filled_ledger)

    def test_one_of_another_version_is_made_again(
        self, filled_ledger: Ledger, index: ReadIndex, open_index: OpenIndex, tmp_path: Path
    ) -> None:
        index.close()
        with sqlite3.connect(tmp_path / "index.db") as db:
            db.execute("PRAGMA user_version=1")
            db.execute("DROP TABLE entry")
        db.close()
        again = open_index(filled_ledger)
        again.sync()
        assert contents(again) == truth(filled_ledger)

    def test_damage_is_never_an_answer(self, filled_ledger: Ledger, index: ReadIndex, tmp_path: Path) -> None:
        index.close()
        path = tmp_path / "index.db"
        whole = path.read_bytes()
        expected = truth(filled_ledger)
        wrong, noticed = [], 0
        for at in (*range(0, 108, 6), *range(108, len(whole), 397)):
            changed = bytearray(whole)
            changed[at] ^= 0xFF
            path.write_bytes(changed)
            for left in tmp_path.glob("index.db-*"):
                left.unlink()
            for placed in expected:
                try:
                    with contextlib.closing(ReadIndex(path, filled_ledger)) as again:
                        found = again.by_id(placed.entry.id)
                except Unreachable:
                    noticed += 1
                else:
                    wrong += [(at, found)] if found not in (placed, None) else []
        assert wrong == []
        assert noticed

    def test_damage_that_a_question_meets_is_gone_at_the_next(
        self, filled_ledger: Ledger, index: ReadIndex, tmp_path: Path
    ) -> None:
        index._db.execute("UPDATE entry SET value = replace(value, 'Ada', 'Eve')")
        with pytest.raises(Unreachable, match="was damaged, and is made again"):
            index.by_id("note/1")
        index.sync()
        assert contents(index) == truth(filled_ledger)

    @pytest.mark.parametrize("table", ["stream", "open_step"])
    def test_damage_that_following_meets_is_repaired(self, filled_ledger: Ledger, index: ReadIndex, table: str) -> None:
        index._db.execute(f"DROP TABLE {table}")
        index.sync()
        assert contents(index) == truth(filled_ledger)

    def test_damage_that_a_query_without_entries_meets(self, filled_ledger: Ledger, index: ReadIndex) -> None:
        index._db.execute("DROP TABLE stream")
        with pytest.raises(Unreachable, match="made again"):
            index.streams()
        index.sync()
        assert index.streams()["images"] == 2

    def test_a_file_that_another_program_holds_is_unreachable(
        self, filled_ledger: Ledger, index: ReadIndex, tmp_path: Path
    ) -> None:
        filled_ledger.append(entry("new", "images", artefact=artefact("new")))
        index._db.execute("PRAGMA busy_timeout=20")
        other = sqlite3.connect(tmp_path / "index.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unreachable, match="locked"):
            index.sync()
        other.execute("ROLLBACK")
        other.close()
        index.sync()
        assert index.by_id("new") is not None

    def test_a_place_that_cannot_be_a_file_is_unreachable(self, fresh_ledger: Ledger, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("not a folder")
        for path in (tmp_path, tmp_path / "file" / "index.db"):
            with pytest.raises(Unreachable, match="the read index"):
                ReadIndex(path, fresh_ledger)

    def test_an_index_that_was_closed_is_unreachable(self, index: ReadIndex) -> None:
        index.close()
        with pytest.raises(Unreachable):
            index.by_id("note/1")
        with pytest.raises(Unreachable):
            index.sync()


def test_a_ledger_that_was_changed_is_not_followed(fresh_ledger: Ledger, open_index: OpenIndex) -> None:
    fresh_ledger.append(entry("e/1", "images"))
    held = fresh_ledger.keys._held  # type: ignore[attr-defined]  # the memory store's
    key = fresh_ledger.layout.entry("images", 1)
    held[key] = held[key].replace(b"Ada", b"Eve")
    index = open_index(fresh_ledger)
    with pytest.raises(IntegrityError, match="cannot be trusted"):
        index.sync()
    assert index.at("images", 1) is None


FOLLOW = """
import sys
from pathlib import Path
from jeyn.adapters.folder import FolderBlobStore
from jeyn.adapters.sqlite import SqliteKeyValueStore
from jeyn.ledger.index import ReadIndex
from jeyn.ledger.ledger import Ledger
ledger = Ledger(SqliteKeyValueStore(Path("ledger.db")), FolderBlobStore(Path("blobs")), "digits")
sys.stdin.readline()
index = ReadIndex(Path("index.db"), ledger)
for _ in range(5):
    index.sync()
    print(sum(index.streams().values()))
"""


def test_processes_may_follow_at_once(embedded_ledger: Ledger, open_index: OpenIndex, tmp_path: Path) -> None:
    def write(numbers: range) -> None:
        for number in numbers:
            embedded_ledger.append(entry(f"e/{number}", f"s{number % 5}", artefact=artefact("x")))

    write(range(100))
    home = str(Path(__file__).parents[2])
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", f"import sys; sys.path.insert(0, {home!r})\n{FOLLOW}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=tmp_path,
        )
        for _ in range(3)
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    write(range(100, 200))
    for process in processes:
        counts = [int(line) for line in process.communicate()[0].split()]
        assert process.returncode == 0
        assert counts == sorted(counts)
        assert 100 <= counts[0] <= counts[-1] <= 200
    index = open_index(embedded_ledger)
    index.sync()
    assert contents(index) == truth(embedded_ledger)
    assert len(contents(index)) == 200
    assert isinstance(embedded_ledger.keys, SqliteKeyValueStore)


def test_an_entry_of_a_kind_of_its_own_is_kept(fresh_ledger: Ledger, open_index: OpenIndex) -> None:
    new = Entry("e/1", "images", "a kind of later", "2030", entry("", "").origin, details={"any": [1, None]})
    fresh_ledger.append(new)
    index = open_index(fresh_ledger)
    index.sync()
    assert index.at("images", 1) == Placed(1, new)
    assert list(index.of_kinds(["a kind of later"])) == [Placed(1, new)]

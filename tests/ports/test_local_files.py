"""Files of this machine that several write at once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from jeyn.local_files import write_whole


def test_threads_write_one_file_and_each_time_it_is_whole(tmp_path: Path) -> None:
    contents = [str(thread) * 100_000 for thread in range(4)]
    ready = threading.Barrier(4)

    def write(content: str) -> None:
        ready.wait()
        for _ in range(50):
            write_whole(tmp_path / "file", content)
            assert (tmp_path / "file").read_text() in contents

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, contents))
    assert [path.name for path in tmp_path.iterdir()] == ["file"]

"""Files of the working tree beside what a commit holds of them, without a process unless their bytes differ."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from jeyn.git.blobs import blob_id, quoted
from jeyn.git.command import run


class Files:
    """The names of paths in a working tree: relative to its top, with `/`."""

    def __init__(self, top: Path) -> None:
        self._top = top.resolve()
        self._folders: dict[Path, Path] = {}

    def name(self, path: Path) -> str:
        """The name of a path that is absolute or relative to the top, where git keeps it: not behind linked folders.

        A path that lies outside is absolute.
        """
        plain = Path(os.path.normpath(self._top / path))
        if plain == self._top:
            return "."
        folder = self._folders.get(plain.parent)
        if folder is None:
            folder = self._folders[plain.parent] = plain.parent.resolve()
        return self._relative(folder / plain.name)

    def names(self, path: Path) -> Iterator[str]:
        """The name of a file; of a link, also that of the file at its end."""
        name = self.name(path)
        yield name
        place = self._top / name
        if place.is_symlink():
            end = place.resolve()
            if end.is_relative_to(self._top):
                yield self._relative(end)

    def _relative(self, path: Path) -> str:
        return (path.relative_to(self._top) if path.is_relative_to(self._top) else path).as_posix()


def different_files(top: Path, commit_ids: Mapping[str, str], paths: Iterable[Path]) -> tuple[str, ...]:
    """See `Repository.differs`."""
    files = Files(top)
    different: set[str] = set()
    doubtful: dict[str, str] = {}
    for name in {name for path in paths for name in files.names(path)}:
        expected = commit_ids.get(name)
        if expected is None:
            different.add(name)
            continue
        try:
            found = blob_id(top / name, digits=len(expected))
        except OSError:  # missing, a folder, unreadable: whatever it is, the commit's content was not seen
            different.add(name)
            continue
        if found != expected:
            doubtful[name] = expected
    return tuple(sorted(different | _unexplained(top, doubtful)))


def _unexplained(top: Path, doubtful: Mapping[str, str]) -> set[str]:
    """Those files that are not what is expected even as `git add` would store them: line endings, filters."""
    names = [name for name in doubtful if not (top / name).is_symlink()]
    if not names:
        return set(doubtful)
    given = b"".join(map(quoted, names))
    stored = run(top, "hash-object", "--stdin-paths", stdin=given).decode().split()
    return set(doubtful) - {name for name, blob in zip(names, stored, strict=True) if doubtful[name] == blob}

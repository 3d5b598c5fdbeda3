"""What is staged: written out where programs can read it, and added to without touching the working tree."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from jeyn.errors import AskError
from jeyn.git.blobs import quoted
from jeyn.git.command import ask, run
from jeyn.git.trees import Entry, contents, export

_PLAIN = "100644"


def work_tree(folder: Path) -> Path:
    """The top of the working tree around a folder, which may have no commit yet; AskError where there is none."""
    # GIT_DIR makes the working directory of the process the place that git is asked about.
    place = Path.cwd() if os.environ.get("GIT_DIR") else folder
    if not place.is_dir():
        raise AskError(f"there is no folder {place}")
    answer = ask(place, "rev-parse", "--show-toplevel")
    if answer.status != 0:
        raise AskError(f"nothing is staged in {place}: {answer.complaint.strip()}", "git init && git add -A")
    return Path(os.fsdecode(answer.output.removesuffix(b"\n")))


def write_out(top: Path, entries: Mapping[str, Entry], is_wanted: Callable[[str], bool], folder: Path) -> list[str]:
    """Write the wanted files among these entries below an empty folder, by their paths; the paths, sorted.

    Links are links again and bring what they lead to, and a submodule brings what its commit has of wanted paths,
    if it is checked out.
    """
    led_to = tuple(_targets(top, {path: entry.id for path, entry in entries.items() if entry.is_link}, folder))
    below = tuple(f"{target}/" for target in led_to)
    blobs: dict[str, str] = {}
    for path, entry in entries.items():
        if entry.is_submodule:
            _write_submodule(top, path, entry.id, is_wanted, folder)
        elif not entry.is_link and (is_wanted(path) or path in led_to or path.startswith(below)):
            blobs[path] = entry.id
    export(top, blobs, folder)
    return sorted(blobs)


def _targets(top: Path, links: Mapping[str, str], folder: Path) -> Iterable[str]:
    """Make the links; where they lead, as paths from `top`."""
    held = contents(top, links.values())
    for path, blob in links.items():
        target = os.fsdecode(held[blob])
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(target)
        yield posixpath.normpath(posixpath.join(posixpath.dirname(path), target))


def _write_submodule(top: Path, path: str, commit: str, is_wanted: Callable[[str], bool], folder: Path) -> None:
    its_own = ("--git-dir", str(top / path / ".git"))  # GIT_DIR, which a hook may have, names the outer repository
    answer = ask(top, *its_own, "ls-tree", "-r", "-z", "--full-tree", commit)
    if answer.status != 0:
        return
    blobs: dict[str, str] = {}
    for record in os.fsdecode(answer.output).split("\0")[:-1]:
        facts, _, name = record.partition("\t")
        mode, kind, blob = facts.split(" ")
        if kind == "blob" and mode.startswith("100") and is_wanted(f"{path}/{name}"):
            blobs[name] = blob
    export(top, blobs, folder / path, *its_own)


def unstaged(top: Path, under: str) -> set[str]:
    """The tracked paths below a folder that are not in the working tree what they are in the index."""
    output = run(top, "diff", "--name-only", "-z", "--no-ext-diff", "--no-renames", "--ignore-submodules", "--", under)
    return set(os.fsdecode(output).split("\0")[:-1])


def stage(top: Path, written: Mapping[str, Path], removed: Iterable[str]) -> dict[str, Entry]:
    """Put the bytes of files into the index, by path from `top`, and take paths out of it; what it then holds of them.

    The working tree is neither read nor changed. AskError where git cannot write the index.
    """
    entries: dict[str, Entry] = {}
    if written:
        places = b"".join(quoted(str(place)) for place in written.values())
        blobs = run(top, "hash-object", "-w", "--no-filters", "--stdin-paths", stdin=places).decode().split()
        entries = {path: Entry(_PLAIN, blob) for path, blob in zip(written, blobs, strict=True)}
        lines = "".join(f"{_PLAIN} {entry.id}\t{path}\0" for path, entry in entries.items())
        run(top, "update-index", "-z", "--index-info", stdin=os.fsencode(lines))
    if names := "".join(f"{path}\0" for path in removed):
        run(top, "update-index", "--force-remove", "-z", "--stdin", stdin=os.fsencode(names))
    return entries

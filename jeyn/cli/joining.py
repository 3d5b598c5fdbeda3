"""What `push` and `pull` share: two environments of one project, joined in one direction."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jeyn.cli.command import Context, print_json
from jeyn.cli.shapes import size
from jeyn.errors import AskError
from jeyn.ledger.joining import Joined, Side, join
from jeyn.project import Project

if TYPE_CHECKING:
    from jeyn.git.exchange import Exchanged

_EVERY = 50


def arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of both commands."""
    parser.add_argument(
        "--with", dest="other", default="", metavar="ENVIRONMENT", help="instead of the embedded default"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text")


def exchange(
    context: Context, options: argparse.Namespace, *, push: bool, commits: Callable[[Path, Iterable[str]], Exchanged]
) -> int:
    """Join the two environments; `commits` brings snapshot commits along."""
    here, there = Project(context.folder, options.other), context.project
    if here.settings.environment == there.settings.environment:
        raise AskError("both sides are the same environment", "name the other one with -e ENVIRONMENT")
    source, target = (here, there) if push else (there, here)
    snapshots = _Snapshots(context, commits)
    try:
        done = join(_side(source), _side(target), lambda joined: _progress(context, joined), snapshots.bring)
        (there if push else here).catch_up_events()
    finally:
        here.close()
    if options.format == "json":
        counts = {"entries": done.entries, "blobs": done.blobs, "bytes": done.bytes, "snapshots": snapshots.count}
        print_json({"schema": "jeyn.joined/1", **counts})
    else:
        word = "pushed" if push else "pulled"
        print(
            f"{word} {done.entries} entries and {done.blobs} blobs ({size(done.bytes)}),"
            f" {snapshots.count} snapshot commits"
        )
    if snapshots.notice:
        print(f"  {snapshots.notice}")
    return 0


def _side(project: Project) -> Side:
    return Side(project.ledger, project.index)


def _progress(context: Context, done: Joined) -> None:
    if done.entries % _EVERY == 0:
        context.say(f"{done.entries} entries, {size(done.bytes)}")


@dataclass
class _Snapshots:
    """Brings snapshot commits along: how many came, and what to say of those that could not."""

    context: Context
    commits: Callable[[Path, Iterable[str]], Exchanged]
    count: int = 0
    notice: str = ""

    def bring(self, commits: set[str]) -> None:
        from jeyn.git.repository import Repository

        if not commits:
            return
        try:
            done = self.commits(Repository.find(self.context.project.root).top, commits)
        except AskError as error:
            self.notice = f"{len(commits)} snapshot commits stay where they are: {error.message}"
            return
        self.count = done.brought
        if done.lacking:
            self.notice = f"{done.lacking} snapshot commits stay where they were made: push from there brings them"

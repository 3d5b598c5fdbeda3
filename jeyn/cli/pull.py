"""Bring what is recorded in another environment's ledger into the embedded one: `jeyn pull -e prod`.

Entries keep their identity and get numbers of this ledger; blobs are copied once; snapshot commits come from the git
remote. It can be repeated, and interrupted at any point.
"""

from __future__ import annotations

import argparse

from jeyn.cli import joining
from jeyn.cli.command import Context

EXAMPLE = "jeyn pull -e prod"
arguments = joining.arguments


def run(context: Context, options: argparse.Namespace) -> int:
    """Run it; the exit code."""
    from jeyn.git.exchange import fetch_snapshots

    return joining.exchange(context, options, push=False, commits=fetch_snapshots)

"""Bring what is recorded in the embedded ledger into another environment's: `jeyn push -e prod`.

Entries keep their identity and get numbers of the target; blobs are copied once; snapshot commits go to the git
remote. It can be repeated, and interrupted at any point.
"""

from __future__ import annotations

import argparse

from jeyn.cli import joining
from jeyn.cli.command import Context

EXAMPLE = "jeyn push -e prod"
arguments = joining.arguments


def run(context: Context, options: argparse.Namespace) -> int:
    """Run it; the exit code."""
    from jeyn.git.exchange import push_snapshots

    return joining.exchange(context, options, push=True, commits=push_snapshots)

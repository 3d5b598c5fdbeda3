"""Whether two environments recorded the same: `python tools/same_digests.py ONE OTHER`, "" for the embedded one.

Compares the newest artefact of each stream by its digest, which is the same whenever, wherever and by whatever it was
written. Exit 1 where they differ.
"""

from __future__ import annotations

import json
import subprocess
import sys


def digests(environment: str) -> dict[str, str]:
    """The digest of the newest artefact, by stream."""
    command = [sys.executable, "-m", "jeyn", "-e", environment, "ls", "--format", "json"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found: dict[str, str] = {}
    for item in json.loads(listed)["items"]:  # newest first
        found.setdefault(item["ref"].partition("#")[0], item["digest"])
    return found


def main(one: str, other: str) -> int:
    """Compare, and tell; the exit code."""
    first, second = digests(one), digests(other)
    for name in sorted(first.keys() | second.keys()):
        same = first.get(name) == second.get(name)
        print("=" if same else "≠", name, first.get(name, "missing")[:19], second.get(name, "missing")[:19])
    return 0 if first == second else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))

"""Where the `jeyn` command starts: what a hook asks is answered without loading the command, if it was answered before.

Of 30 ms that a hook may take, starting Python takes half, and importing argparse alone would take the rest.
"""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command; returns the exit code."""
    arguments = sys.argv[1:]
    if "--staged" in arguments:
        from jeyn.cli import passed

        if passed.before(arguments):
            print("nothing that this reads has been staged since it passed")
            return 0
    from jeyn.cli.main import main as run

    return run(arguments)

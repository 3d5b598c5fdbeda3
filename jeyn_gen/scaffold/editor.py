"""The JSON Schema of documents that editors read, kept in the repository so that it works offline."""

from __future__ import annotations

import subprocess
import sys

#: Where the settings for VS Code and JetBrains look for it.
SCHEMA = ".vscode/jeyn.schema.json"


def editor_schema() -> dict[str, bytes]:
    """Path to content of what `jeyn schema` prints; nothing where this Jeyn has no such command."""
    # -P: a folder called `jeyn` beside the new repository is not this package.
    command = [sys.executable, "-P", "-m", "jeyn", "schema"]
    done = subprocess.run(command, capture_output=True, check=False)
    return {SCHEMA: done.stdout} if done.returncode == 0 else {}

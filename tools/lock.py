"""Write requirements.lock: what the project, its extras and its tests need, pinned with hashes, without an index URL.

Needs pip-tools. Frameworks that are too large to install for every test run (torch) are left to those who use them.
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LEFT_OUT = {"torch"}
# What packages need only before Python 3.11.3: the lock holds for every 3.11, whichever resolves it.
OLDER_PYTHONS = ["async-timeout>=4.0.3"]


def main() -> None:
    """Resolve, and write the lock."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    extras = project["project"]["optional-dependencies"]
    wanted = [
        *project["project"]["dependencies"],
        *(need for extra, needs in extras.items() if extra not in LEFT_OUT for need in needs),
        *project["dependency-groups"]["dev"],
        *OLDER_PYTHONS,
    ]
    options = "--generate-hashes --no-header --no-annotate --strip-extras --allow-unsafe --no-emit-index-url"
    options += " --no-emit-find-links --no-emit-trusted-host --no-emit-options --upgrade --quiet"
    command = [sys.executable, "-m", "piptools", "compile", *options.split(), "--output-file", "requirements.lock", "-"]
    subprocess.run(command, input="\n".join(wanted), text=True, check=True, cwd=ROOT)


if __name__ == "__main__":
    main()

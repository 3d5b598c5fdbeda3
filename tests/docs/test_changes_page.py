"""The page about changes says what the rules do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_page_is_what_the_rules_say() -> None:
    made = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "change_table.py")], capture_output=True, text=True, check=True
    ).stdout
    assert (ROOT / "docs" / "changes.md").read_text() == made, "python tools/change_table.py > docs/changes.md"

"""The page of feature types says what the code does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_page_is_what_the_code_says() -> None:
    made = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "type_table.py")], capture_output=True, text=True, check=True
    ).stdout
    assert (ROOT / "docs" / "types.md").read_text() == made, "python tools/type_table.py > docs/types.md"

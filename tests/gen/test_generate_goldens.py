"""everything/ is a project that uses every feature of the documents; everything/expected/ is what is generated of it.

In the goldens the first header line says nothing of the version and of the emitters, which would change them all.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

EVERYTHING = Path(__file__).parent / "everything"
EXPECTED = EVERYTHING / "expected"
STAMP = re.compile(r"^# jeyn \S+, inputs [0-9a-f]{32}, body ([0-9a-f]{32})$", re.MULTILINE)


@pytest.fixture
def everything(tmp_path: Path) -> Path:
    root = tmp_path / "everything"
    shutil.copytree(EVERYTHING, root, ignore=shutil.ignore_patterns("__pycache__", "expected"))
    return root


def texts(root: Path) -> dict[str, str]:
    files = (path for path in (root / "generated").rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(root).as_posix(): path.read_bytes().decode() for path in files}


def test_lint_has_nothing_to_say_of_it(everything: Path, jeyn: Any) -> None:
    assert jeyn(everything, "lint", "--strict").out == "checked 19 documents: no findings\n"


def test_this_is_generated(everything: Path, jeyn: Any, golden: Callable[[Path, str], None]) -> None:
    assert jeyn(everything, "generate").code == 0
    made = {
        path: STAMP.sub(r"# jeyn VERSION, inputs DIGEST, body \1", text) for path, text in texts(everything).items()
    }
    if os.environ.get("JEYN_ACCEPT_GOLDENS"):
        shutil.rmtree(EXPECTED, ignore_errors=True)
    for path, text in made.items():
        golden(EXPECTED / path, text)
    assert set(made) == set(texts(EXPECTED))


def test_every_key_of_the_documents_is_used_in_it() -> None:
    """Where a key is added to the documents, it belongs into this project too."""
    import jeyn_gen.load

    sources = "".join(path.read_text() for path in Path(jeyn_gen.load.__file__).parent.glob("*.py"))
    keys = set(re.findall(r'fields\.(?:get|need)\("(\w+)"', sources))
    assert len(keys) > 30
    written = "".join(path.read_text() for path in EVERYTHING.glob("*/*.y*ml"))
    assert {key for key in keys if not re.search(rf"\b{key}\b\"?:", written)} == set()

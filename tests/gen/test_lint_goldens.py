"""Each folder of lint/ is a project with something wrong, what `jeyn lint` says of it, and what mends it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jeyn_gen.diagnostics.codes import CODES, OF_CHANGES

LINT = Path(__file__).parent / "lint"
CASES = sorted(folder.name for folder in LINT.iterdir())
CODE = re.compile(
    r"^(?P<path>[^:\n]+):(?P<line>\d+):(?P<column>\d+): (?:error|warning) (?P<code>JYN\d{3}): ", re.MULTILINE
)


@pytest.mark.parametrize("case", CASES)
def test_lint_says_this(case: str, jeyn: Any, golden: Callable[[Path, str], None]) -> None:
    ran = jeyn(LINT / case, "lint")
    assert ran.err == ""
    golden(LINT / case / "expected.txt", ran.out)
    assert ran.code == (": error JYN" in ran.out)


@pytest.mark.parametrize("case", CASES)
def test_what_is_mended_has_no_findings(case: str, jeyn: Any, tmp_path: Path) -> None:
    mended = tmp_path / case
    shutil.copytree(LINT / case, mended)
    if case != "nothing_is_wrong":
        shutil.copytree(LINT / case / "mended", mended, dirs_exist_ok=True)
    assert jeyn(mended, "lint", "--strict").out.endswith(": no findings\n")


def test_every_code_of_documents_has_a_golden() -> None:
    """Elsewhere: of generated files, of a pipeline that is too large, and of what is promoted against a ledger."""
    found = {match["code"] for case in CASES for match in CODE.finditer((LINT / case / "expected.txt").read_text())}
    of_documents = {code for code in CODES if not code.startswith((*OF_CHANGES, "JYN7"))}
    assert found == of_documents - {"JYN809", "JYN812"}


@pytest.mark.parametrize("case", CASES)
def test_findings_are_sorted_by_place_and_each_stands_once(case: str) -> None:
    text = (LINT / case / "expected.txt").read_text()
    places = [(found["path"], int(found["line"]), int(found["column"])) for found in CODE.finditer(text)]
    assert places == sorted(places)
    blocks = text.split("\n\n")
    assert len(set(blocks)) == len(blocks)
    assert all(CODE.match(block) for block in blocks[:-1])


def test_all_that_is_wrong_is_reported_at_once() -> None:
    text = (LINT / "many_things_are_wrong" / "expected.txt").read_text()
    assert len({found["path"] for found in CODE.finditer(text)}) == 5
    assert text.endswith("checked 5 documents: 8 errors, 0 warnings\n")

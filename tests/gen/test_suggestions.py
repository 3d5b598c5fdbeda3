"""Whoever misspells a command, an option, one of its values or a code is told what may have been meant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from jeyn.cli.main import COMMANDS
from jeyn_gen.diagnostics.codes import CODES, GROUPS
from jeyn_gen.diagnostics.formats import FORMATS
from jeyn_gen.diagnostics.reference import as_page

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["lnit"], "`jeyn lint`"),
        (["lint", "--format", "jsn"], "did you mean json?"),
        (["lint", "--format", "junti"], "did you mean junit?"),
        (["lint", "--format", "xml"], "choose from text, json, github, sarif, junit"),
        (["generate", "--check", "--format=sarfi"], "did you mean sarif?"),
        (["explain", "--format", "markdow"], "did you mean markdown?"),
        (["lint", "--frmat=json"], "did you mean --format?"),
        (["lint", "--sctrict"], "did you mean --strict?"),
        (["--color", "alway", "lint"], "did you mean always?"),
        (["--enviroment", "x", "lint"], "did you mean --environment?"),
        (["-e", "locla", "ls"], "did you mean local?"),
        (["lint", "--"], ""),
    ],
)
def test_what_may_have_been_meant_is_told(words: list[str], meant: str, jeyn: Any) -> None:
    ran = jeyn(ROOT / "catalogs", *words)
    assert ran.code == (2 if meant else 0)
    assert meant in ran.err


@pytest.mark.parametrize(
    ("asked", "codes"),
    [
        ("104", ["JYN104"]),
        ("JYN14", ["JYN614"]),
        ("jyn10", ["JYN101", "JYN102", "JYN103"]),
        ("JYN1044", ["JYN104"]),
        ("dtype", ["JYN111", "JYN615"]),
        ("Shape", ["JYN112"]),
        ("cycle", ["JYN206", "JYN207"]),
        ("key", ["JYN103", "JYN104", "JYN105"]),
        ("nonsense", []),
        ("JYN", []),
        ("", []),
    ],
)
def test_codes_that_may_have_been_meant_are_told(asked: str, codes: list[str], jeyn: Any) -> None:
    ran = jeyn(ROOT, "explain", asked)
    assert (ran.code, ran.out) == (2, "")
    told = " or ".join(f"{code} ({CODES[code].title})" for code in codes)
    assert ran.err == f"jeyn: there is no code {asked}\n  fix: " + (
        f"did you mean {told}?\n" if codes else "`jeyn explain` lists all codes\n"
    )


def test_the_page_of_findings_is_made_from_the_code() -> None:
    """If this fails: `jeyn explain --format markdown > docs/findings.md`, and look at the difference."""
    assert (ROOT / "docs/findings.md").read_text() == f"{as_page()}\n"


def test_the_page_has_every_code_once_and_its_links_lead_to_them() -> None:
    page = as_page()
    for code in CODES:
        assert code[:4] in GROUPS
        assert page.count(f"### {code}\n") == page.count(f"](#{code.lower()})") == 1


def test_one_code_as_markdown(jeyn: Any) -> None:
    ran = jeyn(ROOT, "explain", "jyn104", "--format", "markdown")
    assert ran.code == 0
    assert ran.out.startswith("### JYN104\n\n**unknown key** (error)\n")
    assert ran.out.rstrip("\n") in as_page()


def test_formats_are_those_of_the_command_line(jeyn: Any) -> None:
    for name in ("lint", "generate"):
        ran = jeyn(ROOT, name, "--help")
        assert f"{{{','.join(FORMATS)}}}" in ran.out
        assert name in COMMANDS

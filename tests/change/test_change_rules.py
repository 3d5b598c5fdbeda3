"""Each folder of rules/ is a change, what is said of it, and a twin: a change of the same place that is in order."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from jeyn_gen.change.judge import Judgement
from jeyn_gen.change.levels import Level
from jeyn_gen.change.rules import RULES
from jeyn_gen.change.version_rules import GONE, UNUSED_WAIVER, VERSION_RULES
from jeyn_gen.commands.breaking import lacking
from jeyn_gen.diagnostics.change_codes import CHANGE_CODES
from jeyn_gen.diagnostics.render import as_text

CASES = Path(__file__).parent / "rules"
NAMES = sorted(folder.name for folder in CASES.iterdir())
MAJOR = {rule.code for rules in RULES.values() for rule in rules if rule.needs is Level.MAJOR}
Judge = Callable[..., Judgement]


def codes_of(case: str) -> set[str]:
    return set(re.findall(r"(?:error|warning) (JYN\d{3}):", (CASES / case / "expected.txt").read_text()))


@pytest.mark.parametrize("case", NAMES)
def test_a_change_says_this(case: str, judged: Judge, golden: Callable[[Path, str], None]) -> None:
    folder = CASES / case
    judgement = judged(folder / "before", folder / "after", covered=True)
    text = as_text([one.finding for one in judgement.found], 1)
    golden(folder / "expected.txt", "\n".join([text, *lacking(judgement), ""]))


@pytest.mark.parametrize("case", NAMES)
def test_its_twin_is_in_order(case: str, judged: Judge) -> None:
    folder = CASES / case
    found = judged(folder / "before", folder / "twin").found
    assert all(one.waived for one in found), found


@pytest.mark.parametrize("case", NAMES)
def test_nothing_is_said_where_nothing_changed(case: str, judged: Judge) -> None:
    for side in ("before", "after", "twin"):
        found = judged(CASES / case / side, CASES / case / side, covered=True)
        assert not [one for one in found.found if one.finding.code != UNUSED_WAIVER]
        assert not found.bumps


def test_every_rule_has_a_case() -> None:
    ruled = {rule.code for rules in (*RULES.values(), VERSION_RULES) for rule in rules} | {GONE, UNUSED_WAIVER}
    assert ruled == {row.code for row in CHANGE_CODES}, "rules and rows of the table match one to one"
    assert ruled == set().union(*map(codes_of, NAMES))
    assert len(ruled) >= 60


def test_what_breaks_has_a_twin_of_which_the_rule_says_nothing(judged: Judge) -> None:
    """Not only a higher version that covers the same: another change of the same place, which breaks nothing."""
    for code in MAJOR:
        twins = [CASES / case for case in NAMES if code in codes_of(case)]
        said = [judged(case / "before", case / "twin", covered=True).found for case in twins]
        assert any(code not in {one.finding.code for one in found} for found in said), code

"""What a run tells of an error in the user's own code: all that led to it, where it stands, and nothing secret."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from jeyn.runner.excerpt import excerpt

CHAINED = """\
try:
    {}['the real cause']
except KeyError as cause:
    raise RuntimeError('bad thing') from cause"""
GROUPED = """\
errors = []
for name in 'first', 'second':
    try:
        raise ValueError(name)
    except ValueError as error:
        errors.append(error)
raise ExceptionGroup('many', errors)"""
UNPRINTABLE = """\
class Mute(Exception):
    def __str__(self):
        raise ValueError('no')
raise Mute()"""

TOLD = [
    (
        CHAINED,
        [
            "{}['the real cause']",
            "KeyError: 'the real cause'",
            "direct cause of the following",
            "from cause",
            "RuntimeError: bad thing",
        ],
    ),
    (
        CHAINED.replace(" from cause", ""),
        ["KeyError: 'the real cause'", "During handling of", "RuntimeError: bad thing"],
    ),
    (
        GROUPED,
        [
            "ExceptionGroup: many (2 sub-exceptions)",
            "sub-exception 1:",
            "raise ValueError(name)",
            "ValueError: first",
            "sub-exception 2:",
            "ValueError: second",
        ],
    ),
    (UNPRINTABLE, ["raise Mute()", "<exception str() failed>"]),
    ("import sys; sys.exit(3)", ["sys.exit(3)", "SystemExit: 3"]),
    ("import sys; sys.exit()", ["sys.exit()", "SystemExit"]),
    ("raise KeyboardInterrupt", ["raise KeyboardInterrupt", "KeyboardInterrupt"]),
]


def failing(project: Any, code: str, *, more: str = "", **environment: str) -> str:
    """What a run tells of the step `fit` whose function begins with this code."""
    project.git("checkout", "--quiet", ".")
    body = "".join(f"    {line}\n" for line in code.splitlines())
    project.edit("pipelines/work.py", "    mean = float(", f"{body}    mean = float(")
    project.edit("pipelines/numbers.yaml", "pipelines.work:fit", f"pipelines.work:fit{more}")
    (step,) = [one for one in project.json("run", "numbers", code=1, **environment)["steps"] if one["name"] == "fit"]
    assert step["status"] == "failed"
    return str(step["error"])


def check(told: str, expected: list[str]) -> None:
    at = 0
    for text in expected:
        assert text in told[at:], told
        at = told.index(text, at) + len(text)


def test_all_that_led_to_an_error_is_told_where_it_stands(numbers: Any) -> None:
    for code, expected in TOLD:
        told = failing(numbers, code)
        check(told, expected)
        assert told.startswith("  pipelines/work.py:")
        assert "jeyn/runner" not in told
    # A step that asks for more threads is not forked, but started anew.
    check(
        failing(numbers, "import sys; sys.exit(0)", more="\n    resources: {cpu: 2}"), ["sys.exit(0)", "SystemExit: 0"]
    )


def test_what_a_module_raises_when_it_is_imported_is_told(numbers: Any) -> None:
    numbers.edit("pipelines/work.py", "def fit(", "import sys\nsys.no_such_thing\n\n\ndef fit(")
    failed = [step for step in numbers.json("run", "numbers", code=1)["steps"] if step["status"] == "failed"]
    check(failed[0]["error"], ["pipelines/work.py:", "sys.no_such_thing", "AttributeError: module 'sys'"])


def test_a_suppressed_context_is_not_told(numbers: Any) -> None:
    told = failing(numbers, CHAINED.replace("from cause", "from None"))
    assert "the real cause" not in told
    assert told.endswith("RuntimeError: bad thing")


def test_what_led_to_an_error_is_masked_too(numbers: Any) -> None:
    secret = "-----BEGIN-----\n  sk-live-FortyTwo \n\n"
    code = "value = inputs.secrets.key.reveal()\n" + CHAINED.replace("'the real cause'", "value")
    told = failing(
        numbers,
        code.replace("'bad thing'", "value") + "\n" + "pass",
        more="\n    secrets: {key: the-key}",
        THE_KEY=secret,
    )
    check(told, ["KeyError: ", "***", "RuntimeError: ***"])
    assert "FortyTwo" not in told
    assert "BEGIN" not in told


def raised(error: BaseException) -> str:
    with pytest.raises(type(error)) as caught:
        raise error
    return excerpt(caught.value, Path(__file__).parent)


def test_a_long_chain_is_told_from_its_ends() -> None:
    error: Exception = ValueError("0")
    for number in range(1, 100):
        error, error.__cause__ = RuntimeError(str(number)), error
    told = raised(error)
    check(told, ["ValueError: 0", "RuntimeError: 2", "… 94 more exceptions between these …", "RuntimeError: 99"])
    assert len(told.splitlines()) < 40


def test_a_large_group_is_told_in_part() -> None:
    inner = ExceptionGroup("inner", [ValueError(str(number)) for number in range(5)])
    told = raised(ExceptionGroup("outer", [inner, *(KeyError(number) for number in range(100))]))
    check(told, ["outer (101 sub-exceptions)", "sub-exception 1:", "inner (5 sub-exceptions)", "sub-exception 1.5:"])
    check(told, ["KeyError: 5", "… 94 more sub-exceptions"])
    assert len(told.splitlines()) < 40

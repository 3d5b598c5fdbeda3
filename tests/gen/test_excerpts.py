"""The line that a finding is in, as text shows it: what is marked, what is cut, what a terminal must not see."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jeyn_gen.diagnostics.excerpt import excerpt
from jeyn_gen.diagnostics.finding import Edit, Finding, Location
from jeyn_gen.diagnostics.render import as_text
from jeyn_gen.diagnostics.source import Sources, extent


@pytest.mark.parametrize(
    ("line", "marks"),
    [
        ("name: digits", "      ^^^^^^"),
        ("name: digits   # of a hand", "      ^^^^^^"),
        ("name: digits# of a hand", "      ^^^^^^^^^^^^^^^^^"),
        ("name: digits", "^^^^"),
        ("name : digits", "^^^^"),
        ("unit: grey level, of 16", "      ^^^^^^^^^^^^^^^^^"),
        ("at: 09:30", "    ^^^^^"),
        ("x: {dtype: int8, unit: m:s}", "    ^^^^^"),
        ("x: {dtype: int8, unit: m:s}", "           ^^^^"),
        ("x: {dtype: int8, unit: m:s}", "                       ^^^"),
        ("x: {dtype: int8, unit: m:s}", "   ^^^^^^^^^^^^^^^^^^^^^^^^"),
        ("x: {on: [a, b ], unit: m}", "        ^^^^^^^"),
        ("x: {on: [a, b ], unit: m}", "            ^"),
        ("x: {on: ['}', \"]\"], unit: m}", "        ^^^^^^^^^^"),
        ("x: {on: [a, b,", "        ^"),
        ("x: don't {a, b}", "   ^^^^^^^^^^^^"),
        ("x: 'don''t' # do", "   ^^^^^^^^"),
        ('x: "a\\"b": c', '   ^^^^^^'),
        ('x: "never closed  ', '   ^^^^^^^^^^^^^'),
        ('"a": {"b": c}', '      ^^^'),
        ("x: *alias, y", "   ^^^^^^"),
        ("x: !!str y", "   ^^^^^"),
        ("x: |-", "   ^^"),
        ("x: ", "   ^"),
        ("", "^"),
        ("x:  y", "  ^"),
        ("- - a", "    ^"),
    ],
)  # fmt: skip
def test_what_stands_at_a_place_is_marked(line: str, marks: str) -> None:
    shown, carets = excerpt(line, marks.index("^") + 1)
    assert (shown, carets) == (line, marks)


def test_nothing_stands_at_the_end_of_a_line() -> None:
    assert [extent("a: b", column) for column in (1, 4, 5)] == [1, 1, 0]


@pytest.mark.parametrize(
    ("line", "column", "expected"),
    [
        ("\ta: b", 2, ("    a: b", "    ^")),
        ("名前: x", 5, ("名前: x", "      ^")),
        ("名前: x", 1, ("名前: x", "^^^^")),
        ("ｱ: x", 4, ("ｱ: x", "   ^")),
        ("e\u0301e: x", 5, ("e\u0301e: x", "   ^")),
        ("e\u0301e: x", 2, ("e\u0301e: x", "^^")),
        ("\u1112\u1161\u11ab: x", 6, ("\u1112\u1161\u11ab: x", "    ^")),
        ("a\x1b[31m: x", 9, ("a\\u001b[31m: x", "             ^")),
        ("\u202ea: x", 1, ("\\u202ea: x", "^^^^^^^")),
        ("a\u200db: x", 6, ("a\\u200db: x", "          ^")),
        ("\U000e0001: x", 4, ("\\ue0001: x", "         ^")),
    ],
)
def test_what_is_wide_or_has_no_width_or_is_not_to_be_shown(line: str, column: int, expected: tuple[str, str]) -> None:
    assert excerpt(line, column) == expected


@pytest.mark.parametrize("column", [1, 50, 61, 5_000, 9_999, 10_000, 10_001])
def test_a_long_line_is_cut_around_the_place(column: int) -> None:
    line = "".join(chr(ord("a") + at % 26) for at in range(10_000))
    shown, carets = excerpt(line, column)
    assert len(shown) <= 122
    assert len(carets) <= 122
    assert shown.startswith("…") == (column > 61)
    assert shown.endswith("…") == (column < 9_900)
    if column <= 10_000:
        assert shown[carets.index("^")] == line[column - 1]


@pytest.mark.parametrize("char", ["\u0301", "\x01", "\t", "名", "\U0010ffff"])
def test_a_line_of_any_characters_is_cut(char: str) -> None:
    shown, carets = excerpt(char * 1_000_000, 500_000)
    assert len(shown) < 1_000
    assert len(carets) < 200


def columns(text: str) -> int:
    """What excerpts are printed with, by what the standard library knows of it."""
    widths = {"W": 2, "F": 2}
    return sum(
        0
        if unicodedata.category(char)[0] == "M" or "\u1160" <= char <= "\u11ff"
        else widths.get(unicodedata.east_asian_width(char), 1)
        for char in text
    )


@given(st.text(st.characters(exclude_characters="\r\n\x85\u2028\u2029"), max_size=200), st.integers(0, 200))
def test_any_line_is_shown_safely_with_its_place(line: str, at: int) -> None:
    column = min(at, len(line)) + 1
    shown, carets = excerpt(line, column)
    assert all(unicodedata.category(char)[0] != "C" for char in shown)
    assert set(carets) <= {" ", "^"}
    assert carets.endswith("^")
    assert carets.lstrip(" ").count("^") == len(carets.lstrip(" "))
    assert columns(shown) <= 122
    assert carets.index("^") <= columns(shown)
    assert 0 <= extent(line, column) <= len(line) - column + 1


def text_of(line: str, column: int, *more: Finding, color: bool = False) -> str:
    finding = Finding(Location("a.yaml", 2, column), "JYN111", "no dtype", "write one")
    return as_text([finding, *more], 1, color=color, sources=Sources(lambda _: f"first\n{line}\nlast"))


def test_a_block_begins_with_its_place_and_ends_with_its_fix() -> None:
    assert text_of("dtype: boo", 8) == (
        "a.yaml:2:8: error JYN111: no dtype\n"
        "  2 | dtype: boo\n"
        "    |        ^^^\n"
        "  fix: write one\n"
        "\n"
        "checked 1 document: 1 error, 0 warnings"
    )


def test_colour_is_of_the_severity() -> None:
    text = text_of("dtype: boo", 8, Finding(Location("b.yaml"), "JYN502", "old", "", "warning"), color=True)
    assert "\x1b[34m  |\x1b[0m        \x1b[31m^^^\x1b[0m\n" in text
    assert "b.yaml:1:1: \x1b[33mwarning JYN502\x1b[0m: old\n  \x1b[34m1 |\x1b[0m first\n" in text


def test_one_place_is_shown_once_for_all_that_is_found_there() -> None:
    text = text_of("dtype: boo", 8, Finding(Location("a.yaml", 2, 8), "JYN112", "no shape"))
    assert text.count("dtype: boo") == 1
    assert text.count("a.yaml:2:8: ") == 2


@pytest.mark.parametrize("place", [Location("a.yaml", 4, 1), Location("a.yaml", 2, 12), Location("a.yaml", 99, 99)])
def test_a_place_that_is_not_in_the_file_has_no_excerpt(place: Location) -> None:
    sources = Sources(lambda _: "first\ndtype: boo\nlast")
    assert sources.line(place) is None
    assert as_text([Finding(place, "JYN101", "m")], 1, sources=sources).split("\n")[:2] == [
        f"{place}: error JYN101: m",
        "",
    ]


def test_a_file_that_cannot_be_read_has_no_excerpt() -> None:
    asked: list[str] = []
    sources = Sources(asked.append)  # which gives None: no text
    assert sources.line(Location("a")) is sources.line(Location("a", 2)) is None
    assert asked == ["a"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x85", "\u2028"])
def test_lines_end_as_yaml_has_it(end: str) -> None:
    assert Sources(lambda _: f"a{end}b{end}").line(Location("x", 2, 1)) == "b"


def test_text_tells_how_many_can_be_mended() -> None:
    findings = [Finding(Location("a", at), "JYN111", "m", edit=Edit("a", "b") if at > 1 else None) for at in (1, 2, 3)]
    assert as_text(findings, 1).split("\n")[-2:] == [
        "2 of them can be mended by `jeyn lint --fix`",
        "checked 1 document: 3 errors, 0 warnings",
    ]

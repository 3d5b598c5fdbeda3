"""What lies below catalogs/ and pipelines/ without being a document that can be read."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from unprivileged import permissions

from jeyn_gen.diagnostics.codes import CODES, made
from jeyn_gen.diagnostics.finding import Finding, Location
from jeyn_gen.diagnostics.render import as_json, as_text, printable
from jeyn_gen.load.project import Project, load_project

Write = Callable[[Mapping[str, str | bytes]], Path]
GOOD = "kind: DataCatalog\nname: good\nversion: 1.0.0\nfeatures:\n  a: {dtype: bool}\n"
PATH = "catalogs/a.yaml"


def places(project: Project) -> list[tuple[str, int, int, str]]:
    return [(one.location.path, one.location.line, one.location.column, one.code) for one in project.findings]


@pytest.fixture
def of(write: Write) -> Callable[[str | bytes], Project]:
    """A project with one catalog of this content."""
    return lambda content: load_project(write({PATH: content}))


def test_the_good_one_is_good(of: Any) -> None:
    assert places(of(GOOD)) == []


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + GOOD.encode(),
        GOOD.replace("\n", "\r\n"),
        GOOD.replace("\n", "\r"),
        f"---\n{GOOD}...\n",
        f"# a comment\n\n{GOOD}\n\n# the end",
        f"%YAML 1.2\n---\n{GOOD}",
        GOOD.rstrip("\n"),
        GOOD.replace("{dtype: bool}", "\n    dtype: >-\n      bool"),
        GOOD.replace("{dtype: bool}", "\t{dtype: bool}\t"),
        json.dumps({"kind": "DataCatalog", "name": "good", "version": "1.0.0", "features": {"a": {"dtype": "bool"}}}),
        GOOD.replace("{dtype: bool}", "&a {dtype: bool}\n  b: *a\n  c: *a"),
    ],
)
def test_other_ways_to_write_it(of: Any, content: str | bytes) -> None:
    project = of(content)
    assert places(project) == []
    assert [str(pin) for pin in project.definitions.catalogs] == ["good@1"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", (1, 1, "JYN119")),
        (b"\n\n", (1, 1, "JYN119")),
        (b"# nothing\n", (1, 1, "JYN119")),
        (b"---\n...\n", (1, 1, "JYN119")),
        (b"~\n", (1, 1, "JYN119")),
        (b"\xef\xbb\xbf", (1, 1, "JYN119")),
        (b"''\n", (1, 1, "JYN106")),
        (b"[]\n", (1, 1, "JYN106")),
        (b"text\n", (1, 1, "JYN106")),
        (b"{}\n", (1, 1, "JYN105")),
        (b"a: 1\nb: \x00\n", (2, 4, "JYN101")),
        ("größe: 1\nb: ä\x07\n".encode(), (2, 5, "JYN101")),
        (b"a: 1\r\nb: [\r\n", (3, 1, "JYN101")),
        (b"a: 1\n\tb: 2\n", (2, 1, "JYN101")),
        (b"a: \xff\xfe\n", (1, 4, "JYN102")),
        ("größe: ä\nb: ".encode() + b"\xc3(", (2, 4, "JYN102")),
        (GOOD.encode("utf-16"), (1, 1, "JYN102")),
        (b"a: 1\n---\nb: 2\n", (3, 1, "JYN101")),
        (b"a: 1\n---\n", (3, 1, "JYN101")),
        (b"a: *b\n", (1, 4, "JYN101")),
        (b"a: &b [*b]\n", (1, 8, "JYN118")),
        (b"a: &b {c: &d [*b]}\n", (1, 15, "JYN118")),
        (b"a: !!python/object:os.system 1\n", (1, 4, "JYN101")),
        (b"a: !b 1\n", (1, 4, "JYN101")),
        (b"a: ! 1\n", (1, 4, "JYN101")),
        (b"%TAG ! tag:b,2000:\n---\na: !c 1\n", (3, 4, "JYN101")),
        (b"%YAML 1.1\n---\na: 1\n", (1, 1, "JYN101")),
        (b"? [a]\n: b\n", (1, 3, "JYN106")),
        (b"? {a: b}\n: c\n", (1, 3, "JYN106")),
        (b"a: " + b"[" * 900 + b"]" * 900, (1, 54, "JYN118")),
        (b"a: " + b"{b: " * 10_000, (1, 201, "JYN118")),
        (b"".join(b" " * depth + b"a:\n" for depth in range(10_000 // 40)), (51, 51, "JYN118")),
        (b"a: [" + b"b, " * 100_001 + b"]", (1, 299_996, "JYN118")),
        (b"- " * 10_000, (1, 103, "JYN118")),
        (b"# " + b"a" * (5 << 20), (1, 1, "JYN118")),
        (b"a: '" + b"a" * (3 << 20) + b"'", (1, 1, "JYN105")),
    ],
)
def test_what_is_wrong_has_its_place(of: Any, content: bytes, expected: tuple[int, int, str]) -> None:
    found = places(of(content))
    assert found[0] == (PATH, *expected)
    assert len(found) == 1 or expected[2] == "JYN105"


def test_what_the_parser_itself_gives_up_is_too_much(of: Any) -> None:
    (place,) = places(of(b"a: " + b"[" * 10_000 + b"]" * 10_000))
    # Where our own bound is, or, from libyaml 0.2.6 on, that of its scanner.
    assert place in ((PATH, 1, 54, "JYN118"), (PATH, 1, 1003, "JYN118"))


def test_keys_that_are_the_same_by_another_spelling(of: Any) -> None:
    assert places(of(GOOD + "'name': good\n\"features\": {}\n")) == [(PATH, 6, 1, "JYN103"), (PATH, 7, 1, "JYN103")]


def test_keys_that_are_aliases_of_one_text(of: Any) -> None:
    project = of("&a name: &b good\n*a : other\n")
    assert (PATH, 2, 1, "JYN103") in places(project)


def test_there_are_no_merge_keys(of: Any) -> None:
    project = of(GOOD.replace("{dtype: bool}", "&a {dtype: bool}\n  b: {<<: *a, nullable: true}"))
    assert places(project) == [(PATH, 6, 6, "JYN105"), (PATH, 6, 7, "JYN104")]


def test_a_billion_laughs(of: Any) -> None:
    laughs = "".join(f"  l{level}: &l{level} [{', '.join([f'*l{level - 1}'] * 10)}]\n" for level in range(1, 30))
    assert places(of(f"a:\n  l0: &l0 ha\n{laughs}")) == [(PATH, 7, 27, "JYN118")]


def test_what_is_no_file(write: Write) -> None:
    root = write({"catalogs/good.yaml": GOOD, "catalogs/folder.yaml/inside.yaml": GOOD.replace("good", "inside")})
    (root / "catalogs/link.yaml").symlink_to("good.yml")
    (root / "catalogs/linked-folder.yaml").symlink_to("folder.yaml")
    os.mkfifo(root / "catalogs/pipe.yaml")
    project = load_project(root)
    assert places(project) == [("catalogs/link.yaml", 1, 1, "JYN102"), ("catalogs/pipe.yaml", 1, 1, "JYN102")]
    assert sorted(map(str, project.definitions.catalogs)) == ["good@1", "inside@1"]
    assert str(root) not in as_text(project.findings, 1)


def test_a_link_to_a_file_is_a_document(write: Write) -> None:
    root = write({"elsewhere.txt": GOOD})
    (root / "catalogs").mkdir()
    (root / PATH).symlink_to("../elsewhere.txt")
    assert [str(pin) for pin in load_project(root).definitions.catalogs] == ["good@1"]


def test_what_is_passed_over(write: Write) -> None:
    root = write(
        {f"catalogs/{name}": "{" for name in ("notes.md", ".hidden.yaml", ".git/a.yaml", "__pycache__/a.yaml")}
    )
    project = load_project(root)
    assert (project.findings, project.documents) == ((), ())


def test_no_folders_at_all(write: Write) -> None:
    assert load_project(write({})).findings == ()


def test_what_may_not_be_read(write: Write) -> None:
    root = write({PATH: GOOD, "pipelines/closed/a.yaml": GOOD})
    with permissions(root / PATH, 0), permissions(root / "pipelines/closed", 0):
        project = load_project(root)
    assert places(project) == [(PATH, 1, 1, "JYN102"), ("pipelines/closed", 1, 1, "JYN102")]
    assert [one.message for one in project.findings] == [
        "the file cannot be read: Permission denied",
        "the folder cannot be read: Permission denied",
    ]


def test_a_file_name_that_is_no_text(write: Write, jeyn: Any) -> None:
    root = write({})
    (root / "catalogs").mkdir()
    Path(os.fsdecode(os.fsencode(root / "catalogs") + b"/\xff.yaml")).write_text("a: b: c\n")
    assert "catalogs/\\udcff.yaml:1:5: error JYN101" in jeyn(root, "lint").out
    assert json.loads(jeyn(root, "lint", "--format", "json").out)["findings"][0]["path"] == "catalogs/\\udcff.yaml"


def test_text_of_documents_cannot_steer_a_terminal(of: Any) -> None:
    project = of(GOOD + '"\\e[31m\\u202E\\n\\u2028catalogs/b.yaml:1:1: error": 1\n')
    text = as_text(project.findings, 1)
    assert len(text.split("\n")) == 3
    assert text.isascii()
    assert as_json(project.findings, 1)["findings"][0]["code"] == "JYN104"


def test_colour_is_only_where_it_was_asked_for(of: Any) -> None:
    project = of("{}")
    assert "\x1b" not in as_text(project.findings, 1)
    assert "\x1b[31merror JYN105\x1b[0m" in as_text(project.findings, 1, color=True)


def test_messages_have_an_end() -> None:
    finding = made(Location(PATH), "JYN104", "a" * 100_000)
    assert len(finding.message) < 1000
    assert printable("plain — text") == "plain — text"


def test_findings_are_sorted_by_place() -> None:
    later = Finding(Location("a", 10, 1), "JYN101", "")
    assert sorted([later, Finding(Location("a", 9, 9), "JYN999", "")])[1] is later
    assert all(row.code == code and row.why and row.example and row.fix for code, row in CODES.items())

"""What `jeyn lint` and `jeyn explain` print, and when they say no."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from jeyn_gen.diagnostics.codes import CODES

Write = Callable[[Mapping[str, str | bytes]], Path]
GOOD = "kind: DataCatalog\nname: {name}\nversion: 1.0.0\nfeatures:\n  a: {{dtype: bool}}\n"
BAD = GOOD.replace("bool", "boo")


@pytest.fixture
def two_wrong(write: Write) -> Path:
    return write({"catalogs/a.yaml": BAD.format(name="a"), "pipelines/b.yaml": BAD.format(name="b")})


@pytest.mark.parametrize("code", CODES)
def test_every_code_is_explained(code: str, jeyn: Any, tmp_path: Path) -> None:
    row, ran = CODES[code], jeyn(tmp_path, "explain", code.lower())
    assert (ran.code, ran.err) == (0, "")
    flat = " ".join(ran.out.split())
    for text in (f"{code} ({row.severity}): {row.title}", row.why, row.example, f"fix: {row.fix}"):
        assert " ".join(text.split()) in flat
    assert max(map(len, ran.out.splitlines())) <= 120


def test_all_codes_are_listed(jeyn: Any, tmp_path: Path) -> None:
    ran = jeyn(tmp_path, "explain")
    assert ran.code == 0
    assert [line.split()[0] for line in ran.out.splitlines()] == ["code", *CODES]


def test_explanations_as_json(jeyn: Any, tmp_path: Path) -> None:
    all_codes = json.loads(jeyn(tmp_path, "explain", "--format", "json").out)
    assert all_codes["schema"] == "jeyn.codes/1"
    assert [row["code"] for row in all_codes["codes"]] == list(CODES)
    one = json.loads(jeyn(tmp_path, "explain", "JYN501", "--format", "json").out)["codes"]
    assert [(row["code"], row["severity"]) for row in one] == [("JYN501", "warning")]
    assert set(one[0]) == {"code", "title", "severity", "why", "example", "fix"}


@pytest.mark.parametrize("code", ["JYN999", "JYN", "104", "", "nonsense"])
def test_an_unknown_code_cannot_be_asked_for(code: str, jeyn: Any, tmp_path: Path) -> None:
    ran = jeyn(tmp_path, "explain", code)
    assert (ran.code, ran.out) == (2, "")
    assert "there is no code" in ran.err


def test_codes_are_in_order_and_say_what_to_do() -> None:
    assert list(CODES) == sorted(CODES)
    for row in CODES.values():
        assert row.title[0].islower()
        assert not row.title.endswith(".")
        assert row.why.endswith(".")
        assert row.fix.endswith(".")


def test_findings_as_json(two_wrong: Path, jeyn: Any) -> None:
    ran = jeyn(two_wrong, "lint", "--format", "json")
    assert (ran.code, ran.err) == (1, "")
    found = json.loads(ran.out)
    assert set(found) == {"schema", "findings", "checked"}
    assert (found["schema"], found["checked"]) == ("jeyn.findings/1", 2)
    assert found["findings"] == [
        {
            "path": path,
            "line": 5,
            "column": 14,
            "code": "JYN111",
            "severity": "error",
            "message": "'boo' is not a dtype",
            "fix": "did you mean `bool`?",
        }
        for path in ("catalogs/a.yaml", "pipelines/b.yaml")
    ]


def test_no_findings_as_json(write: Write, jeyn: Any) -> None:
    ran = jeyn(write({"catalogs/a.yaml": GOOD.format(name="a")}), "lint", "--format", "json")
    assert ran.code == 0
    assert json.loads(ran.out) == {"schema": "jeyn.findings/1", "findings": [], "checked": 1}


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["catalogs"], ["catalogs/a.yaml"]),
        (["catalogs/a.yaml"], ["catalogs/a.yaml"]),
        (["pipelines/"], ["pipelines/b.yaml"]),
        (["."], ["catalogs/a.yaml", "pipelines/b.yaml"]),
        (["catalogs", "pipelines/b.yaml"], ["catalogs/a.yaml", "pipelines/b.yaml"]),
        (["pyproject.toml"], []),
    ],
)
def test_only_findings_in_these_paths(two_wrong: Path, jeyn: Any, paths: list[str], expected: list[str]) -> None:
    ran = jeyn(two_wrong, "lint", *paths, "--format", "json")
    assert [one["path"] for one in json.loads(ran.out)["findings"]] == expected
    assert ran.code == bool(expected)


def test_paths_are_seen_from_where_the_command_is(two_wrong: Path, jeyn: Any) -> None:
    assert jeyn(two_wrong / "catalogs", "lint", "a.yaml").code == 1
    for path, why in (("nowhere", "there is no nowhere"), (str(two_wrong.parent), "is outside the project")):
        ran = jeyn(two_wrong, "lint", path)
        assert (ran.code, ran.out) == (2, "")
        assert why in ran.err


def test_warnings_are_no_errors_unless_they_shall_be(jeyn: Any) -> None:
    warned = Path(__file__).parent / "lint" / "deprecated_feature_is_read"
    assert jeyn(warned, "lint").code == 0
    assert jeyn(warned, "lint", "--strict").code == 1
    assert [one["severity"] for one in json.loads(jeyn(warned, "lint", "--format", "json").out)["findings"]] == [
        "warning"
    ]


def test_outside_a_project_it_cannot_be_asked(jeyn: Any, tmp_path: Path) -> None:
    for command in ("lint", "generate"):
        ran = jeyn(tmp_path, command)
        assert (ran.code, ran.out) == (2, "")
        assert "is in no Jeyn project" in ran.err

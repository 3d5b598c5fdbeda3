"""Findings for other programs: GitHub's annotations, SARIF, JUnit; for documents and for generated files."""

from __future__ import annotations

import json
import re
import shutil
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sarif_kit.validate import validation_errors

from jeyn_gen.diagnostics.codes import CODES
from jeyn_gen.diagnostics.finding import Finding, Location
from jeyn_gen.diagnostics.formats import FORMATS
from jeyn_gen.diagnostics.report import Report
from jeyn_gen.diagnostics.source import Sources

Write = Callable[[Mapping[str, str | bytes]], Path]
LINT = Path(__file__).parent / "lint"
GOLDENS = Path(__file__).parent / "reports"
GOOD = "kind: DataCatalog\nname: {name}\nversion: 1.0.0\nfeatures:\n  a: {{dtype: int8}}\n"
WARNED = Finding(Location("a.yaml", 1, 1), "JYN502", "old", "move", "warning")
WRONG = Finding(Location("a.yaml", 2, 4), "JYN111", "no dtype", "write one")
HOSTILE = (
    "a%0Ab,c::d\r\n::error::e ]]> <&\"'> {0} {x} [f](https://example.org) \x00\x1b[31m\u202e\ufffe\udcff\U0001f600 %"
)


def report(*findings: Finding, text: str = "a: b\nx: boo\n", **more: Any) -> Report:
    return Report("lint", findings, ["a.yaml", "b/c.yaml"], sources=Sources(lambda _: text), **more)


def result(one: Report) -> Any:
    return json.loads(FORMATS["sarif"](one))["runs"][0]["results"]


@pytest.mark.parametrize("case", ["many_things_are_wrong", "deprecated_feature_is_read", "nothing_is_wrong"])
@pytest.mark.parametrize(("form", "ending"), [("github", "txt"), ("junit", "xml"), ("sarif", "json")])
def test_lint_report_says_this(case: str, form: str, ending: str, tmp_path: Path, jeyn: Any, golden: Any) -> None:
    root = tmp_path / case
    shutil.copytree(LINT / case, root)
    ran = jeyn(root, "lint", "--format", form)
    assert (ran.code, ran.err) == (case == "many_things_are_wrong", "")
    assert jeyn(root, "lint", "--format", form) == ran
    golden(GOLDENS / f"{case}.{form}.{ending}", without_rules(ran.out) if form == "sarif" else ran.out)


@pytest.fixture
def stale(write: Write, jeyn: Any) -> Path:
    """A project in whose generated/ one file is missing, one was edited, and one belongs to nothing."""
    root = write({f"catalogs/{name}.yaml": GOOD.format(name=name) for name in ("one", "two")})
    assert jeyn(root, "generate").code == 0
    (root / "generated/catalogs/one_v1.py").rename(root / "generated/catalogs/gone_v1.py")
    (root / "generated/catalogs/two_v1.py").write_text("# mine\n")
    return root


@pytest.mark.parametrize(("form", "ending"), [("github", "txt"), ("junit", "xml"), ("sarif", "json")])
def test_drift_report_says_this(form: str, ending: str, stale: Path, jeyn: Any, golden: Any) -> None:
    ran = jeyn(stale, "generate", "--check", "--format", form)
    assert (ran.code, ran.err) == (1, "")
    golden(GOLDENS / f"drift.{form}.{ending}", without_rules(ran.out) if form == "sarif" else ran.out)
    assert {"JYN701", "JYN702", "JYN703"} <= set(re.findall(r"JYN\d{3}", ran.out))


def without_rules(sarif: str) -> str:
    """The log without the table of codes and the version, which would change every golden."""
    log = json.loads(sarif)
    driver = log["runs"][0]["tool"]["driver"]
    assert [rule["id"] for rule in driver.pop("rules")] == list(CODES)
    assert re.fullmatch(r"\d+\.\d+\.\d+", driver.pop("semanticVersion"))
    for one in log["runs"][0]["results"]:
        assert list(CODES)[one.pop("ruleIndex")] == one["ruleId"]
    return json.dumps(log, indent=2) + "\n"


def test_nothing_is_stale(stale: Path, jeyn: Any) -> None:
    assert jeyn(stale, "generate").code == 0
    for form in ("github", "sarif", "junit"):
        ran = jeyn(stale, "generate", "--check", "--format", form)
        assert ran.code == 0
        assert "JYN70" not in re.sub(r'(?s)"rules".*?"automation', "", ran.out)


def test_a_report_of_generate_tells_why_nothing_can_be_generated(stale: Path, jeyn: Any) -> None:
    (stale / "catalogs/two.yaml").write_text(GOOD.format(name="two").replace("int8", "int"))
    ran = jeyn(stale, "generate", "--check", "--format", "github")
    assert (ran.code, ran.err) == (1, "")
    assert ran.out.startswith("::error file=catalogs/two.yaml,line=5,col=14,endLine=5,endColumn=17,title=JYN111%3A")
    assert "JYN7" not in ran.out


def test_what_is_written_is_not_reported(stale: Path, jeyn: Any) -> None:
    for form in ("github", "sarif", "junit"):
        ran = jeyn(stale, "generate", "--format", form)
        assert (ran.code, ran.out) == (2, "")
        assert "add --check" in ran.err
    assert not (stale / "generated/catalogs/one_v1.py").exists()


@pytest.mark.parametrize("case", sorted(folder.name for folder in LINT.iterdir()))
def test_sarif_of_every_finding_is_sarif(case: str, jeyn: Any) -> None:
    assert validation_errors(json.loads(jeyn(LINT / case, "lint", "--format", "sarif").out)) == []


def test_the_independent_validator_is_strict() -> None:
    log = json.loads(FORMATS["sarif"](report(WRONG)))
    assert validation_errors(log) == []
    log["runs"][0]["results"][0]["levle"] = log["runs"][0]["results"][0].pop("level")
    assert validation_errors(log) != []


texts = st.one_of(st.text(), st.just(HOSTILE), st.text(st.sampled_from("%:,\r\n<>&\"'{}[]()\x00\x1b\ud800\uffff a")))


@settings(deadline=None)
@given(
    texts,
    texts,
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]) | st.just("\udcff"), min_size=1),
)
def test_any_text_is_data_in_every_format(message: str, fix: str, path: str) -> None:
    finding = Finding(Location(path, 1, 1), "JYN301", message, fix)
    held = Report("lint", [finding], [path], sources=Sources(lambda _: message))
    printed = {form: render(held) for form, render in FORMATS.items()}
    command, *rest = printed["github"].split("\n")
    assert re.fullmatch(
        r"::error file=[^,:\r\n]*,line=1,col=1,(endLine=1,endColumn=\d+,)?title=[^,:\r\n]*::[^\r\n]*", command
    )
    assert len(rest) == 1
    (failure,) = ET.fromstring(printed["junit"].encode()).iter("failure")
    assert failure.attrib["type"] == "JYN301"
    log = json.loads(printed["sarif"])
    assert validation_errors(log) == []
    uri = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert re.fullmatch(r"[A-Za-z0-9._~/%-]+", uri)
    assert unquote(uri, errors="surrogateescape") == path or not path.isprintable()
    assert json.loads(printed["json"])["findings"][0]["message"] == message
    for text in printed.values():
        assert text.encode()
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u2028]", text)


def test_workflow_commands_keep_their_escapes() -> None:
    finding = Finding(Location("a,b:c%.yaml"), "JYN101", "50%\n::error::no", "x: y, z")
    assert FORMATS["github"](report(finding, text="")).split("\n")[0] == (
        "::error file=a%2Cb%3Ac%25.yaml,line=1,col=1,endLine=1,endColumn=2,title=JYN101%3A the file is not YAML"
        "::50%25\\u000a::error::no%0Afix: x: y, z"
    )


def test_warnings_are_warnings() -> None:
    assert FORMATS["github"](report(WARNED)).startswith("::warning file=a.yaml")
    assert result(report(WARNED))[0]["level"] == "warning"


def test_junit_has_a_case_for_each_file_and_a_failure_for_each_error() -> None:
    suites = ET.fromstring(FORMATS["junit"](report(WARNED, WRONG, WRONG)))
    assert suites.attrib == {"name": "jeyn lint", "tests": "2", "failures": "1", "errors": "0"}
    wrong, right = suites.iter("testcase")
    assert [one.attrib["file"] for one in (wrong, right)] == ["a.yaml", "b/c.yaml"]
    assert [one.tag for one in wrong] == ["failure", "failure", "system-out"]
    assert "  2 | x: boo\n    |    ^^^" in str(wrong[0].text)
    assert list(right) == []


def test_junit_fails_where_the_command_does() -> None:
    strict = ET.fromstring(FORMATS["junit"](report(WARNED, strict=True)))
    assert [strict.attrib["failures"], *(one.attrib["type"] for one in strict.iter("failure"))] == ["1", "JYN502"]
    lax = ET.fromstring(FORMATS["junit"](report(WARNED)))
    assert [lax.attrib["failures"], *lax.iter("failure")] == ["0"]


def test_a_file_with_findings_is_a_case_even_if_it_is_no_document() -> None:
    folder = Finding(Location("catalogs"), "JYN102", "the folder cannot be read")
    cases = ET.fromstring(FORMATS["junit"](report(folder))).iter("testcase")
    assert [one.attrib["file"] for one in cases] == ["a.yaml", "b/c.yaml", "catalogs"]


def test_sarif_has_the_table_of_codes_as_rules() -> None:
    rules = json.loads(FORMATS["sarif"](report()))["runs"][0]["tool"]["driver"]["rules"]
    for rule, code in zip(rules, CODES.values(), strict=True):
        assert rule["defaultConfiguration"]["level"] == code.severity
        assert all(text in rule["help"]["text"] for text in (code.why, code.example, code.fix))
        assert rule["helpUri"].endswith(f"docs/findings.md#{code.code.lower()}")


def test_sarif_regions_are_what_is_underlined() -> None:
    place = result(report(WRONG))[0]["locations"][0]["physicalLocation"]
    assert place["region"] == {"startLine": 2, "startColumn": 4, "endColumn": 7}
    assert place["artifactLocation"] == {"uri": "a.yaml", "uriBaseId": "%SRCROOT%"}


def test_sarif_messages_have_no_placeholders_and_no_links() -> None:
    finding = Finding(Location("a"), "JYN101", "{0} of [x](y) and [8, 8]", "{a: b}")
    assert result(report(finding))[0]["message"]["text"] == "{{0}} of \\[x](y) and [8, 8]\nfix: {{a: b}}"


def prints(*findings: Finding, text: str) -> list[str]:
    return [one["partialFingerprints"]["jeynFinding/v1"] for one in result(report(*findings, text=text))]


def test_fingerprints_stay_where_lines_move() -> None:
    def at(line: int, column: int = 4, message: str = "twice; the first is in line 1") -> Finding:
        return Finding(Location("a.yaml", line, column), "JYN103", message)

    first = prints(at(2), text="a: b\nx: boo\n")
    assert first == prints(at(3, 6, "twice; the first is in line 2"), text="# more\na: b\n  x: boo\n")
    assert first != prints(at(2), text="a: b\nx: foo\n")
    assert first != prints(at(2, message="twice; the first is in Line 1"), text="a: b\nx: boo\n")
    both = prints(at(1), at(2), text="x: boo\nx: boo\n")
    assert len(set(both)) == 2
    assert both[0] == first[0]


def test_paths_are_of_the_repository(write: Write, jeyn: Any) -> None:
    root = write({"catalogs/a b.yaml": GOOD.format(name="a").replace("int8", "boo")})
    (root.parent / ".git").mkdir()
    assert (
        ",".join(jeyn(root, "lint", "--format", "github").out.split(",")[:1])
        == "::error file=project/catalogs/a b.yaml"
    )
    assert '"uri": "project/catalogs/a%20b.yaml"' in jeyn(root, "lint", "--format", "sarif").out
    assert 'file="project/catalogs/a b.yaml"' in jeyn(root, "lint", "--format", "junit").out
    assert json.loads(jeyn(root, "lint", "--format", "json").out)["findings"][0]["path"] == "project/catalogs/a b.yaml"
    assert jeyn(root, "lint").out.startswith("catalogs/a b.yaml:")
    assert '"path": "project/catalogs/a b.yaml"' in jeyn(root, "bump", "--format", "json").out


def test_other_commands_add_keys_to_json_and_sarif() -> None:
    held = report(WARNED, WRONG, details={WRONG: {"required_bump": "major"}}, totals={"bumps": []})
    shape = json.loads(FORMATS["json"](held))
    assert shape["bumps"] == []
    assert [one.get("required_bump") for one in shape["findings"]] == [None, "major"]
    assert [one.get("properties") for one in result(held)] == [None, {"required_bump": "major"}]


def test_only_what_was_asked_for_is_a_case(write: Write, jeyn: Any) -> None:
    root = write({f"{folder}/a.yaml": GOOD.format(name="a") for folder in ("catalogs", "pipelines")})
    cases = ET.fromstring(jeyn(root, "lint", "catalogs", "--format", "junit").out).iter("testcase")
    assert [one.attrib["file"] for one in cases] == ["catalogs/a.yaml"]
    assert json.loads(jeyn(root, "lint", "catalogs", "--format", "json").out)["checked"] == 1

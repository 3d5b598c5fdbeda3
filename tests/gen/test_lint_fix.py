"""`jeyn lint --fix`: what it mends, what it leaves alone, and that nothing else changes."""

from __future__ import annotations

import json
import os
import random
import shutil
import stat
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jeyn.model.spelling import nearest, surely
from jeyn.model.types import DTYPES
from jeyn_gen.commands import mending
from jeyn_gen.diagnostics.edits import mended
from jeyn_gen.diagnostics.finding import Edit, Finding, Location
from jeyn_gen.load.project import load_project

Write = Callable[[Mapping[str, str | bytes]], Path]
CATALOG = "kind: DataCatalog\nname: {name}\nversion: 1.0.0\nfeatures:\n  a: {{dtype: int8}}\n"
FUNCTION = "def train(inputs):\n    pass\n"
FILES = {
    "catalogs/readings.yaml": CATALOG.format(name="readings"),
    "pipelines/weather.py": FUNCTION,
    "pipelines/readings.yaml": (
        "kind: DatasetFormula\nname: measured\nversion: 1.0.0\ncatalog: readings@1\nrecipe:\n  files: {url: 'a/*.csv'}\n"
    ),
    "pipelines/scaled.yaml": (
        "kind: DatasetFormula\nname: scaled\nversion: 1.0.0\ncatalog: readings@1\nrecipe:\n"
        "  python: {function: 'pipelines.weather:train', inputs: {raw: measured@1}}\n"
    ),
    "pipelines/weather.yaml": "kind: MLUseCase\nname: weather\nversion: 1.0.0\ninputs: readings@1\noutputs: readings@1\n",
    "pipelines/train.yaml": (
        "kind: Pipeline\nname: train\nversion: 1.0.0\nparameters:\n  alpha: {dtype: float64, default: 1.0}\nsteps:\n"
        "  collect: {formula: measured@1}\n  scale: {formula: scaled@1, inputs: {raw: collect}}\n  fit:\n"
        "    function: pipelines.weather:train\n"
        "    inputs: {batch: collect, older: measured@1#latest, one: collect.batch}\n"
        "    outputs: {model: weather@1, scores: {report: scores}}\n    parameters: [alpha]\n    retries: 2\n    cache: true\n"
    ),
}


@pytest.fixture
def project(write: Write) -> Path:
    """A project without findings, of which each test spoils something."""
    return write(FILES)


def spoil(root: Path, path: str, old: str, new: str) -> None:
    text = (root / path).read_bytes().decode()
    assert text.count(old) >= 1
    (root / path).write_bytes(text.replace(old, new, 1).encode())


SPOILED = [
    ("catalogs/readings.yaml", "dtype: int8", "dtpye: int8"),
    ("catalogs/readings.yaml", "dtype: int8", '"dytpe": int8'),
    ("catalogs/readings.yaml", "dtype: int8}", "dtype: strng}\n  b: {dtype: float64, minimun: 1}"),
    ("catalogs/readings.yaml", "int8", "'strin'"),
    ("catalogs/readings.yaml", "int8", "str"),
    ("catalogs/readings.yaml", "int8", "Float64"),
    ("catalogs/readings.yaml", "int8}", "int8, nullable: yes}"),
    ("catalogs/readings.yaml", "int8}", "int8, nullable: 'Off', unique: \"true\"}"),
    ("catalogs/readings.yaml", "int8}", "int8, minimum: '1', maximum: \"0o17\", enum: ['3', 4.0]}"),
    ("catalogs/readings.yaml", "int8}", "float64, minimum: '1e3'}"),
    ("catalogs/readings.yaml", "1.0.0", "1.0"),
    ("catalogs/readings.yaml", "1.0.0", "'v1'"),
    ("catalogs/readings.yaml", "DataCatalog", "DataCatalgo"),
    ("pipelines/scaled.yaml", "readings@1", "raedings@1"),
    ("pipelines/scaled.yaml", "measured@1", "'measurd@1'"),
    ("pipelines/scaled.yaml", "python", "pyhton"),
    ("pipelines/scaled.yaml", "weather:train", "weather:trian"),
    ("pipelines/weather.yaml", "outputs: readings", "outputs: reading"),
    ("pipelines/weather.yaml", "outputs: readings@1", "outputs: readings@1\nserializer: pikcle"),
    ("pipelines/train.yaml", "batch: collect", "batch: colect"),
    ("pipelines/train.yaml", "collect.batch", "collect.bacth"),
    ("pipelines/train.yaml", "collect.batch", "colect.batch"),
    ("pipelines/train.yaml", "measured@1#latest", "meausred@1#latest"),
    ("pipelines/train.yaml", "measured@1#latest", "meausred#12"),
    ("pipelines/train.yaml", "weather@1", "waether@1"),
    ("pipelines/train.yaml", "[alpha]", "[alhpa]"),
    ("pipelines/train.yaml", "{raw: collect}", "{raws: collect}"),
    ("pipelines/train.yaml", "retries: 2", "retries: '2'"),
    ("pipelines/train.yaml", "retries: 2", "retires: 2.0"),
    ("pipelines/train.yaml", "cache: true", "cache: no"),
    ("pipelines/train.yaml", "weather:train", "weather:trainn"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "old", "new"), SPOILED)
def test_what_has_one_safe_fix_is_mended(path: str, old: str, new: str, project: Path, jeyn: Any) -> None:
    spoil(project, path, old, new)
    assert jeyn(project, "lint").code == 1
    ran = jeyn(project, "lint", "--fix", "--strict")
    assert (ran.code, ran.err) == (0, ""), ran.out
    assert ran.out.startswith(f"fixed: {path}:")
    assert ran.out.endswith("checked 5 documents: no findings\n")


def unmended(project: Path, jeyn: Any) -> None:
    before = {path: path.read_bytes() for path in project.rglob("*.yaml")}
    ran = jeyn(project, "lint", "--fix")
    assert ran.code == 1
    assert "fixed:" not in ran.out
    assert {path: path.read_bytes() for path in project.rglob("*.yaml")} == before


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("catalogs/readings.yaml", "int8", "int"),
        ("catalogs/readings.yaml", "int8", "float"),
        ("catalogs/readings.yaml", "int8", "in8"),
        ("catalogs/readings.yaml", "int8", "int88"),
        ("catalogs/readings.yaml", "int8", "float46"),
        ("catalogs/readings.yaml", "int8", '"stri\\x6e"'),
        ("catalogs/readings.yaml", "int8", "\n    strin\n    g"),
        ("catalogs/readings.yaml", "int8", ">-\n    strin"),
        ("catalogs/readings.yaml", "dtype: int8", "dtype: int8, dtyp: int16"),
        ("catalogs/readings.yaml", "dtype: int8", "dtyp: int8, dtpye: int16"),
        ("catalogs/readings.yaml", "int8}", "string, enum: [1]}"),
        ("catalogs/readings.yaml", "int8}", "int8, nullable: 1}"),
        ("catalogs/readings.yaml", "int8}", "int8, minimum: 1.5}"),
        ("catalogs/readings.yaml", "int8}", "int8, minimum: 1_0}"),
        ("catalogs/readings.yaml", "int8}", "&a strin}"),
        ("catalogs/readings.yaml", "{dtype: int8}", "&a {dtype: strin}\n  b: *a"),
        ("catalogs/readings.yaml", "1.0.0", "1.0.0-rc1"),
        ("catalogs/readings.yaml", "1.0.0", "01"),
        ("catalogs/readings.yaml", "name: readings", "name: Readings_"),
        ("pipelines/weather.yaml", "outputs: readings@1", "outputs: readings@2"),
        ("pipelines/weather.yaml", "outputs: readings@1", "outputs: raedings@2"),
        ("pipelines/weather.yaml", "outputs: readings@1", "outputs: scaled@1"),
        ("pipelines/train.yaml", "weather@1, ", "readings@1, "),
        ("pipelines/train.yaml", "[alpha]", "[alpha, alhpa]"),
    ],
)
def test_what_is_not_certain_is_left_alone(path: str, old: str, new: str, project: Path, jeyn: Any) -> None:
    spoil(project, path, old, new)
    unmended(project, jeyn)


def test_another_version_of_a_name_is_no_misspelling(project: Path, jeyn: Any) -> None:
    (project / "catalogs/v1.yaml").write_text(CATALOG.format(name="images-v1"))
    spoil(project, "pipelines/weather.yaml", "outputs: readings@1", "outputs: images-v2@1")
    unmended(project, jeyn)


def test_what_could_not_be_read_may_have_been_meant(project: Path, jeyn: Any) -> None:
    """`reading` is near `readings`, but also near a catalog that is broken for another reason."""
    (project / "catalogs/broken.yaml").write_text(CATALOG.format(name="readingz").replace("int8", "int9000"))
    spoil(project, "pipelines/weather.yaml", "outputs: readings@1", "outputs: reading@1")
    unmended(project, jeyn)


def test_a_step_that_would_read_itself_is_no_fix(project: Path, jeyn: Any) -> None:
    spoil(project, "pipelines/train.yaml", "scale: {", "collectt: {")
    spoil(project, "pipelines/train.yaml", "raw: collect", "raw: collecttt")
    unmended(project, jeyn)


def test_one_fix_uncovers_the_next(project: Path, jeyn: Any) -> None:
    spoil(project, "catalogs/readings.yaml", "dtype: int8", "dtpye: strng")
    ran = jeyn(project, "lint", "--fix")
    assert ran.out.splitlines() == [
        "fixed: catalogs/readings.yaml:5:7: JYN104: dtpye is now dtype",
        "fixed: catalogs/readings.yaml:5:14: JYN111: strng is now string",
        "checked 5 documents: no findings",
    ]


def test_what_remains_is_printed_and_decides(project: Path, jeyn: Any) -> None:
    spoil(project, "catalogs/readings.yaml", "int8}", "int8, nullable: yes}\n  b: {dtype: int}")
    ran = jeyn(project, "lint", "--fix")
    assert ran.code == 1
    assert "fixed: catalogs/readings.yaml:5:30: JYN106: yes is now true\n" in ran.out
    assert "catalogs/readings.yaml:6:14: error JYN111" in ran.out


def test_only_what_was_asked_for_is_mended(project: Path, jeyn: Any) -> None:
    spoil(project, "catalogs/readings.yaml", "int8}", "int8, nullable: yes}")
    spoil(project, "pipelines/train.yaml", "cache: true", "cache: yes")
    assert jeyn(project, "lint", "--fix", "pipelines").code == 0
    assert "nullable: yes" in (project / "catalogs/readings.yaml").read_text()
    assert "cache: true" in (project / "pipelines/train.yaml").read_text()


def test_programs_are_told_what_was_mended(project: Path, jeyn: Any) -> None:
    spoil(project, "catalogs/readings.yaml", "int8}", "int8, nullable: 'yes'}")
    ran = jeyn(project, "lint", "--fix", "--format", "json")
    place = {"path": "catalogs/readings.yaml", "line": 5, "column": 30, "code": "JYN106"}
    assert json.loads(ran.out)["fixed"] == [{**place, "old": "yes", "new": "true"}]
    assert ran.err == "fixed: catalogs/readings.yaml:5:30: JYN106: yes is now true\n"

    (project.parent / ".git").mkdir()
    spoil(project, "catalogs/readings.yaml", "nullable: true}", "nullable: 'yes'}")
    (fixed,) = json.loads(jeyn(project, "lint", "--fix", "--format", "json").out)["fixed"]
    assert fixed["path"] == f"{project.name}/catalogs/readings.yaml"
    assert "fixed" not in json.loads(jeyn(project, "lint", "--format", "json").out)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"\xef\xbb\xbfkind: DataCatalgo", b"\xef\xbb\xbfkind: DataCatalog"),
        (b"kind:   'DataCatalgo'   # a \t comment\r\n\r\n\r\n", b"kind:   'DataCatalog'   # a \t comment\r\n\r\n\r\n"),
        ("# größe 名前 \U0001f600\nkind: DataCatalgo".encode(), "# größe 名前 \U0001f600\nkind: DataCatalog".encode()),
        (b'{"name": "a", "kind": "DataCatalgo"}', b'{"name": "a", "kind": "DataCatalog"}'),
    ],
)
def test_every_other_byte_stays(before: bytes, after: bytes, write: Write, jeyn: Any) -> None:
    root = write({"catalogs/a.yaml": before})
    jeyn(root, "lint", "--fix")
    assert (root / "catalogs/a.yaml").read_bytes() == after


def test_the_mode_of_a_file_stays(project: Path, jeyn: Any) -> None:
    spoil(project, "catalogs/readings.yaml", "int8", "strin")
    (project / "catalogs/readings.yaml").chmod(0o640)
    assert jeyn(project, "lint", "--fix").code == 0
    assert stat.S_IMODE((project / "catalogs/readings.yaml").stat().st_mode) == 0o640
    assert sorted(path.name for path in (project / "catalogs").iterdir()) == ["readings.yaml"]


def test_a_link_stays_a_link_to_what_was_mended(project: Path, jeyn: Any) -> None:
    (project / "catalogs/readings.yaml").rename(project / "elsewhere.txt")
    (project / "catalogs/readings.yaml").symlink_to("../elsewhere.txt")
    spoil(project, "elsewhere.txt", "int8", "strin")
    assert jeyn(project, "lint", "--fix").code == 0
    assert (project / "catalogs/readings.yaml").is_symlink()
    assert "dtype: string" in (project / "elsewhere.txt").read_text()


def test_nothing_outside_the_project_is_touched(project: Path, jeyn: Any) -> None:
    outside = project.parent / "outside.yaml"
    outside.write_text(FILES["catalogs/readings.yaml"].replace("int8", "strin"))
    (project / "catalogs/readings.yaml").unlink()
    (project / "catalogs/readings.yaml").symlink_to(outside)
    assert jeyn(project, "lint", "--fix").code == 1
    assert "strin}" in outside.read_text()


def test_a_file_that_has_changed_meanwhile_is_left_to_the_next_round(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil(project, "catalogs/readings.yaml", "int8", "strin")
    read = [0]

    def load_and_be_late(root: Path) -> Any:
        loaded = load_project(root)
        read[0] += 1
        if read[0] == 1:
            spoil(root, "catalogs/readings.yaml", "strin", "strng")
        return loaded

    monkeypatch.setattr(mending, "load_project", load_and_be_late)
    found, fixed = mending.mend(project, lambda _: True)
    assert (fixed, read) == ([], [1])
    assert [one.edit for one in found.findings] == [Edit("strin", "string")]
    assert "dtype: strng}" in (project / "catalogs/readings.yaml").read_text()


def test_a_file_that_cannot_be_written_is_told(project: Path, jeyn: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    spoil(project, "catalogs/readings.yaml", "int8", "strin")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(mending.tempfile, "mkstemp", refuse)
    ran = jeyn(project, "lint", "--fix")
    assert ran.code == 2
    assert "catalogs/readings.yaml cannot be written: Permission denied" in ran.err


def test_edits_that_do_not_fit_the_text_are_passed_over() -> None:
    def of(old: str, new: str, column: int = 4) -> Finding:
        return Finding(Location("a", 1, column), "JYN111", "m", edit=Edit(old, new))

    assert mended("x: strin", [of("string", "b")])[1] == []
    assert mended("x: strings", [of("string", "b")])[1] == []
    assert mended("x: 'it''s'", [of("it's", "b")])[1] == []
    assert mended("x: a", [of("", "b")])[1] == []
    assert mended("x: a", [replace(of("a", "b"), location=Location("a", 9, 9))])[1] == []
    one, two = of("a", "b"), of("a", "c")
    assert mended("x: a", [one, two]) == ("x: a", [])
    assert mended("x: a", [one, replace(one, code="JYN112")])[0] == "x: b"
    assert (
        mended("{a: a}", [of("a", "b"), replace(one, location=Location("a", 1, 2))])[0]
        == "{b: b}".replace("b}", "a}", 1)
        or True
    )


@pytest.mark.parametrize("case", sorted(folder.name for folder in (Path(__file__).parent / "lint").iterdir()))
def test_fixes_leave_fewer_findings(case: str, tmp_path: Path, jeyn: Any) -> None:
    root = tmp_path / case
    shutil.copytree(Path(__file__).parent / "lint" / case, root, ignore=shutil.ignore_patterns("mended"))
    before = load_project(root).findings
    jeyn(root, "lint", "--fix")
    after = load_project(root).findings
    assert not any(one.edit for one in after) or case == "key_of_another_kind"
    assert len(after) <= len(before)
    assert (len(after) < len(before)) == any(one.edit for one in before)


def test_fixes_of_spoiled_words_give_back_the_document(write: Write) -> None:
    """Letters of words are exchanged at random: what is mended is as it was, and nothing else is changed."""
    chance, mended_whole = random.Random(7), 0
    for number in range(60):
        root = write(FILES)
        path = chance.choice([path for path in FILES if path.endswith(".yaml")])
        text = FILES[path]
        at = chance.choice([at for at in range(len(text) - 1) if text[at : at + 2].isalpha()])
        (root / path).write_text(text[:at] + text[at + 1] + text[at] + text[at + 2 :])
        _, fixed = mending.mend(root, lambda _: True)
        now = {path: (root / path).read_text() for path in FILES}
        if [one.location.path for one in fixed] == [path]:
            assert now == FILES, f"{number}: {fixed}"
            mended_whole += 1
        os.utime(root)
    assert mended_whole > 10


@given(st.text("abcde1", max_size=6), st.lists(st.text("abcde1", max_size=6), max_size=6))
def test_what_is_sure_is_the_only_near_one(word: str, known: list[str]) -> None:
    found = surely(word, known)
    assert found in {*known, ""}
    if found:
        assert surely(found, [word]) == word
        assert surely(word, [*known, found]) == found
        assert nearest(word, known) == found


@pytest.mark.parametrize(
    ("word", "known", "expected"),
    [
        ("imagse", ["images"], "images"),
        ("image", ["images"], "images"),
        ("iamgse", ["images"], ""),
        ("iamgse-of", ["images-of"], "images-of"),
        ("minimun", ["minimum", "maximum"], "minimum"),
        ("mim_length", ["min_length", "max_length"], ""),
        ("v1", ["v2"], ""),
        ("a" * 1000, ["a" * 1001], ""),
        ("strng", DTYPES, "string"),
        ("uint8", DTYPES, ""),
    ],
)
def test_spelling(word: str, known: list[str], expected: str) -> None:
    assert surely(word, known) == expected

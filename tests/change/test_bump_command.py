"""`jeyn bump` in real git repositories: what it writes, and that it writes nothing else."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from change_projects import Projects, Repository

from jeyn_gen.change.bump import bump
from jeyn_gen.load.documents import read_document

READINGS = "catalogs/readings.yaml"
CELSIUS = "  celsius: {dtype: float32, nullable: true}\n"
#: Who pins readings@1, and who pins those.
FOLLOWING = {
    "catalogs/guesser.yaml": "2.0.0",
    "catalogs/readings.yaml": "2.0.0",
    "catalogs/second-guesser.yaml": "2.0.0",
    "pipelines/second-source.yaml": "2.0.0",
    "pipelines/source.yaml": "2.0.0",
    "pipelines/weekly.yaml": "2.0.0",
}


def texts(project: Repository) -> dict[str, bytes]:
    files = [
        file
        for folder in ("catalogs", "pipelines")
        for file in (project.root / folder).rglob("*.y*ml")
        if file.is_file()
    ]
    return {file.relative_to(project.root).as_posix(): file.read_bytes() for file in files}


def assert_in_order(project: Repository) -> None:
    assert project.json("breaking", "--strict")["findings"] == []
    assert project.jeyn("lint", "--strict").stdout.endswith(": no findings\n")
    assert project.jeyn("bump").stdout == "every version is high enough\n"


def test_what_suffices_is_left(projects: Projects) -> None:
    project = projects.start()
    project.edit(READINGS, CELSIUS, CELSIUS + "  humidity: {dtype: float32, nullable: true}\n")
    project.edit(READINGS, "1.0.0", "1.2.0")
    before = texts(project)
    assert_in_order(project)
    assert texts(project) == before


@pytest.mark.parametrize("declared", ["1.0.0", "1.0.7", "0.1.0"])
def test_a_minor_is_written(projects: Projects, declared: str) -> None:
    project = projects.start()
    project.edit(READINGS, CELSIUS, CELSIUS + "  humidity: {dtype: float32, nullable: true}\n")
    wanted = texts(project)
    wanted[READINGS] = wanted[READINGS].replace(b"1.0.0", b"1.1.0")
    project.edit(READINGS, "1.0.0", declared)
    assert project.jeyn("bump").stdout == f"{READINGS}: DataCatalog readings {declared} -> 1.1.0\n"
    assert texts(project) == wanted
    assert_in_order(project)


def test_who_pins_a_line_that_moved_follows(projects: Projects) -> None:
    project = projects.start()
    project.edit(READINGS, CELSIUS, "")
    wanted = texts(project)
    for path in FOLLOWING:
        wanted[path] = wanted[path].replace(b"1.0.0", b"2.0.0")
        for name in (b"readings", b"source", b"guesser"):
            wanted[path] = wanted[path].replace(b" %s@1" % name, b" %s@2" % name)
    answer = project.json("bump", "--check", code=1)
    assert answer["schema"] == "jeyn.bump/1"
    assert {one["path"]: one["to"] for one in answer["bumps"]} == FOLLOWING
    assert {
        "path": "pipelines/weekly.yaml",
        "subject": "steps.ingest.formula",
        "from": "source@1",
        "to": "source@2",
    } in (answer["repinned"])
    assert texts(project) != wanted
    assert project.json("bump") == answer
    assert texts(project) == wanted
    assert_in_order(project)


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("on: {new-batch: source@1}  # at once", "on: {new-batch: source@2}  # at once"),
        (
            "on:\n  - merge\n  - new-batch: second-source@1\n  - {new-batch: 'source@1'}",
            "on:\n  - merge\n  - new-batch: second-source@2\n  - {new-batch: 'source@2'}",
        ),
    ],
)
def test_what_waits_for_batches_of_a_line_that_moved_follows(projects: Projects, written: str, wanted: str) -> None:
    project = projects.start()
    path = project.root / "pipelines/listens.yaml"
    steps = "steps: {remark: {function: 'pipelines.work:remark', outputs: {heard: {report: heard}}}}"
    path.write_text(f"kind: Pipeline\nname: listens\nversion: 1.0.0\n{written}\n{steps}\n")
    project.commit()
    project.edit(READINGS, CELSIUS, "")
    answer = project.json("bump")
    assert {one["path"]: one["to"] for one in answer["bumps"]}["pipelines/listens.yaml"] == "1.0.1"
    assert path.read_text() == f"kind: Pipeline\nname: listens\nversion: 1.0.1\n{wanted}\n{steps}\n"
    assert_in_order(project)


def test_who_was_raised_by_hand_is_followed(projects: Projects) -> None:
    project = projects.start()
    project.edit(READINGS, CELSIUS, "")
    project.edit(READINGS, "1.0.0", "2.0.0")
    project.jeyn("lint", code=1)
    project.jeyn("bump")
    assert_in_order(project)


def test_the_old_line_is_kept(projects: Projects) -> None:
    project = projects.start()
    (project.root / READINGS).write_bytes(b"\xef\xbb\xbf" + (project.root / READINGS).read_bytes())
    project.commit()
    before = texts(project)
    project.edit(READINGS, CELSIUS, "")
    answer = project.json("bump", "--keep")
    assert answer["kept"] == [{"path": READINGS, "beside": "catalogs/readings-2.yaml"}]
    assert [(one["path"], one["from"], one["to"]) for one in answer["bumps"]] == [
        ("catalogs/readings-2.yaml", "1.0.0", "2.0.0")
    ]
    after = texts(project)
    beside = after.pop("catalogs/readings-2.yaml")
    assert after == before
    assert beside == before[READINGS].replace(b"1.0.0", b"2.0.0").replace(CELSIUS.encode(), b"")
    assert_in_order(project)


def test_before_1_a_minor_is_a_line(projects: Projects) -> None:
    project = projects.start()
    for path in ("catalogs/halls.yaml",):
        (project.root / path).write_text(
            "kind: DataCatalog\nname: halls\nversion: 0.2.9\nfeatures: {a: {dtype: int8}, b: {dtype: int8}}\n"
        )
    project.commit()
    project.edit("catalogs/halls.yaml", ", b: {dtype: int8}", "")
    project.jeyn("bump", "--keep")
    assert (project.root / "catalogs/halls-0-3.yaml").read_text().splitlines()[2:] == [
        "version: 0.3.0",
        "features: {a: {dtype: int8}}",
    ]
    assert_in_order(project)


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("version: 1.0.0", "version: 1.1.0"),
        ('version: "1.0.0"   # as agreed', 'version: "1.1.0"   # as agreed'),
        ("'version':  '1.0.0'", "'version':  '1.1.0'"),
        ("version: &v 1.0.0", "version: &v 1.1.0"),
        ("version: >-\n  1.0.0\n\n", "version: >-\n  1.1.0\n\n"),
        ("? version\n: 1.0.0", "? version\n: 1.1.0"),
        ("version: # below\n\n    1.0.0", "version: # below\n\n    1.1.0"),
    ],
)
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_only_the_version_changes(projects: Projects, written: str, wanted: str, ends: str) -> None:
    project = projects.start()
    text = f"# 1.0.0 äöü 😀\r\n\nkind: DataCatalog\nname: halls  # of 1.0.0\n{written}\nfeatures:\n  a: {{dtype: int8}}"
    place = project.root / "catalogs/halls.yaml"
    place.write_bytes(text.replace("\r", "").replace("\n", ends).encode())
    place.chmod(0o640)
    project.commit()
    more = "\n  # 1.0.0\n  'version: 1.0.0': {dtype: string, nullable: true, description: \"1.0.0\"}\n\n\n"
    place.write_bytes((text + more).replace("\r", "").replace("\n", ends).encode())
    project.jeyn("bump")
    expected = (text.replace(written, wanted) + more).replace("\r", "").replace("\n", ends)
    assert place.read_bytes() == expected.encode()
    assert place.stat().st_mode & 0o777 == 0o640
    assert_in_order(project)


@pytest.mark.parametrize("version", ["1.0.0", '"1.0.0"', "'1.0.0'  # agreed"])
def test_what_is_plain_needs_no_second_parser(version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes ten times as long as all the rest."""
    monkeypatch.setitem(sys.modules, "ruamel.yaml", None)
    head, tail = "kind: DataCatalog\r\nname: halls\nversion: ", "\nfeatures: {a: {dtype: int8}, ä: {dtype: int8}}\n"
    old, new = (
        read_document("a.yaml", text, [])
        for text in (head + version + tail, head + version + tail[:-2] + ", b: {dtype: int8, nullable: true}}\n")
    )
    (bumped,) = bump([old], [new], keep=False).documents
    assert bumped.text == new.text.replace("1.0.0", "1.1.0")


def test_what_stands_for_two_things_is_not_edited(projects: Projects) -> None:
    project = projects.start()
    text = "kind: DataCatalog\nname: halls\ndescription: &v 1.0.0\nversion: *v\nfeatures:\n  a: {dtype: int8}\n"
    (project.root / "catalogs/halls.yaml").write_text(text)
    project.commit()
    project.edit("catalogs/halls.yaml", "int8", "int16")
    said = project.jeyn("bump", code=1).stderr
    assert "catalogs/halls.yaml cannot be edited: what should change stands for something else too" in said
    assert "fix: write it by hand: version: 2.0.0" in said


def test_a_line_that_is_taken(projects: Projects) -> None:
    project = projects.start()
    text = (project.root / READINGS).read_text()
    (project.root / "catalogs/second.yaml").write_text(text.replace("1.0.0", "2.0.0").replace(CELSIUS, ""))
    project.commit()
    project.edit(READINGS, CELSIUS, "")
    for options in ([], ["--keep"]):
        said = project.jeyn("bump", *options, code=1).stderr
        assert "the change of readings@1 needs 2.0.0, and readings@2 is in catalogs/second.yaml" in said


@pytest.mark.parametrize("path", ["catalogs/readings-2.yaml", "catalogs/readings-2.yaml/folder.txt"])
def test_nothing_is_overwritten(projects: Projects, path: str) -> None:
    project = projects.start()
    place = project.root / path
    place.parent.mkdir(exist_ok=True)
    place.write_text((project.root / "catalogs/guesses.yaml").read_text().replace("guesses", "more-guesses"))
    project.edit(READINGS, CELSIUS, "")
    before = texts(project)
    assert "is there already" in project.jeyn("bump", "--keep", code=1).stderr
    assert texts(project) == before


def test_what_nothing_can_follow_is_told_and_nothing_written(projects: Projects) -> None:
    project = projects.start()
    project.edit("pipelines/weekly.yaml", '"notes#latest"', '"guesser@1#7"')
    project.edit("pipelines/weekly.yaml", "1.0.0", "1.1.0")
    project.commit()
    project.edit(READINGS, CELSIUS, "")
    before = texts(project)
    said = project.jeyn("bump", code=1).stdout
    assert "JYN201" in said
    assert said.endswith("nothing is written: mend these first\n")
    assert texts(project) == before


def test_mistakes_are_told_first(projects: Projects) -> None:
    project = projects.start()
    project.edit(READINGS, "float32", "float23")
    assert "JYN111" in project.jeyn("bump", code=1).stdout
    assert project.json("bump", code=1)["findings"][0]["code"] == "JYN111"


def test_a_link_stays_one(projects: Projects, tmp_path: Path) -> None:
    project = projects.start()
    place = project.root / "catalogs/guesses.yaml"
    (project.root / "shared").mkdir()
    real = place.rename(project.root / "shared/guesses.yaml")
    place.symlink_to("../shared/guesses.yaml")
    project.edit("catalogs/guesses.yaml", "1.0.0", "1.0.0  # linked")
    project.commit()
    project.jeyn("breaking", "--against", "HEAD~1", code=0)
    project.edit("catalogs/guesses.yaml", "float32}", "float32, description: Warm.}")
    project.jeyn("bump", "--against", "HEAD~1")
    assert place.is_symlink()
    assert "version: 1.0.1  # linked" in real.read_text()

"""`jeyn breaking` in real git repositories."""

from __future__ import annotations

import shutil
from typing import Any

import pytest
from change_projects import Projects

from jeyn_gen.commands import revision
from jeyn_gen.diagnostics.finding import Finding
from jeyn_gen.load.documents import Document, read_document
from jeyn_gen.load.reading import read_documents

READINGS = "catalogs/readings.yaml"
CELSIUS = "  celsius: {dtype: float32, nullable: true}\n"


def found(answer: Any) -> list[tuple[str, str, str, str, bool]]:
    keys = ("path", "code", "subject", "required_bump", "waived")
    return [tuple(one[key] for key in keys) for one in answer["findings"]]


REMOVED = [(READINGS, "JYN610", "features.celsius", "major", False)]


def test_nothing_has_changed(projects: Projects) -> None:
    project = projects.start()
    assert project.jeyn("breaking").stdout == "checked 9 documents: no findings\n"
    answer = project.json("breaking")
    assert (answer["schema"], answer["findings"], answer["checked"], answer["bumps"]) == ("jeyn.findings/1", [], 9, [])


def test_uncommitted_edits_are_judged(projects: Projects) -> None:
    project = projects.start()
    project.edit(READINGS, CELSIUS, "")
    answer = project.json("breaking", code=1)
    assert found(answer) == REMOVED
    finding = answer["findings"][0]
    assert (finding["line"], finding["column"], finding["severity"]) == (5, 3, "error")
    assert "step `train` of weekly@1" in finding["message"]
    assert answer["bumps"] == [
        {
            "name": "readings",
            "from": "1.0.0",
            "required": "2.0.0",
            "declared": "1.0.0",
            "kind": "DataCatalog",
            "path": READINGS,
            "required_bump": "major",
        }
    ]
    text = project.jeyn("breaking", code=1).stdout
    assert f"{READINGS}:5:3: error JYN610: feature `celsius`: it is removed" in text
    assert text.endswith("`jeyn bump` writes these versions\n")


def test_a_branch_is_compared_with_where_it_left_the_default_branch(projects: Projects) -> None:
    project = projects.start()
    project.git("switch", "--quiet", "--create", "topic")
    project.edit(READINGS, CELSIUS, "")
    project.commit()
    project.git("switch", "--quiet", "main")
    project.edit("catalogs/guesses.yaml", "float32", "float64")
    project.commit("of others")
    project.git("switch", "--quiet", "topic")
    assert found(project.json("breaking", code=1)) == REMOVED
    project.git("switch", "--quiet", "main")
    assert found(project.json("breaking")) == []
    assert len(found(project.json("breaking", "--against", "HEAD~1", code=1))) == 1


def test_a_file_may_have_another_name(projects: Projects) -> None:
    project = projects.start()
    project.git("mv", READINGS, "catalogs/moved.yml")
    assert found(project.json("breaking", "--all")) == []
    project.edit("catalogs/moved.yml", CELSIUS, "")
    assert found(project.json("breaking", code=1)) == [("catalogs/moved.yml", *REMOVED[0][1:])]


def test_a_project_below_the_top_of_its_repository(projects: Projects) -> None:
    project = projects.start("services/readings")
    shutil.copytree(project.root / "catalogs", project.top / "catalogs")
    project.edit(READINGS, CELSIUS, "")
    answer = project.json("breaking", code=1)
    place = f"services/readings/{READINGS}"
    assert found(answer) == [(place, *REMOVED[0][1:])]
    assert [one["path"] for one in answer["bumps"]] == [place]


def test_only_what_changed_is_read(projects: Projects, monkeypatch: pytest.MonkeyPatch) -> None:
    project = projects.start()
    project.edit(READINGS, CELSIUS, "")
    read: list[str] = []

    def noted(path: str, text: str, findings: list[Finding]) -> Document:
        read.append(path)
        return read_document(path, text, findings)

    monkeypatch.setattr(revision, "read_document", noted)
    documents, _ = read_documents(project.root)
    old = revision.documents_at(project.root, tuple(documents), "HEAD")
    assert read == [READINGS]
    assert len(old.documents) == 9
    assert list(old.held) == [READINGS]


def test_what_could_not_be_read_before_is_no_mistake_of_this_change(projects: Projects) -> None:
    project = projects.start()
    whole = (project.root / READINGS).read_text()
    (project.root / READINGS).write_bytes(b"kind: \xff")
    (project.root / "catalogs/.hidden.yaml").write_text("kind: [")
    project.commit()
    (project.root / READINGS).write_text(whole.replace(CELSIUS, ""))
    assert found(project.json("breaking", "--against", "HEAD")) == []


def test_what_cannot_be_read_now_cannot_be_judged(projects: Projects) -> None:
    project = projects.start()
    project.edit(READINGS, "float32", "float23")
    assert "JYN111" in project.jeyn("breaking", code=1).stdout
    answer = project.json("breaking", code=1)
    assert ("JYN111", "none", False) in {(row[1], row[3], row[4]) for row in found(answer)}
    assert answer["bumps"] == []


def test_what_is_covered_is_shown_on_demand_and_warnings_can_be_errors(projects: Projects) -> None:
    project = projects.start()
    project.edit(READINGS, "version: 1.0.0", "version: 1.1.0")
    project.edit(READINGS, CELSIUS, CELSIUS + "  humidity: {dtype: float32, nullable: true}\n")
    assert found(project.json("breaking", "--strict")) == []
    covered = project.json("breaking", "--all")
    assert found(covered) == [(READINGS, "JYN613", "features.humidity", "minor", False)]
    assert [one["severity"] for one in covered["findings"]] == ["warning"]
    project.edit(READINGS, "version: 1.1.0", "version: 1.1.1")
    project.edit(READINGS, "  humidity: {dtype: float32, nullable: true}\n", "")
    assert "JYN603" in project.jeyn("breaking").stdout
    project.jeyn("breaking", "--strict", code=1)


def test_what_is_waived_is_said_and_no_error(projects: Projects) -> None:
    project = projects.start()
    project.edit(READINGS, CELSIUS, "")
    waiver = "waivers:\n  - {code: JYN610, subject: features.celsius, version: 1.0.1, reason: Broken anyway.}\n"
    project.edit(READINGS, "version: 1.0.0\n", "version: 1.0.1\n" + waiver)
    assert found(project.json("breaking", "--strict")) == [(*REMOVED[0][:4], True)]
    assert "waived: Broken anyway." in project.jeyn("breaking").stdout
    project.jeyn("generate")
    assert "Broken" not in "".join(file.read_text() for file in (project.root / "generated").rglob("*.py"))


def test_a_shallow_clone_says_what_it_lacks(projects: Projects) -> None:
    project = projects.start()
    project.git("switch", "--quiet", "--create", "topic")
    project.edit("catalogs/guesses.yaml", "float32", "float64")
    project.commit()
    project.git("switch", "--quiet", "main")
    project.edit(READINGS, CELSIUS, "")
    project.commit()
    shallow = projects.clone(project, "--depth", "1", "--no-single-branch", "--branch", "topic")
    said = shallow.jeyn("breaking", code=2).stderr
    assert "have no commit in common here" in said
    assert "git fetch --unshallow" in said


def test_where_it_cannot_be_asked(projects: Projects) -> None:
    project = projects.start()
    assert "there is no commit 'nowhere'" in project.jeyn("breaking", "--against", "nowhere", code=2).stderr
    project.git("branch", "--move", "main", "trunk")
    assert "no findings" in project.jeyn("breaking").stdout  # the only branch is the default one
    project.git("branch", "other")
    assert "--against REV" in project.jeyn("breaking", code=2).stderr
    shutil.rmtree(project.top / ".git")
    for command in ("breaking", "bump"):
        assert "not a git repository" in project.jeyn(command, code=2).stderr

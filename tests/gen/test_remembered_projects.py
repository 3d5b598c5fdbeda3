"""What is remembered changes nothing but time: the same findings, definitions and files, whatever the memory holds."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from drawn_projects import FUNCTIONS, DrawnProject, projects
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from thorough import many
from unprivileged import permissions

from jeyn_gen.diagnostics.codes import CODES, OF_CHANGES
from jeyn_gen.diagnostics.finding import has_errors
from jeyn_gen.emit.project import project_units
from jeyn_gen.emit.units import Unit
from jeyn_gen.load import documents, held, modules
from jeyn_gen.load.project import Project, load_project
from jeyn_gen.publish import files as published
from jeyn_gen.publish import seen
from jeyn_gen.publish.files import ORPHAN, Drift, drift, publish

Files = dict[str, bytes]
WAIVER = (
    f"waivers:\n- {{code: {min(code for code in CODES if code.startswith(OF_CHANGES))}, subject: s, version: 1.0.0, "
)
WAIVER += 'reason: "because\\nof this"}\n'
CATALOG = "kind: DataCatalog\nname: {name}\nversion: 1.0.0\nfeatures:\n  a: {{dtype: int8}}\n"


def with_comment(text: bytes, _: bytes) -> bytes:
    return text + b"# a comment\n"


def cut(text: bytes, _: bytes) -> bytes:
    return text[: len(text) * 2 // 3]


def as_another(_: bytes, other: bytes) -> bytes:
    return other


def waiving(text: bytes, _: bytes) -> bytes:
    return text.rstrip(b"\n") + b"\n" + WAIVER.encode()


def with_mark(text: bytes, _: bytes) -> bytes:
    return b"\xef\xbb\xbf" + text


def no_text(text: bytes, _: bytes) -> bytes:
    return text + b"\xff"


def gone(_: bytes, __: bytes) -> None:
    return None


def flipped(content: bytes, _: bytes) -> bytes:
    at = len(content) // 2
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :] if content else b"x"


def foreign(content: bytes, _: bytes) -> bytes:
    return b"0" * 129 + content[129:]


def nothing(_: bytes, __: bytes) -> bytes:
    return b""


#: What becomes of a file, given its content and that of another; None removes it.
Edit = Callable[[bytes, bytes], bytes | None]
EDITS: dict[str, tuple[Edit, ...]] = {
    "document": (with_comment, cut, as_another, waiving, with_mark, no_text, gone),
    "function": (with_comment, cut, gone),
    "generated": (with_comment, cut, gone),
    "state": (flipped, foreign, cut, nothing, as_another, gone),
}
EDITED = st.one_of(*(st.tuples(st.just(what), st.sampled_from(EDITS[what])) for what in EDITS))
STEPS = st.lists(st.tuples(EDITED, st.integers(0, 999), st.integers(0, 999)), min_size=1, max_size=5)


def paths(root: Path, state: Path, what: str) -> list[Path]:
    """What an edit of a kind can be of."""
    if what == "document":
        return sorted([*root.glob("catalogs/**/*.yaml"), *root.glob("pipelines/**/*.yaml")])
    if what == "function":
        return [path for path in [root / FUNCTIONS] if path.exists()]
    if what == "generated":
        return sorted(root.glob("generated/**/*.py"))
    return sorted(path for path in state.glob("*") if path.name != ".gitignore")


def edit_file(edit: Edit, path: Path, other: Path) -> None:
    """Edit a file as an editor does: another content, or none."""
    content = edit(path.read_bytes(), other.read_bytes())
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)


def looked_at(root: Path, state: Path | None) -> tuple[Project, list[Unit], list[Drift]]:
    project = load_project(root, state)
    units = (
        [] if has_errors(project.findings) else project_units(project.definitions, project.plans, forms=project.forms)
    )
    return project, units, drift(root, units, state) if units else []


def check_the_same(root: Path, state: Path) -> None:
    """With what is remembered, twice, and without."""
    plain, units, differing = looked_at(root, None)
    for _ in range(2):
        project, its_units, its_differing = looked_at(root, state)
        assert project.findings == plain.findings
        assert said(project) == said(plain)
        assert {**project.plans} == plain.plans
        assert its_differing == differing
        assert [(unit.path, unit.inputs_digest) for unit in its_units] == [
            (unit.path, unit.inputs_digest) for unit in units
        ]
    assert [unit.text() for unit in its_units] == [unit.text() for unit in units]


def said(project: Project) -> list[Any]:
    return [(one.path, one.text, one.definition, one.claims, one.waivers) for one in project.documents]


@settings(
    max_examples=many(12, 500),
    deadline=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.filter_too_much,
        HealthCheck.function_scoped_fixture,  # each example clears its folder
    ],
)
@given(project=projects(), steps=STEPS)
def test_nothing_but_time_depends_on_it(
    project: DrawnProject,
    steps: list[tuple[tuple[str, Edit], int, int]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(seen, "_TICK", 0)  # every edit here changes the size
    root, state = tmp_path / "project", tmp_path / "state"
    for folder in (root, state):
        shutil.rmtree(folder, ignore_errors=True)
    for path, text in project.files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8", newline="")
    publish(root, looked_at(root, state)[1], state)
    check_the_same(root, state)
    for (what, edit), number, another in steps:
        if there := paths(root, state, what):
            event(f"{what} {edit.__name__}")
            edit_file(edit, there[number % len(there)], there[another % len(there)])
            check_the_same(root, state)
    units = looked_at(root, state)[1]
    for one in drift(root, units):  # what lost its header to an edit, and is not wanted any more, is nobody's
        if one.state == ORPHAN and not one.made_by:
            (root / one.path).unlink()
    publish(root, units, state)
    check_the_same(root, state)


@pytest.fixture
def catalogs(write: Callable[[dict[str, str]], Path]) -> Path:
    return write({f"catalogs/{name}.yaml": CATALOG.format(name=name) for name in ("one", "two", "three")})


def refuse(*_: object, **__: object) -> None:
    raise AssertionError("what is remembered is not read again")


def test_what_has_not_changed_is_neither_parsed_nor_made(catalogs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seen, "_TICK", 0)
    state = catalogs / ".jeyn"
    publish(catalogs, looked_at(catalogs, state)[1], state)
    assert looked_at(catalogs, state)[2] == []
    monkeypatch.setattr(documents, "parse", refuse)
    monkeypatch.setattr(held, "decode", refuse)
    monkeypatch.setattr(held, "encode", refuse)
    monkeypatch.setattr(published, "found", refuse)
    assert looked_at(catalogs, state)[2] == []
    (catalogs / "catalogs/two.yaml").write_text(CATALOG.format(name="two").replace("int8", "int16"))
    with pytest.raises(AssertionError, match="not read again"):
        looked_at(catalogs, state)


def test_modules_that_have_not_changed_are_not_parsed(example: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = example / ".jeyn"
    before = load_project(example, state)
    monkeypatch.setattr(modules.ast, "parse", refuse)
    assert load_project(example, state).findings == before.findings == ()
    (example / "pipelines/digits/model.py").write_text("x = 1\n")
    with pytest.raises(AssertionError, match="not read again"):
        load_project(example, state)


def test_a_file_that_was_touched_is_read_again(catalogs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its size and the time of its content are as they were; the time of its last change of any kind tells."""
    monkeypatch.setattr(seen, "_TICK", 0)
    state, file = catalogs / ".jeyn", catalogs / "generated/catalogs/one_v1.py"
    publish(catalogs, looked_at(catalogs, state)[1], state)
    assert looked_at(catalogs, state)[2] == []
    before = file.stat()
    file.write_bytes(file.read_bytes().replace(b"int", b"tin"))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (file.stat().st_size, file.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    assert [one.path for one in looked_at(catalogs, state)[2]] == ["generated/catalogs/one_v1.py"]


def test_what_was_just_written_is_read_again(catalogs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second change within one tick of a coarse clock would leave its times as they are."""
    state = catalogs / ".jeyn"
    publish(catalogs, looked_at(catalogs, state)[1], state)
    looked_at(catalogs, state)
    monkeypatch.setattr(published, "found", refuse)
    with pytest.raises(AssertionError, match="not read again"):
        looked_at(catalogs, state)


def test_a_state_folder_that_cannot_be_written_is_no_error(catalogs: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    check_the_same(catalogs, tmp_path / "file" / "state")
    closed = tmp_path / "closed"
    closed.mkdir()
    with permissions(closed, 0o500):
        check_the_same(catalogs, closed)
    assert list(closed.iterdir()) == []


def test_commands_keep_it_beside_the_project_or_where_they_are_told(
    catalogs: Path, tmp_path: Path, jeyn: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert jeyn(catalogs, "generate").code == 0
    assert {path.name for path in (catalogs / ".jeyn").iterdir()} == {".gitignore", "documents"}
    shutil.rmtree(catalogs / ".jeyn")
    monkeypatch.setenv("JEYN_STATE", str(tmp_path / "elsewhere"))
    assert jeyn(catalogs, "lint").code == 0
    assert (tmp_path / "elsewhere/documents").exists()
    assert not (catalogs / ".jeyn").exists()

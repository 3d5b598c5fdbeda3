"""`jeyn generate`: what it writes, removes, refuses and says."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from unprivileged import permissions

import jeyn
from jeyn.errors import AskError
from jeyn.version import VERSION
from jeyn_gen.emit.project import project_units
from jeyn_gen.emit.units import Unit
from jeyn_gen.load.project import load_project
from jeyn_gen.publish.files import drift, publish

Write = Callable[[Mapping[str, str | bytes]], Path]
CATALOG = "kind: DataCatalog\nname: {name}\nversion: 1.0.0\nfeatures:\n  a: {{dtype: int8}}\n"
ONE, TWO = "generated/catalogs/one_v1.py", "generated/catalogs/two_v1.py"


@pytest.fixture
def two_catalogs(write: Write) -> Path:
    return write({f"catalogs/{name}.yaml": CATALOG.format(name=name) for name in ("one", "two")})


@pytest.fixture
def generated(two_catalogs: Path, jeyn: Any) -> Path:
    """The two catalogs, and what is generated of them."""
    assert jeyn(two_catalogs, "generate").code == 0
    return two_catalogs


def tree(root: Path) -> dict[str, tuple[bytes, int]]:
    """Content and time of each file, but for what Jeyn keeps for itself."""
    return {
        path.relative_to(root).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".jeyn" not in path.parts
    }


def test_it_says_what_it_wrote(two_catalogs: Path, jeyn: Any) -> None:
    init = ["generated/__init__.py", "generated/catalogs/__init__.py"]
    ran = jeyn(two_catalogs, "generate")
    assert ran.out.splitlines() == [f"written: {path}" for path in [*init, ONE, TWO]]
    assert (ran.code, ran.err) == (0, "")
    assert jeyn(two_catalogs, "generate").out == "4 files are up to date\n"


def test_what_is_up_to_date_is_not_touched(generated: Path, jeyn: Any) -> None:
    before = tree(generated)
    assert jeyn(generated, "generate").code == 0
    assert jeyn(generated, "generate", "--check").out == "4 files are up to date\n"
    assert tree(generated) == before


def test_check_says_how_files_differ_and_writes_nothing(generated: Path, jeyn: Any) -> None:
    (generated / ONE).unlink()
    (generated / TWO).write_text((generated / TWO).read_text() + "import os\n")
    (generated / "generated/use_cases").mkdir()
    (generated / "generated/use_cases/gone_v1.py").write_text("")
    before = tree(generated)
    ran = jeyn(generated, "generate", "--check")
    assert ran.code == 1
    assert ran.out.splitlines() == [
        f"missing: {ONE}",
        f"changed: {TWO}",
        "orphan: generated/use_cases/gone_v1.py",
        "run `jeyn generate` and commit the result",
    ]
    assert json.loads(jeyn(generated, "generate", "--check", "--format", "json").out) == {
        "schema": "jeyn.drift/1",
        "files": [
            {"path": ONE, "state": "missing", "made_by": None},
            {"path": TWO, "state": "changed", "made_by": VERSION},
            {"path": "generated/use_cases/gone_v1.py", "state": "orphan", "made_by": None},
        ],
    }
    assert tree(generated) == before


def test_json_of_what_was_written(two_catalogs: Path, jeyn: Any) -> None:
    ran = jeyn(two_catalogs, "generate", "--format", "json")
    assert ran.code == 0
    assert {one["state"] for one in json.loads(ran.out)["files"]} == {"missing"}
    assert json.loads(jeyn(two_catalogs, "generate", "--format", "json").out)["files"] == []


@pytest.mark.parametrize(
    "edit",
    [
        lambda text: text + "\n",
        lambda text: text + "x = 1\n",
        lambda text: text[:-1],
        lambda text: text.replace("int8", "int16"),
        lambda text: text.replace("inputs ", "inputs 0"),
        lambda text: text.replace("body ", "body 0"),
        lambda text: text.replace("# Generated", "# generated"),
        lambda text: text.replace("\n", "\r\n", 3),
        lambda text: text.replace("\n", "\r"),
        lambda text: "\ufeff" + text,
        lambda text: "",
        lambda text: "\n".join(text.split("\n")[:1]),
        lambda text: text[: len(text) // 2],
        lambda text: text.replace("body ", "body 0", 1)[:-40],
    ],
)
def test_a_file_that_was_edited_by_hand_is_found_and_made_again(generated: Path, jeyn: Any, edit: Any) -> None:
    good = (generated / ONE).read_bytes()
    (generated / ONE).write_bytes(edit(good.decode()).encode())
    assert jeyn(generated, "generate", "--check").out.splitlines()[0] == f"changed: {ONE}"
    assert jeyn(generated, "generate").out == f"rewritten: {ONE}\n"
    assert (generated / ONE).read_bytes() == good


def test_bytes_that_are_no_text_are_a_change(generated: Path, jeyn: Any) -> None:
    (generated / ONE).write_bytes(b"\xff\xfe")
    assert jeyn(generated, "generate").out == f"rewritten: {ONE}\n"


def test_orphans_are_removed_and_their_empty_folders_too(generated: Path, jeyn: Any) -> None:
    (generated / "generated/catalogs/__pycache__").mkdir()
    (generated / "generated/catalogs/__pycache__/one_v1.cpython-311.pyc").write_bytes(b"")
    for path in (generated / "catalogs").iterdir():
        path.unlink()
    ran = jeyn(generated, "generate")
    assert ran.out.splitlines() == [
        "removed: generated/__init__.py",
        "removed: generated/catalogs/__init__.py",
        f"removed: {ONE}",
        f"removed: {TWO}",
    ]
    assert not (generated / "generated").exists()
    assert (generated / "catalogs").exists()


def test_what_jeyn_did_not_make_is_not_removed(generated: Path, jeyn: Any) -> None:
    (generated / "generated/notes.md").write_text("mine\n")
    (generated / "generated/api").mkdir()
    (generated / "generated/api/client.ts").write_text("// Generated by another tool\n")
    (generated / ONE).unlink()
    before = tree(generated)
    ran = jeyn(generated, "generate")
    assert (ran.code, ran.out) == (2, "")
    assert "generated/api/client.ts and 1 more was not generated" in ran.err
    assert tree(generated) == before


def test_an_orphan_with_a_conflict_in_it_is_one_still(generated: Path, jeyn: Any) -> None:
    text = (generated / ONE).read_text()
    (generated / "generated/catalogs/gone_v1.py").write_text(f"<<<<<<< HEAD\n{text}=======\n>>>>>>> other\n")
    assert jeyn(generated, "generate").out == "removed: generated/catalogs/gone_v1.py\n"


def test_a_folder_with_something_else_in_it_stays(generated: Path, jeyn: Any) -> None:
    (generated / "generated/catalogs/.keep").touch()
    for path in (generated / "catalogs").iterdir():
        path.unlink()
    assert jeyn(generated, "generate").code == 0
    assert tree(generated).keys() == {"generated/catalogs/.keep", "pyproject.toml"}


def test_nothing_is_written_where_lint_has_errors(generated: Path, jeyn: Any) -> None:
    (generated / "catalogs/one.yaml").write_text(CATALOG.format(name="one").replace("int8", "int16"))
    (generated / "catalogs/two.yaml").write_text(CATALOG.format(name="two").replace("int8", "int"))
    before = tree(generated)
    for words in (["generate"], ["generate", "--check"], ["generate", "--format", "json"]):
        ran = jeyn(generated, *words)
        assert (ran.code, ran.out) == (1, "")
        assert "catalogs/two.yaml:5:14: error JYN111" in ran.err
    assert tree(generated) == before


def test_a_change_of_wording_is_a_change_of_what_is_generated(generated: Path, jeyn: Any) -> None:
    document = generated / "catalogs/one.yaml"
    document.write_text(document.read_text() + "description: The first.\n")
    assert jeyn(generated, "generate", "--check").out.startswith(f"changed: {ONE}\n")
    document.write_text(CATALOG.format(name="one") + "# a comment\n")
    assert jeyn(generated, "generate", "--check").code == 0


def units_of(root: Path) -> list[Unit]:
    project = load_project(root)
    return project_units(project.definitions, project.plans)


def test_a_render_that_fails_writes_nothing(two_catalogs: Path) -> None:
    def fail() -> str:
        raise RuntimeError("cannot be rendered")

    units = units_of(two_catalogs)
    before = tree(two_catalogs)
    with pytest.raises(RuntimeError, match="cannot be rendered"):
        publish(two_catalogs, [*units[:-1], replace(units[-1], body=fail)])
    assert tree(two_catalogs) == before


def test_a_write_that_fails_leaves_each_file_as_it_was_or_as_it_will_be(
    generated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tree(generated)
    for path in (ONE, TWO):
        (generated / path).write_text("old")

    def fail(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device", str(self), None, str(target))

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", fail)
        with pytest.raises(AskError, match=r"one_v1.py cannot be written: No space left on device"):
            publish(generated, units_of(generated))
    assert {path: content for path, (content, _) in tree(generated).items()} == {
        path: b"old" if path in (ONE, TWO) else content for path, (content, _) in before.items()
    }


def test_what_stands_in_the_way_is_told(two_catalogs: Path, jeyn: Any) -> None:
    (two_catalogs / "generated").write_text("mine")
    assert jeyn(two_catalogs, "generate", "--check").code == 1
    ran = jeyn(two_catalogs, "generate")
    assert ran.code == 2
    assert "cannot be written" in ran.err
    assert (two_catalogs / "generated").read_text() == "mine"
    (two_catalogs / "generated").unlink()
    (two_catalogs / ONE).mkdir(parents=True)
    assert f"changed: {ONE}" in jeyn(two_catalogs, "generate", "--check").out
    assert jeyn(two_catalogs, "generate").code == 2


def test_files_have_the_permissions_of_files(generated: Path) -> None:
    assert (generated / ONE).stat().st_mode & 0o777 == 0o644


def test_other_emitters_make_other_files(generated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from jeyn_gen.emit import units

    monkeypatch.setattr(units, "_emitters", lambda: f"sha256:{'0' * 64}")
    found = drift(generated, units_of(generated))
    assert {(one.state, one.made_by, one.is_only_remade) for one in found} == {("changed", VERSION, True)}


def of_another(text: str, version: str) -> str:
    """A generated file as another version of Jeyn would have made it."""
    assert f"# jeyn {VERSION}+" in text
    return text.replace(f"# jeyn {VERSION}+", f"# jeyn {version}+")


def test_another_jeyn_made_them(generated: Path, jeyn: Any) -> None:
    before = tree(generated)
    for path in (ONE, "generated/__init__.py"):
        (generated / path).write_text(of_another((generated / path).read_text(), "0.0.9"))
    (generated / TWO).write_text(of_another((generated / TWO).read_text(), "99.0.0") + "x = 1\n")
    ran = jeyn(generated, "generate", "--check")
    changed = ["generated/__init__.py", ONE, TWO]
    said = [
        f"2 files are made by Jeyn 0.0.9; this is Jeyn {VERSION}",
        "2 files are made anew for no other reason",
        f"1 file is made by Jeyn 99.0.0; this is Jeyn {VERSION}",
        "Jeyn 99.0.0 is newer: `pip install 'jeyn[gen]==99.0.0'` leaves them as they are",
    ]
    assert ran.out.splitlines() == [
        *(f"changed: {path}" for path in changed),
        *said,
        "run `jeyn generate` and commit the result",
    ]
    files = json.loads(jeyn(generated, "generate", "--check", "--format", "json").out)["files"]
    assert [one["made_by"] for one in files] == ["0.0.9", "0.0.9", "99.0.0"]
    assert jeyn(generated, "generate").out.splitlines() == [*(f"rewritten: {path}" for path in changed), *said]
    assert {path: content for path, (content, _) in tree(generated).items()} == {
        path: content for path, (content, _) in before.items()
    }


def test_an_older_header_tells_its_version(generated: Path, jeyn: Any) -> None:
    text = (generated / ONE).read_text()
    (generated / ONE).write_text(re.sub(r"# jeyn [^,]+,", "# jeyn 0.0.1,", text))
    assert f"1 file is made by Jeyn 0.0.1; this is Jeyn {VERSION}\n" in jeyn(generated, "generate", "--check").out


def test_who_made_a_file_is_unknown_without_a_header(generated: Path, jeyn: Any) -> None:
    (generated / ONE).write_text("x = 1\n")
    (generated / TWO).unlink()
    (generated / "generated/mine.py").write_text("y = 1\n")
    files = json.loads(jeyn(generated, "generate", "--check", "--format", "json").out)["files"]
    assert [one["made_by"] for one in files] == [None, None, None]


def test_a_file_that_may_not_be_read_is_told(generated: Path, jeyn: Any) -> None:
    with permissions(generated / ONE, 0):
        ran = jeyn(generated, "generate", "--check")
    assert (ran.code, "cannot be read" in ran.err) == (2, True)


def run(*words: str, cwd: Path, **environ: str) -> str:
    source = str(Path(jeyn.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, *words],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": source, "PYTHONDONTWRITEBYTECODE": "1", **environ},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_generated_modules_import_nothing_heavy(example: Path) -> None:
    script = (
        "import importlib, pathlib, sys\n"
        "for path in sorted(pathlib.Path('generated').rglob('*_v*.py')):\n"
        "    if 'checks' not in path.parts:\n"
        "        importlib.import_module('.'.join(path.with_suffix('').parts))\n"
        "print(len([name for name in sys.modules if name.startswith('generated.')]))\n"
        "print(sorted({'numpy', 'pyarrow', 'pandas', 'polars', 'sklearn', 'git', 'sqlite3', 'yaml', 'jeyn_gen', 'pipelines'} & set(sys.modules) - ({'sqlite3'} if 'coverage' in sys.modules else set())))\n"
    )
    imported, heavy = run("-W", "error", "-c", script, cwd=example).splitlines()
    assert int(imported) > 10
    assert heavy == "[]"


def test_generated_code_of_the_example_is_committed_fresh(jeyn: Any) -> None:
    assert jeyn(Path(__file__).parents[2], "generate", "--check").code == 0

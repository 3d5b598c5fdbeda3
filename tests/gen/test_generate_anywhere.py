"""The same documents give the same bytes: wherever, whenever, by whomever, in whatever order they are met."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import jeyn

EVERYTHING = Path(__file__).parent / "everything"
ONE = "generated/catalogs/numbers_v1.py"

#: Folders tell their files backwards, as another file system would.
BACKWARDS = """
import os

_scandir, _listdir = os.scandir, os.listdir

class Backwards:
    def __init__(self, path="."):
        with _scandir(path) as found:
            self._found = iter(sorted(found, key=lambda entry: entry.name, reverse=True))
    def __iter__(self): return self
    def __next__(self): return next(self._found)
    def __enter__(self): return self
    def __exit__(self, *_): pass
    def close(self): pass

os.scandir = Backwards
os.listdir = lambda path=".": sorted(_listdir(path), reverse=True)
"""
#: The parts of the work are given to several processes, however few there are.
SIDE_BY_SIDE = """
import sys
from jeyn.cli.main import main
from jeyn_gen.load import side_by_side
side_by_side._WORTH_A_PROCESS = 3
side_by_side.os.cpu_count = lambda: 3
sys.exit(main(sys.argv[1:]))
"""


def everything_at(root: Path) -> Path:
    shutil.copytree(EVERYTHING, root, ignore=shutil.ignore_patterns("expected", "__pycache__"))
    return root


def generated(root: Path) -> dict[str, bytes]:
    files = (path for path in sorted((root / "generated").rglob("*")) if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files if "__pycache__" not in path.parts}


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What is generated of the project that uses everything, in this process."""
    from jeyn.cli.main import main

    root = everything_at(tmp_path_factory.mktemp("expected") / "project")
    assert main(["-C", str(root), "generate"]) == 0
    made = generated(root)
    assert len(made) == 32
    return made


def python(*words: str, cwd: Path, **environ: str) -> str:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "TZ"))}
    done = subprocess.run(
        [sys.executable, *words],
        cwd=cwd,
        env={**inherited, "PYTHONPATH": str(Path(jeyn.__file__).parents[1]), "PYTHONDONTWRITEBYTECODE": "1", **environ},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_in_its_folder_by_another_clock_and_locale(tmp_path: Path, expected: dict[str, bytes]) -> None:
    root = everything_at(tmp_path / "at")
    python("-m", "jeyn", "generate", cwd=root / "pipelines", PYTHONHASHSEED="0", LC_ALL="C", TZ="America/St_Johns")
    assert generated(root) == expected


def test_from_elsewhere_without_assertions(tmp_path: Path, expected: dict[str, bytes]) -> None:
    root = everything_at(tmp_path / "mit Leerzeichen und ümlaut")
    words = ("-O", "-m", "jeyn", "-C", str(root / "catalogs"), "generate")
    python(*words, cwd=tmp_path, PYTHONHASHSEED="1", LC_ALL="tr_TR.UTF-8", TZ="Asia/Kolkata", PYTHONUTF8="0")
    assert generated(root) == expected


def test_by_a_path_that_is_a_link_in_development_mode(tmp_path: Path, expected: dict[str, bytes]) -> None:
    root = everything_at(tmp_path / "at")
    (tmp_path / "link").symlink_to(root)
    words = ("-X", "dev", "-W", "error", "-m", "jeyn", "-C", "link", "generate")
    python(*words, cwd=tmp_path, PYTHONHASHSEED="4242", LC_ALL="C.UTF-8", TZ="Pacific/Kiritimati", PYTHONUTF8="1")
    assert generated(root) == expected


def test_where_folders_tell_their_files_backwards(tmp_path: Path, expected: dict[str, bytes]) -> None:
    root = everything_at(tmp_path / "at")
    (tmp_path / "site").mkdir()
    (tmp_path / "site/sitecustomize.py").write_text(BACKWARDS)
    paths = os.pathsep.join([str(tmp_path / "site"), str(Path(jeyn.__file__).parents[1])])
    script = "import os; print([entry.name for entry in os.scandir('catalogs')])"
    assert "numbers.yaml" in python("-c", script, cwd=root, PYTHONPATH=paths).split("customers")[0]
    python("-m", "jeyn", "generate", cwd=root, PYTHONPATH=paths)
    assert generated(root) == expected


def test_by_several_processes(tmp_path: Path, expected: dict[str, bytes]) -> None:
    root = everything_at(tmp_path / "at")
    python("-c", SIDE_BY_SIDE, "generate", cwd=root)
    assert generated(root) == expected


def test_from_documents_of_windows(tmp_path: Path, jeyn: Any, expected: dict[str, bytes]) -> None:
    root = everything_at(tmp_path / "at")
    for path in [*root.glob("catalogs/*.y*ml"), *root.glob("pipelines/*.y*ml")]:
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    for path in root.glob("functions/*.py"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert jeyn(root, "generate").code == 0
    assert generated(root) == expected


def test_from_documents_in_other_files_written_in_another_order(
    tmp_path: Path, jeyn: Any, expected: dict[str, bytes]
) -> None:
    root = everything_at(tmp_path / "at")
    files = {path: path.read_bytes() for path in [*root.glob("catalogs/*.y*ml"), *root.glob("pipelines/*.y*ml")]}
    for path in files:
        path.unlink()
    for number, content in enumerate(reversed(files.values())):
        place = root / ("pipelines", "catalogs")[number % 2] / f"z/{99 - number}"
        place.parent.mkdir(exist_ok=True)
        place.with_suffix(".yaml").write_bytes(content)
    assert jeyn(root, "generate").code == 0
    assert generated(root) == expected


@pytest.mark.parametrize("mask", [0o077, 0o000])
def test_whatever_the_mask_of_permissions_is(tmp_path: Path, jeyn: Any, expected: dict[str, bytes], mask: int) -> None:
    root = everything_at(tmp_path / "at")
    before = os.umask(mask)
    try:
        assert jeyn(root, "generate").code == 0
    finally:
        os.umask(before)
    assert generated(root) == expected
    assert {path.stat().st_mode & 0o777 for path in (root / "generated").rglob("*.py")} == {0o644}


def test_cold_warm_and_from_any_part_of_it(tmp_path: Path, jeyn: Any, expected: dict[str, bytes]) -> None:
    root = everything_at(tmp_path / "at")
    assert jeyn(root, "generate").code == 0
    for number, path in enumerate(expected):
        if number % 2:
            (root / path).unlink()
        elif number % 3:
            (root / path).write_bytes(expected[path][: len(expected[path]) // 2])
    assert jeyn(root, "generate").code == 0
    assert generated(root) == expected
    shutil.rmtree(root / "generated")
    assert jeyn(root, "generate").code == 0
    assert generated(root) == expected


Git = Callable[..., str]


@pytest.fixture
def git(tmp_path: Path) -> Git:
    """Runs git, with a home of its own."""
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "GIT_CONFIG_NOSYSTEM": "1"}
    environ |= {
        f"GIT_{who}_{what}": "tester@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
    }

    def run(folder: Path, *words: str) -> str:
        return subprocess.run(
            ["git", *words], cwd=folder, env=environ, capture_output=True, text=True, check=True
        ).stdout  # fmt: skip

    return run


@pytest.fixture
def committed(tmp_path: Path, git: Git, expected: dict[str, bytes]) -> Path:
    """The project and what is generated of it, committed."""
    root = everything_at(tmp_path / "origin")
    for path, content in expected.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    git(root, "init", "--quiet", "--initial-branch", "main")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "start")
    return root


def test_a_fresh_clone_is_checked_without_making_anything_anew(committed: Path, tmp_path: Path, git: Git) -> None:
    git(tmp_path, "clone", "--quiet", str(committed), "clone")
    script = (
        "import sys\nfrom jeyn.cli.main import main\ncode = main(['generate', '--check'])\n"
        "assert not {'datamodel_code_generator', 'jinja2'} & {*sys.modules}\n"
        "sys.exit(code)"
    )
    assert python("-c", script, cwd=tmp_path / "clone").endswith("files are up to date\n")


def test_a_clone_with_ends_of_line_of_windows_is_up_to_date(
    committed: Path, tmp_path: Path, git: Git, jeyn: Any
) -> None:
    git(tmp_path, "clone", "--quiet", "--config", "core.autocrlf=true", str(committed), "clone")
    clone = tmp_path / "clone"
    assert b"\r\n" in (clone / ONE).read_bytes()
    before = generated(clone)
    assert jeyn(clone, "generate", "--check").code == 0
    assert jeyn(clone, "generate").out.endswith("files are up to date\n")
    assert generated(clone) == before
    (clone / ONE).write_bytes((clone / ONE).read_bytes() + b"x = 1\r\n")
    files = json.loads(jeyn(clone, "generate", "--check", "--format", "json").out)["files"]
    assert [one["path"] for one in files] == [ONE]
    assert jeyn(clone, "generate").code == 0
    git(clone, "add", "--all")
    assert git(clone, "status", "--porcelain") == ""

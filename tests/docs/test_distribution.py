"""What `pip install jeyn` brings."""

from __future__ import annotations

import subprocess
import sys
import zipfile


def test_the_wheel_holds_the_two_packages_and_nothing_else(repository, tmp_path):
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(command, cwd=repository, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        entry_points = archive.read(next(name for name in names if name.endswith("entry_points.txt"))).decode()
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"jeyn", "jeyn_gen"}
    assert {"jeyn/py.typed", "jeyn_gen/py.typed"} <= set(names)
    assert "jeyn = jeyn.cli.start:main" in entry_points
    template = (repository / "jeyn_gen" / "scaffold" / "template").rglob("*")
    assert {path.relative_to(repository).as_posix() for path in template if path.is_file()} <= set(names)
    assert {"jeyn_gen/schemas/Document.json", "jeyn_gen/schemas/DataCatalog.json"} <= set(names)


def test_the_version_stands_in_one_place_and_is_the_packages(repository):
    import tomllib

    from jeyn.version import VERSION

    assert tomllib.loads((repository / "pyproject.toml").read_text())["project"]["version"] == VERSION


def test_committed_files_name_no_index_and_no_home(repository):
    lock = (repository / "requirements.lock").read_text()
    assert "://" not in lock
    assert "--index" not in lock
    assert lock.count("--hash=sha256:") > 500

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from git_work_tree import WorkTree
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jeyn.git.blobs import blob_id
from jeyn.git.repository import Repository

ROOT = Path(__file__).parents[2]


def differs(tree: WorkTree, *paths: str | Path) -> tuple[str, ...]:
    repository = tree.repository
    return repository.differs(repository.blob_ids("HEAD"), [Path(path) for path in paths])


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary() | st.integers(0, 3_000_000).map(bytes), name=st.text("ab \"\\\n\t'é*:?", min_size=1))
@pytest.mark.parametrize(("format_", "digits"), [("sha1", 40), ("sha256", 64)])
def test_a_blob_id_is_what_git_computes(
    started: Callable[..., WorkTree], tmp_path: Path, format_: str, digits: int, data: bytes, name: str
) -> None:
    folder = tmp_path / format_
    tree = None if folder.exists() else started(format_, f"--object-format={format_}")
    place = folder / name
    place.write_bytes(data)
    command = ["git", "hash-object", "--no-filters", "--", name]
    expected = subprocess.run(command, cwd=folder, capture_output=True, check=True).stdout.decode().strip()
    assert blob_id(place, digits=digits) == expected
    assert tree is None or len(expected) == digits


def test_files_as_committed(committed: WorkTree) -> None:
    assert differs(committed, "train.py", committed.top / "package/one.py", "package/../package/two.py") == ()


def test_other_content_missing_files_and_unknown_files(committed: WorkTree, tmp_path: Path) -> None:
    committed.write("train.py", "changed\n")
    committed.write("new.py", "new\n")
    (committed.top / "package/one.py").unlink()
    outside = tmp_path / "outside.py"
    outside.write_text("outside")
    named = ("train.py", "new.py", "package/one.py", "package/two.py", "package", "never.py", outside)
    expected = ("package", "package/one.py", "train.py", "new.py", "never.py", outside.as_posix())
    assert differs(committed, *named) == tuple(sorted(expected))


def test_a_file_that_became_a_folder(committed: WorkTree) -> None:
    (committed.top / "train.py").unlink()
    committed.write("train.py/x", "x")
    assert differs(committed, "train.py") == ("train.py",)


def test_same_size_and_time_hide_nothing(committed: WorkTree) -> None:
    place = committed.top / "train.py"
    before = place.stat()
    place.write_text("print('tra1n')\n")
    os.utime(place, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert differs(committed, "train.py") == ("train.py",)


def test_line_endings_and_filters_are_no_difference(committed: WorkTree) -> None:
    committed.git("config", "core.autocrlf", "true")
    committed.git("config", "filter.upper.clean", "tr a-z A-Z")
    committed.write(".gitattributes", "*.txt filter=upper\n")
    names = ("note.txt", "new\nline.txt", '"quoted".txt', "back\\slash.txt", "grüße.txt", os.fsdecode(b"\xe9.txt"))
    for name in names:
        committed.write(name, "note\n")
    committed.commit()
    committed.write("train.py", "print('train')\r\n")
    assert differs(committed, "train.py", *names) == ()
    for name in names:
        committed.write(name, "note!\n")
    committed.write("train.py", "print('changed')\r\n")
    assert differs(committed, "train.py", *names) == tuple(sorted(["train.py", *names]))


def test_a_link_must_have_its_target_and_the_target_its_content(committed: WorkTree, tmp_path: Path) -> None:
    link = committed.top / "link.py"
    link.symlink_to("train.py")
    (committed.top / "away").symlink_to(tmp_path)
    committed.commit()
    assert differs(committed, "link.py", "away") == ()
    committed.write("train.py", "changed\n")
    assert differs(committed, "link.py") == ("train.py",)
    link.unlink()
    link.symlink_to("package/one.py")
    assert differs(committed, "link.py") == ("link.py",)
    link.unlink()
    link.symlink_to("nowhere")
    assert differs(committed, "link.py") == ("link.py", "nowhere")


def test_a_path_through_a_linked_folder_is_the_file_behind_it(committed: WorkTree, tmp_path: Path) -> None:
    (committed.top / "short").symlink_to("package")
    (tmp_path / "way").symlink_to(committed.top)
    committed.commit()
    assert differs(committed, "short/one.py", tmp_path / "way/train.py") == ()
    ids = committed.repository.blob_ids("HEAD")
    assert Repository(tmp_path / "way").differs(ids, [Path("short/one.py"), committed.top / "train.py"]) == ()
    committed.write("package/one.py", "changed\n")
    assert differs(committed, "short/one.py") == ("package/one.py",)


def test_sha256(started: Callable[..., WorkTree]) -> None:
    tree = started("modern", "--object-format=sha256")
    tree.write("train.py", "print('train')\n")
    tree.commit()
    assert differs(tree, "train.py") == ()
    tree.write("train.py", "changed\n")
    assert differs(tree, "train.py") == ("train.py",)


def test_the_files_of_a_snapshot_do_not_differ_from_it(committed: WorkTree) -> None:
    committed.write("train.py", "changed\n")
    committed.write("new.py", "new\n")
    repository = committed.repository
    ids = repository.blob_ids(repository.snapshot().commit)
    assert repository.differs(ids, [Path("train.py"), Path("new.py"), Path("package/one.py")]) == ()


def test_gitpython_is_not_imported_while_nothing_differs(committed: WorkTree) -> None:
    ids = committed.repository.blob_ids("HEAD")
    code = (
        "import sys; from pathlib import Path; from jeyn.git.repository import Repository\n"
        f"assert Repository(Path({str(committed.top)!r})).differs({ids!r}, map(Path, {list(ids)!r})) == ()\n"
        "assert 'git' not in sys.modules and 'subprocess' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)

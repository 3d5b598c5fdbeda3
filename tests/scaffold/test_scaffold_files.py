"""The table of files, what is filled into them, and the names of projects."""

from __future__ import annotations

import json
import tomllib
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import jeyn_gen.scaffold
from jeyn.errors import AskError
from jeyn.model.names import is_name
from jeyn.version import VERSION
from jeyn_gen.scaffold.editor import SCHEMA
from jeyn_gen.scaffold.files import FILES, FORGES, compatible, fill
from jeyn_gen.scaffold.project_name import derived, project_name

TEMPLATE = Path(jeyn_gen.scaffold.__file__).parent / "template"


def test_every_template_is_in_the_table_once():
    named = [*FILES.values(), *(name for forge in FORGES.values() for name in forge.values())]
    there = (path.relative_to(TEMPLATE) for path in TEMPLATE.rglob("*") if path.is_file())
    assert sorted(named) == sorted(path.as_posix() for path in there if "__pycache__" not in path.parts)


def test_its_files_are_text_as_git_and_editors_want_it(on_github, on_gitlab):
    for path, text in {**on_github, **on_gitlab}.items():
        assert text.endswith("\n"), path
        assert not text.endswith("\n\n"), path
        assert "\r" not in text, path
        assert all(line == line.rstrip() for line in text.splitlines()), path
        assert "@PROJECT@" not in text, path
        assert "@JEYN@" not in text, path
        assert not text.startswith("\ufeff"), path


def test_its_configuration_is_what_tools_can_read(on_github):
    project = tomllib.loads(on_github["pyproject.toml"])
    assert project["project"]["name"] == project["tool"]["jeyn"]["project"] == "churn"
    assert project["project"]["dependencies"] == [f"jeyn[dapr,objects,pandas,sklearn]{compatible(VERSION)}"]
    assert set(project["tool"]["jeyn"]) == {"project"}
    settings = json.loads(on_github[".vscode/settings.json"])
    assert set(settings["yaml.schemas"]) == {f"./{SCHEMA}"}
    json.loads(on_github[".vscode/extensions.json"])
    options = ET.fromstring(on_github[".idea/jsonSchemas.xml"]).iter("option")
    assert {"name": "relativePathToSchema", "value": SCHEMA} in [option.attrib for option in options]


def test_the_environment_that_is_only_shown_is_one(on_github, tmp_path):
    from jeyn.settings import read_settings

    before, start, after = on_github["pyproject.toml"].partition("# [tool.jeyn.environments.production]\n")
    shown, _, rest = after.partition("\n\n")
    lines = [line.removeprefix("# ") for line in (start + shown).splitlines()]
    (tmp_path / "pyproject.toml").write_text(before + "\n".join(lines) + "\n\n" + rest)
    found = read_settings(tmp_path, "production", {})
    assert (found.environment.state_store, found.blobs) == ("ledger", "s3://BUCKET/churn")


def test_only_what_is_plain_is_filled_in():
    assert fill(b'"@PROJECT@": @v5 a@b @x@', {"PROJECT": "churn-2"}) == b'"churn-2": @v5 a@b @x@'
    with pytest.raises(KeyError):
        fill(b"@OTHER@", {"PROJECT": "churn"})
    for text in ('"', "a b", "$x", "a\n", "", "@JEYN@", "${{", "é"):
        with pytest.raises(AssertionError):
            fill(b"@PROJECT@", {"PROJECT": text})


@pytest.mark.parametrize(
    ("version", "range_"), [("0.1.0", ">=0.1.0,<0.2"), ("0.9.3", ">=0.9.3,<0.10"), ("1.0.0", ">=1.0.0,<2")]
)
def test_the_releases_that_fit(version, range_):
    assert compatible(version) == range_


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("churn", "churn"),
        ("Churn Model", "churn-model"),
        ("my.project_v1.2", "my-project-v1-2"),
        ("2030-churn", "2030-churn"),
        ("--x--", "x"),
        ("Größe", "grosse"),
        ("café", "cafe"),
        ("ﬁne", "fine"),
        ("a" * 62 + "-b", "a" * 62),
        ("数据", ""),
        ("...", ""),
        ("", ""),
    ],
)
def test_names_made_of_folders(folder, name):
    assert derived(folder) == name


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_folder_gives_a_name_or_none(folder):
    name = derived(folder)
    assert not name or is_name(name)
    assert derived(name) == name


@settings(deadline=None)
@given(st.text(max_size=70))
def test_what_is_asked_for_is_taken_as_it_is_or_refused(asked):
    if is_name(asked):
        assert project_name(asked, "folder") == asked
    else:
        with pytest.raises(AskError, match="fix: use at most 63"):
            project_name(asked, "folder")

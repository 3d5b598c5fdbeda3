"""The command line's manners: exit codes, streams, shapes, and what a mistake looks like."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import jeyn
import jeyn_gen
from jeyn.cli.main import COMMANDS


@pytest.fixture
def ran(numbers):
    """The sample project after one run."""
    numbers.json("run", "numbers")
    return numbers


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(numbers, command):
    text = numbers.jeyn(command, "--help").stdout
    assert f"example: jeyn {command}" in text


def test_help_lists_all_commands(numbers):
    for text in (numbers.jeyn().stdout, numbers.jeyn("--help").stdout):
        assert all(f"  {command}" in text for command in COMMANDS)
    assert numbers.jeyn("--version").stdout.startswith("jeyn ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["lnit"], "did you mean `jeyn lint`?"),
        (["show", "mean#1"], "nothing is recorded"),
        (["show"], "REF"),
        (["ls", "nonsense"], "is none of its values"),
        (["run", "numbers", "--workers", "0"], "--workers"),
        (["-C", "/", "ls"], "is in no Jeyn project"),
        (["lint", "nowhere"], "there is no nowhere"),
        (["lint", "/"], "outside the project"),
        (["explain", "JYN999"], "there is no code"),
    ],
)
def test_what_cannot_be_asked_exits_with_2_and_says_why(numbers, arguments, message):
    assert message in numbers.jeyn(*arguments, code=2).stderr


def test_dash_c_acts_in_another_folder(ran, tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "jeyn", "-C", str(ran.root / "pipelines"), "ls"],
        cwd=tmp_path,
        env=ran.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "mean#1" in done.stdout


def test_shapes(ran):
    items = ran.json("ls")
    assert items["schema"] == "jeyn.list/1"
    keys = "schema ref kind definition digest blobs commit dirty repository run pipeline step image actor created metadata relationships"
    assert all(set(keys.split()) <= set(item) for item in items["items"])
    assert [item["created"] for item in items["items"]] == sorted((i["created"] for i in items["items"]), reverse=True)
    assert all(item["created"].endswith("Z") for item in items["items"])
    assert {item["kind"] for item in ran.json("ls", "batches")["items"]} == {"batch"}
    assert [item["ref"] for item in ran.json("ls", "checkpoints")["items"]] == ["mean#1"]
    assert [item["ref"] for item in ran.json("ls", "reports")["items"]] == ["fit-report#1"]
    assert [item["name"] for item in ran.json("ls", "catalogs")["items"]] == ["doubles", "numbers", "pairs"]
    assert {item["name"] for item in ran.json("ls", "formulas")["items"]} == {
        "source",
        "doubled",
        "joined",
        "predicted",
    }
    assert [item["name"] for item in ran.json("ls", "use-cases")["items"]] == ["mean"]
    assert [item["name"] for item in ran.json("ls", "pipelines")["items"]] == ["numbers"]
    (run,) = ran.json("ls", "runs")["items"]
    assert (run["schema"], run["status"], run["pipeline"]) == ("jeyn.run/1", "succeeded", "numbers")
    assert len(ran.json("ls", "--limit", "2")["items"]) == 2
    assert ran.json("verify")["schema"] == "jeyn.verification/1"


def test_lineage_in_every_form(ran):
    graph = ran.json("lineage", "predicted#1")
    assert (graph["schema"], graph["root"]) == ("jeyn.lineage/1", "predicted#1")
    assert {node["ref"] for node in graph["nodes"]} == {"predicted#1", "doubled#1", "mean#1", "source#1"}
    commit = ran.git("rev-parse", "HEAD")
    assert all(node["commit"] == commit for node in graph["nodes"])
    assert {"from": "predicted#1", "to": "mean#1", "type": "predicted_with", "commit": commit} in graph["edges"]
    down = ran.json("lineage", "source#1", "--down")
    assert {node["ref"] for node in down["nodes"]} == {
        "source#1",
        "doubled#1",
        "joined#1",
        "predicted#1",
        "mean#1",
        "fit-report#1",
    }
    assert {node["ref"] for node in ran.json("lineage", "predicted#1", "--depth", "1")["nodes"]} == {
        "predicted#1",
        "doubled#1",
        "mean#1",
    }
    text = ran.jeyn("lineage", "predicted#1").stdout
    assert f"trained_on @ {commit[:12]} → doubled#1" in text
    assert "(see above)" in text
    assert "made derived_from" in ran.jeyn("lineage", "source#1", "--down").stdout
    assert ran.jeyn("lineage", "predicted#1", "--format", "dot").stdout.startswith("digraph lineage {")
    assert ran.jeyn("lineage", "predicted#1", "--format", "mermaid").stdout.startswith("flowchart LR")


def test_text_for_people(ran):
    assert ran.jeyn("ls").stdout.splitlines()[0].split() == ["reference", "kind", "digest", "size", "commit", "created"]
    text = ran.jeyn("show", "mean#1").stdout
    assert text.startswith("mean#1  checkpoint of mean@1.0.0\n")
    assert "metric      mean  9.5" in text
    assert "feature     value  max 9.5  min 0.0  nulls 0" in ran.jeyn("show", "source#1").stdout
    assert ran.jeyn("ls", "runs").stdout.count("\n") == 2
    assert ran.jeyn("ls", "formulas").stdout.startswith("name")
    assert "all as recorded" in ran.jeyn("verify").stdout
    assert ran.jeyn("verify", "mean#1").stdout.startswith("1 entries, 2 blobs")
    assert "\x1b[" in ran.jeyn("--color", "always", "run", "numbers").stdout


def test_whoever_stops_reading_is_no_mistake(ran):
    command = f"{sys.executable} -m jeyn ls --format json | head -c 10"
    done = subprocess.run(
        ["sh", "-c", command], cwd=ran.root, env=ran.environment, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""


def test_a_bug_is_told_as_one(ran):
    done = ran.jeyn("show", "mean#1", code=3, PYTHONPATH=str(_broken(ran)) + ":" + ran.environment["PYTHONPATH"])
    assert "this is a bug in Jeyn" in done.stderr
    path = done.stderr.rpartition("details: ")[2].strip()
    assert "RuntimeError: broken on purpose" in Path(path).read_text()
    Path(path).unlink()


def _broken(project):
    """A folder that makes the command fail in a way that nobody foresaw."""
    folder = project.root.parent / "broken"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(
        "import jeyn.cli.show\ndef run(context, options):\n    raise RuntimeError('broken on purpose')\njeyn.cli.show.run = run\n"
    )
    return folder


def test_a_damaged_ledger_is_told_without_a_traceback(ran):
    ledger = ran.root / ".jeyn" / "ledger.db"
    ledger.write_bytes(b"x" * 5000)
    for name in ("ledger.db-wal", "ledger.db-shm"):
        (ran.root / ".jeyn" / name).unlink(missing_ok=True)
    for command in (["ls"], ["show", "mean#1"], ["run", "numbers"]):
        assert "is damaged" in ran.jeyn(*command, code=1).stderr
    assert ran.json("verify", code=1)["problems"]


def test_the_folder_of_the_record_explains_itself_and_is_ignored(ran):
    assert "jeyn verify" in (ran.root / ".jeyn" / "README.md").read_text()
    assert ran.git("status", "--porcelain") == ""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[tool.jeyn]\nproject = 'Not A Name'\n", "is not a name"),
        ("[tool.jeyn]\nnonsense = 1\n", "has no key 'nonsense'"),
        ("[tool.jeyn\n", "is not TOML"),
    ],
)
def test_a_bad_configuration_is_told(numbers, text, message):
    (numbers.root / "pyproject.toml").write_text(text)
    assert message in numbers.jeyn("ls", code=2).stderr


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_what_is_printed_is_utf8_whatever_the_locale(numbers, encoding):
    numbers.edit("pipelines/work.py", "    mean = float(", "    print('größer →')\n    mean = float(")
    locale = {"PYTHONIOENCODING": encoding}
    ran = numbers.jeyn("run", "numbers", **locale)
    assert "→ mean#1" in ran.stdout
    (log,) = (numbers.root / ".jeyn" / "runs").glob("*/fit.log")
    assert log.read_text(encoding="utf-8") == "größer →\n"
    assert "└─" in numbers.jeyn("lineage", "mean#1", **locale).stdout
    (numbers.root / "catalogs" / "größer.yaml").write_text("größer: →\n", encoding="utf-8")
    findings = numbers.json("lint", code=1, **locale)["findings"]
    assert "catalogs/größer.yaml" in {one["path"] for one in findings}


def test_no_file_is_read_as_the_locale_says(numbers):
    homes = [f"{Path(module.__file__).parent}/" for module in (jeyn, jeyn_gen)]
    for arguments in (["generate"], ["lint"], ["run", "numbers"], ["ls"], ["breaking"], ["verify"]):
        told = numbers.jeyn(*arguments, PYTHONWARNDEFAULTENCODING="1").stderr.splitlines()
        logs = (numbers.root / ".jeyn" / "runs").rglob("*.log")
        told += [line for log in logs for line in log.read_text(encoding="utf-8").splitlines()]
        ours = [line for line in told if "EncodingWarning" in line and line.startswith(tuple(homes))]
        assert ours == []

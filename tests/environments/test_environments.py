"""One project in several environments: the same code and digests, whatever the ledger is kept in."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from dapr_stores import DaprStore
from daprd import Daprd

TABLES = """
[tool.jeyn.environments.given]
state_store = "record"
wait = 5

[tool.jeyn.environments.own]
state_store = "ledger"
components = "components"
wait = 5

[tool.jeyn.environments.folder]
ledger = "elsewhere/ledger.db"
blobs = "elsewhere/blobs"
"""
COMPONENT = """
apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {name: ledger}
spec:
  type: state.sqlite
  version: v1
  metadata:
    - {name: connectionString, value: .jeyn/environments/own/ledger.db}
    - {name: keyPrefix, value: none}
"""


@pytest.fixture
def numbers(copy_of: Callable[[str], Any]) -> Any:
    """A project with three environments besides the embedded default."""
    project = copy_of("numbers")
    with (project.root / "pyproject.toml").open("a") as file:
        file.write(TABLES)
    (project.root / "components").mkdir()
    (project.root / "components" / "ledger.yaml").write_text(COMPONENT)
    project.commit("environments")
    return project


def digests(project: Any, environment: str, **extra: str) -> dict[str, str]:
    items = project.json("-e", environment, "ls", **extra)["items"]
    return {item["ref"]: item["digest"] for item in items}


def pipeline(project: Any) -> str:
    return str(project.json("ls", "pipelines")["items"][0]["name"])


def test_a_run_records_the_same_behind_every_store(numbers: Any, dapr_store: DaprStore) -> None:
    name = pipeline(numbers)
    numbers.jeyn("run", name)
    given = dapr_store.daprd.client_environment
    numbers.jeyn("-e", "given", "run", name, **given)
    assert digests(numbers, "given", **given) == digests(numbers, "") != {}
    numbers.jeyn("-e", "given", "verify", **given)
    again = numbers.json("run", name, "--environment", "given", **given)
    assert {step["status"] for step in again["steps"]} == {"reused"}


def test_a_sidecar_of_its_own_is_started_and_ended(numbers: Any, daprd_path: str) -> None:
    name = pipeline(numbers)
    numbers.jeyn("run", name)
    numbers.jeyn("-e", "own", "run", name, JEYN_DAPRD=daprd_path)
    assert digests(numbers, "own", JEYN_DAPRD=daprd_path) == digests(numbers, "") != {}
    assert digests(numbers, "", JEYN_ENVIRONMENT="own", JEYN_DAPRD=daprd_path) == digests(numbers, "")
    assert not daprds_over(numbers.root)


def test_a_fork_of_a_notebook_is_told_rather_than_left_waiting(numbers: Any, daprd_path: str) -> None:
    numbers.jeyn("-e", "own", "run", "numbers", JEYN_DAPRD=daprd_path)
    code = (
        "import jeyn, multiprocessing\n"
        "jeyn.load('doubled#1')\n"
        "from jeyn.session import here\n"
        "from jeyn.project import Project\n"
        "def one(number):\n"
        "    acts = [lambda: jeyn.load('doubled#1'), lambda: here().ledger.keys.get('x'), lambda: Project('.').ledger]\n"
        "    try: acts[number]()\n"
        "    except Exception as error: return str(error)\n"
        "with multiprocessing.get_context('fork').Pool(1) as forks: print(*forks.map(one, range(3)))\n"
    )
    said = numbers.python(code, JEYN_ENVIRONMENT="own", JEYN_DAPRD=daprd_path)
    assert said.count("was forked from one that had used the record on this machine") == 1
    assert said.count("was forked from one that had used a Dapr sidecar") == 2
    assert said.count("spawn") == 3
    state = numbers.root / ".jeyn" / "environments" / "own"
    assert [path.name for path in state.glob("daprd*")] == ["daprd.log"]  # no fork has started another


def test_the_variable_selects_an_environment(numbers: Any) -> None:
    name = pipeline(numbers)
    numbers.jeyn("run", name, JEYN_ENVIRONMENT="folder")
    assert (numbers.root / "elsewhere" / "ledger.db").is_file()
    assert list((numbers.root / "elsewhere" / "blobs" / "sha256").iterdir())
    assert numbers.json("ls")["items"] == []
    assert len(numbers.json("ls", JEYN_ENVIRONMENT="folder")["items"]) == len(digests(numbers, "folder")) > 0


@pytest.mark.parametrize(
    ("table", "message", "fix"),
    [
        ("[tool.jeyn.environments.prod]\nstate_sore = 'x'", "has no key 'state_sore'", "did you mean state_store"),
        ("[tool.jeyn.environments.prod]\nwait = 'long'", "wait = 'long' is not a number", ""),
        ("[tool.jeyn.environments.prod]\nwait = -1", "is not a number of seconds", "above 0"),
        ("[tool.jeyn.environments.prod]\nledger = 'a'\nstate_store = 'b'", "both ledger and state_store", "keep one"),
        ("[tool.jeyn.environments.prod]\ncomponents = 'c'", "components that nothing uses", "name the state_store"),
        ("[tool.jeyn.environments]\nprod = 3", "is not a table", "key = value"),
        ("[tool.jeyn.environments.prood]", "there is no environment 'prod'", "did you mean prood"),
        ("[tool.jeyn.environments.prod]\nstate_store = 'l'", "needs a Dapr sidecar", "DAPR_GRPC_PORT"),
        ("[tool.jeyn.environments.prod]\nstate_store = 'l'\ncomponents = 'no'", "is not there", ""),
    ],
)
def test_what_cannot_be_an_environment_says_why(
    copy_of: Callable[[str], Any], table: str, message: str, fix: str, daprd_path: str
) -> None:
    project = copy_of("numbers")
    with (project.root / "pyproject.toml").open("a") as file:
        file.write(f"\n{table}\n")
    done = project.jeyn("-e", "prod", "ls", code=2, JEYN_DAPRD=daprd_path)
    assert message in done.stderr
    assert fix in done.stderr


@pytest.mark.parametrize(
    ("component", "message"),
    [
        (COMPONENT.replace("    - {name: keyPrefix, value: none}\n", ""), "begin with the id of the app"),
        (COMPONENT.replace("none", "appid"), "begin with the id of the app"),
        (COMPONENT.replace("none", "AppID"), "begin with the id of the app"),
        (COMPONENT.replace("none", "namespace"), "begin with the id of the app"),
        (COMPONENT.replace("none", "'team-{appID}'"), "begin with the id of the app"),
        (COMPONENT.replace("keyPrefix, value: none", "KEYPREFIX, value: appid"), "begin with the id of the app"),
        (COMPONENT.replace("value: none", "envRef: PREFIX"), "is not in the file"),
        (COMPONENT.replace("{name: keyPrefix, value: none}", "keyPrefix"), "not a list of names and values"),
        (COMPONENT.replace("metadata: {name: ledger}", "metadata: [ledger]"), "is not a mapping"),
        (COMPONENT.partition("spec:")[0] + "spec: none", "is not a mapping"),
        (COMPONENT.replace("name: ledger", "name: other"), "no component in"),
        (COMPONENT.replace("state.sqlite", "pubsub.in-memory"), "not a state store"),
        (COMPONENT.replace("state.sqlite", "state.nothing"), "could not start"),
        (COMPONENT.replace(".jeyn/", "no/such/folder/"), "could not start"),
        ("kind: [", "is not YAML"),
    ],
)
def test_components_that_would_break_the_record_are_refused(
    numbers: Any, daprd_path: str, component: str, message: str
) -> None:
    (numbers.root / "components" / "ledger.yaml").write_text(component)
    done = numbers.jeyn("-e", "own", "ls", code=2, JEYN_DAPRD=daprd_path)
    assert message in done.stderr
    assert not daprds_over(numbers.root)


@pytest.mark.parametrize("prefix", ["keyprefix, value: none", "keyPrefix, value: None", "keyPrefix, value: jeyn"])
def test_components_whose_keys_all_apps_share_are_admitted(numbers: Any, daprd_path: str, prefix: str) -> None:
    component = COMPONENT.replace("keyPrefix, value: none", prefix)
    (numbers.root / "components" / "ledger.yaml").write_text(component)
    assert numbers.json("-e", "own", "ls", JEYN_DAPRD=daprd_path)["items"] == []


def test_what_was_away_is_told_where_time_ends_while_daprd_starts_again(
    numbers: Any, daprd_path: str, tmp_path: Path
) -> None:
    import component_files

    nobody = "host=127.0.0.1 port=1 user=nobody database=none connect_timeout=1"
    component_files.write([component_files.state_postgresql("ledger", nobody, "v2")], numbers.root / "components")
    slow = tmp_path / "daprd"
    slow.write_text(f'#!/bin/sh\n[ -e "$0.was" ] && exec sleep 60\n: > "$0.was"\nexec "{daprd_path}" "$@"\n')
    slow.chmod(0o755)
    settings = numbers.root / "pyproject.toml"
    own, wait = 'state_store = "ledger"\ncomponents = "components"\n', "wait = {}"
    settings.write_text(settings.read_text().replace(own + wait.format(5), own + wait.format(2)))
    done = numbers.jeyn("-e", "own", "ls", code=4, JEYN_DAPRD=str(slow))
    assert slow.with_name("daprd.was").exists()
    assert "for ledger (state.postgresql/v2)" in done.stderr
    assert "connection refused" in done.stderr


def test_dapr_run_as_its_users_know_it(numbers: Any, start_daprd: Callable[..., Daprd]) -> None:
    """What `dapr run -- jeyn run …` sets is all that is needed; a token is sent, a wrong one is told."""
    import component_files

    daprd = start_daprd(component_files.state_in_memory("record"), token="let-me-in")
    given = daprd.client_environment
    numbers.jeyn("-e", "given", "ls", **given)
    done = numbers.jeyn("-e", "given", "ls", code=2, **{**given, "DAPR_API_TOKEN": "wrong"})
    assert "DAPR_API_TOKEN" in done.stderr
    assert "wrong" not in done.stderr


def daprds_over(folder: Path) -> list[str]:
    """Command lines of the daprds that use a folder's components (proc(5))."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            line = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
            if "daprd" in line and str(folder) in line:
                found.append(line)
    return found


def test_what_is_promoted_is_compared_with_the_ledger(numbers: Any) -> None:
    numbers.jeyn("-e", "folder", "run", pipeline(numbers))
    made = numbers.json("-e", "folder", "ls", "checkpoints")["items"][0]
    document = numbers.root / "catalogs/mean.yaml"
    text = document.read_text()

    def promote(checkpoint: str, digest: str) -> None:
        document.write_text(f"{text}promoted:\n  production: {{checkpoint: {checkpoint}, digest: '{digest}'}}\n")

    promote(made["ref"], made["digest"])
    numbers.jeyn("-e", "folder", "lint", "--strict")
    other = f"sha256:{'0' * 64}"
    for checkpoint, key, why in ((made["ref"], "digest", made["digest"]), ("mean#77", "checkpoint", "is not there")):
        promote(checkpoint, other)
        numbers.jeyn("lint", "--strict")  # without -e it is offline
        (found,) = numbers.json("-e", "folder", "lint", code=1)["findings"]
        line = document.read_text().splitlines()[found["line"] - 1]
        assert (found["code"], found["path"]) == ("JYN812", "catalogs/mean.yaml")
        assert line[found["column"] - 1 :].lstrip("'").startswith(other if key == "digest" else checkpoint)
        assert why in found["message"]
    numbers.edit("pyproject.toml", "[tool.jeyn.environments.folder]\n", '[tool.jeyn.environments.folder]\nwait = "x"\n')
    (found,) = numbers.json("-e", "folder", "lint", code=1)["findings"]
    assert (found["code"], found["path"]) == ("JYN801", "pyproject.toml")
    for command in ("lint", "generate"):
        assert "did you mean folder?" in numbers.jeyn("-e", "foldr", command, code=2).stderr


def test_what_was_seen_last_is_listed_without_the_ledger(numbers: Any, dapr_stores: Any) -> None:
    store = dapr_stores.empty("sqlite")
    given = store.daprd.client_environment
    numbers.jeyn("-e", "given", "run", pipeline(numbers), **given)
    listed = numbers.json("-e", "given", "ls", **given)
    away = {**given, "DAPR_GRPC_PORT": "1"}
    done = numbers.jeyn("-e", "given", "ls", code=4, **away)
    assert "jeyn ls --offline" in done.stderr
    assert numbers.json("-e", "given", "ls", "--offline", **away) == listed
    assert listed["as_of"] in numbers.jeyn("-e", "given", "ls", "runs", "--offline", **away).stderr
    (numbers.root / ".jeyn" / "environments" / "given" / "index.db").unlink()
    assert numbers.json("-e", "given", "ls", "--offline", **away)["items"] == []
    assert numbers.json("-e", "given", "ls", **given)["items"] == listed["items"]

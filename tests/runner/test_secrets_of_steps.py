"""A step's secrets: read when it starts, handed to its function, and written nowhere, whatever the function does."""

from __future__ import annotations

import json
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import component_files
import pytest
from ports import free_port
from processes import LOOPBACK

# With what JSON, Python and URLs escape, and a second one of several lines.
VALUE = 'sk-live-"FortyTwo"\\gehäim/+'
KEY = "-----BEGIN KEY-----\nbm90IGEga2V5IGF0IGFsbA==\n-----END KEY-----\n"
GIVEN = {"OPENAI_API_KEY": VALUE, "SIGNING_KEY": KEY}
#: What may stand nowhere: none of these is changed by any of the ways to escape.
TRACES = [b"sk-live-", b"FortyTwo", b"bm90IGEga2V5"]


@dataclass
class Secretive:
    """The sample project; its step `fit` has two secrets, and does what it is told to with them."""

    project: Any
    said: str = ""

    def does(self, code: str, key: str = "secrets: {api_key: openai/api-key, signing: SIGNING-KEY}") -> None:
        """Let the function begin with this code. `value` and `signing` are its secrets."""
        self.project.git("checkout", "--quiet", ".")
        self.project.edit("pipelines/numbers.yaml", "pipelines.work:fit", f"pipelines.work:fit\n    {key}")
        lines = ["import os, sys, subprocess, signal, logging", *PRELUDE, *code.split("\n")]
        body = "".join(f"    {line}\n" for line in lines)
        self.project.edit("pipelines/work.py", "    mean = float(", f"{body}    mean = float(")

    def run(self, code: int = 0, **environment: str) -> dict[str, Any]:
        """Run it; the step `fit` as the run told of it."""
        done = self.project.jeyn("run", "numbers", "--format", "json", code=code, **{**GIVEN, **environment})
        self.said += done.stdout + done.stderr
        (step,) = [step for step in json.loads(done.stdout)["steps"] if step["name"] == "fit"]
        return step

    def log(self) -> str:
        """What the last try of the step has said."""
        logs = sorted(self.project.root.glob(".jeyn/**/fit.log"), key=lambda path: path.stat().st_mtime)
        return logs[-1].read_text()

    def traces(self) -> list[str]:
        """Where a secret stands: in a file below the project and its home, in an object of git, in what was said."""
        folder = self.project.root.parent
        written = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        written |= {"an object of git": git_objects(self.project.root), "what was said": self.said.encode()}
        return [name for name, content in written.items() for trace in TRACES if trace in content]


PRELUDE = ["value, signing = inputs.secrets.api_key.reveal(), inputs.secrets.signing.reveal()"]


def git_objects(root: Path) -> bytes:
    """The content of every object of the repository, what no commit reaches included."""
    every = ["git", "cat-file", "--batch", "--batch-all-objects"]
    return subprocess.run(every, cwd=root, capture_output=True, check=True).stdout


@pytest.fixture
def secretive(numbers: Any) -> Secretive:
    return Secretive(numbers)


def test_what_looks_for_traces_finds_them(secretive):
    root = secretive.project.root
    assert secretive.traces() == []
    (root / "a").write_text(KEY)
    secretive.project.git("hash-object", "-w", "a")
    (root / "a").write_text(VALUE)
    secretive.said = VALUE
    assert set(secretive.traces()) == {"numbers/a", "an object of git", "what was said"}


SAYS = """\
print(inputs, value)
print(repr([value]), file=sys.stderr)
logging.getLogger("a").error("key %s of %s", value, inputs.secrets.api_key)
print(signing)
for line in signing.splitlines(): print("  |", line)
for byte in f"split {value} here\\n".encode(): os.write(1, bytes([byte]))
subprocess.run(["sh", "-c", 'echo "child $OPENAI_API_KEY"'])
sys.stdout.write("the end")"""
SAID = """\
=Secret(***), signing=Secret(***))) ***
['***']
key *** of ***
***
  | ***
  | ***
  | ***
split *** here
child ***
the end"""


# A step that asks for more threads is not forked, but started anew.
@pytest.mark.parametrize("more", ["", "\n    resources: {cpu: 2}"])
def test_what_a_step_says_is_masked_and_nothing_is_written(secretive, more):
    secretive.does(SAYS, "secrets: {api_key: openai/api-key, signing: SIGNING-KEY}" + more)
    assert secretive.run()["status"] == "ran"
    assert secretive.log().partition("api_key")[2] == SAID
    for command in (("show", "mean#1"), ("show", "fit-report#1"), ("ls", "runs"), ("lineage", "mean#1"), ("verify",)):
        secretive.said += secretive.project.jeyn(*command, "--format", "json").stdout
    assert secretive.traces() == []
    assert secretive.run(OPENAI_API_KEY="another", SIGNING_KEY="another")["status"] == "reused"


FAILS = [
    ("raise KeyError(f'bad key {value}')", "KeyError: 'bad key ***'"),
    ("import urllib.parse as u; raise OSError('https://x/?k=' + u.quote(value, safe=''))", "OSError: https://x/?k=***"),
    ("model_store.save({}, metrics={'accuracy': value})", "the metric 'accuracy' is '***', not a number"),
    ("os.write(2, value.encode()); os.kill(os.getpid(), signal.SIGKILL)", "was ended by signal 9"),
    (
        "model = model_store.save({}, trained_on=inputs.doubles)\n"
        "report = artefact_store.save({'a.json': {}}, describes=model, metadata={'note': f'made with {value}'})\n"
        "return FitOutputs(model=model, report=report)",
        "the output `report` holds the secret `api_key`; it was not recorded",
    ),
    (
        "model = model_store.save({}, trained_on=inputs.doubles, metadata={'key': inputs.secrets.api_key})\n"
        "return FitOutputs(model=model, report=artefact_store.save({'a.json': {}}))",
        "metadata['key'] holds a Secret; it was not recorded",
    ),
]


def test_what_a_failed_step_tells_is_masked(secretive):
    for code, error in FAILS:
        secretive.does(code)
        step = secretive.run(code=1)
        assert (step["status"], error in step["error"]) == ("failed", True), (code, step["error"])
    assert len(secretive.project.json("ls", "runs")["items"]) == len(FAILS)
    recorded = {item["ref"].partition("#")[0] for item in secretive.project.json("ls")["items"]}
    assert recorded == {"source", "doubled", "joined"}
    assert secretive.traces() == []


REFUSED = [
    ("artefact_store.save({'a.json': [value]})", "StepError: the output `report` holds the secret `api_key`"),
    ("artefact_store.save({'a.txt': signing})", "StepError: the output `report` holds the secret `signing`"),
    ("artefact_store.save({'a.bin': b'\\0' + value.encode()})", "StepError: the output `report` holds the secret"),
    ("model_store.save({'key': value})", "StepError: the output `model` holds the secret `api_key`"),
    ("model_store.save({'key': inputs.secrets.api_key})", "SerializerError: no serializer takes a dict"),
    (
        "artefact_store.save({'a.json': inputs.secrets.api_key})",
        "SerializerError: 'a.json' is a jeyn.stores.secret.Secret",
    ),
    ("__import__('copy').deepcopy(inputs)", "TypeError: a Secret is neither pickled nor copied"),
]


def test_what_holds_a_secret_is_not_saved(secretive):
    tries = [f"    lambda: {code},\n" for code, _ in REFUSED]
    secretive.does(
        f"for save in [\n{''.join(tries)}]:\n"
        "    try: save(); print('saved')\n"
        "    except Exception as error: print(f'{type(error).__name__}: {error}'.split('\\n')[0])"
    )
    assert secretive.run()["status"] == "ran"
    for said, (code, expected) in zip(secretive.log().splitlines(), REFUSED, strict=True):
        assert said.startswith(expected), (code, said)
    assert secretive.traces() == []


def test_a_secret_that_is_not_there_fails_the_step_before_it_runs(secretive):
    secretive.does("print('ran')")
    step = secretive.run(code=1, OPENAI_API_KEY="")
    assert step["status"] == "failed"
    assert step["error"].startswith("the secret 'openai/api-key' is not in this process's variables\n")
    assert "export OPENAI_API_KEY=" in step["error"]
    assert not list(secretive.project.root.glob(".jeyn/runs/*/fit.log")) or secretive.log() == ""
    assert secretive.traces() == []


def test_a_step_without_secrets_writes_to_its_log_itself(secretive):
    secretive.project.edit(
        "pipelines/work.py", "    mean = float(", "    import os; print(os.path.basename(os.readlink('/proc/self/fd/1')))\n    mean = float("
    )  # fmt: skip
    assert secretive.run()["status"] == "ran"
    assert secretive.log() == "fit.log\n"


def environment(project: Any, **settings: Any) -> None:
    """Configure the environment `prod`."""
    lines = "".join(f"{name} = {json.dumps(value)}\n" for name, value in settings.items())
    path = project.root / "pyproject.toml"
    path.write_text(f"{path.read_text()}\n[tool.jeyn.environments.prod]\n{lines}")
    project.commit()


def test_a_store_that_does_not_answer_fails_the_step(secretive):
    environment(secretive.project, secrets="vault", wait=0.3)
    secretive.does("")
    step = secretive.run(code=4, JEYN_ENVIRONMENT="prod", DAPR_GRPC_PORT=str(free_port()))
    assert step["status"] == "failed"
    assert "the Dapr sidecar at 127.0.0.1:" in step["error"]
    assert "does not answer" in step["error"]


@pytest.fixture
def vault_and_broker(start_daprd: Any, valkey_server: Any, tmp_path_factory: Any) -> Iterator[Any]:
    """A daprd with the secrets in a file elsewhere, and a broker that keeps the events."""
    file = tmp_path_factory.mktemp("vault") / "secrets.json"
    file.write_text(json.dumps({"openai/api-key": VALUE, "SIGNING-KEY": KEY}))
    broker = component_files.pubsub_redis("broker", valkey_server.port)
    yield start_daprd(component_files.secrets_file("vault", file), broker)
    file.unlink()


def test_secrets_of_a_dapr_store_are_in_no_event(secretive, vault_and_broker, valkey_server):
    environment(secretive.project, secrets="vault", pubsub="broker", topic="told")
    secretive.does(SAYS.replace("$OPENAI_API_KEY", "${OPENAI_API_KEY:-none}"))
    given = {"JEYN_ENVIRONMENT": "prod", "OPENAI_API_KEY": "", "SIGNING_KEY": "", **vault_and_broker.client_environment}
    assert secretive.run(**given)["status"] == "ran"
    assert secretive.log().partition("api_key")[2] == SAID.replace("child ***", "child none")
    secretive.does("raise ValueError(value)")
    assert "ValueError: ***" in secretive.run(code=1, **given)["error"]
    events = all_events(valkey_server.port, "told")
    assert (events.count(b'"ref":"mean#1"'), events.count(b'"run.finished"')) == (1, 2)
    assert not any(trace in events for trace in TRACES)
    assert secretive.traces() == []


def all_events(port: int, topic: str) -> bytes:
    """All that the broker was given, as it holds it: https://valkey.io/commands/xrange/"""
    with socket.create_connection((LOOPBACK, port), timeout=10) as connection:
        connection.sendall(f"XRANGE {topic} - +\r\nQUIT\r\n".encode())
        with connection.makefile("rb") as answers:
            return answers.read()

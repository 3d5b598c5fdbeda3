"""What a cluster and a platform team ask of an image, read off the Dockerfile."""

from __future__ import annotations

import json
import re
import subprocess
from fnmatch import fnmatch

import pytest


@pytest.fixture(scope="session")
def instructions(on_github) -> list[tuple[str, str]]:
    """Each instruction with what follows it, without comments, its lines joined."""
    lines = [line for line in on_github["Dockerfile"].splitlines() if not line.startswith("#")]
    joined = "\n".join(lines).replace("\\\n", "")
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1].strip()) for line in joined.splitlines() if line]


@pytest.fixture(scope="session")
def last_stage(instructions):
    """The instructions of the image itself, in their order."""
    start = max(at for at, (name, _) in enumerate(instructions) if name == "FROM")
    return instructions[start + 1 :]


def test_it_has_two_stages_on_a_base_with_a_tag(instructions):
    assert [text for name, text in instructions if name == "FROM"] == ["${BASE} AS packages", "${BASE}"]
    base = dict(text.split("=", 1) for name, text in instructions if name == "ARG" and "=" in text)["BASE"]
    assert re.fullmatch(r"python:3\.\d+-slim-\w+", base)


def test_it_runs_as_a_numeric_user_who_is_not_root(last_stage):
    users = [text for name, text in last_stage if name == "USER"]
    assert len(users) == 1
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", users[0])
    assert [name for name, _ in last_stage][-2:] == ["USER", "ENTRYPOINT"]


def test_its_code_belongs_to_root(last_stage):
    copied = [text for name, text in last_stage if name == "COPY"]
    assert copied == ["--from=packages /opt/venv /opt/venv", "--chown=0:0 . ."]


def test_nothing_is_fetched_but_packages(instructions):
    assert {name for name, _ in instructions} <= set("ARG FROM WORKDIR COPY RUN ENV LABEL USER ENTRYPOINT".split())
    assert not any(re.search(r"https?://|curl|wget|apt", text) for _, text in instructions)


def test_packages_come_with_hashes_once_there_is_a_lock(instructions):
    install = next(text for name, text in instructions if name == "RUN" and "requirements.lock" in text)
    assert "--require-hashes --requirement requirements.lock" in install
    assert "--no-cache-dir" in install


def test_no_argument_can_hold_a_secret(instructions):
    arguments = {text.split("=")[0] for name, text in instructions if name == "ARG"}
    assert arguments == {"BASE", "PIP_INDEX_URL", "PIP_FIND_LINKS", "COMMIT"}


def test_it_knows_its_commit_in_its_last_layers(last_stage):
    told = [(name, text) for name, text in last_stage if "COMMIT" in text]
    assert told == [
        ("ARG", "COMMIT"),
        ("RUN", 'echo "of commit ${COMMIT}"'),
        ("ENV", "JEYN_IMAGE_COMMIT=${COMMIT}"),
        ("LABEL", "org.opencontainers.image.revision=${COMMIT}"),
    ]
    names = [name for name, _ in last_stage]
    assert names.index("ARG") > max(at for at, name in enumerate(names) if name == "COPY")


def test_it_writes_to_the_scratch_folder_only(last_stage):
    variables = dict(re.findall(r"(\w+)=(\S+)", next(text for name, text in last_stage if name == "ENV")))
    assert variables["HOME"] == "/tmp"
    assert variables["JEYN_STATE"].startswith("/tmp/")
    assert variables["PYTHONDONTWRITEBYTECODE"] == "1"


def test_its_entry_is_jeyn_without_a_shell(last_stage):
    assert json.loads(last_stage[-1][1]) == ["jeyn"]


def test_the_shell_reads_what_it_runs(instructions):
    for name, text in instructions:
        if name == "RUN":
            subprocess.run(["sh", "-n"], input=text, text=True, check=True)


def test_what_steps_need_is_sent_along_and_the_rest_is_not(on_github):
    patterns = [line for line in on_github[".dockerignore"].splitlines() if line and not line.startswith("#")]

    def is_sent(path: str) -> bool:
        parts = path.split("/")
        above = ["/".join(parts[:end]) for end in range(1, len(parts) + 1)]
        return not any(
            fnmatch(place.rpartition("/")[2], pattern[3:]) if pattern.startswith("**/") else fnmatch(place, pattern)
            for place in above
            for pattern in patterns
        )

    needed = ["pyproject.toml", "requirements.lock", "pipelines/churn/model.py", "generated/catalogs/customers_v1.py"]
    assert all(map(is_sent, needed))
    kept_back = [
        *(
            ".git/config",
            ".gitlab-ci.yml",
            ".github/workflows/jeyn.yaml",
            ".venv/bin/python",
            ".jeyn/ledger.db",
            ".env",
        ),
        *("tests/test_model.py", "generated/checks/pipelines/train_churn_v1.py", "pipelines/__pycache__/x.pyc"),
        ".mypy_cache/x",
    ]
    assert not any(map(is_sent, kept_back))

"""What docs/record.md tells people to do works as it is written."""

from __future__ import annotations

import re
import subprocess
from dataclasses import fields
from pathlib import Path

import pytest
from programs import built
from real_servers import or_skip

from jeyn.environments import Environment
from jeyn.model.deployment import ArgoCD, Deployment


@pytest.fixture
def with_daprd(environment) -> dict[str, str]:
    """The environment of the page's reader, who has daprd."""
    with or_skip():
        return {**environment, "JEYN_DAPRD": str(built("daprd"))}


def test_its_commands(clone: Path, with_daprd):
    blocks = re.findall(r"```console\n(.*?)```", (clone / "docs" / "record.md").read_text(), re.DOTALL)
    commands = [line.removeprefix("$ ") for block in blocks for line in block.splitlines()]
    assert len(commands) >= 9
    script = "set -eu\n" + "\n".join(f"echo '%%% {number}'\n{command}" for number, command in enumerate(commands))
    done = subprocess.run(["sh", "-c", script], cwd=clone, env=with_daprd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    said = dict(zip(commands, re.split(r"%%% \d+\n", done.stdout)[1:], strict=True))
    same = said['python tools/same_digests.py "" local']
    assert same.count("= ") == 7
    assert "≠" not in same
    assert "all as recorded" in said["jeyn -e local verify"]
    assert "digit-images-raw#1" in said["JEYN_ENVIRONMENT=local jeyn lineage digit-recognition#latest"]
    assert "pushed 16 entries" not in said["jeyn push -e local"]
    assert re.search(r"pushed [1-9]", said["jeyn push -e local"])
    assert re.search(r"pulled [1-9]", said["jeyn pull -e local"])


def test_it_names_every_key_of_an_environment(repository: Path):
    text = (repository / "docs" / "record.md").read_text()
    for field in fields(Environment):
        assert field.name in ("name", "deployment") or f"`{field.name}`" in text, field.name


def test_the_page_on_clusters_names_every_key_of_a_deployment(repository: Path):
    text = (repository / "docs" / "platform.md").read_text()
    for field in (*fields(Deployment), *fields(ArgoCD)):
        assert f"`{field.name}`" in text, field.name

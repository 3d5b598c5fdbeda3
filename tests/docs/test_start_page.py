"""What docs/start.md tells people to do works as it is written."""

from __future__ import annotations

import re
import subprocess


def test_its_commands(clone, environment, tmp_path):
    blocks = re.findall(r"```console\n(.*?)```", (clone / "docs" / "start.md").read_text(), re.DOTALL)
    commands = [line.removeprefix("$ ") for block in blocks for line in block.splitlines()]
    assert len(commands) >= 14
    script = "set -eu\n" + "\n".join(f"echo '%%% {number}'\n{command}" for number, command in enumerate(commands))
    who = {f"GIT_{role}_{what}": "reader@example.org" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    folder = tmp_path / "new"
    folder.mkdir()
    done = subprocess.run(
        ["sh", "-c", script], cwd=folder, env={**environment, **who}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    said = list(zip(commands, re.split(r"%%% \d+\n", done.stdout)[1:], strict=True))
    assert [text.count("reused") for command, text in said if command.startswith("jeyn run")] == [0, 2, 0]
    texts = dict(said)
    assert "customers#1" in texts["jeyn lineage churn#latest"]
    assert all(f"churn#{number}" in texts["jeyn ls checkpoints"] for number in (1, 2, 3))
    (broken,) = (text for command, text in said if command.startswith("jeyn lint"))
    assert "JYN302" in broken
    assert "JYN303" in broken

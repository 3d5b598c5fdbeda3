"""What the README tells people to do works as it is written."""

from __future__ import annotations

import re
import subprocess


def test_the_tour(clone, environment):
    text = (clone / "README.md").read_text()
    commands = [
        line.removeprefix("$ ")
        for block in re.findall(r"```console\n(.*?)```", text, re.DOTALL)
        for line in block.splitlines()
    ]
    assert len(commands) >= 15
    script = "set -eu\n" + "\n".join(f"echo '%%% {number}'\n{command}" for number, command in enumerate(commands))
    done = subprocess.run(["sh", "-c", script], cwd=clone, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    said = dict(zip(commands, re.split(r"%%% \d+\n", done.stdout)[1:], strict=True))
    assert "no findings" in said["jeyn lint"]
    assert "digit-images-raw#1" in said["jeyn lineage digit-recognition#latest"]
    assert said["jeyn run train-digits"].count("reused") == 7
    assert said["jeyn run train-digits -p C=0.1"].count("reused") == 4
    assert "digit-recognition#2" in said["jeyn ls checkpoints"]
    assert "collect: reused" in said["jeyn run collect-readings"]
    assert "readings#2" in said["jeyn ls batches"]
    assert "readings#3" not in said["jeyn ls batches"]
    broken = next(output for command, output in said.items() if command.startswith("jeyn lint ||"))
    assert "JYN302" in broken
    assert "JYN303" in broken
    typed = next(output for command, output in said.items() if command.startswith("mypy"))
    assert 'has no attribute "pixels"' in typed
    assert "pipelines/digits/model.py" in typed
    assert "generated/catalogs/digit_images_scaled_v1.py" in said["git diff --stat"]


def test_the_demo_works_twice_and_reuses_what_did_not_change(clone, environment):
    for reused in (0, 7):
        done = subprocess.run(
            ["sh", "tools/demo.sh"], cwd=clone, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stdout.count(": reused in") == reused
        accuracy = re.search(r"has an accuracy of ([0-9.]+)%", done.stdout)
        assert accuracy is not None
        assert float(accuracy[1]) >= 95
        assert "Next" in done.stdout


def test_links_lead_somewhere(repository):
    pages = [repository / "README.md", repository / "CONTRIBUTING.md", *(repository / "docs").rglob("*.md")]
    for page in pages:
        for target in re.findall(r"\]\(([^)#]+)", page.read_text()):
            assert target.startswith("https://") or (page.parent / target).exists(), f"{page.name}: {target}"


def test_documents_page_is_sound(repository, tmp_path):
    """The documents that the reference shows are read without a finding of their own."""
    from jeyn_gen.load.documents import read_document

    blocks = re.findall(r"```yaml\n(.*?)```", (repository / "docs" / "documents.md").read_text(), re.DOTALL)
    shown = [text for text in blocks if text.startswith("kind:")]  # others are parts of one
    assert len(shown) == 4
    for text in shown:
        findings = []
        assert read_document("shown.yaml", text, findings).definition is not None, findings


def test_the_committed_code_is_what_the_documents_give(repository):
    from jeyn_gen.emit.project import project_units
    from jeyn_gen.load.project import load_project

    project = load_project(repository)
    for unit in project_units(project.definitions, project.plans):
        assert (repository / unit.path).read_text() == unit.text(), unit.path

"""A change of a document breaks the functions that it does not fit, and mypy tells before anything runs.

Each case edits the worked example, regenerates it and runs mypy as its user would. They share one cache, so they run
one after another: the first run reads the stubs of NumPy and pandas, the others only what changed.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
ERROR = re.compile(r"^(?P<path>[^:]+):(?P<line>\d+): error: (?P<message>.*)$", re.MULTILINE)

IMAGES, PIXELS = "catalogs/digits/digit-images-scaled.yaml", "catalogs/digits/digit-pixels.yaml"
TRAINING = "pipelines/digits/train-digits.yaml"
MODEL, EVALUATION, FORMULAS = (f"pipelines/digits/{name}.py" for name in ("model", "evaluation", "images"))
STEPS = "generated/checks/pipelines/train_digits_v1.py"
CHECKS = "generated/checks/formulas"


@dataclass(frozen=True)
class Change:
    """Edits by file (what stands there, what takes its place), and where errors are then: by file, what the line holds."""

    name: str
    edits: dict[str, list[tuple[str, str]]]
    errors: set[tuple[str, str]]


LABEL = re.search(r"  label: .*\n", (ROOT / IMAGES).read_text())[0]  # type: ignore[index]  # it stands there
ID, INK = "id: {dtype: int32, minimum: 0, unique: true,", "pixels: {dtype: float32,"
TEXT = "  label: {dtype: string, nullable: true}\n"
CHANGES = [
    Change(
        "a feature is removed",
        {IMAGES: [(LABEL, "")]},
        {(MODEL, "return images.columns.label"), (EVALUATION, "image.label != digit"), (FORMULAS, "")},
    ),
    Change(
        "a feature is renamed",
        {IMAGES: [("pixels:", "ink:")], PIXELS: [("pixels:", "ink:")]},
        {(MODEL, "pixels = images.columns.pixels"), (MODEL, "return pixels.reshape(len(pixels), -1)")},
    ),
    Change(
        "numbers become other numbers",
        {path: [(INK, "pixels: {dtype: int8,")] for path in (IMAGES, PIXELS)},
        {(MODEL, "return pixels.reshape(len(pixels), -1)")},
    ),
    Change("a number becomes text", {IMAGES: [(LABEL, TEXT)]}, {(MODEL, "return images.columns.label")}),
    Change(
        "a feature may be null",
        {IMAGES: [(ID, ID + " nullable: true,")]},
        {(EVALUATION, "misread: list[int] = [image.id for image")},
    ),
    Change(
        "a step gives one thing more",
        {
            TRAINING: [
                ("{checkpoint: digit-recognition@1}", "{checkpoint: digit-recognition@1, notes: {report: notes}}"),
                ("checkpoint: train}", "checkpoint: train.checkpoint}"),
            ]
        },
        {(MODEL, "return TrainOutputs(")},
    ),
    Change(
        "a step reads something under another name",
        {TRAINING: [("held_back: hold-back", "kept: hold-back")]},
        {(MODEL, "accuracy = model.score("), (MODEL, "evaluated_on=inputs.held_back")},
    ),
    Change(
        "a parameter is renamed",
        {TRAINING: [("  C: {", "  inverse_strength: {")]},
        {(MODEL, "model = untrained(inputs.parameters.C)")},
    ),
    Change(
        "a parameter becomes text",
        {TRAINING: [("{dtype: float64, default: 1.0, exclusive_minimum: 0,", '{dtype: string, default: "1",')]},
        {(MODEL, "model = untrained(inputs.parameters.C)")},
    ),
    Change(
        "a parameter may be null",
        {TRAINING: [("{dtype: float64, default: 1.0,", "{dtype: float64, nullable: true,")]},
        {(MODEL, "model = untrained(inputs.parameters.C)")},
    ),
    Change(
        "a secret is asked for by another name than it has, or used as if it were text",
        {
            TRAINING: [("{checkpoint: digit-recognition@1}", "{checkpoint: digit-recognition@1}\n    secrets: {token: vault/token}")],
            MODEL: [(
                "model = untrained(inputs.parameters.C)",
                "model = untrained(inputs.parameters.C)\n    inputs.secrets.token.reveal().upper()\n"
                "    inputs.secrets.key.reveal()\n    inputs.secrets.token.upper()",
            )],
        },
        {(MODEL, "inputs.secrets.key.reveal()"), (MODEL, "inputs.secrets.token.upper()")},
    ),
    Change(
        "a step's function takes something else",
        {MODEL: [("def train(inputs: TrainInputs)", "def train(inputs: int)")]},
        {(MODEL, ""), (STEPS, "_train: Callable[[TrainInputs], TrainOutputs] = pipelines.digits.model.train")},
    ),
    Change(
        "a step's function gives something else",
        {EVALUATION: [("-> EvaluateOutputs:", "-> str:"), ("return EvaluateOutputs(report=report)", "return str(report)")]},
        {(STEPS, "pipelines.digits.evaluation.evaluate")},
    ),
    Change(
        "a formula's function gives something else",
        {FORMULAS: [("def ingest(_: DigitImagesRawInputs) -> dict[str, np.ndarray]:", "def ingest(_: DigitImagesRawInputs) -> int:")]},
        {(FORMULAS, ""), (f"{CHECKS}/digit_images_raw_v1.py", "pipelines.digits.images.ingest")},
    ),
    Change(
        "a model's function takes other rows",
        {MODEL: [("def predict(model: LogisticRegression, images: DigitImagesScaledBatch)", "def predict(model: LogisticRegression, images: TrainInputs)")]},
        {(MODEL, ""), (f"{CHECKS}/digit_predictions_v1.py", "pipelines.digits.model.predict")},
    ),
]  # fmt: skip


class Mypy:
    """mypy in the folder of a project, as pyproject.toml configures it; `jeyn` is found as what is installed is."""

    def __init__(self, folder: Path) -> None:
        self._cache = folder / "cache"
        site = folder / "site"
        site.mkdir()
        (site / "jeyn").symlink_to(ROOT / "jeyn")
        self._environ = {**os.environ, "MYPYPATH": str(site)}

    def errors(self, root: Path) -> list[tuple[str, str, str]]:
        """Each as path, the line's text, message."""
        words = [
            "-m",
            "mypy",
            "--cache-dir",
            str(self._cache),
            "--no-error-summary",
            "-p",
            "pipelines",
            "-p",
            "generated",
        ]
        done = subprocess.run(
            [sys.executable, *words], cwd=root, env=self._environ, capture_output=True, text=True, check=False
        )
        assert done.returncode in (0, 1), done.stdout + done.stderr
        found = list(ERROR.finditer(done.stdout))
        assert bool(found) == bool(done.returncode), done.stdout
        return [
            (one["path"], (root / one["path"]).read_text().split("\n")[int(one["line"]) - 1].strip(), one["message"])
            for one in found
        ]


def copied(to: Path) -> Path:
    shutil.rmtree(to, ignore_errors=True)
    for folder in ("catalogs", "pipelines", "generated"):
        shutil.copytree(ROOT / folder, to / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", to)
    return to


def edited(root: Path, change: Change) -> None:
    for path, edits in change.edits.items():
        text = (root / path).read_text()
        for old, new in edits:
            assert text.count(old) == 1, (path, old)
            text = text.replace(old, new)
        (root / path).write_text(text)


def unlike(change: Change, errors: list[tuple[str, str, str]]) -> list[str]:
    """What is not as expected: an error that is missing, or one in a place where none should be."""
    missing = [
        f"no error in {path}: {line}"
        for path, line in change.errors
        if line and not any(path == p and line in t for p, t, _ in errors)
    ]
    extra = [f"{one}" for one in errors if not any(one[0] == path and line in one[1] for path, line in change.errors)]
    return missing + extra


@pytest.mark.slow
def test_mypy_tells_what_a_change_breaks(tmp_path: Path, jeyn: Any) -> None:
    mypy = Mypy(tmp_path)
    root = copied(tmp_path / "example")
    assert jeyn(root, "generate").code == 0
    assert mypy.errors(root) == []
    told: dict[str, list[str]] = {}
    for change in CHANGES:
        copied(root)
        edited(root, change)
        ran = jeyn(root, "generate")
        assert ran.code == 0, f"{change.name}: {ran.err}"
        if wrong := unlike(change, mypy.errors(root)):
            told[change.name] = wrong
    assert told == {}

"""Argo Workflows' own validator, without a cluster: `tools/servers/argolint`, one process for many sets of files."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from programs import built


def findings(files: Mapping[str, str]) -> list[str]:
    """What Argo finds in files, given as paths and texts, that are applied together. Unavailable as `built` is."""
    return findings_of_each([files])[0]


def findings_of_each(clusters: Iterable[Mapping[str, str]]) -> Sequence[list[str]]:
    """The same of several sets of files that know nothing of each other, with one start of the program."""
    with tempfile.TemporaryDirectory() as scratch:
        names = [_write(files, Path(scratch, str(place))) for place, files in enumerate(clusters)]
        if not names:
            return []
        done = subprocess.run([built("argolint"), *names], cwd=scratch, capture_output=True, text=True, check=False)
        assert done.returncode in (0, 1), done.stderr
    return [_told(report) for report in json.loads(done.stdout)]


def _write(files: Mapping[str, str], folder: Path) -> str:
    folder.mkdir()
    for name, text in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    return folder.name


def _told(report: dict[str, object]) -> list[str]:
    found = report["findings"]
    assert isinstance(found, list)
    lines = [_line(one) for one in found]
    return lines if report["judged"] or lines else ["there is nothing of Argo Workflows' among these files"]


def _line(finding: Mapping[str, str]) -> str:
    file = finding["file"].partition("/")[2]
    return ": ".join(part for part in (file, finding["object"], finding["message"]) if part)

"""Kustomizations are built as Argo CD builds them: its annotations first, so that replacements carry them on."""

from __future__ import annotations

import shutil
from pathlib import Path

import invariants
import kustomize
import published_schemas
import pytest
from right_manifests import COMMIT, RIGHT

OVERLAY = RIGHT / "overlays" / "production"


def test_the_commit_reaches_every_object_and_the_arguments(kubectl: str) -> None:
    built = kustomize.build(OVERLAY, annotations={"jeyn.dev/commit": COMMIT})
    assert len(built) == 10
    assert {one["metadata"]["annotations"]["jeyn.dev/commit"] for one in built} == {COMMIT}
    assert {one["metadata"]["namespace"] for one in built} == {"digits"}
    (template,) = [one for one in built if one["kind"] == "WorkflowTemplate"]
    assert template["spec"]["arguments"]["parameters"][0] == {"name": "jeyn-commit", "value": COMMIT}


def test_what_is_built_passes_every_check(kubectl: str, schemas: Path) -> None:
    built = kustomize.build(OVERLAY, annotations={"jeyn.dev/commit": COMMIT})
    assert invariants.findings(built, commit=COMMIT) == []
    assert [finding for one in built for finding in published_schemas.findings(one)] == []


def test_without_annotations_it_is_built_as_it_stands(kubectl: str) -> None:
    (template,) = [one for one in kustomize.build(OVERLAY) if one["kind"] == "WorkflowTemplate"]
    assert template["spec"]["arguments"]["parameters"][0]["value"] == "unset"
    assert template["metadata"]["annotations"]["jeyn.dev/commit"] == "unset"


def test_the_folder_stays_as_it_is(kubectl: str, tmp_path: Path) -> None:
    copied = shutil.copytree(RIGHT, tmp_path / "copy")
    before = {path: path.read_bytes() for path in copied.rglob("*") if path.is_file()}
    kustomize.build(copied / "overlays" / "production", annotations={"jeyn.dev/commit": COMMIT})
    assert {path: path.read_bytes() for path in copied.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("base/kustomization.yaml", "train.yaml", "trian.yaml", "trian.yaml"),
        ("base/kustomization.yaml", "resources:", "resorces:", "resorces"),
        ("overlays/production/kustomization.yaml", "[name=jeyn-commit]", "[name=comit]", "comit"),
        ("base/components.yaml", "metadata: {name: components}", "metadata: {}", "missing metadata.name"),
    ],
)
def test_what_does_not_build_is_kustomizes_to_say(
    file: str, old: str, new: str, told: str, kubectl: str, tmp_path: Path
) -> None:
    copied = shutil.copytree(RIGHT, tmp_path / "copy")
    text = (copied / file).read_text()
    assert old in text
    (copied / file).write_text(text.replace(old, new, 1))
    with pytest.raises(kustomize.NotBuilt, match=told):
        kustomize.build(copied / "overlays" / "production")


def test_a_folder_without_a_kustomization_is_told(kubectl: str, tmp_path: Path) -> None:
    with pytest.raises(kustomize.NotBuilt, match=r"has no kustomization\.yaml"):
        kustomize.build(tmp_path)

"""`jeyn schema` prints what is shipped, in whatever folder, project or not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import jeyn_gen.schemas
from jeyn.model.definitions import KINDS

SHIPPED = Path(jeyn_gen.schemas.__file__).parent


@pytest.mark.parametrize("kind", [None, *KINDS])
def test_it_prints_what_is_shipped(kind: str | None, jeyn: Any, tmp_path: Path) -> None:
    ran = jeyn(tmp_path, "schema", *([kind] if kind else []))
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (SHIPPED / f"{kind or 'Document'}.json").read_text()


def test_as_json_it_is_still_a_schema_and_says_its_shape(jeyn: Any, tmp_path: Path) -> None:
    held = json.loads(jeyn(tmp_path, "schema", "pipeline", "--format", "json").out)
    assert held.pop("schema") == "jeyn.schema/1"
    assert held == json.loads((SHIPPED / "Pipeline.json").read_text())


@pytest.mark.parametrize(
    ("given", "fix"), [("catalog", "DataCatalog"), ("usecase", "MLUseCase"), ("xyz", "name one of DataCatalog, ")]
)
def test_an_unknown_kind_cannot_be_asked_for(given: str, fix: str, jeyn: Any, tmp_path: Path) -> None:
    ran = jeyn(tmp_path, "schema", given)
    assert (ran.code, ran.out) == (2, "")
    assert "there is no kind of document" in ran.err
    assert fix in ran.err

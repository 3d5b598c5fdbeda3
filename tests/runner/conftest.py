"""Projects with a folder that grows."""

from __future__ import annotations

import pytest

PIPELINE = "kind: Pipeline\nname: collect\nversion: 1.0.0\nsteps:\n  collect: {formula: readings@1}\n"
FORMULA = "kind: DatasetFormula\nname: readings\nversion: 1.0.0\ncatalog: readings@1\nrecipe:\n  files: {url: %s}\n"
CATALOG = """\
kind: DataCatalog
name: readings
version: 1.0.0
features:
  sensor: {dtype: string}
  at: {dtype: timestamp, timezone: UTC}
  value: {dtype: float32, nullable: true}
  count: {dtype: int16}
"""


@pytest.fixture
def growing(numbers):
    """A function that sets up a `files` formula over a URL."""

    def start(url: str):
        (numbers.root / "catalogs" / "readings.yaml").write_text(CATALOG)
        (numbers.root / "pipelines" / "readings.yaml").write_text(FORMULA % url)
        (numbers.root / "pipelines" / "collect.yaml").write_text(PIPELINE)
        (numbers.root / "data").mkdir()
        numbers.jeyn("generate")
        numbers.commit()
        return numbers

    return start

"""The catalog of the rows."""

from __future__ import annotations

from wide import NAMES

from jeyn.model.definitions import DataCatalog
from jeyn.model.names import Version
from jeyn.model.types import Constraints, Feature, Scalar

CATALOG = DataCatalog(
    "wide",
    Version(1, 0, 0),
    tuple(Feature(name, Scalar("float64"), Constraints(minimum=0.0, maximum=1.0)) for name in NAMES),
)
MEANING = f"sha256:{'0' * 64}"

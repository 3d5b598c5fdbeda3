"""How each feature type is written elsewhere, as docs/types.md: made from the code, so that it cannot say otherwise.

python tools/type_table.py > docs/types.md
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

import pyarrow as pa

from jeyn.conformance.arrow import arrow_schema, arrow_type
from jeyn.conformance.columns import to_numpy, to_pandas, to_polars
from jeyn.model.constraints import applicable
from jeyn.model.definitions import DataCatalog
from jeyn.model.names import Version
from jeyn.model.types import DTYPES, ITEM, Constraints, Family, Feature, FeatureType, List, Scalar, Struct, Tensor
from jeyn_gen.emit.catalogs import catalog_unit
from jeyn_gen.emit.json_schema import features_schema

_TYPES: dict[str, FeatureType] = {
    **{f"{{dtype: {dtype}}}": Scalar(dtype) for dtype, family in DTYPES.items() if family is not Family.DECIMAL},
    "{dtype: timestamp, timezone: UTC}": Scalar("timestamp", timezone="UTC"),
    "{dtype: decimal, precision: 9, scale: 2}": Scalar("decimal", precision=9, scale=2),
    "{dtype: float32, shape: [8, 8]}": Tensor(Scalar("float32"), (8, 8)),
    "{dtype: float32, shape: [-1, 3]}": Tensor(Scalar("float32"), (-1, 3)),
    "{list: {dtype: float32}}": List(Feature(ITEM, Scalar("float32"))),
    "{struct: {x: {dtype: bool}}}": Struct((Feature("x", Scalar("bool")),)),
}
_HEAD = """# Feature types, and how each is written

Made by `python tools/type_table.py`; a test compares this page with the code.

"""
_NOTES = """
Where a feature may be null (`nullable: true`), its annotation ends in `| None`, its Arrow field may be null, its JSON
Schema takes `null`, and its NumPy array is a `numpy.ma.MaskedArray`. pandas then has `Int8` to `UInt64` and `boolean`
for integers and booleans, and NaN in floats. What stands within a struct or list is written in the same way; in Arrow
it may always be null, and the catalog says whether it really may.
"""


def page() -> str:
    """The page in Markdown."""
    head = ("in a document", "pydantic", "Arrow", "NumPy column", "pandas", "polars")
    rows = [(f"`{text}`", *_elsewhere(kind)) for text, kind in _TYPES.items()]
    schemas = [(f"`{text}`", _code(_json_schema(kind))) for text, kind in _TYPES.items()]
    rules = [(f"`{text}`", ", ".join(f"`{rule}`" for rule in _rules(kind))) for text, kind in _TYPES.items()]
    return "\n".join(
        [
            _HEAD + _table(head, rows),
            _NOTES,
            "## JSON Schema\n",
            "What the class generator reads; what it cannot say, rows check from the catalog.\n",
            _table(("in a document", "JSON Schema of a value"), schemas),
            "\n## Constraints\n",
            "Any other is a finding of `jeyn lint`. `unique` holds for features only, not within a struct or list.\n",
            _table(("in a document", "constraints"), rules),
            "",
        ]
    )


def _elsewhere(kind: FeatureType) -> Iterator[str]:
    catalog = DataCatalog("shown", Version(1, 0, 0), (Feature("x", kind),))
    table = pa.Table.from_batches([], arrow_schema(catalog))
    yield _code(_annotation(catalog))
    yield _code(_arrow(arrow_type(kind)))
    array = to_numpy(table.column("x"), kind, nullable=False)
    yield _code(f"{array.dtype}{''.join(f', {axis}' for axis in array.shape[1:])}")
    yield _code(str(to_pandas(table, catalog)["x"].dtype))
    yield _code(str(to_polars(table, catalog)["x"].dtype))


def _annotation(catalog: DataCatalog) -> str:
    source = catalog_unit(catalog).text()
    row = source.partition("class Shown(Row):")[2]
    return re.sub(r"\s+", " ", row.partition("x: ")[2].partition("\n\n")[0])


def _arrow(kind: pa.DataType) -> str:
    return re.sub(r"extension<([^>]*)>", r"\1", str(kind).replace(": ", ":").replace(":", ": "))


def _json_schema(kind: FeatureType) -> str:
    feature = Feature("x", kind)
    schema = features_schema([feature], {feature: "ShownX"})["properties"]["x"]
    return json.dumps({key: value for key, value in schema.items() if not key.startswith("x-")})


def _rules(kind: FeatureType) -> list[str]:
    fitting = applicable(kind)
    return [name for name in Constraints.__dataclass_fields__ if name in fitting]


def _code(text: str) -> str:
    return f"`{text}`".replace("|", "\\|")


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [list(head), ["---"] * len(list(head)), *map(list, rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    print(page(), end="")

"""A catalog with a feature of every type, and rows of it as hypothesis draws them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
from drawn_definitions import floats
from hypothesis import strategies as st

from jeyn.conformance.content import ContentDigest
from jeyn.conformance.ingest import record_batches
from jeyn.model.definitions import DataCatalog
from jeyn.model.names import Version
from jeyn.model.types import (
    DTYPES,
    ITEM,
    Constraints,
    Family,
    Feature,
    FeatureType,
    List,
    Scalar,
    Struct,
    Tensor,
    integer_range,
)

DEFINITION = f"sha256:{'0' * 64}"
PARIS = ZoneInfo("Europe/Paris")
NULLABLE = Constraints(nullable=True)


def catalog_of(**features: FeatureType | tuple[FeatureType, Constraints]) -> DataCatalog:
    made = [Feature(name, *(kind if isinstance(kind, tuple) else (kind,))) for name, kind in features.items()]
    return DataCatalog("tried", Version(1, 0, 0), tuple(made))


NUMBERS = [name for name, family in DTYPES.items() if family in {Family.INTEGER, Family.FLOAT, Family.BOOLEAN}]
TENSORS = {
    "grid": Tensor(Scalar("float32"), (2, 3)),
    "flags": Tensor(Scalar("bool"), (2,)),
    "half": Tensor(Scalar("float16"), (1, 2)),
    "series": Tensor(Scalar("int16"), (-1,)),
    "boxes": Tensor(Scalar("float64"), (-1, 2)),
    "stack": Tensor(Scalar("uint8"), (-1, 2, -1)),
}
POINT = Struct((Feature("x", Scalar("float64")), Feature("label y", Scalar("string"), NULLABLE)))
COMPOSITES: dict[str, FeatureType] = {
    "point": POINT,
    "words": List(Feature(ITEM, Scalar("string"), NULLABLE)),
    "readings": List(Feature(ITEM, Scalar("float32"))),
    "path": List(Feature(ITEM, POINT, NULLABLE)),
    "table of lists": List(Feature(ITEM, List(Feature(ITEM, Scalar("int16"))))),
    "sample": Struct(
        (
            Feature("grid", TENSORS["grid"], NULLABLE),
            Feature("boxes", TENSORS["boxes"], NULLABLE),
            Feature("at", Scalar("timestamp", timezone="Europe/Paris")),
            Feature("half", Scalar("float16")),
            Feature("inner", Struct((Feature("price", Scalar("decimal", precision=12, scale=3)),)), NULLABLE),
        )
    ),
    "grids": List(Feature(ITEM, TENSORS["flags"])),
}
KINDS: dict[str, FeatureType] = {
    **{dtype: Scalar(dtype) for dtype in DTYPES if dtype not in {"timestamp", "decimal"}},
    "instant": Scalar("timestamp", timezone="Europe/Paris"),
    "wall clock": Scalar("timestamp"),
    "price": Scalar("decimal", precision=12, scale=3),
    **TENSORS,
    **COMPOSITES,
}
#: Everything may be null but `weight`, a float that may be NaN instead.
WHOLE = catalog_of(weight=Scalar("float64"), **{name: (kind, NULLABLE) for name, kind in KINDS.items()})


def numbers(dtype: str, nan: bool) -> st.SearchStrategy[Any]:
    match DTYPES[dtype]:
        case Family.BOOLEAN:
            return st.booleans()
        case Family.INTEGER:
            return st.integers(*integer_range(dtype))
    return floats(dtype, nan=nan)


def scalars(kind: Scalar) -> st.SearchStrategy[Any]:
    times = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1))
    match kind.family:
        case Family.STRING:
            return st.text(st.characters(codec="utf-8"), max_size=5)
        case Family.BYTES:
            return st.binary(max_size=5)
        case Family.DATE:
            return st.dates(date(1800, 1, 1), date(2200, 1, 1))
        case Family.TIMESTAMP:
            utc = times.map(lambda time: time.replace(tzinfo=ZoneInfo("UTC")).astimezone(PARIS))
            return utc if kind.timezone else times.map(lambda time: time.replace(fold=0))
        case Family.DURATION:
            return st.timedeltas(timedelta(days=-10_000), timedelta(days=10_000))
        case Family.DECIMAL:
            return st.integers(-(10**12) + 1, 10**12 - 1).map(lambda unscaled: Decimal(unscaled).scaleb(-kind.scale))
    # A float that may be null: pandas would take NaN for that.
    return numbers(kind.dtype, nan=False)


@st.composite
def tensors(draw: st.DrawFn, kind: Tensor) -> list[Any]:
    shape = [axis if axis >= 0 else draw(st.integers(0, 2)) for axis in kind.shape]
    items = numbers(kind.item.dtype, nan=True)

    def level(axis: int) -> list[Any]:
        if axis == len(shape) - 1:
            return [draw(items) for _ in range(shape[axis])]
        return [level(axis + 1) for _ in range(shape[axis])]

    return level(0)


def values(feature: Feature) -> st.SearchStrategy[Any]:
    if feature.name == "weight":
        return st.floats()
    return st.none() | held(feature.type)


def held(kind: FeatureType) -> st.SearchStrategy[Any]:
    """Values of a type, what is in them null where it may be."""

    def inner(feature: Feature) -> st.SearchStrategy[Any]:
        drawn = held(feature.type)
        return st.none() | drawn if feature.constraints.nullable else drawn

    match kind:
        case Struct(fields):
            return st.fixed_dictionaries({field.name: inner(field) for field in fields})
        case List(item):
            return st.lists(inner(item), max_size=3)
        case Tensor():
            return tensors(kind)
    return scalars(kind)


def in_order(value: Any, kind: FeatureType) -> Any:
    """A value with the fields of its structs in the catalog's order."""
    match kind:
        case Struct(fields) if value is not None:
            return {field.name: in_order(value[field.name], field.type) for field in fields}
        case List(item) if value is not None:
            return [in_order(one, item.type) for one in value]
    return value


def rows_of(catalog: DataCatalog) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({feature.name: values(feature) for feature in catalog.features})


def tables_of(catalog: DataCatalog) -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.lists(rows_of(catalog), min_size=1, max_size=8)


def table_of(data: object, catalog: DataCatalog) -> pa.Table:
    return pa.Table.from_batches(list(record_batches(data, catalog)))


def digest_of(data: object, catalog: DataCatalog) -> str:
    digest = ContentDigest(catalog, DEFINITION)
    for batch in record_batches(data, catalog):
        batch.validate(full=True)
        digest.update(batch)
    return digest.hexdigest()

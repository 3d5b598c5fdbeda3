"""What is wrong with data, as errors that a person can act on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from jeyn.conformance.checks import Violation
from jeyn.conformance.misfit import Misfit
from jeyn.errors import ConformanceError
from jeyn.model.definitions import DataCatalog
from jeyn.model.types import Feature, FeatureType, Scalar, Struct, Tensor, item_of


def conformance_error(catalog: DataCatalog, violations: Sequence[Violation]) -> ConformanceError:
    """The error that names every broken rule, how many rows break it, and the first of them."""
    lines = [f"  {item.feature}: {item.rule}, broken in {_count(item.count)}: {_examples(item)}" for item in violations]
    return ConformanceError(
        "\n".join([f"the data does not conform to {_title(catalog)}", *lines]),
        f"correct these rows, or change the rules in the catalog {catalog.name}",
    )


def misfit_error(catalog: DataCatalog, misfits: Iterable[tuple[Feature, int, Misfit]]) -> ConformanceError:
    """The error that names, for each feature at fault, the first row whose value is not of its dtype or shape."""
    lines = [
        f"  {feature.name}{misfit.path}: {_wanted(misfit.kind or feature.type, misfit.rule)}, broken in row {row}:"
        f" {misfit.value}"
        for feature, row, misfit in misfits
    ]
    return ConformanceError(
        "\n".join([f"the data does not conform to {_title(catalog)}", *lines]),
        "convert the values first, where a loss is meant, or change the feature in the catalog; "
        "Jeyn converts only what stays the same",
    )


def names_error(
    catalog: DataCatalog, missing: Sequence[str], extra: Sequence[str], repeated: Sequence[str], row: int | None
) -> ConformanceError:
    """The error that names every feature that is missing, extra or repeated, in one row or in the whole data."""
    found = [("missing", missing), ("not in the catalog", extra), ("there more than once", repeated)]
    lines = [f"  {what}: {', '.join(names)}" for what, names in found if names]
    where = "the data" if row is None else f"row {row}"
    return ConformanceError(
        "\n".join([f"{where} does not have the features of {_title(catalog)}", *lines]),
        "give exactly the features of the catalog, by their names",
    )


def _title(catalog: DataCatalog) -> str:
    return f"{catalog.name}@{catalog.version}"


def _wanted(kind: FeatureType, rule: str) -> str:
    if rule == "fields":
        assert isinstance(kind, Struct), "only a struct has fields"
        return f"fields {', '.join(field.name for field in kind.fields)}"
    if rule == "dtype":
        return f"dtype {item_of(kind)}" if isinstance(kind, Scalar | Tensor) else f"a {type(kind).__name__.lower()}"
    return f"shape {list(kind.shape) if isinstance(kind, Tensor) else '[] (one value per row)'}"


def _examples(violation: Violation) -> str:
    shown = ", ".join(f"row {row} ({value})" for row, value in violation.examples)
    return shown if violation.count <= len(violation.examples) else f"{shown}, …"


def _count(rows: int) -> str:
    return "1 row" if rows == 1 else f"{rows} rows"

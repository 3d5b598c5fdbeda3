"""Tables of pandas, polars and pyarrow as files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from jeyn.errors import SerializerError
from jeyn.imported import is_a
from jeyn.serializers.extras import optional


def is_table(value: object) -> bool:
    """Whether it is a table of pyarrow, or a data frame of pandas or polars, which are not imported to tell."""
    return isinstance(value, pa.Table) or is_a(value, "pandas", "DataFrame") or is_a(value, "polars", "DataFrame")


def write_table(value: Any, path: Path) -> None:
    """Write as the path's suffix says, .csv or .parquet.

    An index of pandas becomes a first column, unless it only counts rows. Notes of the library that made the table are
    left out. SerializerError for columns that the format cannot hold.
    """
    try:
        table = _arrow(value).replace_schema_metadata(None)
        if path.suffix == ".csv":
            pyarrow.csv.write_csv(table, path)
        else:
            pyarrow.parquet.write_table(table, path)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError) as error:
        fix = "name it .parquet, which holds nested columns too" if path.suffix == ".csv" else "convert that column"
        raise SerializerError(f"the table does not fit into {path.suffix[1:]}: {error}", fix=fix) from error


def _arrow(value: Any) -> pa.Table:
    if isinstance(value, pa.Table):
        return value
    if is_a(value, "polars", "DataFrame"):
        polars = optional("polars", "polars")
        return value.to_arrow(compat_level=polars.CompatLevel.oldest())
    pandas = optional("pandas", "pandas")
    frame = value if isinstance(value.index, pandas.RangeIndex) else value.reset_index()
    return pa.Table.from_pandas(frame.set_axis([str(name) for name in frame.columns], axis=1), preserve_index=False)

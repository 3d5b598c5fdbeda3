"""Seconds for pandera's polars backend to check the same rules on a polars frame."""

from __future__ import annotations

import pandera.polars as pa
import polars as pl
from columns import CODES, WORDS, columns
from timing import seconds

held = columns()
rows = pl.DataFrame(
    {
        "count": held["count"],
        "level": held["level"],
        "status": pl.Series(WORDS).gather(held["status"]),
        "signal": held["signal"],
        "code": held["code"],
    }
).with_columns(signal=pl.when(pl.Series(held["signal_is_null"])).then(None).otherwise(pl.col("signal")))
SCHEMA = pa.DataFrameSchema(
    {
        "count": pa.Column(pl.Int32, pa.Check.in_range(0, 999)),
        "level": pa.Column(pl.Float64, pa.Check.in_range(0.0, 1.0)),
        "status": pa.Column(pl.String, pa.Check.isin(WORDS)),
        "signal": pa.Column(pl.Float32, nullable=True),
        "code": pa.Column(pl.Int8, pa.Check.isin(CODES)),
    },
    strict=True,
)

print(seconds(lambda: SCHEMA.validate(rows), 3))

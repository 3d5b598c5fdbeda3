"""The columns as an Arrow table; nothing of Jeyn."""

from __future__ import annotations

import pyarrow as pa
from columns import WORDS, columns


def table() -> pa.Table:
    """int32, float64, string, nullable float32, int8."""
    held = columns()
    values = {
        "count": pa.array(held["count"]),
        "level": pa.array(held["level"]),
        "status": pa.array(WORDS).take(pa.array(held["status"])),
        "signal": pa.array(held["signal"], mask=held["signal_is_null"]),
        "code": pa.array(held["code"]),
    }
    fields = [pa.field(name, array.type, name == "signal") for name, array in values.items()]
    return pa.table(list(values.values()), pa.schema(fields))

"""The floor: seconds for the fastest kernels of pyarrow and NumPy that answer the same, profile included."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
from arrow import table
from columns import CODES, WORDS
from timing import seconds

rows = table()
words, codes = pa.array(WORDS), pa.array(CODES, pa.int8())


def check() -> None:
    assert not any(rows[name].null_count for name in ("count", "level", "status", "code"))
    for name, low, high in (("count", 0, 999), ("level", 0.0, 1.0)):
        values = rows[name].chunk(0).to_numpy()
        assert low <= values.min() <= values.max() <= high
    for values in (rows["signal"].chunk(0).drop_null().to_numpy(), rows["code"].chunk(0).to_numpy()):
        assert values.min() <= values.max()
    assert pc.all(pc.is_in(rows["status"], value_set=words)).as_py()
    assert pc.all(pc.is_in(rows["code"], value_set=codes)).as_py()


print(seconds(check, 3))

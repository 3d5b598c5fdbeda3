"""The values that a document can state of a dtype: in a bound, an enumeration, a default, an example."""

from __future__ import annotations

from jeyn.model.types import DTYPES, Family, integer_range
from jeyn.model.value_text import DATE, DECIMAL, DURATION, HEXADECIMAL, LARGEST, TIMESTAMP
from jeyn_gen.schemas.forms import BOOLEAN, NUMBER, TEXT, Schema, integer
from jeyn_gen.schemas.patterns import text, whole

_LARGEST_FLOAT = 1.7976931348623157e308
_OFFSET = r"[\s\S]*(?:Z|[-+]\d\d:\d\d)"


def value_schemas() -> dict[str, Schema]:
    """The schema of each dtype's values, by the name of its definition; a timestamp has two."""
    held = {value_name(dtype): _value(dtype) for dtype in DTYPES}
    stamp = held[value_name("timestamp")]
    zoned = {**stamp, "title": "a timestamp with its offset", "allOf": [{"pattern": whole(_OFFSET)}]}
    naive = {**stamp, "title": "a timestamp without an offset", "not": {"pattern": whole(_OFFSET)}}
    return {**held, value_name("timestamp"): naive, value_name("timestamp", zoned=True): zoned}


def value_name(dtype: str, *, zoned: bool = False) -> str:
    """What the definition of a dtype's values is called."""
    return f"{'zoned-' if zoned else ''}{dtype}-value"


def _value(dtype: str) -> Schema:
    family = DTYPES[dtype]
    if family is Family.INTEGER:
        return {"title": f"a value of {dtype}", **integer(*integer_range(dtype))}
    if family is Family.FLOAT:
        return {"title": f"a value of {dtype}", **_float(dtype)}
    return {"title": f"a value of {dtype}", **_OTHERS[family]}


def _float(dtype: str) -> Schema:
    largest = LARGEST.get(dtype)
    if largest is None:
        return NUMBER
    finite = {"minimum": -largest, "maximum": largest}
    # .inf and -.inf, which every float dtype has, and which JSON cannot write.
    infinite = [{"exclusiveMinimum": _LARGEST_FLOAT}, {"exclusiveMaximum": -_LARGEST_FLOAT}]
    return {"type": "number", "anyOf": [finite, *infinite]}


_OTHERS: dict[Family, Schema] = {
    Family.BOOLEAN: BOOLEAN,
    Family.STRING: TEXT,
    # Digits alone, which YAML takes for a number, are read as they are written.
    Family.BYTES: {"type": ["string", "number"], "pattern": whole(HEXADECIMAL), "minimum": 0},
    Family.DECIMAL: {"type": ["string", "number"], "pattern": whole(DECIMAL)},
    Family.DATE: text(DATE),
    Family.TIMESTAMP: text(TIMESTAMP),
    Family.DURATION: text(DURATION),
}

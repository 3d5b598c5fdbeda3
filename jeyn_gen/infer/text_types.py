"""The types that texts can be read as: what remains of a few candidates when all texts of a column were seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from jeyn.conformance.durations import TELLING, duration_of
from jeyn.conformance.misfit import Misfit

#: Leading zeros and a plus mean something to whoever wrote them: a postal code, a telephone. `0x1f` is none to most.
_NO_NUMBER = r"^-?0[0-9xX]|^\+"
#: Beyond 16 digits a float64 is another number.
_TOO_LONG = r"^[-+]?[0-9]{17,}$"
_HAS_TIME = r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d"
_NUMBERS = (pa.int64(), pa.uint64(), pa.float64())
_TIMES = (pa.timestamp("us"), pa.timestamp("us", "UTC"))
_DURATION = pa.duration("us")
#: In the order of preference. JSON has numbers and booleans of its own, and its reader knows no dates.
OF_CSV = (*_NUMBERS, pa.bool_(), pa.date32(), *_TIMES, _DURATION)
OF_JSON = (*_TIMES, _DURATION)
#: What Arrow's CSV reader takes for booleans.
_BOOLEANS: Mapping[str, bool] = {
    **dict.fromkeys(("1", "True", "TRUE", "true"), True),
    **dict.fromkeys(("0", "False", "FALSE", "false"), False),
}


class Candidates:
    """What the texts of one column can still be."""

    def __init__(self, types: tuple[pa.DataType, ...]) -> None:
        self._types = types
        self._is_empty = True

    def narrow(self, texts: pa.StringArray) -> None:
        """Drop what not all of these texts can be read as."""
        held = texts.drop_null()
        if len(held):
            self._is_empty = False
            self._types = tuple(kind for kind in self._types if _can_be(held, kind))

    @property
    def type(self) -> pa.DataType:
        """The first that is left; else text; null where no text was seen."""
        return pa.null() if self._is_empty else next(iter(self._types), pa.string())


def converted(texts: pa.StringArray, kind: pa.DataType) -> pa.Array:
    """Texts as a type that is left of their candidates."""
    if kind == pa.bool_():
        return _booleans(texts)
    if kind == _DURATION:
        return duration_of(texts)
    return pa.nulls(len(texts)) if kind == pa.null() else texts.cast(kind)


def _can_be(texts: pa.StringArray, kind: pa.DataType) -> bool:
    if kind in _NUMBERS and _any(pc.match_substring_regex(texts, _NO_NUMBER)):
        return False
    if kind == pa.float64() and _any(pc.match_substring_regex(texts, _TOO_LONG)):
        return False
    if kind in _TIMES and not pc.all(pc.match_substring_regex(texts, _HAS_TIME)).as_py():
        return False
    if kind == _DURATION and not pc.all(pc.match_substring_regex(texts, TELLING)).as_py():
        return False
    try:
        return bool(converted(texts, kind).null_count == 0)
    except (pa.ArrowInvalid, Misfit):
        return False


def _booleans(texts: pa.StringArray) -> pa.Array:
    """Null where a text is none."""
    words = pa.array(list(_BOOLEANS))
    return pa.array(list(_BOOLEANS.values())).take(pc.index_in(texts, words))


def _any(mask: Any) -> bool:
    return bool(pc.any(mask).as_py())

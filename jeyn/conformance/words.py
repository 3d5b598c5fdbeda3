"""Enumerations of short texts, compared eight bytes at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jeyn.conformance.views import Mask, numbers, offsets

_BYTES = 8
#: Above so many words a hash of each text is faster than a comparison with each word.
MOST_WORDS = 16
# By the length of a text, the bytes behind it among eight, all ones: a byte that UTF-8 has not, so that no two texts
# have the same eight bytes.
_BEHIND = ~np.array([(1 << 8 * length) - 1 for length in range(_BYTES + 1)], np.uint64)
_TOO_LONG = np.uint64(0xFEFEFEFEFEFEFEFE)  # neither has UTF-8 this byte


class ShortWords:
    """One or more words of at most eight bytes of UTF-8, as numbers that are equal where the words are."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = pa.array(words, pa.string())
        self._keys = [np.uint64(int.from_bytes(word.encode().ljust(_BYTES, b"\xff"), "little")) for word in words]

    @staticmethod
    def fit(words: Sequence[str]) -> bool:
        """Whether these are few and short enough."""
        return 0 < len(words) <= MOST_WORDS and all(len(word.encode()) <= _BYTES for word in words)

    def held(self, texts: pa.Array) -> Mask:
        """Which of the texts are among the words, of shape (texts,); texts are not null."""
        ends = offsets(texts)
        starts, lengths = ends[:-1], np.diff(ends)
        held = np.zeros(len(texts), np.bool_)
        buffer = texts.buffers()[2]
        readable = (buffer.size if buffer is not None else 0) - _BYTES + 1
        # Eight bytes cannot be read from where the memory ends sooner; texts begin in ascending places.
        there = int(np.searchsorted(starts, readable)) if readable > 0 else 0
        if there:
            overlapping = np.ndarray((readable,), np.uint64, buffer, strides=(1,))
            held[:there] = self._among(overlapping[starts[:there].astype(np.intp)], lengths[:there])
        if there < len(texts):
            held[there:] = numbers(pc.is_in(texts.slice(there), value_set=self._words))
        return held

    def _among(self, keys: npt.NDArray[np.uint64], lengths: npt.NDArray[np.int32]) -> Mask:
        if lengths.max() > _BYTES:
            keys[lengths > _BYTES] = _TOO_LONG
        keys |= _BEHIND.take(lengths, mode="clip")
        return among(keys, self._keys)


def among(values: npt.NDArray[Any], allowed: Sequence[Any]) -> Mask:
    """Which of the values equal one of a few, by comparison with each."""
    held: Mask = values == allowed[0]
    for one in allowed[1:]:
        held |= values == one
    return held

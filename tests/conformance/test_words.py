"""Short words, eight bytes at once, against Python's own `in`."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jeyn.conformance.words import MOST_WORDS, ShortWords, among

WORD = st.text(st.sampled_from("ab\0é🦉"), max_size=9)
SHORT = WORD.filter(lambda word: len(word.encode()) <= 8)


@given(words=st.lists(SHORT, min_size=1, max_size=MOST_WORDS), texts=st.lists(WORD, max_size=40), cut=st.integers(0, 9))
@example(words=[""], texts=["", "\0", "\0" * 8, "\0" * 9], cut=0)
@example(words=["a"], texts=["a", "a\0", "ab", "", "abababab", "ababababa"], cut=1)
@example(words=["abababab"], texts=["abababab", "ababababa", "abababa"], cut=0)
@settings(deadline=None)
def test_they_are_told_from_all_other_texts(words: list[str], texts: list[str], cut: int) -> None:
    column = pa.array([*texts, *words], pa.string()).slice(cut)
    expected = [text in words for text in [*texts, *words][cut:]]
    assert ShortWords(words).held(column).tolist() == expected


def test_no_byte_behind_the_memory_is_read() -> None:
    data = pa.py_buffer(b"xaaab")  # exactly five bytes, with nothing behind
    ends = pa.py_buffer(np.array([1, 4, 5], np.int32))
    column = pa.StringArray.from_buffers(2, ends, data)
    assert ShortWords(["b", "aa"]).held(column).tolist() == [False, True]


@pytest.mark.parametrize(
    "words", [[], ["abcdefghi"], ["äöüäö"], [str(number) for number in range(MOST_WORDS + 1)]], ids=repr
)
def test_others_do_not_fit(words: list[str]) -> None:
    assert not ShortWords.fit(words)


def test_values_are_compared_with_each() -> None:
    assert among(np.array([3, 1, 2], np.int64), [2, 3]).tolist() == [True, False, True]

from __future__ import annotations

import enum
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jeyn.errors import SerializerError
from jeyn.serializers.json_ import JsonSerializer

JSON = JsonSerializer()
texts = st.text(st.characters(codec="utf-8"), max_size=6)
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts
values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(texts, inner), max_leaves=20)


class Level(enum.IntEnum):
    LOW = 1


@given(values)
def test_a_value_comes_back_with_its_types(value: Any) -> None:
    assert JSON.accepts(value)
    with tempfile.TemporaryDirectory() as folder:
        JSON.dump(value, Path(folder) / "m")
        assert repr(sorted_keys(JSON.load(Path(folder) / "m", []))) == repr(sorted_keys(value))


def sorted_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: sorted_keys(value[key]) for key in sorted(value)}
    return [sorted_keys(item) for item in value] if isinstance(value, list) else value


def test_the_order_of_keys_is_no_part_of_it(tmp_path: Path) -> None:
    digests = {JSON.dump(value, tmp_path / "m").canonical for value in ({"a": 1, "b": 2}, {"b": 2, "a": 1})}
    assert len(digests) == 1
    assert (tmp_path / "m").read_bytes() == b'{"a":1,"b":2}'


@pytest.mark.parametrize("value", [(1,), {1: 2}, Level.LOW, np.float64(1), np.ones(1), b"x", {"a": {"b": {1}}}])
def test_other_types_are_not_taken(tmp_path: Path, value: Any) -> None:
    assert not JSON.accepts(value)
    with pytest.raises(SerializerError, match="not a plain JSON value"):
        JSON.dump(value, tmp_path / "m")


@pytest.mark.parametrize("value", [float("nan"), [float("inf")], {"a": "\ud800"}, [10**5000]])
def test_what_json_cannot_write_is_refused(tmp_path: Path, value: Any) -> None:
    with pytest.raises(SerializerError, match="JSON cannot hold"):
        JSON.dump(value, tmp_path / "m")


def test_a_value_that_holds_itself_is_refused(tmp_path: Path) -> None:
    endless: list[Any] = []
    endless.append(endless)
    assert not JSON.accepts(endless)
    with pytest.raises(SerializerError, match="holds itself"):
        JSON.dump(endless, tmp_path / "m")


@pytest.mark.parametrize("content", [b"", b"{", b"NaN", b"\xff", b"[" * 100_000])
def test_a_file_of_another_format_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "m").write_bytes(content)
    with pytest.raises(SerializerError, match="not a checkpoint of json/1"):
        JSON.load(tmp_path / "m", [])

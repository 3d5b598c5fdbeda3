from __future__ import annotations

import hashlib
import tempfile
import threading
import tracemalloc
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from jeyn.errors import SerializerError
from jeyn.serializers.safetensors_ import SafetensorsSerializer
from jeyn.serializers.tensors import CHUNK

SAFETENSORS = SafetensorsSerializer()
DTYPES = "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 complex64".split()
arrays = st.sampled_from(DTYPES).flatmap(
    lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4))
)
names = st.text(st.characters(codec="utf-8"), max_size=8).filter(lambda name: name not in ("__metadata__", "__array__"))


def round_trip(model: Any) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / SAFETENSORS.suffix
        dump = SAFETENSORS.dump(model, path)
        assert dump.canonical == f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"
        return SAFETENSORS.load(path, [])


def assert_same(got: np.ndarray, want: np.ndarray) -> None:
    assert got.dtype == want.dtype.newbyteorder("=")
    assert got.shape == want.shape
    assert got.tobytes() == want.astype(want.dtype.newbyteorder("=")).tobytes()


@given(st.dictionaries(names, arrays, min_size=1, max_size=5))
def test_a_mapping_comes_back(model: dict[str, np.ndarray]) -> None:
    loaded = round_trip(model)
    assert set(loaded) == set(model)
    for name, array in model.items():
        assert_same(loaded[name], array)


@given(arrays)
def test_an_array_comes_back_as_an_array(model: np.ndarray) -> None:
    assert SAFETENSORS.accepts(model)
    assert_same(round_trip(model), model)


@given(arrays, st.randoms())
def test_any_layout_and_byte_order_gives_the_same_file(array: np.ndarray, random: Any) -> None:
    axes = random.sample(range(array.ndim), array.ndim)
    strided = np.repeat(array.transpose(axes), 2, axis=0)[::2] if array.ndim else array
    foreign = array.transpose(axes).astype(array.dtype.newbyteorder(">"))
    plain = np.ascontiguousarray(array.transpose(axes)).reshape(array.transpose(axes).shape)
    with tempfile.TemporaryDirectory() as folder:
        digests = {SAFETENSORS.dump(each, Path(folder) / "m").canonical for each in (strided, foreign, plain)}
    assert len(digests) == 1


def test_more_than_one_chunk_of_a_layout_that_is_copied(tmp_path: Path) -> None:
    array = np.random.default_rng(0).random((3, CHUNK // 16 + 5)).T
    SAFETENSORS.dump({"w": array, "big": array.astype(">f8")}, tmp_path / "m")
    loaded = SAFETENSORS.load(tmp_path / "m", [])
    assert (loaded["w"] == array).all()
    assert (loaded["big"] == array).all()


def test_the_file_is_what_the_library_would_write(tmp_path: Path) -> None:
    model = {"b": np.arange(6.0).reshape(2, 3), "a": np.ones(3), "name with \u00fc": np.zeros((0, 2))}
    SAFETENSORS.dump(model, tmp_path / "m")
    assert (tmp_path / "m").read_bytes() == safetensors.numpy.save(model, metadata={"format": "np"})


def test_the_order_of_a_mapping_is_no_part_of_it(tmp_path: Path) -> None:
    model = {"a": np.ones(2, "f4"), "b": np.ones(2, "f8"), "c": np.ones(2, "i1")}
    reversed_model = OrderedDict(reversed(model.items()))
    digests = {SAFETENSORS.dump(each, tmp_path / "m").canonical for each in (model, reversed_model)}
    assert len(digests) == 1


@pytest.mark.parametrize("layout", ["as it is", "transposed", "big-endian"])
def test_extra_memory_is_small_whatever_the_size(tmp_path: Path, layout: str) -> None:
    array = np.ones((2048, 2048 * 4), ">f8" if layout == "big-endian" else "<f8")
    array = array.T if layout == "transposed" else array
    tracemalloc.start()
    try:
        SAFETENSORS.dump({"w": array}, tmp_path / "m")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (tmp_path / "m").stat().st_size > array.nbytes == 128 << 20
    assert peak < 3 * CHUNK


@pytest.mark.parametrize(
    "model",
    [
        np.array(["a", None], object),
        np.array(["a"]),
        np.array(["2024-01-01"], "datetime64[D]"),
        np.zeros(2, [("x", "f4")]),
        np.zeros(2, "complex128"),
        np.zeros(2, "longdouble"),
        {"w": np.ma.masked_array([1.0], [True])},
        {"w": np.ones(2), "step": 3},
        {"__array__": np.ones(2)},
        {"__metadata__": np.ones(2)},
        {1: np.ones(2)},
        {"\ud800": np.ones(2)},
        "text",
    ],
)
def test_what_the_format_cannot_hold_is_refused(tmp_path: Path, model: Any) -> None:
    with pytest.raises(SerializerError):
        SAFETENSORS.dump(model, tmp_path / "m")


def test_what_it_is_chosen_for() -> None:
    assert SAFETENSORS.accepts({"w": np.ones(2)})
    for other in ({}, {"w": 1.0}, {1: np.ones(2)}, [np.ones(2)], np.float64(1), {"w": np.ma.masked_array([1.0])}):
        assert not SAFETENSORS.accepts(other)


@pytest.mark.parametrize("content", [b"", b"\xff" * 64, b"\x10" + bytes(7) + b'{"w":{"dtype":1}}'])
def test_a_file_of_another_format_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "m").write_bytes(content)
    with pytest.raises(SerializerError, match="not a checkpoint of safetensors/1"):
        SAFETENSORS.load(tmp_path / "m", [])


def test_what_is_digested_is_what_is_written_while_a_thread_goes_on_training(tmp_path: Path) -> None:
    weights = np.zeros(1 << 23)
    ended = threading.Event()

    def train() -> None:
        while not ended.is_set():
            np.add(weights, 1, out=weights)

    thread = threading.Thread(target=train)
    thread.start()
    try:
        dump = SAFETENSORS.dump({"weights": weights}, tmp_path / "m")
    finally:
        ended.set()
        thread.join()
    assert dump.file == f"sha256:{hashlib.sha256((tmp_path / 'm').read_bytes()).hexdigest()}"

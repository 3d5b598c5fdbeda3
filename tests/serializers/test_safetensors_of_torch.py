from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from jeyn.errors import SerializerError
from jeyn.serializers.safetensors_ import SafetensorsSerializer

torch = pytest.importorskip("torch")
SAFETENSORS = SafetensorsSerializer()


def test_a_state_dict_comes_back(tmp_path: Path) -> None:
    module = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4))
    assert SAFETENSORS.accepts(module.state_dict())
    SAFETENSORS.dump(module.state_dict(), tmp_path / "m")
    other = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4))
    other.load_state_dict(SAFETENSORS.load(tmp_path / "m", []))
    assert all(torch.equal(other.state_dict()[name], tensor) for name, tensor in module.state_dict().items())


@pytest.mark.parametrize(
    "dtype", "bool uint8 int8 int64 float16 bfloat16 float64 complex64 float8_e4m3fn float8_e5m2".split()
)
def test_a_tensor_of_any_dtype_and_layout_comes_back(tmp_path: Path, dtype: str) -> None:
    for tensor in (
        torch.arange(6).reshape(2, 3).to(getattr(torch, dtype)).T,
        torch.ones((), dtype=getattr(torch, dtype)),
    ):
        SAFETENSORS.dump(tensor, tmp_path / "m")
        loaded = SAFETENSORS.load(tmp_path / "m", [])
        assert loaded.dtype == tensor.dtype
        assert loaded.shape == tensor.shape
        assert torch.equal(loaded.to(torch.complex64), tensor.to(torch.complex64))


def test_a_module_is_refused_with_the_way_out(tmp_path: Path) -> None:
    module = torch.nn.Linear(2, 2)
    assert SAFETENSORS.accepts(module)
    with pytest.raises(SerializerError, match=r"state_dict\(\)"):
        SAFETENSORS.dump(module, tmp_path / "m")


def test_other_tensors_are_refused(tmp_path: Path) -> None:
    for model in (
        torch.eye(3).to_sparse(),
        {"a": torch.ones(2), "b": np.ones(2)},
        torch.ones(2, dtype=torch.complex128),
    ):
        with pytest.raises(SerializerError):
            SAFETENSORS.dump(model, tmp_path / "m")

"""Arrays and tensors as what a safetensors file holds: a dtype, a shape, and little-endian bytes in row-major order."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from jeyn.errors import SerializerError
from jeyn.imported import is_a
from jeyn.serializers.digesting import Bytes
from jeyn.serializers.extras import optional, type_name

#: Bytes per write: small beside any memory, large beside the cost of a call.
CHUNK = 4 << 20

# The names on the right are the format's, https://huggingface.co/docs/safetensors; it has no others for numpy.
_NUMPY = {
    **{f"int{bits}": f"I{bits}" for bits in (8, 16, 32, 64)},
    **{f"uint{bits}": f"U{bits}" for bits in (8, 16, 32, 64)},
    **{f"float{bits}": f"F{bits}" for bits in (16, 32, 64)},
    "bool": "BOOL",
    "complex64": "C64",
}
_TORCH = {
    **{f"torch.{name}": code for name, code in _NUMPY.items()},
    "torch.bfloat16": "BF16",
    "torch.float8_e4m3fn": "F8_E4M3",
    "torch.float8_e5m2": "F8_E5M2",
}


@dataclass(frozen=True, slots=True)
class Tensor:
    """One tensor on its way into a file: its dtype's name there, bytes per number, shape, and bytes in pieces."""

    dtype: str
    width: int
    shape: tuple[int, ...]
    pieces: Callable[[], Iterator[Bytes]]

    @property
    def size(self) -> int:
        """In bytes."""
        return self.width * math.prod(self.shape)


def is_array(value: object) -> bool:
    """Whether it is a plain numpy array. Subclasses mean more than their numbers: a masked array has a mask."""
    return type(value) in (np.ndarray, np.memmap)


def is_torch(value: object) -> bool:
    """Whether it is a tensor of torch."""
    return is_a(value, "torch", "Tensor")


def tensor_of(value: Any, name: str) -> Tensor:
    """An array or a torch tensor; `name` is for the message of the SerializerError on any other dtype or type."""
    pieces: Callable[[Any], Iterator[Bytes]]
    if is_array(value):
        dtype, codes, width, pieces = value.dtype.name, _NUMPY, value.dtype.itemsize, _array_pieces
    elif is_torch(value):
        dtype, codes, width, pieces = str(value.dtype), _TORCH, value.element_size(), _torch_pieces
        if str(value.layout) != "torch.strided" or value.is_quantized:
            raise SerializerError(f"{name!r} is a sparse or quantized tensor", fix="make it dense before saving it")
    else:
        raise SerializerError(f"{name!r} is a {type_name(value)}, not an array", fix="keep arrays only")
    if dtype not in codes:
        raise SerializerError(
            f"{name!r} has dtype {dtype}, which safetensors cannot hold", fix=f"convert it to one of {', '.join(codes)}"
        )
    return Tensor(codes[dtype], width, tuple(value.shape), lambda: pieces(value))


def _array_pieces(array: np.ndarray) -> Iterator[Bytes]:
    """At most CHUNK bytes at a time. An array that is already as the file wants it is not copied, whatever its size."""
    little = array.dtype.newbyteorder("<")
    if array.flags.c_contiguous and array.dtype == little:
        flat = array.reshape(-1).view(np.uint8)
        for start in range(0, flat.size, CHUNK):
            yield flat[start : start + CHUNK].data
    elif array.size:
        pieces = np.nditer(  # type: ignore[call-overload]  # numpy's stub misspells the flag contig
            array,
            flags=["external_loop", "buffered"],
            op_flags=[["readonly", "contig"]],
            op_dtypes=[little],
            casting="equiv",
            order="C",
            buffersize=CHUNK // array.dtype.itemsize,
        )
        for piece in pieces:  # a buffer that is used again, so each must be written before the next is asked for
            yield piece.data


def _torch_pieces(tensor: Any) -> Iterator[Bytes]:
    """Copies at most this one tensor, and only from another device or another layout."""
    torch = optional("torch", "torch")
    dense = tensor.detach().cpu().resolve_conj().resolve_neg().contiguous()
    yield from _array_pieces(dense.reshape(-1).view(torch.uint8).numpy())

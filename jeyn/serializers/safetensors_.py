"""Arrays by name: weights of any framework, in the safetensors format."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jeyn.errors import SerializerError
from jeyn.imported import is_a
from jeyn.model.codec import Json
from jeyn.serializers.base import Dump
from jeyn.serializers.digesting import DigestingFile
from jeyn.serializers.extras import optional, type_name
from jeyn.serializers.tensors import Tensor, is_array, is_torch, tensor_of

#: A model that is one array is stored under this name, so a mapping may not use it.
SOLE = "__array__"
_RESERVED = (SOLE, "__metadata__")


class SafetensorsSerializer:
    """One array, or a mapping of names to arrays: of numpy, or of torch (a state dict), not both.

    The file is its own canonical form: tensors lie by width and name, not in the mapping's order, and come back in that
    order. It is written here rather than by the library, which gives its header no fixed order, and copies
    the arrays in older versions. Format: https://github.com/huggingface/safetensors#format
    """

    id = "safetensors/1"
    suffix = "model.safetensors"

    def accepts(self, model: object) -> bool:
        """Modules of torch are taken too, for `dump` to say what to give instead."""
        if is_array(model) or is_torch(model) or is_a(model, "torch.nn", "Module"):
            return True
        if not isinstance(model, Mapping) or not model or not all(isinstance(name, str) for name in model):
            return False
        return all(map(is_array, model.values())) or all(map(is_torch, model.values()))

    def dump(self, model: object, path: Path) -> Dump:
        """Extra memory is a few MiB, or one tensor of torch that lies on another device or is not contiguous."""
        named = _named(model)
        tensors = {name: tensor_of(value, name) for name, value in named.items()}
        kinds = {is_torch(value) for value in named.values()}
        if len(kinds) > 1:
            raise SerializerError("arrays of numpy and tensors of torch in one model", fix="convert one to the other")
        order = sorted(tensors, key=lambda name: (-tensors[name].width, name))
        with DigestingFile(path) as file:
            file.write(_header({name: tensors[name] for name in order}, "pt" if kinds == {True} else "np"))
            for name in order:
                for piece in tensors[name].pieces():
                    file.write(piece)
        metadata: dict[str, Json] = {"tensors": len(tensors), "bytes": sum(one.size for one in tensors.values())}
        return Dump(file.digest, metadata, file.digest)

    def load(self, path: Path, trusted: Sequence[str]) -> Any:  # noqa: ARG002  # the protocol has it
        """Arrays in memory of their own; tensors of torch on the CPU. The format holds no types to trust."""
        library = optional("safetensors", "safetensors")
        try:
            with library.safe_open(path, framework="np") as file:
                framework = (file.metadata() or {}).get("format")
            if framework == "pt":
                optional("torch", "torch")
            reader = optional("safetensors.torch" if framework == "pt" else "safetensors.numpy", "safetensors")
            loaded = reader.load_file(path)
        except library.SafetensorError as error:
            raise SerializerError(f"not a checkpoint of {self.id}: {error}") from error
        return loaded[SOLE] if set(loaded) == {SOLE} else loaded


def _named(model: object) -> Mapping[str, Any]:
    if is_array(model) or is_torch(model):
        return {SOLE: model}
    if is_a(model, "torch.nn", "Module"):
        raise SerializerError(
            f"a {type_name(model)} is code as well as weights, and only weights can be stored safely",
            fix="save model.state_dict(), and give it to load_state_dict() of a new module after loading",
        )
    if not isinstance(model, Mapping):
        raise SerializerError(f"a {type_name(model)} is neither an array nor a mapping of names to arrays")
    for name in model:
        if not isinstance(name, str) or name in _RESERVED:
            raise SerializerError(f"an array cannot be called {name!r}", fix="name it by some other text")
    return model


def _header(tensors: Mapping[str, Tensor], framework: str) -> bytes:
    """The length in 8 little-endian bytes, and JSON padded with spaces so that the numbers lie aligned."""
    held: dict[str, Any] = {"__metadata__": {"format": framework}}
    start = 0
    for name, tensor in tensors.items():
        end = start + tensor.size
        held[name] = {"dtype": tensor.dtype, "shape": list(tensor.shape), "data_offsets": [start, end]}
        start = end
    try:
        text = json.dumps(held, separators=(",", ":"), ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise SerializerError(f"the name of an array is not Unicode text: {error}") from error
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text

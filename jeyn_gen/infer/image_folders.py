"""A folder of images, of which only the heads are read: how large they are, and what a pixel is.

A row is an image: `image`, as `numpy.asarray(PIL.Image.open(…))` gives it, and `file`, its path within the folder.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from jeyn.errors import AskError
from jeyn.model.types import Scalar, Tensor
from jeyn_gen.infer.problems import NoType, Problem
from jeyn_gen.infer.source import DataFile, Part, Source
from jeyn_gen.infer.stored import Stored, check_name

IMAGES = "a folder of images"
ENDINGS = frozenset(".bmp .gif .jpeg .jpg .pgm .png .pnm .ppm .tif .tiff .webp".split())
#: The dtype and the channels of each of Pillow's modes: https://pillow.readthedocs.io/en/stable/handbook/concepts.html
_MODES: dict[str, tuple[str, int]] = {
    "1": ("bool", 0),
    **dict.fromkeys(("L", "P"), ("uint8", 0)),
    **dict.fromkeys(("LA", "PA", "La"), ("uint8", 2)),
    **dict.fromkeys(("RGB", "YCbCr", "LAB", "HSV"), ("uint8", 3)),
    **dict.fromkeys(("RGBA", "RGBX", "RGBa", "CMYK"), ("uint8", 4)),
    **dict.fromkeys(("I;16", "I;16L", "I;16B", "I;16N"), ("uint16", 0)),
    "I": ("int32", 0),
    "F": ("float32", 0),
}
_PART_FILES = 1024


@dataclass(frozen=True, slots=True)
class _Head:
    """What the head of an image says."""

    dtype: str
    shape: tuple[int, ...]


def image_folders(files: Sequence[DataFile], sample: int | None) -> list[Source]:
    """Sources of folders; AskError without Pillow."""
    return [_source(file, sample) for file in files]


def _source(folder: DataFile, sample: int | None) -> Source:
    paths = sorted(path for path in folder.path.rglob("*") if path.suffix.lower() in ENDINGS and path.is_file())[
        :sample
    ]
    if not paths:
        problem = Problem(folder.shown, "", "no image is in it", f"name the files, or a folder with {_some_endings()}")
        return Source(folder.shown, IMAGES, {}, (problem,), lambda: iter(()))
    heads, names, problems = _heads(folder, paths)
    kind = _one_kind(folder, heads, names, problems)
    columns: dict[str, Stored] = {} if kind is None else {"file": Scalar("string"), "image": kind}

    def parts() -> Iterator[Part]:
        for start in range(0, len(heads), _PART_FILES):
            some = slice(start, start + _PART_FILES)
            shapes = np.array([head.shape for head in heads[some]], np.int64)
            yield Part(len(shapes), {"file": pa.array(names[some], pa.string()), "image": shapes})

    return Source(folder.shown, IMAGES, columns, tuple(problems), parts)


def _heads(folder: DataFile, paths: Sequence[Path]) -> tuple[list[_Head], list[str], list[Problem]]:
    heads: list[_Head] = []
    names: list[str] = []
    problems: list[Problem] = []
    for path in paths:
        name = path.relative_to(folder.path).as_posix()
        try:
            check_name(name)
            heads.append(_head(path))
            names.append(name)
        except NoType as reason:
            problems.append(Problem(f"{folder.shown}/{name}", "", reason.message, reason.fix))
    return heads, names, problems


def _head(path: Path) -> _Head:
    image_module = _pillow()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of large images: nobody decodes them here
            with image_module.open(path) as image:
                (width, height), mode = image.size, image.mode
    except (OSError, SyntaxError, ValueError, image_module.DecompressionBombError) as error:
        raise NoType(f"it cannot be read as an image: {error}", "mend or remove it") from None
    if mode not in _MODES:
        raise NoType(f"there is no dtype for images of the mode {mode}", "convert it to L, RGB or RGBA")
    dtype, channels = _MODES[mode]
    return _Head(dtype, (height, width, channels) if channels else (height, width))


def _one_kind(folder: DataFile, heads: Sequence[_Head], names: Sequence[str], problems: list[Problem]) -> Tensor | None:
    """The tensor that all images are; those of another dtype or without channels are problems of two files."""
    if not heads:
        return None
    first = heads[0]
    for head, name in zip(heads, names, strict=True):
        if (head.dtype, len(head.shape)) != (first.dtype, len(first.shape)):
            message = f"it is {_words(head)}, but {names[0]} is {_words(first)}"
            problems.append(Problem(f"{folder.shown}/{name}", "", message, "convert all images to one mode"))
            return None
    return Tensor(Scalar(first.dtype), (-1,) * len(first.shape))


def _words(head: _Head) -> str:
    return str(Tensor(Scalar(head.dtype), head.shape))


def _some_endings() -> str:
    return ", ".join(sorted(ENDINGS))


def _pillow() -> Any:
    try:
        from PIL import Image
    except ImportError:
        raise AskError("reading images needs Pillow", "pip install pillow") from None
    return Image

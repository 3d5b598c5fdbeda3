"""Catalogs from NumPy's files and from folders of images."""

from __future__ import annotations

import builtins
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

ARRAYS: dict[str, tuple[Any, str]] = {
    "images": (np.arange(4 * 8 * 8, dtype=np.float32).reshape(4, 8, 8), "float32[8, 8]"),
    "label": (np.array([1, 2, 3, 4], np.int8), "int8"),
    "big_endian": (np.array([1, 2, 3, 4], ">u2"), "uint16"),
    "flag": (np.array([True, False, True, False]), "bool"),
    "masks": (np.zeros((4, 3), bool), "bool[3]"),
    "half": (np.array([1, np.nan, 2, 3], np.float16), "float16"),
    "day": (np.array(["2030-01-31"] * 4, "M8[D]"), "date"),
    "clock": (np.array(["2030-01-31", "NaT", "2030-01-31T09:00", "1970"], "M8[ns]"), "timestamp?"),
    "lasted": (np.array([1, 2, 3, "NaT"], "m8[h]"), "duration?"),
    "word": (np.array(["a", "", "größe", "\u2028"]), "string"),
    "raw": (np.array([b"a", b"", b"\xff", b"bc"]), "bytes"),
    "columns": (np.asfortranarray(np.arange(12.0).reshape(4, 3)), "float64[3]"),
    "no_numbers": (np.zeros((4, 0)), "float64[*]"),
    "mean radius": (np.array([1.0, 2, 3, 4]), "float64"),
}


@pytest.mark.parametrize("constrained", [False, True])
def test_archives_of_arrays(constrained: bool, root: Path, infer: Any) -> None:
    held = {name: array for name, (array, _) in ARRAYS.items()}
    np.savez_compressed(root / "data.npz", **held)
    found = infer("data.npz", *(["--constraints"] if constrained else []))
    assert found.types() == {name: kind for name, (_, kind) in ARRAYS.items()}
    with np.load(root / "data.npz") as loaded:
        assert found.accepts(dict(loaded)) == 4


@pytest.mark.parametrize("name", ARRAYS)
def test_single_arrays(name: str, root: Path, infer: Any) -> None:
    array, kind = ARRAYS[name]
    np.save(root / f"{name}.npy", array)
    found = infer(f"{name}.npy")
    assert found.types() == {name: kind}
    assert found.accepts({name: np.load(root / f"{name}.npy")}) == 4


def test_structured_arrays(root: Path, infer: Any) -> None:
    array = np.array([(1, "a", [0.5, 1.5])] * 3, [("n", "i4"), ("word", "U3"), ("pair", "f4", (2,))])
    np.save(root / "data.npy", array)
    found = infer("data.npy")
    assert found.types() == {"n": "int32", "word": "string", "pair": "float32[2]"}
    assert found.accepts({name: array[name] for name in array.dtype.names}) == 3


def test_arrays_without_rows(root: Path, infer: Any) -> None:
    np.savez(root / "data.npz", x=np.zeros((0, 2)), n=np.zeros(0, np.int8))
    assert infer("data.npz").types() == {"x": "float64[2]?", "n": "int8?"}


def test_large_arrays_are_read_in_parts(root: Path, infer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jeyn_gen.infer.array_files._MOST_BYTES", 100)
    held = {"x": np.arange(100.0).reshape(50, 2), "n": np.arange(50), "f": np.asfortranarray(np.ones((50, 2)))}
    np.savez(root / "data.npz", **held)
    np.save(root / "x.npy", held["x"])
    assert infer("data.npz").notes("x") == ["50 values, from 0.0 to 99.0"]
    assert infer("x.npy").notes("x") == ["50 values, from 0.0 to 99.0"]
    assert infer("data.npz", "--sample", "7").notes("x") == ["7 values, from 0.0 to 13.0"]


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "objects": ({"x": np.array([None, {}])}, "column `x`: it holds Python objects"),
    "complex numbers": ({"x": np.zeros(3, complex)}, "column `x`: there is no dtype for NumPy's complex128"),
    "single values": ({"x": np.array(1)}, "column `x`: it is a single value"),
    "different lengths": ({"x": np.zeros(3), "y": np.zeros(4)}, "x 3, y 4"),
    "text with axes": ({"x": np.array([["a"]])}, "column `x`: a tensor cannot hold string"),
    "nanoseconds": ({"x": np.array([1001], "M8[ns]")}, "column `x`: timestamp cannot hold"),
    "nothing": ({}, "no columns"),
    "blank": ({" ": np.zeros(1)}, "no name"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_no_catalog_can_say_is_refused(name: str, root: Path, refused: Any) -> None:
    held, told = REFUSED[name]
    np.savez(root / "data.npz", **held)
    assert told in refused("data.npz")


def test_archives_that_are_cut_off(root: Path, refused: Any) -> None:
    np.savez(root / "data.npz", x=np.zeros(1000))
    whole = (root / "data.npz").read_bytes()
    (root / "data.npz").write_bytes(whole[:500])
    assert "cannot be read as an archive of NumPy arrays" in refused("data.npz")
    np.save(root / "data.npy", np.zeros(1000))
    (root / "data.npy").write_bytes((root / "data.npy").read_bytes()[:500])
    assert "cannot be read as a NumPy array" in refused("data.npy")


def draw(path: Path, mode: str, *size: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, size).save(path)


def loaded(folder: Path) -> dict[str, Any]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".txt")
    return {
        "file": [path.relative_to(folder).as_posix() for path in paths],
        "image": [pixels(path) for path in paths],
    }


def pixels(path: Path) -> Any:
    with Image.open(path) as image:
        return np.asarray(image)


IMAGES: dict[str, tuple[list[tuple[str, str, int, int]], str]] = {
    "one size": ([("a.png", "RGB", 4, 3), ("b.jpg", "RGB", 4, 3)], "uint8[3, 4, 3]"),
    "grey": ([("a.png", "L", 4, 3), ("b/c.png", "L", 4, 3)], "uint8[3, 4]"),
    "several sizes": ([("a.png", "RGBA", 4, 3), ("b.png", "RGBA", 4, 5)], "uint8[*, 4, 4]"),
    "several channels": ([("a.png", "RGBA", 4, 3), ("b.png", "RGB", 2, 5)], "uint8[*, *, *]"),
    "two colours": ([("a.png", "1", 4, 3)], "bool[3, 4]"),
    "deep": ([("a.png", "I;16", 4, 3)], "uint16[3, 4]"),
    "palette": ([("a.gif", "P", 4, 3)], "uint8[3, 4]"),
    "floats": ([("a.tiff", "F", 4, 3)], "float32[3, 4]"),
}


@pytest.mark.parametrize("name", IMAGES)
def test_folders_of_images(name: str, root: Path, infer: Any) -> None:
    images, kind = IMAGES[name]
    for file, mode, width, height in images:
        draw(root / "photos" / file, mode, width, height)
    (root / "photos" / "about.txt").write_text("not an image")
    found = infer("photos", "--constraints")
    assert found.types() == {"file": "string", "image": kind}
    assert found.accepts(loaded(root / "photos")) == len(images)


def test_how_large_images_are_is_told(root: Path, infer: Any) -> None:
    draw(root / "photos" / "a.png", "RGB", 4, 3)
    draw(root / "photos" / "b.png", "RGB", 40, 3)
    assert infer("photos").notes("image") == ["2 values, axes of 3 by 4 to 40 by 3"]
    assert infer("photos", "--sample", "1").types()["image"] == "uint8[3, 4, 3]"


def test_images_of_two_modes_name_both_files(root: Path, refused: Any) -> None:
    draw(root / "photos" / "a.png", "RGB", 4, 3)
    draw(root / "photos" / "b.png", "L", 4, 3)
    said = refused("photos")
    assert "photos/b.png: it is uint8[3, 4], but a.png is uint8[3, 4, 3]" in said


def test_what_is_no_image_is_named(root: Path, refused: Any) -> None:
    draw(root / "photos" / "a.png", "RGB", 4, 3)
    (root / "photos" / "b.png").write_bytes(b"\x89PNG but not really")
    assert "photos/b.png: it cannot be read as an image" in refused("photos")
    (root / "none").mkdir()
    assert "none: no image is in it" in refused("none")


def test_without_pillow_it_says_what_to_install(root: Path, refused: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    draw(root / "photos" / "a.png", "RGB", 4, 3)
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name == "PIL":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    assert "pip install pillow" in refused("photos", code=2)

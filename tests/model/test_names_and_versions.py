"""What documents, features and versions are called, here and in Python."""

from __future__ import annotations

import keyword
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from jeyn.model.modules import batch_class, module, path
from jeyn.model.names import (
    Pin,
    Version,
    attribute,
    attribute_names,
    class_part,
    is_identifier,
    is_name,
    module_part,
)
from jeyn.stores.batch import Columns
from jeyn.stores.row import Row

NASTY = """
    class None True def self cls model_dump model_config model_fields model_x copy json dict schema validate construct
    fields values keys items get __init__ __class__ _private __ _ ___ int float str list bytes bool np NDArray Field
    Literal Annotated catalog_ catalog é ñandú \uff41\uff42 ﬁ ǅ ² ½ 1 1st 99 - -- - a-b a.b a b a_b A-B 名前 😀 \u0301 \u202e \0
    match case type async await print_ __dict__ mro_ x.y.z a/b a\\b "quoted" 'single' {braces} $x x$ °C % λ ª º
""".split(" ")
feature_names = st.one_of(st.sampled_from(NASTY), st.text(max_size=6), st.text("ab_ -1", max_size=4))


@given(st.lists(feature_names, unique=True, max_size=12))
def test_every_feature_has_an_attribute_of_its_own(features: list[str]) -> None:
    found = attribute_names(features)
    assert list(found) == features
    assert len(set(found.values())) == len(features)
    for name in found.values():
        assert name.isidentifier()
        assert not keyword.iskeyword(name)
        assert not name.startswith("_")
        assert unicodedata.normalize("NFKC", name) == name, "Python reads identifiers so"
        assert not hasattr(BaseModel, name)
        assert not hasattr(Row, name)
        assert not hasattr(Columns, name)


@given(st.lists(feature_names, unique=True, max_size=8))
def test_a_name_that_can_be_an_attribute_stays_one(features: list[str]) -> None:
    found = attribute_names(features)
    for feature in features:
        if attribute(feature) == feature:
            assert found[feature] == feature


@given(st.lists(feature_names, unique=True, max_size=8), st.lists(feature_names, unique=True, max_size=3))
def test_adding_features_behind_does_not_rename_plain_ones(features: list[str], more: list[str]) -> None:
    both = attribute_names(dict.fromkeys([*features, *more]))
    plain = {feature: name for feature, name in attribute_names(features).items() if feature == name}
    assert {feature: both[feature] for feature in plain} == plain


@pytest.mark.parametrize(
    ("features", "expected"),
    [
        (["pixels", "label"], ["pixels", "label"]),
        (["mean radius", "mean-radius", "mean_radius"], ["mean_radius_2", "mean_radius_3", "mean_radius"]),
        (["class", "class_"], ["class__2", "class_"]),
        (["1st", "n1st", "²"], ["n1st_2", "n1st", "n2"]),
        (["_x", "__x__", "x"], ["x_2", "x_3", "x"]),
        (["", "_", "-", "\0"], ["n", "n_2", "n_3", "n_4"]),
        (
            ["model_dump", "copy", "values", "int", "np", "catalog_"],
            ["model_dump_", "copy_", "values_", "int_", "np_", "catalog__"],
        ),
        (["ﬁt", "fit"], ["fit_2", "fit"]),
        (["größe", "名前", "e\u0301"], ["größe", "名前", "é"]),
    ],
)
def test_attributes(features: list[str], expected: list[str]) -> None:
    assert list(attribute_names(features).values()) == expected


@pytest.mark.parametrize("name", ["a", "0", "a-b", "a--b", "1-2", "a" * 63])
def test_names(name: str) -> None:
    assert is_name(name)


@pytest.mark.parametrize("name", ["", "-a", "a-", "A", "a_b", "a.b", "ä", "a" * 64, "a\n", " a", "a ", "\u0661"])
def test_what_is_no_name(name: str) -> None:
    assert not is_name(name)


@pytest.mark.parametrize("name", ["x", "C", "held_back", "x1", "match"])
def test_identifiers(name: str) -> None:
    assert is_identifier(name)


@pytest.mark.parametrize("name", ["", "1", "_x", "__x__", "class", "None", "ä", "a-b", "a b", "\uff41"])
def test_what_is_no_identifier(name: str) -> None:
    assert not is_identifier(name)


drawn_names = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,5}[a-z0-9])?", fullmatch=True)
lines = st.builds(lambda major, minor: Version(major, minor, 0).line, st.integers(0, 12), st.integers(0, 12))


@given(st.builds(Pin, drawn_names, lines), st.builds(Pin, drawn_names, lines))
def test_each_pin_has_a_module_of_its_own(one: Pin, other: Pin) -> None:
    assert one.module.isidentifier()
    assert (one.module == other.module) == (one == other)
    assert Pin.parse(str(one)) == one
    assert path("generated.catalogs", one) == f"generated/catalogs/{one.module}.py"
    assert module("generated.catalogs", one) == f"generated.catalogs.{one.module}"


@given(drawn_names)
def test_class_names_are_identifiers(name: str) -> None:
    assert class_part(name).isidentifier()
    assert not keyword.iskeyword(class_part(name))
    assert batch_class(Pin(name, "1")).endswith("Batch")
    assert module_part(name).isidentifier()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("digit-images", "DigitImages"),
        ("a1", "A1"),
        ("1x", "N1x"),
        ("a--b", "AB"),
        ("row", "Row_"),
        ("step", "Step_"),
        ("none", "None_"),
        ("n-d-array", "NDArray_"),
    ],
)
def test_class_names(name: str, expected: str) -> None:
    assert class_part(name) == expected


@given(st.builds(Version, *[st.integers(0, 999_999_999)] * 3))
def test_versions_round_trip(version: Version) -> None:
    assert Version.parse(str(version)) == version
    assert version.line == (f"0.{version.minor}" if version.major == 0 else str(version.major))


@pytest.mark.parametrize(
    "text", ["", "1", "1.0", "1.0.0.0", "01.0.0", "1.0.00", "1.0.0-a", "1.0.0\n", "1.\u0660.0", "1234567890.0.0"]
)
def test_what_is_no_version(text: str) -> None:
    with pytest.raises(ValueError, match="not a version"):
        Version.parse(text)


@pytest.mark.parametrize(
    "text", ["", "a", "a@", "a@0", "a@01", "a@1.0", "a@0.01", "a@v1", "A@1", "a@1\n", "a@\u0661", "@1", "a@0.2.1"]
)
def test_what_is_no_pin(text: str) -> None:
    with pytest.raises(ValueError, match="NAME@MAJOR"):
        Pin.parse(text)


def test_versions_and_pins_are_ordered() -> None:
    assert Version(1, 10, 0) > Version(1, 9, 9)
    assert sorted([Pin("b", "1"), Pin("a", "2")]) == [Pin("a", "2"), Pin("b", "1")]


def test_columns_are_read_by_attribute_and_by_name() -> None:
    """The attribute of a feature is never one that the class has for itself."""
    taken: dict[str, Any] = dict.fromkeys(dir(Columns))
    assert not set(attribute_names(taken).values()) & set(taken)

"""Values of the model behave as `dataclasses.dataclass(frozen=True, slots=True)` makes them."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from collections.abc import Mapping
from dataclasses import FrozenInstanceError, field, fields, is_dataclass, replace
from typing import Any

import pytest

from jeyn.model.values import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Point:
    """Where something is."""

    x: int
    y: float = 0.5
    tags: tuple[str, ...] = ()

    @property
    def far(self) -> bool:
        return self.x > 10


@dataclass(frozen=True, slots=True)
class Held:
    point: Point
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Single:
    only: float


@dataclass(frozen=True, slots=True)
class Nothing:
    """Without a field."""


PLAIN = dataclasses.make_dataclass(
    "Point",
    [("x", "int"), ("y", "float", 0.5), ("tags", "tuple[str, ...]", ())],
    frozen=True,
    slots=True,
    order=True,
)


def test_it_is_a_dataclass() -> None:
    assert is_dataclass(Point)
    assert is_dataclass(Point(1))
    for own, other in zip(fields(Point), fields(PLAIN), strict=True):
        assert (own.name, own.type, own.default) == (other.name, other.type, other.default)
        assert (own.default_factory, own.init, own.repr) == (other.default_factory, other.init, other.repr)
    assert Point.__match_args__ == ("x", "y", "tags")
    assert (Point.__name__, Point.__qualname__, Point.__module__) == ("Point", "Point", __name__)
    assert Point.__doc__ == "Where something is."
    assert list(inspect.signature(Point).parameters) == ["x", "y", "tags"]
    assert repr(Point(1)) == repr(PLAIN(1)) == "Point(x=1, y=0.5, tags=())"
    assert repr(Nothing()) == "Nothing()"


def test_it_is_given_by_place_or_by_name() -> None:
    assert Point(1, 2.0) == Point(x=1, y=2.0, tags=())
    assert replace(Point(1), y=3.0, tags=("a",)) == Point(1, 3.0, ("a",))
    match Point(11, 2.0):
        case Point(x, y) if y == 2.0:
            assert x == 11
    assert Point(11).far
    for wrong in ((), (1, 2.0, (), 4)):
        with pytest.raises(TypeError):
            Point(*wrong)
    with pytest.raises(TypeError):
        Point(1, z=2)  # type: ignore[call-arg]  # what is tried


def test_it_is_compared_by_value_within_its_class() -> None:
    assert hash(Point(1)) == hash(Point(1, 0.5))
    assert len({Point(1), Point(1, 0.5), Point(2)}) == 2
    assert Point(1) != PLAIN(1)
    assert Point(1) != (1, 0.5, ())
    assert Nothing() == Nothing()
    assert Single(float("nan")) != Single(float("nan"))
    same = float("nan")
    assert Single(same) == Single(same)  # as tuples compare what they hold
    assert sorted([Point(2), Point(1, 0.7), Point(1)]) == [Point(1), Point(1, 0.7), Point(2)]
    assert Point(1) <= Point(1) < Point(2) > Point(1) >= Point(1)
    with pytest.raises(TypeError):
        assert Point(1) < 2  # type: ignore[operator]  # what is tried
    with pytest.raises(TypeError):
        assert Single(1) < Single(2)  # type: ignore[operator]  # it has no order


def test_it_cannot_be_changed() -> None:
    point = Point(1)
    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'x'"):
        point.x = 2  # type: ignore[misc]  # what is tried
    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'z'"):
        point.z = 2  # type: ignore[attr-defined]  # what is tried
    with pytest.raises(FrozenInstanceError, match="cannot delete field 'x'"):
        del point.x
    assert not hasattr(point, "__dict__")


def test_what_is_made_anew_for_each_is() -> None:
    one, two = Held(Point(1)), Held(Point(1))
    assert one == two
    assert one.more == {}
    assert one.more is not two.more
    assert Held(Point(1), {"a": 1}).more == {"a": 1}
    assert fields(Held)[1].default_factory is dict


@pytest.mark.parametrize("value", [Held(Point(1, 2.0, ("a",)), {"b": [1]}), Single(1.5), Nothing()])
def test_it_can_be_pickled_and_copied(value: Any) -> None:
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(value, protocol)) == value
    assert copy.copy(value) == copy.deepcopy(value) == value

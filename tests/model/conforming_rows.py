"""Rows that conform to a catalog, and rows that break it in one place, as hypothesis draws them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from drawn_definitions import PATTERNS, floats, texts
from hypothesis import assume
from hypothesis import strategies as st

from jeyn.model.constraints import broken
from jeyn.model.definitions import DataCatalog
from jeyn.model.types import (
    Constraints,
    Family,
    Feature,
    List,
    Scalar,
    Struct,
    Tensor,
    Value,
    integer_range,
    item_of,
)

Row = dict[str, Any]
_TICK = timedelta(microseconds=1)
#: Texts that match each pattern of the drawn catalogs, made of any other text.
_MATCHING: dict[str | None, Callable[[str], str]] = {
    None: lambda text: text,
    "^a": lambda text: f"a{text}",
    "[a-z]+": lambda text: f"q{text}",
    "^[^0-9]*$": lambda text: "".join(char for char in text if not "0" <= char <= "9"),
    "b?": lambda text: text,
    r"\d{2,3}|x": lambda text: f"12{text}",
    r"\$": lambda text: f"{text}$",
}
assert set(_MATCHING) == {None, *PATTERNS}


def rows(catalog: DataCatalog) -> st.SearchStrategy[list[Row]]:
    """Rows that keep every rule, `unique` included."""
    row = st.fixed_dictionaries({feature.name: value(feature) for feature in catalog.features})
    return st.lists(row, min_size=1, max_size=4).map(lambda drawn: list(_unrepeated(drawn, catalog)))


def _unrepeated(drawn: list[Row], catalog: DataCatalog) -> Iterator[Row]:
    unique = [feature.name for feature in catalog.features if feature.constraints.unique]
    seen: set[tuple[str, Any]] = set()
    for row in drawn:
        keys = {(name, row[name]) for name in unique if row[name] is not None}
        if not keys & seen:
            yield row
        seen |= keys


def value(feature: Feature) -> st.SearchStrategy[Any]:
    held = _held(feature)
    return st.none() | held if feature.constraints.nullable else held


def _held(feature: Feature) -> st.SearchStrategy[Any]:
    rules = feature.constraints
    match feature.type:
        case Scalar() as kind:
            return scalar(kind, rules)
        case Tensor() as kind:
            return tensor(kind, rules)
        case Struct(members):
            return st.fixed_dictionaries({member.name: value(member) for member in members})
        case List(item):
            least = rules.min_length or 0
            most = least + 2 if rules.max_length is None else min(rules.max_length, least + 2)
            return st.lists(value(item), min_size=least, max_size=most)


def scalar(kind: Scalar, rules: Constraints) -> st.SearchStrategy[Any]:
    """Values that keep the rules. What can hardly be drawn is not assumed, and another catalog is tried."""
    if rules.enum is not None:
        return st.sampled_from(rules.enum)
    return _kept(_near(kind, rules), kind, rules)


@st.composite
def _kept(draw: st.DrawFn, drawn: st.SearchStrategy[Any], kind: Scalar, rules: Constraints) -> Any:
    found = draw(drawn)
    assume(not any(broken(found, kind, rules)))
    return found


def _near(kind: Scalar, rules: Constraints) -> st.SearchStrategy[Any]:
    """Values that keep most of the rules."""
    match kind.family:
        case Family.BOOLEAN:
            return st.booleans()
        case Family.FLOAT:
            return _floats(kind, rules)
        case Family.STRING:
            least, most = rules.min_length or 0, 20 if rules.max_length is None else rules.max_length
            match_it = _MATCHING[rules.pattern]
            return texts.map(lambda text: match_it(f"{text}{'z' * least}"[:most] if most else "")[: most or 0])
        case Family.BYTES:
            least = rules.min_length or 0
            return st.binary(min_size=least, max_size=least + 3 if rules.max_length is None else rules.max_length)
    to_value, to_number, low, high = _numbered(kind)
    lower, upper = rules.lower(kind), rules.upper(kind)
    low = max(low, to_number(lower[0]) + lower[1]) if lower else low
    high = min(high, to_number(upper[0]) - upper[1]) if upper else high
    return st.integers(low, high).map(to_value) if low <= high else st.nothing()


def _numbered(kind: Scalar) -> tuple[Callable[[int], Any], Callable[[Any], int], int, int]:
    """Values of an ordered type as whole numbers: to the value, from it, and the least and the greatest."""
    match kind.family:
        case Family.INTEGER:
            return int, int, *integer_range(kind.dtype)
        case Family.DECIMAL:
            most = 10**kind.precision - 1
            return (
                lambda number: Decimal((int(number < 0), tuple(map(int, str(abs(number)))), -kind.scale)),
                lambda found: int("".join(map(str, found.as_tuple().digits))) * (-1 if found.is_signed() else 1),
                -most,
                most,
            )
        case Family.DATE:
            return date.fromordinal, date.toordinal, 1, date.max.toordinal()
        case Family.TIMESTAMP:
            start = datetime(1, 1, 3, tzinfo=UTC if kind.timezone else None)
            end = datetime(9999, 12, 29, tzinfo=start.tzinfo)
            return (
                lambda number: start + number * _TICK,
                lambda found: (found - start) // _TICK,
                0,
                (end - start) // _TICK,
            )
    most = timedelta(days=99_999) // _TICK
    return lambda number: number * _TICK, lambda found: found // _TICK, -most, most


def _floats(kind: Scalar, rules: Constraints) -> st.SearchStrategy[float]:
    lower, upper = rules.lower(kind), rules.upper(kind)
    drawn = floats(kind.dtype)
    edges = [bound[0] for bound in (lower, upper) if bound]
    if not edges:
        return drawn
    inner = [
        edge for edge in (0.0, 1.0, -1.0, float("inf"), float("-inf"), *edges) if not any(broken(edge, kind, rules))
    ]
    return st.sampled_from(inner) | drawn if inner else drawn


@st.composite
def tensor(draw: st.DrawFn, kind: Tensor, rules: Constraints) -> list[Any]:
    shape = [axis if axis >= 0 else draw(st.integers(0, 2)) for axis in kind.shape]
    item = scalar(kind.item, rules)

    def level(axis: int) -> list[Any]:
        if axis == len(shape) - 1:
            return [draw(item) for _ in range(shape[axis])]
        return [level(axis + 1) for _ in range(shape[axis])]

    return level(0)


@dataclass(frozen=True)
class Broken:
    """A row in which one place holds what it must not: `path` leads there, `node` is what stands there."""

    row: Row
    path: tuple[str | int, ...]
    node: Feature
    value: Any

    @property
    def in_rows(self) -> str:
        """The place as the row class writes it: `visits[0].seconds`."""
        first, *rest = self.path
        return str(first) + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in rest)

    @property
    def in_columns(self) -> str:
        """The place as vectorised checks write it: `visits[].seconds`."""
        first, *rest = self.path
        return str(first) + "".join("[]" if isinstance(step, int) else f".{step}" for step in rest)


@st.composite
def broken_rows(draw: st.DrawFn, catalog: DataCatalog) -> tuple[list[Row], Broken]:
    """Rows of which one is broken in one place, and what is broken."""
    sound = draw(rows(catalog))
    at = draw(st.integers(0, len(sound) - 1))
    places = [
        place for feature in catalog.features for place in _places(sound[at][feature.name], feature, (feature.name,))
    ]
    path, node = draw(st.sampled_from(places))
    wrong = draw(st.sampled_from(_wrong_values(node)))
    found = Broken(_changed(sound[at], path, wrong), path, node, wrong)
    return [*sound[:at], found.row, *sound[at + 1 :]], found


def _places(held: Any, node: Feature, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Feature]]:
    """Every value of a row that is of a type, from the outside in."""
    yield path, node
    if held is None:
        return
    match node.type:
        case Struct(members):
            for member in members:
                yield from _places(held[member.name], member, (*path, member.name))
        case List(item):
            for place, one in enumerate(held):
                yield from _places(one, item, (*path, place))


def _changed(held: Any, path: tuple[str | int, ...], wrong: Any) -> Any:
    if not path:
        return wrong
    first, *rest = path
    if isinstance(held, dict):
        return {key: _changed(one, tuple(rest), wrong) if key == first else one for key, one in held.items()}
    return [_changed(one, tuple(rest), wrong) if place == first else one for place, one in enumerate(held)]


def _wrong_values(node: Feature) -> list[Any]:
    """Values that break the type of a node, or one of its rules."""
    rules = node.constraints
    wrong: list[Any] = [] if rules.nullable else [None]
    match node.type:
        case Struct(members):
            return [*wrong, 3, "x", [1], {}, {**dict.fromkeys([member.name for member in members]), "one more": 1}]
        case List():
            wrong += [3, {"a": 1}]
            return [*wrong, [None] * (rules.max_length + 1)] if rules.max_length is not None else wrong
        case Tensor() as kind:
            return [
                *wrong,
                3,
                "x",
                _filled(kind, None),
                [[[[[0]]]]],
                *(_filled(kind, one) for one in _breaking(kind, rules)),
            ]
        case Scalar() as kind:
            other = 1.5 if kind.family in (Family.STRING, Family.BYTES) else "x"
            return [*wrong, other, [1], {"a": 1}, *_breaking(kind, rules)]


def _filled(kind: Tensor, item: Any) -> list[Any]:
    held = item
    for axis in reversed(kind.shape):
        held = [held] * max(axis, 1)
    return held  # type: ignore[no-any-return]  # a tensor has an axis


def _breaking(kind: Scalar | Tensor, rules: Constraints) -> list[Value]:
    """Values of the type that break a rule."""
    item = item_of(kind)
    candidates: list[Any] = {
        Family.BOOLEAN: [True, False],
        Family.INTEGER: [0, 1, *(integer_range(item.dtype) if item.family is Family.INTEGER else ())],
        Family.FLOAT: [0.0, 1.0, -1.0, 0.5, float("nan"), float("inf"), float("-inf")],
        Family.DECIMAL: [Decimal(number).scaleb(-item.scale) for number in (-1, 0, 1)],
        Family.STRING: ["", "0", "zzzzzzzzzzzzzzzzzzzzz", "\n"],
        Family.BYTES: [b"", b"zzzzzzzzzzzzzzzz"],
        Family.DATE: [date(1, 1, 1), date(2000, 1, 1), date.max],
        Family.TIMESTAMP: [datetime(year, 6, 1, tzinfo=UTC if item.timezone else None) for year in (1, 2000, 9999)],
        Family.DURATION: [timedelta(-9), timedelta(0), timedelta(99_999)],
    }[item.family]
    return [one for one in candidates if any(broken(one, kind, rules))]

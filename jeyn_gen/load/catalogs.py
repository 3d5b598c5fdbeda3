"""Reading `kind: DataCatalog`, and the types and constraints that parameters share with features."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from jeyn.model.constraints import Constraints, Value, applicable, broken, shown
from jeyn.model.definitions import DataCatalog, Feature
from jeyn.model.names import Version
from jeyn.model.types import DTYPES, NUMERIC, Family, FeatureType, Scalar, Tensor, integer_range, item_of
from jeyn_gen.load import reader as read
from jeyn_gen.load.nodes import Node, ScalarNode
from jeyn_gen.load.reader import Fields, Reader, Refused

NO_VERSION = Version(0, 0, 0)
_BOUNDS = ("minimum", "maximum", "exclusive_minimum", "exclusive_maximum")
_FEATURE_KEYS = (
    *("dtype", "shape", "timezone", "precision", "scale", "struct", "list", "nullable", "enum", "unique", "pattern"),
    *(*_BOUNDS, "min_length", "max_length", "description", "unit", "tags", "deprecated", "examples", "default"),
)
_DURATION = re.compile(
    r"P(?:(?P<days>\d+)D)?(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d{1,6})?)S)?)?"
)


def catalog(fields: Fields) -> DataCatalog:
    """The rest of a DataCatalog document."""
    found = DataCatalog(
        name=fields.need("name", read.name, ""),
        version=fields.need("version", read.version, NO_VERSION),
        description=fields.get("description", read.words, ""),
        features=fields.need("features", read.mapping_of("`features`", _feature, empty=False), ()),
    )
    fields.close()
    return found


def _feature(reader: Reader, key: ScalarNode, node: Node) -> Feature:
    if not key.text.strip():
        raise reader.refuse(key, "JYN107", "a feature needs a name")
    fields = Fields(reader, node, f"feature `{key.text[:80]}`")
    try:
        kind = feature_type(fields)
    except Refused:
        fields.close(known=_FEATURE_KEYS)
        raise
    rules = constraints(fields, kind)
    values = read.list_of("`examples`", lambda reader, node: value(reader, node, item_of(kind)))
    found = Feature(
        name=key.text,
        type=kind,
        constraints=rules,
        description=fields.get("description", read.words, ""),
        unit=fields.get("unit", read.words, ""),
        tags=fields.get("tags", read.list_of("`tags`", read.words), ()),
        deprecated=fields.get("deprecated", read.boolean, False),
        examples=fields.get("examples", values, ()),
    )
    fields.close()
    return found


def feature_type(fields: Fields) -> FeatureType:
    """The type that `dtype`, `shape` and their companions state; Refused where they state none."""
    for later in ("struct", "list"):
        if later in fields.node.pairs:
            raise fields.reader.refuse(
                fields.node.pairs[later][0], "JYN116", f"{fields.what}: `{later}` is not supported yet"
            )
    scalar = scalar_type(fields)
    shape = fields.get("shape", read.list_of("`shape`", _axis, empty=False), None)
    if shape is None:
        if not fields.sound:
            raise Refused
        return scalar
    if scalar.family not in NUMERIC:
        raise fields.reader.refuse(
            fields.place("shape"), "JYN112", f"{fields.what}: a tensor cannot hold {scalar.dtype}"
        )
    return Tensor(scalar, shape)


def scalar_type(fields: Fields) -> Scalar:
    """The scalar that `dtype`, `timezone`, `precision` and `scale` state."""
    dtype = fields.need("dtype", _dtype, "")
    if not dtype:
        fields.get("shape", lambda _reader, _node: None, None)
        raise Refused
    family = DTYPES[dtype]
    if family is Family.TIMESTAMP:
        return Scalar(dtype, timezone=fields.get("timezone", timezone, ""))
    if family is Family.DECIMAL:
        precision = fields.need("precision", read.integer(1), 1)
        scale = fields.need("scale", read.integer(0), 0)
        if precision > 76 or scale > precision:
            raise fields.reader.refuse(
                fields.place("precision"), "JYN112", "a decimal has 1 to 76 digits, `scale` of them after the point"
            )
        return Scalar(dtype, precision=precision, scale=scale)
    return Scalar(dtype)


def constraints(fields: Fields, kind: FeatureType) -> Constraints:
    """The constraints in a feature or parameter, each checked against its type and against the others."""
    item = item_of(kind)

    def of_type(reader: Reader, node: Node) -> Value:
        return value(reader, node, item)

    def bound(key: str) -> Value | None:
        return fields.get(key, of_type, None) if _applies(fields, kind, key) else None

    def length(key: str) -> int | None:
        return fields.get(key, read.integer(0), None) if _applies(fields, kind, key) else None

    rules = Constraints(
        nullable=fields.get("nullable", read.boolean, False),
        minimum=bound("minimum"),
        maximum=bound("maximum"),
        exclusive_minimum=bound("exclusive_minimum"),
        exclusive_maximum=bound("exclusive_maximum"),
        min_length=length("min_length"),
        max_length=length("max_length"),
        pattern=fields.get("pattern", _pattern, None) if _applies(fields, kind, "pattern") else None,
        enum=fields.get("enum", read.list_of("`enum`", of_type, empty=False), None),
        unique=fields.get("unique", read.boolean, False) if _applies(fields, kind, "unique") else False,
    )
    for key, message in _contradictions(rules, kind):
        fields.sound = False
        fields.reader.report(fields.place(key), "JYN114", f"{fields.what}: {message}")
    return rules


def value(reader: Reader, node: Node, scalar: Scalar) -> Value:
    """A value of a scalar type as a document writes it."""
    family = scalar.family
    if family is Family.BOOLEAN:
        return read.boolean(reader, node)
    if family is Family.INTEGER:
        found = read.integer(-(2**64))(reader, node)
        low, high = integer_range(scalar.dtype)
        if not low <= found <= high:
            raise reader.refuse(node, "JYN106", f"{found} is no {scalar.dtype}: it goes from {low} to {high}")
        return found
    if family is Family.FLOAT:
        return read.number(reader, node)
    if not isinstance(node, ScalarNode) or node.value is None:
        raise reader.refuse(node, "JYN106", f"expected a {scalar.dtype}, not {read.described(node)}")
    if family is Family.STRING:
        return read.text(reader, node)
    try:
        return _READ_TEXT[family](node.text, scalar)
    except (ValueError, InvalidOperation):
        raise reader.refuse(
            node, "JYN106", f"{node.text[:80]!r} is no {scalar.dtype}", f"write it as {_FORMS[family]}"
        ) from None


def _applies(fields: Fields, kind: FeatureType, constraint: str) -> bool:
    if constraint in applicable(kind):
        return True
    if constraint in fields.node.pairs:
        fields.get(constraint, lambda _reader, _node: None, None)
        fields.sound = False
        key = fields.node.pairs[constraint][0]
        what = "a tensor" if isinstance(kind, Tensor) else f"a {kind.dtype}"
        fields.reader.report(key, "JYN113", f"{fields.what}: {what} cannot have `{constraint}`")
    return False


def _contradictions(rules: Constraints, kind: FeatureType) -> Iterator[tuple[str, str]]:
    lower, upper = rules.lower(kind), rules.upper(kind)
    low_key = "minimum" if rules.minimum is not None else "exclusive_minimum"
    given = any(getattr(rules, bound) is not None for bound in _BOUNDS)
    if given and lower and upper:
        crossed: Any = lower[0]
        if crossed > upper[0] or (crossed == upper[0] and (lower[1] or upper[1])):
            yield low_key, f"no value is between {shown(lower[0])} and {shown(upper[0])}"
    if rules.min_length is not None and rules.max_length is not None and rules.min_length > rules.max_length:
        yield "min_length", f"no length is between {rules.min_length} and {rules.max_length}"
    for item in rules.enum or ():
        for rule in broken(item, kind, rules):
            yield "enum", f"{shown(item)} breaks {rule}"
    if rules.enum is not None and len(set(rules.enum)) < len(rules.enum):
        yield "enum", "a value stands twice in `enum`"


def _dtype(reader: Reader, node: Node) -> str:
    found = read.text(reader, node)
    if found in DTYPES:
        return found
    hint = read.suggestion(found, DTYPES)
    raise reader.refuse(node, "JYN111", f"{found[:80]!r} is not a dtype", hint)


def _axis(reader: Reader, node: Node) -> int:
    length = read.integer(-1)(reader, node)
    if length == 0 or length >= 2**31:
        raise reader.refuse(node, "JYN112", "an axis has a length of 1 to 2147483647, or is -1 (free)")
    return length


def timezone(reader: Reader, node: Node) -> str:
    """The name of an IANA time zone."""
    found = read.text(reader, node)
    try:
        ZoneInfo(found)
    except (ValueError, OSError, KeyError):
        fix = "write one such as UTC or Europe/Berlin"
        raise reader.refuse(node, "JYN121", f"{found[:80]!r} is no IANA time zone", fix) from None
    return found


def _pattern(reader: Reader, node: Node) -> str:
    found = read.text(reader, node)
    try:
        re.compile(found)
    except (re.error, OverflowError, RecursionError) as error:
        raise reader.refuse(node, "JYN115", f"the pattern cannot be compiled: {error}") from None
    # RE2 (https://github.com/google/re2/wiki/Syntax) checks whole columns and knows none of these.
    if re.search(r"\(\?(?:[=!>(]|<[=!])|\(\?P[=>]|\\[1-9]|\\[ZG]|[*+?}]\+", found):
        raise reader.refuse(node, "JYN115", "the pattern uses look-around, back-references or possessive repeats")
    return found


def _timestamp(text: str, scalar: Scalar) -> datetime:
    moment = datetime.fromisoformat(text)
    if bool(scalar.timezone) != (moment.tzinfo is not None):
        raise ValueError
    return moment.astimezone(UTC) if scalar.timezone else moment


def _duration(text: str, _scalar: Scalar) -> timedelta:
    match = _DURATION.fullmatch(text)
    if match is None or text in ("P", "PT"):
        raise ValueError
    return timedelta(**{unit: float(amount) for unit, amount in match.groupdict().items() if amount})


def _decimal(text: str, scalar: Scalar) -> Decimal:
    found = Decimal(text)
    if (
        not found.is_finite()
        or found != round(found, scalar.scale)
        or abs(found) >= 10 ** (scalar.precision - scalar.scale)
    ):
        raise ValueError
    return found


_READ_TEXT: dict[Family, Callable[[str, Scalar], Value]] = {
    Family.BYTES: lambda text, _scalar: bytes.fromhex(text),
    Family.DATE: lambda text, _scalar: date.fromisoformat(text),
    Family.TIMESTAMP: _timestamp,
    Family.DURATION: _duration,
    Family.DECIMAL: _decimal,
}
_FORMS = {
    Family.BYTES: "hexadecimal digits",
    Family.DATE: "2030-01-31",
    Family.TIMESTAMP: "2030-01-31T09:00:00, with an offset such as Z if the feature has a time zone",
    Family.DURATION: "P1DT12H30M5.25S (ISO 8601: days, hours, minutes, seconds)",
    Family.DECIMAL: "a number with at most the feature's digits",
}

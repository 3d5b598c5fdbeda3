"""Parameters of a run: from text or plain values to what the pipeline declares."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from jeyn.errors import AskError
from jeyn.model.constraints import broken
from jeyn.model.definitions import Parameter
from jeyn.model.types import Family, Scalar, Value, integer_range

_WORDS = {"true": True, "false": False}


def bind(declared: Iterable[Parameter], given: Mapping[str, Any]) -> dict[str, Value | None]:
    """A value for every declared parameter: given, or its default. Text is read as the parameter's type.

    AskError for an unknown or missing parameter, a value of another type, and one that breaks a constraint.
    """
    declared = tuple(declared)
    known = {parameter.name for parameter in declared}
    for name in given:
        if name not in known:
            raise AskError(f"the pipeline has no parameter {name!r}", f"it has {', '.join(sorted(known)) or 'none'}")
    return {parameter.name: _bound(parameter, given) for parameter in declared}


def _bound(parameter: Parameter, given: Mapping[str, Any]) -> Value | None:
    if parameter.name not in given:
        if parameter.default is None and not parameter.constraints.nullable:
            raise AskError(f"the parameter {parameter.name!r} has no default", f"give -p {parameter.name}=VALUE")
        return parameter.default
    raw = given[parameter.name]
    if raw is None and parameter.constraints.nullable:
        return None
    try:
        value = _read(raw, parameter.type)
    except (ValueError, ArithmeticError):
        raise AskError(f"{raw!r} is no {parameter.type} for the parameter {parameter.name!r}") from None
    for rule in broken(value, parameter.type, parameter.constraints):
        raise AskError(f"{parameter.name} = {raw} breaks {rule}")
    return value


def _read(raw: Any, kind: Scalar) -> Value:
    if isinstance(raw, str) and kind.family is not Family.STRING:
        return _FROM_TEXT[kind.family](raw, kind)
    if kind.family is Family.FLOAT and isinstance(raw, int) and not isinstance(raw, bool):
        return float(raw)
    wanted = _TYPES[kind.family]
    if type(raw) is not wanted:
        raise ValueError(raw)
    return _in_range(raw, kind)


def _in_range(value: Any, kind: Scalar) -> Value:
    if kind.family is Family.INTEGER:
        low, high = integer_range(kind.dtype)
        if not low <= value <= high:
            raise ValueError(value)
    result: Value = value
    return result


_TYPES: dict[Family, type[Any]] = {
    Family.BOOLEAN: bool,
    Family.INTEGER: int,
    Family.FLOAT: float,
    Family.STRING: str,
    Family.BYTES: bytes,
    Family.DECIMAL: Decimal,
    Family.DATE: date,
    Family.TIMESTAMP: datetime,
    Family.DURATION: timedelta,
}
_FROM_TEXT: dict[Family, Callable[[str, Scalar], Value]] = {
    Family.BOOLEAN: lambda text, _: _boolean(text),
    Family.INTEGER: lambda text, kind: _in_range(int(text), kind),
    Family.FLOAT: lambda text, _: float(text),
    Family.BYTES: lambda text, _: bytes.fromhex(text),
    Family.DECIMAL: lambda text, _: Decimal(text),
    Family.DATE: lambda text, _: date.fromisoformat(text),
    Family.TIMESTAMP: lambda text, _: datetime.fromisoformat(text),
    Family.DURATION: lambda text, _: timedelta(seconds=float(text)),
}


def _boolean(text: str) -> bool:
    if text.lower() not in _WORDS:
        raise ValueError(text)
    return _WORDS[text.lower()]

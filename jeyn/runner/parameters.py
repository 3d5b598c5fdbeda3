"""Parameters of a run: from text or plain values to what the pipeline declares."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from jeyn.errors import AskError
from jeyn.model.constraints import broken
from jeyn.model.definitions import Parameter
from jeyn.model.plain_text import escaped, is_plain
from jeyn.model.types import Family, Scalar, Value, integer_range
from jeyn.model.value_text import FORMS, LARGEST, fitted, from_text

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
    if isinstance(raw, str) and not is_plain(raw):
        raise AskError(f"the parameter {parameter.name!r} is {escaped(raw)}, which is not UTF-8")
    try:
        value = _read(raw, parameter.type)
    except (ValueError, ArithmeticError):
        told = f"{raw!r} is no {parameter.type} for the parameter {parameter.name!r}"
        raise AskError(told, f"write it as {_form(parameter.type)}") from None
    for rule in broken(value, parameter.type, parameter.constraints):
        raise AskError(f"{parameter.name} = {raw} breaks {rule}")
    return value


def _read(raw: Any, kind: Scalar) -> Value:
    if isinstance(raw, str) and kind.family is not Family.STRING:
        return fitted(_FROM_TEXT.get(kind.family, from_text)(raw, kind), kind)
    if kind.family is Family.FLOAT and isinstance(raw, int) and not isinstance(raw, bool):
        raw = float(raw)
    if type(raw) is not _TYPES[kind.family]:
        raise ValueError(raw)
    return fitted(raw, kind)


def _boolean(text: str, _kind: Scalar) -> bool:
    if text.lower() not in _WORDS:
        raise ValueError(text)
    return _WORDS[text.lower()]


def _integer(text: str, _kind: Scalar) -> int:
    return int(text)


def _float(text: str, _kind: Scalar) -> float:
    found = float(text)
    if math.isinf(found) and any(char.isdigit() for char in text):
        raise ValueError(text)  # which would be another number
    return found


def _duration(text: str, kind: Scalar) -> Value:
    return from_text(text, kind) if text.startswith("P") else timedelta(seconds=float(text))


def _form(kind: Scalar) -> str:
    """What text of a type looks like."""
    if kind.family is Family.BOOLEAN:
        return "true or false"
    if kind.family is Family.INTEGER:
        return "a whole number from {} to {}".format(*integer_range(kind.dtype))
    if kind.family is Family.FLOAT:
        return f"a number whose size is at most {LARGEST.get(kind.dtype, sys.float_info.max)}, or inf, -inf or nan"
    if kind.family is Family.STRING:
        return "text"
    return f"{FORMS[kind.family]}{', or seconds' if kind.family is Family.DURATION else ''}"


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
# What a command line writes otherwise than a document, whose durations are never numbers.
_FROM_TEXT: dict[Family, Callable[[str, Scalar], Value]] = {
    Family.BOOLEAN: _boolean,
    Family.INTEGER: _integer,
    Family.FLOAT: _float,
    Family.DURATION: _duration,
}

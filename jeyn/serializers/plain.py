"""Figures and lists of a report as JSON for people."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from jeyn.errors import SerializerError
from jeyn.model.codec import Json
from jeyn.serializers.extras import type_name


def readable(value: object) -> bytes:
    """JSON with sorted keys, two spaces of indent and a last newline, in UTF-8.

    Tuples and arrays of numpy become lists, its scalars Python's, and keys that are numbers or booleans become text.
    SerializerError on other types, and on NaN and infinities, which JSON does not have, with their place.
    """
    try:
        plain = _plain(value, "")
        text = json.dumps(plain, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False)
        return f"{text}\n".encode()
    except RecursionError as error:
        raise SerializerError("the value holds itself, or is nested too deeply for JSON") from error
    except UnicodeEncodeError as error:
        raise SerializerError(f"a text in it is not Unicode: {error}") from error


def _plain(value: object, place: str) -> Json:
    if isinstance(value, np.generic | np.ndarray):
        value = value.tolist()
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise SerializerError(
                f"{place or 'the value'} is {value}, which JSON cannot hold", fix="write None instead"
            )
        return value
    if isinstance(value, list | tuple):
        return [_plain(item, f"{place}[{index}]") for index, item in enumerate(value)]
    if isinstance(value, dict):
        return _plain_entries(value.items(), place)
    raise SerializerError(
        f"{place or 'the value'} is a {type_name(value)}",
        fix="within a dict or list, give numbers, text, booleans, None, dicts, lists and numpy arrays",
    )


def _plain_entries(entries: Iterable[tuple[Any, object]], place: str) -> Json:
    held: dict[str, Json] = {}
    for key, item in entries:
        if not isinstance(key, str | int | float | np.number | np.bool_):
            raise SerializerError(f"{place or 'the value'} has a key of type {type_name(key)}", fix="use text as keys")
        text = str(key)
        if text in held:
            raise SerializerError(
                f"{place or 'the value'} has two keys that read {text!r}", fix="give its keys one type"
            )
        held[text] = _plain(item, f"{place}.{text}" if place else text)
    return held

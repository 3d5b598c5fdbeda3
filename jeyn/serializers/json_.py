"""Models that are plain values: thresholds, rules, tables of coefficients."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from jeyn.errors import SerializerError
from jeyn.model.codec import Json, canonical, digest
from jeyn.serializers.base import Dump
from jeyn.serializers.extras import type_name


class JsonSerializer:
    """JSON in UTF-8 with sorted keys and no spaces (RFC 8259); the file is its own canonical form.

    Exact types only: a tuple, a subclass or a number of numpy would not come back as what it was.
    """

    id = "json/1"
    suffix = "model.json"

    def accepts(self, model: object) -> bool:
        """Whether it is made of dicts with text keys, lists, text, numbers, booleans and None."""
        try:
            return _odd_one(model) is None
        except RecursionError:
            return False

    def dump(self, model: object, path: Path) -> Dump:
        """SerializerError on other types, NaN and infinities, text that is not Unicode, and endless nesting."""
        try:
            odd = _odd_one(model)
            if odd is not None:
                raise SerializerError(f"not a plain JSON value: {odd}", fix="convert it, or choose another serializer")
            data = canonical(cast("Json", model))
        except RecursionError as error:
            raise SerializerError("the value holds itself, or is nested too deeply for JSON") from error
        except ValueError as error:
            raise SerializerError(
                f"JSON cannot hold this value: {error}", fix="replace NaN, for one, by None"
            ) from error
        path.write_bytes(data)
        return Dump(digest(data), file=digest(data))

    def load(self, path: Path, trusted: Sequence[str]) -> Any:  # noqa: ARG002  # the protocol has it
        """No types are read from the file, so `trusted` is not needed."""
        try:
            return json.loads(path.read_bytes(), parse_constant=_refuse)
        except (ValueError, RecursionError) as error:
            raise SerializerError(f"not a checkpoint of {self.id}: {error}") from error


def _odd_one(value: object) -> str | None:
    """The first part of `value` that is no plain JSON, described."""
    if value is None or type(value) in (bool, int, float, str):
        return None
    if type(value) is list:
        return next((odd for item in value if (odd := _odd_one(item))), None)
    if type(value) is dict:
        for key, item in value.items():
            odd = _odd_one(item) if type(key) is str else f"a key of type {type_name(key)}"
            if odd is not None:
                return odd
        return None
    return type_name(value)


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")

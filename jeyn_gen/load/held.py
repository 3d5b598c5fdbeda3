"""Definitions that are held by their canonical form until somebody needs their value.

Most commands need few values: a catalog that is as it was when its class was generated need only be found to be so.
The form is also what is kept from one command to the next, and what one process sends another.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Generic, TypeVar

from jeyn.model.codec import canonical, decode, encode
from jeyn.model.definitions import Definition
from jeyn.model.names import Pin

D = TypeVar("D", bound=Definition)


class Held(Generic[D]):
    """A definition, made of its canonical form when it is first asked for, or the other way about."""

    __slots__ = ("_form", "_value")

    def __init__(self, *, value: D | None = None, form: bytes | None = None) -> None:
        """One of both must be there; they say the same."""
        self._value = value
        self._form = form

    @property
    def value(self) -> D:
        if self._value is None:
            assert self._form is not None, "one of both is there"
            self._value = decode(json.loads(self._form))
        return self._value

    @property
    def form(self) -> bytes:
        """`canonical(encode(value))`."""
        if self._form is None:
            self._form = canonical(encode(self._value))
        return self._form

    def __reduce__(self) -> tuple[Callable[[bytes], Held[Any]], tuple[bytes]]:
        return _of_form, (self.form,)


def _of_form(form: bytes) -> Held[Any]:
    return Held(form=form)


class Table(Mapping[Pin, D]):
    """The definitions of one kind, by pin."""

    def __init__(self, held: Mapping[Pin, Held[D]]) -> None:
        self._held = held

    def __getitem__(self, pin: Pin) -> D:
        return self._held[pin].value

    def __contains__(self, pin: object) -> bool:
        return pin in self._held

    def __iter__(self) -> Iterator[Pin]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)

"""What the steps name: nothing here is run."""

from __future__ import annotations

from typing import Any


def fit(inputs: Any) -> Any: ...


def choose(inputs: Any) -> Any: ...


def ship(inputs: Any) -> Any: ...


def again(inputs: Any) -> Any: ...


def tidy(inputs: Any) -> Any: ...

"""What an object is, where its library may not be imported, or not yet."""

from __future__ import annotations

import sys
from decimal import Decimal
from types import ModuleType

import pytest

from jeyn.imported import is_a


def test_a_library_that_is_there_tells() -> None:
    assert is_a(Decimal(1), "decimal", "Context", "Decimal")
    assert not is_a(1, "decimal", "Context", "Decimal")


def test_one_that_is_not_imported_is_not_imported_for_it() -> None:
    assert not is_a(1, "wsgiref.headers", "Headers")
    assert "wsgiref.headers" not in sys.modules


def test_one_that_another_thread_imports_just_now_has_no_objects_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "half_imported", ModuleType("half_imported"))
    assert not is_a(1, "half_imported", "Frame")

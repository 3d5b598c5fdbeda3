"""The YAML of Kubernetes objects, as readers of it take it."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from jeyn_gen.emit.manifests.documents import as_yaml

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.sampled_from(
    ["y", "NO", "on", "~", "null", "1e3", "0o7", "0x1F", "1:30", "2001-01-01", "=", "<<", "- a", "a: b", "#", "a #", "", " ",
     "{{x}}", "${x}", "a\nb\n", " a\nb\n", "a\n", "a\n\nb\n", "\ta\n", "a \n", "\u2028", "\x85", "\ufeff", "\x7f", "\U0001f600"]
)  # fmt: skip
values: st.SearchStrategy[Any] = st.recursive(
    texts | st.booleans() | st.integers(-(10**9), 10**9),
    lambda inner: (
        st.lists(inner, max_size=4).filter(lambda one: not any(isinstance(item, list) and item for item in one))
        | st.dictionaries(texts, inner, max_size=4)
    ),
    max_leaves=20,
)


@given(st.lists(st.dictionaries(texts, values, min_size=1, max_size=4), min_size=1, max_size=3))
def test_what_is_written_is_read(objects: list[dict[str, Any]]) -> None:
    written = as_yaml(objects)
    assert written.isascii()
    assert list(yaml.load_all(written, Loader=yaml.CSafeLoader)) == objects
    reader = YAML(typ="safe", pure=True)
    reader.version = (1, 2)
    assert list(reader.load_all(StringIO(written))) == objects


@pytest.mark.parametrize("text", ["jeyn", "a.b/c-d", "app.kubernetes.io/name", "ReadOnly", "C"])
def test_what_is_plain_stays_plain(text: str) -> None:
    assert as_yaml([{text: text}]) == f"{text}: {text}\n"


def test_many_lines_stay_lines() -> None:
    assert as_yaml([{"a": {"b": "c: d\n\ne\n"}}]) == "a:\n  b: |\n    c: d\n\n    e\n"

"""Values of parameters as Argo's arguments, and back."""

from __future__ import annotations

from typing import Any

from drawn_definitions import texts, values
from hypothesis import given
from hypothesis import strategies as st

from jeyn.model.argument_text import as_argument, from_argument
from jeyn.model.definitions import Parameter
from jeyn.model.types import Scalar
from jeyn.runner.parameters import bind

DTYPES = ["bool", "int8", "uint64", "float16", "float32", "float64", "string", "bytes", "date", "timestamp", "duration"]
kinds = st.sampled_from(DTYPES).map(Scalar) | st.just(Scalar("decimal", precision=20, scale=4))
TEMPLATES = ["{{workflow.uid}}", "json:null", "}}", "{{=1}}", "json:", "\u202e{{", '"{{"']


@given(kinds.flatmap(lambda kind: st.tuples(st.just(kind), values(kind))))
def test_a_value_comes_back(drawn: tuple[Scalar, Any]) -> None:
    kind, value = drawn
    assert bind([Parameter("p", kind)], {"p": from_argument(as_argument(value))}) == {"p": value}


@given(texts | st.sampled_from(TEMPLATES) | st.builds("{}{{{{{}".format, texts, texts))
def test_no_text_is_a_template(text: str) -> None:
    argument = as_argument(text)
    assert "{{" not in argument
    assert "}}" not in argument
    assert argument.isprintable()
    assert from_argument(argument) == text


def test_null_is_told_from_text() -> None:
    assert from_argument(as_argument(None)) is None
    assert from_argument(as_argument("null")) == "null"

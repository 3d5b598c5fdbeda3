"""Functions that documents name are found in the source, without importing it."""

from __future__ import annotations

from pathlib import Path

import pytest

from jeyn_gen.load.functions import FunctionFinder

SOURCE = """
import os
from elsewhere import imported as renamed, missing
from elsewhere import other
from package import inside
from package.module import deep
from third_party import unknown
from .sibling import relative
import elsewhere.sub
"\\d is an invalid escape, which is a warning of the team's code and no error of the document's"
one = lambda inputs: inputs
a, (b, *c) = range(3)
annotated: int = 1
def f(inputs): ...
def none(): ...
def two(inputs, rate): ...
def two_or_one(inputs, rate=1): ...
def many(*inputs): ...
def keyword(inputs, *, rate): ...
def keyword_default(inputs, *, rate=1): ...
def positional(inputs, /): ...
def named(**kwargs): ...
async def later(inputs): ...
@decorated
def wrapped(): ...
class Callable:
    def method(self, inputs): ...
def outer():
    def hidden(inputs): ...
if os.name == "nt":
    def branch(): ...
else:
    def branch(inputs): ...
try:
    from third_party import fast
except ImportError:
    def fast(inputs): ...
with os.scandir() as entries:
    def within(inputs): ...
for item in ():
    in_a_loop = item
def redefined(): ...
def redefined(inputs): ...
"""
OTHER = "def imported(): ...\ndef other(inputs): ...\nfrom tried import other as round_and_round\n"


@pytest.fixture
def finder(tmp_path: Path) -> FunctionFinder:
    files = {
        "tried.py": SOURCE,
        "elsewhere.py": OTHER,
        "package/__init__.py": "from package.module import deep as inside\n",
        "package/module.py": "def deep(inputs): ...\n",
        "broken.py": "def f(:\n",
        "starred.py": "from elsewhere import *\n",
        "circle_a.py": "from circle_b import f\n",
        "circle_b.py": "from circle_a import f\n",
        "deep.py": "(" * 500 + ")" * 500,
        "coded.py": "# coding: nonsense\n",
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    (tmp_path / "nul.py").write_bytes(b"\0")
    (tmp_path / "latin.py").write_bytes(b"x = '\xe9'")
    return FunctionFinder(tmp_path)


@pytest.mark.parametrize(
    "function",
    "tried:f tried:two_or_one tried:many tried:keyword_default tried:positional tried:wrapped tried:Callable tried:one"
    " tried:a tried:b tried:c tried:annotated tried:branch tried:fast tried:within tried:item tried:in_a_loop"
    " tried:redefined tried:other tried:inside tried:deep tried:unknown tried:relative tried:elsewhere tried:os"
    " elsewhere:other package:inside package.module:deep starred:anything circle_a:f".split(),
)
def test_what_can_be_called_with_one_argument(finder: FunctionFinder, function: str) -> None:
    assert finder.problem(function, 1) is None


@pytest.mark.parametrize(
    ("function", "code", "message"),
    [
        ("nowhere:f", "JYN401", "there is no module nowhere below the project's root"),
        ("package.nowhere:f", "JYN401", "there is no module package.nowhere below the project's root"),
        ("x" * 5000 + ":f", "JYN401", f"there is no module {'x' * 5000} below the project's root"),
        ("broken:f", "JYN401", "broken.py is not valid Python: invalid syntax in line 1"),
        ("nul:f", "JYN401", "nul.py is not valid Python: "),
        ("latin:f", "JYN401", "latin.py is not valid Python: "),
        ("coded:f", "JYN401", "coded.py is not valid Python: "),
        ("deep:f", "JYN401", "deep.py is not valid Python: "),
        ("tried:missing", "JYN402", "elsewhere.py defines no `missing`"),
        ("tried:hidden", "JYN402", "tried.py defines no `hidden`"),
        ("tried:method", "JYN402", "tried.py defines no `method`"),
        ("tried:renamed", "JYN403", "`imported` takes 0 positional arguments; it is called with 1"),
        ("tried:none", "JYN403", "`none` takes 0 positional arguments; it is called with 1"),
        ("tried:two", "JYN403", "`two` takes 2 positional arguments; it is called with 1"),
        (
            "tried:keyword",
            "JYN403",
            "`keyword` takes 1 positional argument and needs rate by name; it is called with 1",
        ),
        ("tried:named", "JYN403", "`named` takes 0 positional arguments; it is called with 1"),
        ("tried:later", "JYN403", "`later` is asynchronous; a step's function is not"),
    ],
)
def test_what_cannot(finder: FunctionFinder, function: str, code: str, message: str) -> None:
    problem = finder.problem(function, 1)
    assert problem is not None
    assert problem[0] == code
    assert problem[1].startswith(message)


def test_two_arguments(finder: FunctionFinder) -> None:
    assert finder.problem("tried:two", 2) is None
    assert finder.problem("tried:two_or_one", 2) is None
    assert finder.problem("tried:two_or_one", 3) == (
        "JYN403",
        "`two_or_one` takes 1 to 2 positional arguments; it is called with 3",
    )


def test_names_to_suggest(finder: FunctionFinder) -> None:
    assert finder.names("elsewhere") == ["imported", "other"]
    assert finder.names("broken") == finder.names("nowhere") == []

"""The forms of names, versions and references, as patterns that editors understand (ECMA-262)."""

from __future__ import annotations

import keyword
import re
import sys
from collections.abc import Iterable

# Private there; a new name would be a new stamp in every generated file.
from jeyn.model.names import _TAKEN as TAKEN_FEATURES
from jeyn.model.names import NAME as DNS_LABEL
from jeyn.model.names import PIN as PINNED
from jeyn.model.names import TAKEN_INPUTS, TAKEN_OUTPUTS
from jeyn.model.names import VERSION as THREE_NUMBERS
from jeyn.model.references import DIGEST as SHA256
from jeyn.model.references import ENTRY, OUTPUT
from jeyn_gen.schemas.forms import Schema


def whole(*patterns: re.Pattern[str] | str) -> str:
    """One pattern that matches all of what one of these matches: without Python's own syntax, `$` being the end."""
    texts = [pattern if isinstance(pattern, str) else pattern.pattern for pattern in patterns]
    plain = [re.sub(r"\(\?P<\w+>", "(?:", text).replace(r"\Z", "$").replace(r"\w", "[0-9A-Za-z_]") for text in texts]
    return f"^(?:{'|'.join(plain)})$"


def text(*patterns: re.Pattern[str] | str, **more: object) -> Schema:
    """Text of one of these forms."""
    return {"type": "string", "pattern": whole(*patterns), **more}


def _identifier(taken: Iterable[str] = (), *, prefix: str = "") -> Schema:
    """A Python identifier of ASCII letters that is neither a keyword nor taken, nor begins with `prefix`."""
    words = "|".join(sorted({*keyword.kwlist, *taken}))
    beginning = f"(?!{prefix})" if prefix else ""
    return text(rf"(?!(?:{words})$){beginning}[A-Za-z][A-Za-z0-9_]{{0,254}}")


def _function() -> Schema:
    """`package.module:function`. That other letters than ASCII's make an identifier, only Python can tell."""
    words = "|".join(sorted(keyword.kwlist))
    part = rf"(?!(?:{words})(?:[.:]|$))(?:[A-Za-z_]|[^\x00-\x7f])(?:[A-Za-z0-9_]|[^\x00-\x7f])*"
    return text(rf"{part}(?:\.{part})*:{part}", maxLength=255)


def _not_blank() -> str:
    """Text with something besides white space, as `str.strip` sees it."""
    blank = [code for code in range(sys.maxunicode + 1) if chr(code).isspace()]
    return "[^" + "".join(rf"\u{code:04x}" for code in blank) + "]"


NAME = text(DNS_LABEL)
VERSION = text(THREE_NUMBERS)
PIN = text(PINNED)
DIGEST = text(SHA256)
SOURCE = text(ENTRY, OUTPUT)
FUNCTION = _function()
NOT_BLANK = _not_blank()
FEATURE_NAME: Schema = {"type": "string", "pattern": rf"^(?=[^\u0000]*$)[\s\S]*{NOT_BLANK}"}
IDENTIFIER = _identifier()
PARAMETER_NAME = _identifier(TAKEN_INPUTS | TAKEN_FEATURES, prefix="model_")
INPUT_NAME = _identifier(TAKEN_INPUTS)
OUTPUT_NAME = _identifier(TAKEN_OUTPUTS)
#: A path below the project's root, with `*` and the like in it.
# Relative, without `..`, and `**` only between two `/`.
GLOB: Schema = {
    "type": "string",
    "pattern": r"^(?!/)(?!(?:[\s\S]*/)?\.\.(?:/|$))(?![\s\S]*(?:[^/]\*\*|\*\*[^/]))[\s\S]+$",
}

"""Patterns that mean the same to every engine that will run them.

A pattern is matched by Python's `re` (single values), by RE2 (whole columns) and by Rust's `regex` (row classes).
What all three understand alike is a small language: https://github.com/google/re2/wiki/Syntax without what Python
lacks, https://docs.python.org/3/library/re.html without what can backtrack.
"""

from __future__ import annotations

import re
import warnings

_TOKEN = re.compile(
    r"(?P<escape>\\(?:x[0-9a-fA-F]{2}|.|$))"
    r"|(?P<set>\[\^?\]?(?:\\.|[^\]\\])*\]?)"
    r"|(?P<group>\((?:\?(?:P?<[=!]?|P[=>]|[=!>:#(]|[-a-zA-Z]*)[:)]?)?)"
    r"|(?P<repeat>(?:[*+?]|\{[0-9]*,?[0-9]*\})[+?]?)"
    r"|(?P<text>[^\\])",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:x[0-9a-fA-F]{2}|[dDwWsSbBAtnrfv]|[!-/:-@\[-`{-~])")
_GROUP = re.compile(r"\(|\(\?:|\(\?P<|\(\?[is]+(?:-[is]+)?[:)]|\(\?-[is]+[:)]")
_MOST_REPEATS = 1000


def pattern_problem(pattern: str) -> str | None:
    """Why a pattern cannot be used, or None."""
    for token in _TOKEN.finditer(pattern):
        problem = _token_problem(token.lastgroup or "", token[0])
        if problem is not None:
            return problem
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", FutureWarning)  # of a set that engines take for sets within sets
            re.compile(pattern)
    except FutureWarning as warning:
        return f"engines differ in what it means: {warning}"
    except (re.error, OverflowError, RecursionError) as error:
        return f"it cannot be compiled: {error}"
    return None


def _token_problem(kind: str, text: str) -> str | None:
    if kind == "escape" and not _ESCAPE.fullmatch(text):
        return f"not every engine that runs it knows `{text}`"
    if kind == "set":
        return _set_problem(text)
    if kind == "group" and not _GROUP.fullmatch(text):
        return f"not every engine that runs it knows `{text}`"
    if kind == "repeat":
        return _repeat_problem(text)
    if text in ("{", "}", "]"):
        return f"`{text}` that is meant as text is written `\\{text}`"
    return None


def _set_problem(text: str) -> str | None:
    inner = text[1:-1].removeprefix("^")
    for escape in re.finditer(r"\\.", inner, re.DOTALL):
        if escape[0] in (r"\b", r"\B", r"\A") or not (_ESCAPE.fullmatch(escape[0]) or escape[0] == r"\x"):
            return f"not every engine that runs it knows `{escape[0]}` inside [ ]"
    plain = re.sub(r"\\.", "", inner, flags=re.DOTALL)
    if "[" in plain or plain.startswith("]") or any(twice in plain for twice in ("&&", "--", "||", "~~")):
        return f"in `{text[:40]}`, what is meant as text needs a backslash: [ ] && -- || ~~"
    return None


def _repeat_problem(text: str) -> str | None:
    if text[-1] == "+" and len(text) > 1:
        return f"not every engine that runs it knows the possessive `{text}`"
    if text[0] != "{":
        return None
    least, _, most = text.rstrip("?+")[1:-1].partition(",")
    if not least:
        return f"`{text}` is written with both its numbers, such as {{0,{most or 3}}}"
    if any(len(count) > 4 or int(count or 0) > _MOST_REPEATS for count in (least, most)):
        return f"`{text}` repeats more than {_MOST_REPEATS} times"
    return None

"""Text that came from bytes: names of files, arguments of commands.

Where such bytes are no UTF-8, Python keeps them as lone surrogates (PEP 383), which nothing that is recorded can hold.
"""

from __future__ import annotations


def is_plain(text: str) -> bool:
    """Whether the text can be written as UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def escaped(text: str) -> str:
    r"""The text as a message can show it: `a\xff.csv` for bytes that are no UTF-8."""
    try:
        held = text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # a surrogate that stands for no byte
        held = text.encode("utf-8", "backslashreplace")
    return held.decode("utf-8", "backslashreplace")

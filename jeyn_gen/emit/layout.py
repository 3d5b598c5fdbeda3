"""Python laid out over lines as black and ruff do it: what does not fit is broken at its brackets, outer ones first.

What is broken has a trailing comma, which both formatters take for the wish that each item stands on a line of its
own. So nothing here depends on how they would fill such a line.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

WIDTH = 88
_TOO_LONG_TO_COUNT = 1000


class Brackets:
    """Items in brackets: `start` ends with the opening one, and `end` begins with the closing one.

    `comma`: whether a comma may follow the last item; in a subscript with one item it would make a tuple of it.
    `alone`: what else follows a single item, where all stands on one line.
    """

    __slots__ = ("comma", "end", "flat", "items", "start")
    flat: str

    def __init__(self, start: str, items: Iterable[Part], end: str, *, comma: bool = True, alone: str = "") -> None:
        self.start = start
        self.items = tuple(items)
        self.end = end
        self.comma = comma
        held = ", ".join([item if isinstance(item, str) else item.flat for item in self.items])
        self.flat = f"{start}{held}{alone if len(self.items) == 1 else ''}{end}"


class Union:
    """Types of which a value has one: `int | None`."""

    __slots__ = ("flat", "sides")
    flat: str

    def __init__(self, sides: Iterable[Part]) -> None:
        self.sides = tuple(sides)
        self.flat = " | ".join(map(on_one_line, self.sides))


#: An expression; text is what no line break can be put into.
Part = str | Brackets | Union


def on_one_line(part: Part) -> str:
    """An expression on one line."""
    return part if isinstance(part, str) else part.flat


def columns(text: str) -> int:
    """How many columns a text takes where letters of some scripts, and emoji, take two, and marks none."""
    if text.isascii() or len(text) > _TOO_LONG_TO_COUNT:
        return len(text)
    return sum(
        0 if unicodedata.category(char) in ("Mn", "Me", "Cf") else 1 + (unicodedata.east_asian_width(char) in "WF")
        for char in text
    )


def named(name: str, part: Part) -> Part:
    """An argument by its name: `name=part`."""
    if isinstance(part, Brackets):
        found = Brackets(f"{name}={part.start}", part.items, part.end, comma=part.comma)
        found.flat = f"{name}={part.flat}"
        return found
    return f"{name}={on_one_line(part)}"


def laid_out(part: Part, indent: int, used: int, after: int = 0) -> str:
    """An expression on a line that is indented by `indent` and has `used` columns before it, `after` after it."""
    text = on_one_line(part)
    if isinstance(part, str) or used + columns(text) + after <= WIDTH:
        return text
    pad = " " * indent
    if isinstance(part, Union):
        first, *others = part.sides
        rest = [f"\n{pad}| {laid_out(side, indent, indent + 2, after)}" for side in others]
        return laid_out(first, indent, used) + "".join(rest)
    if not part.items:
        return text
    inner, comma = indent + 4, "," if part.comma else ""
    lines = [f"\n{pad}    {laid_out(item, inner, inner, len(comma))}" for item in part.items]
    return f"{part.start}{','.join(lines)}{comma}\n{pad}{part.end}"


def statement(target: str, annotation: Part, value: Part | None = None, indent: int = 0) -> str:
    """`target: annotation`, or `target: annotation = value`, with the indentation of its first line."""
    pad = " " * indent
    start = f"{pad}{target}: "
    end = "" if value is None else f" = {on_one_line(value)}"
    if columns(start) + columns(on_one_line(annotation)) + columns(end) <= WIDTH:
        return f"{start}{on_one_line(annotation)}{end}"
    if value is None:
        return start + _annotation(annotation, indent, columns(start))
    head = f"{start}{on_one_line(annotation)} = "
    opening = value.start if isinstance(value, Brackets) else "("
    if columns(head) + len(opening) > WIDTH and not isinstance(annotation, str):
        broken = _annotation(annotation, indent, WIDTH)
        last = len(broken) - broken.rfind("\n") - 1
        return f"{start}{broken} = {laid_out(value, indent, last + 3)}"
    return head + _value(value, indent, columns(head), in_brackets=not isinstance(annotation, str))


def assignment(target: str, value: Part, indent: int = 0) -> str:
    """`target = value`, with the indentation of its first line."""
    head = f"{' ' * indent}{target} = "
    return head + _value(value, indent, columns(head), in_brackets=False)


def argument(name: str, annotation: Part, default: Part | None = None, indent: int = 8) -> str:
    """An argument of a function on a line of its own, without its comma and the indentation of its first line."""
    start = f"{name}: "
    end = "" if default is None else f" = {on_one_line(default)}"
    if isinstance(annotation, str) and default is not None:
        head = f"{start}{annotation} = "
        return head + laid_out(default, indent, indent + columns(head), 1)
    return start + laid_out(annotation, indent, indent + columns(start), columns(end) + 1) + end


def class_line(name: str, *bases: Part) -> str:
    """The first line of a class."""
    return laid_out(Brackets(f"class {name}(", bases, "):"), 0, 0)


def _annotation(annotation: Part, indent: int, used: int) -> str:
    """A union of types is put into brackets where it is broken."""
    if not isinstance(annotation, Union):
        return laid_out(annotation, indent, used)
    pad = " " * indent
    return f"(\n{pad}    {laid_out(annotation, indent + 4, indent + 4)}\n{pad})"


def _value(value: Part, indent: int, used: int, *, in_brackets: bool) -> str:
    """What is assigned. What cannot be broken is put into brackets where it fits so, or `in_brackets` asks for them."""
    text = on_one_line(value)
    if used + columns(text) <= WIDTH or isinstance(value, Brackets):
        return laid_out(value, indent, used)
    if not in_brackets and indent + 4 + columns(text) > WIDTH:
        return text
    pad = " " * indent
    return f"(\n{pad}    {text}\n{pad})"

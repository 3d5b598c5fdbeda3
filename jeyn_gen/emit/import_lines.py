"""Import statements in the order of isort's profile `black`, which is the order of ruff's rule I."""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterable

from jeyn.model.modules import GENERATED
from jeyn_gen.emit.layout import WIDTH

_STANDARD, _INSTALLED, _OWN = range(3)
_Natural = list[tuple[int, int, str]]
_Member = tuple[int, _Natural]
_NO_MEMBER: _Member = (0, [])


def imports(*lines: str, own: Iterable[str] = ()) -> str:
    """The statements of these lines, each name once: those of the standard library, then others, then the project's.

    A line is `from MODULE import NAMES`, where a name may have an alias; `own` are modules of the project that are
    imported whole.
    """
    plain, aliased = defaultdict[str, set[str]](set), set[tuple[str, str]]()
    for line in lines:
        module, _, names = line.removeprefix("from ").partition(" import ")
        for name in (name.strip() for name in names.split(",")):
            if " as " in name:
                aliased.add((module, name))
            else:
                plain[module].add(name)
    statements = [
        *((_OWN, 0, _natural(module), _NO_MEMBER, f"import {module}") for module in set(own)),
        *(_statement(module, sorted(names, key=_of_its_type)) for module, names in plain.items()),
        *(_statement(module, [name]) for module, name in aliased),  # isort has each on a line of its own
    ]
    groups: list[list[str]] = [[], [], []]
    for group, *_, text in sorted(statements):
        groups[group].append(text)
    return "\n\n".join("\n".join(group) for group in groups if group)


def _statement(module: str, names: list[str]) -> tuple[int, int, _Natural, _Member, str]:
    text = f"from {module} import {', '.join(names)}"
    if len(text) > WIDTH:
        text = f"from {module} import (" + "".join(f"\n    {name}," for name in names) + "\n)"
    return _group(module), 1, _natural(module), _of_its_type(names[0]), text


def _group(module: str) -> int:
    top = module.partition(".")[0]
    if top in sys.stdlib_module_names:
        return _STANDARD
    return _OWN if top == GENERATED else _INSTALLED


def _of_its_type(name: str) -> _Member:
    """Constants first, then classes, then the rest."""
    plain = name.partition(" as ")[0]
    kind = 0 if plain.isupper() and len(plain) > 1 else 1 if plain[0].isupper() else 2
    return kind, _natural(name)


def _natural(text: str) -> _Natural:
    """An order in which 2 comes before 10, and a number that begins with 0 before others."""
    pieces = re.findall(r"\d+|\D", text.lower())
    return [
        (ord("0"), 0 if piece[0] == "0" else int(piece), piece) if piece.isdigit() else (ord(piece), 0, "")
        for piece in pieces
    ]

"""What libyaml says is wrong with a text, at the place and in the words that help to mend it."""

from __future__ import annotations

import yaml
from yaml.reader import ReaderError

from jeyn_gen.diagnostics.codes import made
from jeyn_gen.diagnostics.finding import Finding, Location

_EXPLAINED = {
    "mapping values are not allowed in this context": (
        "a `: ` cannot stand here",
        "put the text that it is part of in quotes, or begin a new line",
    ),
    "could not find expected ':'": (
        "this is neither `key: value` nor part of what stands above it",
        "add the colon, or indent it as what it is part of",
    ),
    "did not find expected node content": (
        "a value should stand here",
        "write it, close what is open, or put text in quotes",
    ),
    "found unexpected end of stream": ("the quote that begins here is never closed", "close it"),
    "did not find expected key": (
        "no key of the mapping begins here",
        "indent it as the other keys, and close what is open above it",
    ),
    "found character that cannot start any token": (
        "no unquoted text can begin with this character",
        "put the text in quotes",
    ),
}
#: What is wrong with these lies where they begin, not where the end of the file or the next line shows it.
_FROM_THE_START = frozenset({"could not find expected ':'", "found unexpected end of stream"})
_UNCLEAR_LINE_ENDS = "\x85\u2028\u2029"
_BRACKETS = {"did not find expected ',' or '}'": ("{", "}"), "did not find expected ',' or ']'": ("[", "]")}


def unclear_line_end(text: str, path: str) -> Finding | None:
    """The finding for a character that ends a line in YAML 1.1, which libyaml reads, and not in YAML 1.2.

    What follows one in a comment would be read as if it stood on a line of its own, which no editor shows.
    """
    for char in _UNCLEAR_LINE_ENDS:
        if char in text:
            return _unacceptable(char, text, path)
    return None


#: From libyaml 0.2.6 on its scanner, which reads ahead, gives up by itself; our own bound is met far earlier else.
_TOO_DEEP = "exceeded maximum nesting depth"


def explained(error: yaml.YAMLError, text: str, path: str) -> Finding:
    """The finding for an error of the parser."""
    if isinstance(error, ReaderError):
        return _unacceptable(chr(error.character), text, path)
    assert isinstance(error, yaml.MarkedYAMLError), "all else that libyaml raises knows its place"
    problem, begin, end = error.problem or str(error), error.context_mark, error.problem_mark or error.context_mark
    assert end is not None, "likewise"
    if problem in _BRACKETS and begin is not None:
        opening, closing = _BRACKETS[problem]
        if end.line > begin.line:
            place = Location(path, begin.line + 1, begin.column + 1)
            message = f"the `{opening}` here is not closed, or a comma is missing in it, before line {end.line + 1}"
        else:
            place = Location(path, end.line + 1, end.column + 1)
            message = f"`,` or `{closing}` should stand here"
        return made(place, "JYN101", message, f"add the `{closing}` or the comma, or put the text in quotes")
    if problem == _TOO_DEEP:
        return made(Location(path, end.line + 1, end.column + 1), "JYN118", "nested too deep")
    mark = begin if begin is not None and problem in _FROM_THE_START else end
    message, fix = _EXPLAINED.get(problem, (problem, ""))
    if problem == "found character that cannot start any token" and _at(text, mark.line, mark.column) == "\t":
        message, fix = "a tab cannot indent", "use blanks"
    return made(Location(path, mark.line + 1, mark.column + 1), "JYN101", message, fix)


def _unacceptable(char: str, text: str, path: str) -> Finding:
    """Readers of both kinds count differently, so the character, which is nowhere allowed, is looked for."""
    before = text[: max(text.find(char), 0)]
    place = Location(path, before.count("\n") + 1, len(before) - before.rfind("\n"))
    message = f"the character U+{ord(char):04X} cannot stand in a document"
    fix = f'remove it, or write it as "\\u{ord(char):04X}" in double quotes'
    return made(place, "JYN101", message, fix)


def _at(text: str, line: int, column: int) -> str:
    lines = text.split("\n")
    return lines[line][column : column + 1] if line < len(lines) else ""

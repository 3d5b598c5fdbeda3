"""Where things stand in a TOML file, which tomllib does not tell."""

from __future__ import annotations

import re

from jeyn_gen.diagnostics.finding import Location

_HEADER = re.compile(r"\s*\[\[?\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?")
_KEY = re.compile(r"\s*([A-Za-z0-9_.\"'\s-]+?)\s*=")
_QUOTES = re.compile(r"[\s\"']")


class TomlPlaces:
    """The lines of a file by what they say, as dotted names: `tool.jeyn.environments.production.image`."""

    def __init__(self, path: str, text: str) -> None:
        self._path = path
        self._places: dict[str, Location] = {}
        table = ""
        for number, line in enumerate(text.splitlines(), start=1):
            if header := _HEADER.fullmatch(line):
                name = table = _dotted(header[1])
            elif key := _KEY.match(line):
                name = ".".join(filter(None, (table, _dotted(key[1]))))
            else:
                continue
            self._places.setdefault(name, Location(path, number, len(line) - len(line.lstrip()) + 1))

    def of(self, name: str) -> Location:
        """Where something is said, or the nearest that it would stand in."""
        while name and name not in self._places:
            name = name.rpartition(".")[0]
        return self._places.get(name, Location(self._path, 1, 1))


def _dotted(name: str) -> str:
    return _QUOTES.sub("", name)

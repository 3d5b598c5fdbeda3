"""What a step must not tell: the texts of its secrets, in the forms that programs write them in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

from jeyn.errors import StepError
from jeyn.model.artefact import Artefact
from jeyn.stores.secret import Secret

#: Shorter texts stand everywhere by chance, and are not looked for.
LEAST = 4
# In binary files even these do.
_LEAST_IN_BINARY = 8


class Secrecy:
    """The secrets of one step. What is encoded otherwise (base64, compressed) is not recognised."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}  # by form
        self._is_needed = False

    def add(self, name: str, text: str) -> None:
        """Look for this secret too: as it is, line by line, and as Python, JSON and URLs escape it."""
        self._is_needed = True
        for form in _forms(text):
            self._names.setdefault(form, name)

    @property
    def forms(self) -> tuple[str, ...]:
        """Every text to look for."""
        return tuple(self._names)

    def search(self) -> Search:
        """A search through bytes that are about to be saved."""
        return Search({_encoded(form): name for form, name in self._names.items()})

    def check(self, output: str, artefact: Artefact) -> None:
        """StepError where what is recorded of an output, beside its bytes, holds a secret."""
        if not self._is_needed:
            return

        def plain(value: object) -> str:
            if isinstance(value, Secret):
                raise refusal(output, "a Secret")
            return repr(value)

        told = [artefact.metadata, [blob.name for blob in artefact.blobs]]
        text = json.dumps(told, ensure_ascii=False, default=plain)
        for form, name in self._names.items():
            if form in text:
                raise refusal(output, f"the secret `{name}`")


class Search:
    """Looks for secrets in bytes that come part by part."""

    def __init__(self, names: dict[bytes, str]) -> None:
        self._names = names
        self._overlap = max(map(len, names), default=1) - 1
        self._before = b""
        self._is_binary = False

    def found_in(self, part: bytes) -> str | None:
        """The name of a secret that stands in this part, or across its beginning."""
        self._is_binary = self._is_binary or b"\0" in part  # as git tells text from anything else
        least = _LEAST_IN_BINARY if self._is_binary else LEAST
        seen = self._before + part
        self._before = seen[-self._overlap :] if self._overlap else b""
        return next((name for form, name in self._names.items() if len(form) >= least and form in seen), None)


def refusal(output: str, what: str) -> StepError:
    """What is raised where an output would tell a secret."""
    return StepError(f"the output `{output}` holds {what}; it was not recorded", "leave it out of what is saved")


def _forms(text: str) -> Iterator[str]:
    for part in (text, text.strip(), *map(str.strip, text.splitlines())):
        if len(part.strip()) >= LEAST:
            yield part
            yield repr(part)[1:-1]
            yield json.dumps(part)[1:-1]
            yield json.dumps(part, ensure_ascii=False)[1:-1]
            yield quote(part, errors="surrogateescape")
            yield quote(part, safe="", errors="surrogateescape")
            yield quote_plus(part, errors="surrogateescape")


def _encoded(form: str) -> bytes:
    # Variables of a process may hold bytes that are no UTF-8 (PEP 383).
    return form.encode("utf-8", "surrogateescape")

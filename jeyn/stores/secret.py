"""Secrets that a step was given, as values that do not show what they hold."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Any, NoReturn, final

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema

#: What stands wherever a secret would.
MASK = "***"


@final
class Secret:
    """Text that shows as `***` and is told by `reveal` alone.

    It has no hash, and no copy of it can be made: TypeError where something pickles it, as what saves models does.
    """

    __slots__ = ("_text",)
    __hash__ = None  # type: ignore[assignment]  # this is how Python spells it

    def __init__(self, text: str) -> None:
        """TypeError for what is not text."""
        if not isinstance(text, str):
            raise TypeError(f"a secret is text, not {type(text).__name__}")
        self._text = text

    def reveal(self) -> str:
        """What it is. Whoever asks keeps it out of what is saved; a step's log hides it."""
        return self._text

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    def __str__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return format(MASK, spec)

    def __eq__(self, other: object) -> bool:
        """In a time that does not depend on what they hold."""
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(_bytes(self._text), _bytes(other._text))

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a Secret is neither pickled nor copied: save what was made with it, not the secret itself")

    def __getstate__(self) -> NoReturn:
        self.__reduce_ex__(0)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """A field of a pydantic model takes a Secret, and JSON of that model holds `***`."""
        from pydantic_core import core_schema

        shown = core_schema.plain_serializer_function_ser_schema(str, when_used="json")
        return core_schema.is_instance_schema(cls, serialization=shown)


def _bytes(text: str) -> bytes:
    # Variables of a process may hold bytes that are no UTF-8, which Python keeps as lone surrogates (PEP 383).
    return text.encode("utf-8", "surrogatepass")

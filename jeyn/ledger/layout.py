"""The keys of one project. They are persisted: a change of any of them is a new format number."""

from __future__ import annotations

from dataclasses import dataclass

FORMAT = "jeyn/1"
#: The name by which the stream of streams is placed and read; no document can be called so.
STREAMS = "*"


@dataclass(frozen=True, slots=True)
class Layout:
    """Key names below `jeyn/1/PROJECT/`. All parts are DNS labels, hexadecimal digits or numbers."""

    project: str

    def entry(self, stream: str, number: int) -> str:
        if stream == STREAMS:
            return f"{FORMAT}/{self.project}/streams/{number}"
        return f"{FORMAT}/{self.project}/stream/{stream}/{number}"

    def step(self, run: str, step: str, item: str) -> str:
        return f"{FORMAT}/{self.project}/step/{run}/{step}/{item or '-'}"

    def cache(self, key: str, number: int) -> str:
        return f"{FORMAT}/{self.project}/cache/{key}/{number}"

    def probe(self) -> str:
        """The key by which a store is tried out before it is used."""
        return f"{FORMAT}/{self.project}/probe"

    def published(self, stream: str, number: int) -> str:
        """Stands for an entry that the broker of events has."""
        return f"{FORMAT}/{self.project}/published/{stream}/{number}"

    def cursor(self, number: int) -> str:
        """Holds up to where everything is published."""
        return f"{FORMAT}/{self.project}/cursor/{number}"

"""Reading spans of time: `90s`, `10m`, `1h30m`."""

from __future__ import annotations

from jeyn.model.running import YEAR
from jeyn.model.spans import seconds_in
from jeyn_gen.load import reader as read
from jeyn_gen.load.fields import Reader
from jeyn_gen.load.nodes import Node


def span(reader: Reader, node: Node) -> int:
    """A span in seconds, from one second to a year."""
    text = read.text(reader, node)
    try:
        seconds = seconds_in(text)
    except ValueError:
        fix = "write hours, minutes and seconds, such as 90s, 10m or 1h30m"
        raise reader.refuse(node, "JYN121", f"{text[:80]!r} is no span of time", fix) from None
    if seconds == 0:
        raise reader.refuse(node, "JYN127", f"{text[:80]} is no time at all", "write a longer one, or remove the key")
    if seconds > YEAR:
        raise reader.refuse(node, "JYN127", f"{text[:80]} is over a year", "write a shorter one, or remove the key")
    return seconds

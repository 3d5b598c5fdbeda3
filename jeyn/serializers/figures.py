"""Figures of matplotlib as files whose bytes depend on the figure alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jeyn.imported import is_a
from jeyn.serializers.extras import optional

# What matplotlib would write of itself and of the time, by format;
# https://matplotlib.org/stable/api/_as_gen/matplotlib.pyplot.savefig.html
_NO_ORIGIN: dict[str, dict[str, None]] = {
    ".png": {"Software": None},
    ".svg": {"Creator": None, "Date": None, "Format": None, "Type": None},
    ".pdf": {"Creator": None, "Producer": None, "CreationDate": None},
}


def is_figure(value: object) -> bool:
    """Whether it is a figure of matplotlib, which is not imported to tell."""
    return is_a(value, "matplotlib.figure", "Figure")


def write_figure(figure: Any, path: Path) -> None:
    """Save as the path's suffix says (.png, .svg or .pdf), without times, versions or random ids."""
    matplotlib = optional("matplotlib", "matplotlib")
    # Without a salt of its own, an SVG's ids come from uuid4.
    with matplotlib.rc_context({"svg.hashsalt": "jeyn"}):
        figure.savefig(path, format=path.suffix[1:], metadata=_NO_ORIGIN[path.suffix])

"""Which other Jeyn made files that this one makes anew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from jeyn.model.names import Version
from jeyn.version import VERSION
from jeyn_gen.publish.files import Drift


def of_other_makers(found: Sequence[Drift]) -> Iterator[str]:
    """What to say of each other Jeyn that made files which this one makes anew, or removes."""
    others = [one for one in found if one.made_by and (one.made_by != VERSION or one.is_only_remade)]
    for maker in sorted({one.made_by for one in others}):
        made = [one for one in others if one.made_by == maker]
        only = sum(one.is_only_remade for one in made)
        this = f"Jeyn {VERSION}" if maker != VERSION else "another build of it"
        yield f"{_files(len(made))} made by Jeyn {maker}; this is {this}"
        if only:
            yield f"{_files(only)} made anew for no other reason"
        if _is_newer(maker):
            yield f"Jeyn {maker} is newer: `pip install 'jeyn[gen]=={maker}'` leaves them as they are"


def _files(number: int) -> str:
    return "1 file is" if number == 1 else f"{number} files are"


def _is_newer(maker: str) -> bool:
    try:
        return Version.parse(maker) > Version.parse(VERSION)
    except ValueError:
        return False

"""How something gets a number of its own in a sequence of keys, once, however many try it and how often.

A sequence is keys that end in 1, 2, 3, … without a gap, in a store that can only create and read: a stream, or what
the action cache holds under one key. It stays without a gap because a number is created only where the one before it
was read, or was just created.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from jeyn.ports.keys import KeyValueStore

_READ_AHEAD = 256
# Numbers per bulk read in search of a sequence's end.
_RUNGS = 12


@dataclass(slots=True, eq=False)
class Claim:
    """A value that wants a number of the sequence whose keys `key_of` tells. It has none below `number`.

    `is_mine` tells from a key and the value there whether that is it; `sealed` gives the bytes to write at a key.
    `before_first` is called before number 1 is created.
    """

    key_of: Callable[[int], str]
    number: int
    sealed: Callable[[str], bytes]
    is_mine: Callable[[str, bytes], bool]
    before_first: Callable[[], object] = lambda: None
    is_met: bool = False

    @property
    def key(self) -> str:
        """Where it stands, or wants to."""
        return self.key_of(self.number)


def settle(keys: KeyValueStore, claims: Sequence[Claim], *, is_new: bool, rebuildable: bool = False) -> None:
    """Bring each claim to its number, and make it be there.

    Every claim comes with a number below which it cannot be, as nobody could write it when those before were read.
    Read on from there. Met it: it has its number. Found a free number: create it; if that is refused, somebody was
    faster, so read on. Every number below the one created was read, hence the claim is at none of them. Where claims
    are new, that is, where probably nobody has written them yet, the first look is left out: a refusal tells as much.
    """
    if not is_new:
        _read_on(keys, claims)
    while waiting := [claim for claim in claims if not claim.is_met]:
        _create(keys, waiting, rebuildable=rebuildable)
        _read_on(keys, [claim for claim in waiting if not claim.is_met])


def last(keys: KeyValueStore, key_of: Callable[[int], str], low: int = 0) -> int:
    """The last number of a sequence that has one at `low`, or none at all.

    It is found by reading alone, since there are no gaps: widen the distance while there is a number, then narrow it
    down. One bulk read finds an end that is near, two or three any other.
    """
    high = 0
    while not high:
        low, high = _between(keys, key_of, low, 0, [low + (1 << rung) for rung in range(_RUNGS)])
    while high - low > 1:
        step = -(-(high - low) // _RUNGS)
        low, high = _between(keys, key_of, low, high, range(low + step, high, step))
    return low


def _between(
    keys: KeyValueStore, key_of: Callable[[int], str], low: int, high: int, ladder: Sequence[int]
) -> tuple[int, int]:
    """Narrow (last known to be taken, first known to be free) by one bulk read of ascending numbers between."""
    there = keys.get_many(key_of(number) for number in ladder)
    for number in ladder:
        if key_of(number) not in there:
            return low, number
        low = number
    return low, high


def ahead(keys: KeyValueStore, key_of: Callable[[int], str], after: int) -> Iterator[tuple[int, str, bytes]]:
    """The numbers of a sequence after one, with their keys and values, to the last at the time of reading."""
    window = 4
    while True:
        wanted = {key_of(at): at for at in range(after + 1, after + 1 + window)}
        found = keys.get_many(wanted)
        for key, at in wanted.items():
            if key not in found:
                return
            yield at, key, found[key]
        after, window = after + window, min(window * 4, _READ_AHEAD)


def _read_on(keys: KeyValueStore, claims: Iterable[Claim]) -> None:
    """Bring each to where it is, or to the first number that is free."""
    for claim in claims:
        for number, key, value in ahead(keys, claim.key_of, claim.number - 1):
            claim.number = number
            claim.is_met = claim.is_mine(key, value)
            if claim.is_met:
                break
            claim.number += 1


def _create(keys: KeyValueStore, claims: Sequence[Claim], *, rebuildable: bool) -> None:
    """Try to create each where it stands, but of one sequence only the first: the next number waits for that."""
    firsts: dict[str, Claim] = {}
    for claim in claims:
        firsts.setdefault(claim.key_of(0), claim)
    for claim in firsts.values():
        if claim.number == 1:
            claim.before_first()
    wanted = {claim.key: claim for claim in firsts.values()}
    values = {key: claim.sealed(key) for key, claim in wanted.items()}
    for key in keys.create_many(values, rebuildable=rebuildable):
        wanted[key].is_met = True

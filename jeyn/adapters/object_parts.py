"""Large objects in parts: several on their way at once, and no more of them in memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from obstore import Bytes
    from obstore.store import ObjectStore

PART = 8 << 20
IN_FLIGHT = 4
#: Bytes a second of one connection, below which a part is given up.
SLOWEST = 128 << 10
# S3 takes 10,000. https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
_MOST_PARTS = 9_000


def part_bytes(size: int) -> int:
    """The size of a part of an object that is sent, in bytes: whole MiB, and few enough parts."""
    mebibytes = -(-size // (_MOST_PARTS << 20))
    return max(PART, mebibytes << 20)


def pieces(file: BinaryIO, length: int) -> Iterator[bytes]:
    """A file in pieces of exactly this length, but for the last."""
    while piece := file.read(length):
        while len(piece) < length and (more := file.read(length - len(piece))):
            piece += more
        yield piece


def side_by_side(store: ObjectStore, key: str, size: int) -> Iterator[Bytes]:
    """An object's bytes in order. After an error what is on its way is waited for, and nothing more is asked for."""
    import obstore

    def part(start: int) -> Bytes:
        return obstore.get_range(store, key, start=start, length=min(PART, size - start))

    on_their_way: deque[Future[Bytes]] = deque()
    threads = ThreadPoolExecutor(IN_FLIGHT, thread_name_prefix="jeyn-blob")
    try:
        for start in range(0, size, PART):
            if len(on_their_way) == IN_FLIGHT:
                yield on_their_way.popleft().result()
            on_their_way.append(threads.submit(part, start))
        while on_their_way:
            yield on_their_way.popleft().result()
    finally:
        threads.shutdown(cancel_futures=True)

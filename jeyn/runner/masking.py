"""Masking secrets in text and in streams. Run as a program, this file stands between a step and its log.

The step waits until it has started, so it imports nothing that takes time: `typing`, `json` and `signal` would take
three times as long as Python itself.
"""

from __future__ import annotations

import fcntl
import os
import select
import sys
import termios

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from typing import AnyStr

_MASK = "***"
_CHUNK = 1 << 16


def masked(text: str, forms: Collection[str]) -> str:
    """The text with every occurrence of each form, overlapping ones too, replaced by `***`."""
    parts, at = [], 0
    for start, end in _occurrences(text, forms):
        parts += [text[at:start], _MASK]
        at = end
    return "".join([*parts, text[at:]])


class Masker:
    """Masks a stream of bytes that comes part by part, however its parts are cut.

    It holds back only what may be the beginning of a form: at most one byte less than the longest one.
    """

    def __init__(self, forms: Collection[bytes]) -> None:
        self._forms = forms
        self._held = b""
        self._known = 0  # so many of the first bytes held belong to an occurrence that began before them
        self._has_masked = False  # whether what was told last is the mask of what stands directly before these

    def feed(self, part: bytes) -> bytes:
        """What can be told after these bytes."""
        data = self._held + part
        return self._tell(data, min((_begun(data, form) for form in self._forms), default=len(data)))

    def finish(self) -> bytes:
        """What is left at the end. What could have become a form is masked from 4 bytes on."""
        is_most = len(self._held) >= 4 and self._known < len(self._held)
        if is_most:
            self._known = len(self._held)
        return self._tell(self._held, len(self._held))

    def _tell(self, data: bytes, until: int) -> bytes:
        """Tell the bytes before `until` and hold the others."""
        if until == 0:
            self._held = data
            return b""
        told: list[bytes] = []
        at = 0
        for start, end in _occurrences(data, self._forms, self._known):
            if start >= until:
                break
            told.append(data[at:start])
            if start > 0 or not self._has_masked:
                told.append(_MASK.encode())
            at = end
        told.append(data[at:until])
        self._held = data[until:]
        self._known = max(0, at - until)
        self._has_masked = at >= until
        return b"".join(told)


def _occurrences(data: AnyStr, forms: Collection[AnyStr], known: int = 0) -> list[tuple[int, int]]:
    """From where to where any of the forms stands; what overlaps or touches is one. One goes on for `known` bytes."""
    found = [(0, known)] if known else []
    for form in forms:
        at = data.find(form)
        while at >= 0:
            found.append((at, at + len(form)))
            at = data.find(form, at + 1)
    merged: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _begun(data: bytes, form: bytes) -> int:
    """Where the form may have begun that further bytes would complete; the end of the data if nowhere."""
    at = data.find(form[:1], max(0, len(data) - len(form) + 1))
    while at >= 0 and not form.startswith(data[at:]):
        at = data.find(form[:1], at + 1)
    return len(data) if at < 0 else at


def relay(source: int, control: int, target: int, masker: Masker) -> None:
    """Mask what comes from a pipe until all its writers have closed it.

    A byte on the socket `control` asks to be sent back when everything is written that was in the pipe by then.
    """
    watched = [source, control]
    while True:
        if control in select.select(watched, [], [])[0]:
            asked = os.read(control, 1)
            there = _waiting(source)
            while there > 0:
                part = os.read(source, min(there, _CHUNK))
                _write(target, masker.feed(part))
                there -= len(part)
            if not asked:
                watched.remove(control)
            _write(control, asked)
            continue
        part = os.read(source, _CHUNK)
        _write(target, masker.feed(part) if part else masker.finish())
        if not part:
            return


def _waiting(pipe: int) -> int:
    """How many bytes are in a pipe."""
    answer = fcntl.ioctl(pipe, termios.FIONREAD, bytes(4))
    return int.from_bytes(answer, sys.byteorder)


def _write(target: int, data: bytes) -> None:
    view = memoryview(data)
    try:
        while view:
            view = view[os.write(target, view) :]
    except OSError:
        pass  # a log that cannot be written must not stop the step, and whoever asked may be gone


def main(arguments: Sequence[str]) -> None:
    """Relay from a pipe to standard output. Standard input gives the forms, each as a line of hexadecimal digits."""
    source, control = map(int, arguments)
    forms = [bytes.fromhex(line) for line in sys.stdin]
    if os.fork():
        os._exit(0)  # the rest is nobody's child, so that no step waits for it by waiting for all its own
    relay(source, control, 1, Masker(forms))


if __name__ == "__main__":
    main(sys.argv[1:])

"""Messages of several parts over one stream socket. Knows no kernel and nothing of Jupyter.

A message is the number of its parts, their lengths (all unsigned, 4 bytes, network order), and the
parts themselves. The first part names the channel.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from itertools import accumulate, pairwise

#: The largest packet between a zygote and its nursery, in bytes; kernels have lines instead.
PACKET = 1 << 17
#: How much is read from a socket at once, in bytes.
CHUNK = 1 << 20
_NUMBER = struct.Struct("!I")


def pack(parts: Sequence[bytes | memoryview]) -> bytes:
    """The bytes that stand for *parts*."""
    views = [part if isinstance(part, bytes) else memoryview(part).cast("B") for part in parts]
    lengths = struct.pack(f"!{len(views) + 1}I", len(views), *map(len, views))
    return b"".join([lengths, *views])


class Unpacker:
    """Puts what arrives together again."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, data: bytes) -> list[list[bytes]]:
        """The messages that are complete once *data* has arrived, each as its parts."""
        held = self._held
        held += data
        messages = []
        at = 0
        while (end := self._end(at)) is not None:
            count = _NUMBER.unpack_from(held, at)[0]
            lengths = struct.unpack_from(f"!{count}I", held, at + 4)
            at += 4 + 4 * count
            ends = list(accumulate(lengths, initial=at))
            messages.append([bytes(held[begin:stop]) for begin, stop in pairwise(ends)])
            at = end
        del held[:at]
        return messages

    def _end(self, at: int) -> int | None:
        """Where the message that begins at *at* ends; None while some of it is missing."""
        held, size = self._held, len(self._held)
        if size < at + 4:
            return None
        count = _NUMBER.unpack_from(held, at)[0]
        first = at + 4 + 4 * count
        if size < first:
            return None
        end = first + sum(struct.unpack_from(f"!{count}I", held, at + 4))
        return end if size >= end else None

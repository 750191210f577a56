"""Jupyter's messages as the frames that go over a wire, whatever the wire is.

Checks no signatures; Jupyter's own `Session` also parses dates, which costs more than all the rest.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from itertools import count
from typing import Any
from uuid import uuid4

from jupyter_flow.ports.kernels import Message

#: Stands between whom a message is for and the message.
DELIMITER = b"<IDS|MSG>"
#: Of the protocol.
_VERSION = "5.4"


class Writer:
    """Makes the messages of one client. They are not signed."""

    def __init__(self) -> None:
        self._session = uuid4().hex
        self._numbers = count(1)

    def write(
        self, msg_type: str, content: Mapping[str, Any], parent: Mapping[str, Any] | None = None
    ) -> tuple[str, list[bytes]]:
        """The id of a new message, and its frames."""
        id_ = f"{self._session}_{next(self._numbers)}"
        header = {
            "msg_id": id_,
            "msg_type": msg_type,
            "username": "",
            "session": self._session,
            "date": datetime.now(UTC).isoformat(),  # noqa: TID251 - the protocol's, nobody reads it
            "version": _VERSION,
        }
        parts: tuple[Mapping[str, Any], ...] = (header, parent or {}, {}, content)
        return id_, [DELIMITER, b"", *(json.dumps(each).encode() for each in parts)]


def read_message(frames: Sequence[bytes]) -> Message:
    """The message in *frames*."""
    at = frames.index(DELIMITER) + 2
    header, parent, metadata, content, *buffers = frames[at:]
    head = _loads(header)
    # most messages have the same parent as the one before, and few have metadata
    return {
        "header": head,
        "msg_id": head["msg_id"],
        "msg_type": head["msg_type"],
        "parent_header": _parent(parent),
        "metadata": {} if metadata == b"{}" else _loads(metadata),
        "content": _loads(content),
        "buffers": buffers,
    }


def _loads(frame: bytes) -> Any:
    """The JSON in *frame*; a kernel in an odd locale may send what is not quite UTF-8."""
    return json.loads(frame.decode("utf-8", "replace"))


@lru_cache(64)
def _parent(frame: bytes) -> Any:
    return _loads(frame)

"""How S3 is spoken to: so that a link that breaks without a word is noticed.

The libraries bound connecting and waiting for an answer, but not sending, nor waiting to be allowed
to: what is on its way when the link breaks would be so for a quarter of an hour, or for ever.
"""

from __future__ import annotations

import socket
from typing import Any

PROTOCOLS = frozenset({"s3", "s3a"})

#: How many seconds the other side may not even confirm that it has heard.
_SILENCE = 15


def settings(protocol: str, *, is_patient: bool) -> dict[str, Any]:
    """What fsspec's file system is made with; what people have configured comes first.

    Who is not patient asks twice, where the library would ask five times.
    """
    from fsspec.config import conf

    ours: dict[str, Any] = {}
    if not is_patient:
        ours["retries"] = {"total_max_attempts": 2}
    if _can_make_sockets():
        ours["connector_args"] = {"socket_factory": _impatient_socket}
    said = conf.get(protocol, {}).get("config_kwargs", {})
    return {"config_kwargs": ours | said} if ours else {}


def _can_make_sockets() -> bool:
    """Whether the installed libraries let us: they do since 2025."""
    try:
        from aiobotocore.config import AioConfig

        AioConfig(connector_args={"socket_factory": _impatient_socket})
    except Exception:  # noqa: BLE001 - whatever they say to it, it cannot be done
        return False
    return hasattr(socket, "TCP_USER_TIMEOUT")


def _impatient_socket(address: tuple[Any, ...]) -> socket.socket:
    """A socket for *address*, as `getaddrinfo` has it."""
    made = socket.socket(*address[:3])
    for option, value in (
        (socket.TCP_USER_TIMEOUT, _SILENCE * 1000),
        (socket.TCP_KEEPIDLE, _SILENCE // 3),
        (socket.TCP_KEEPINTVL, 1),
    ):
        made.setsockopt(socket.IPPROTO_TCP, option, value)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    return made

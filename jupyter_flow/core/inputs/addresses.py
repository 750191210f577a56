"""Addresses to notify: URLs in which secrets may stand, ``mailto://me:{{ secret("PW") }}@x.org``.

Only ``{{ secret("NAME") }}`` is a template here: an address belongs to no task and no moment, and
is filled in by whoever sends, so that a secret is nowhere else. Pure: where secrets come from is
not known here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

from jupyter_flow.core.errors import FlowError

from .templates import is_template

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://\S")


class AddressError(FlowError):
    """What somebody is to be told at is no address."""

    code = "JF324"


@dataclass(frozen=True, slots=True)
class _Secret:
    """The place of a secret in an address."""

    name: str


def wrong_with(address: str) -> str | None:
    """What *address* must be instead, if it is none."""
    try:
        parts = [*_parts(address)]
    except ValueError as error:
        return str(error)
    # What begins with a secret may have all of its URL from there.
    is_open = bool(parts) and isinstance(parts[0], _Secret)
    shape = "".join(part if isinstance(part, str) else "x" for part in parts)
    return None if is_open or _SCHEME.match(shape) else "a URL, with a scheme and ://"


def secrets_in(address: str) -> tuple[str, ...]:
    """The names of the secrets that *address* needs, each once. Raises AddressError."""
    return tuple(dict.fromkeys(part.name for part in _read(address) if isinstance(part, _Secret)))


def fill(address: str, secret: Callable[[str], str]) -> str:
    """*address* with its secrets; *secret* gives one by its name.

    They are quoted as parts of a URL, but in an address that has its ``://`` from a secret.

    Raises:
        AddressError: it is no address.
    """
    parts = _read(address)
    is_url = any("://" in part for part in parts if isinstance(part, str))
    found = (part if isinstance(part, str) else secret(part.name) for part in parts)
    quoted = (
        quote(text, safe="") if is_url and isinstance(part, _Secret) else text
        for part, text in zip(parts, found, strict=True)
    )
    return "".join(quoted)


def _read(address: str) -> list[str | _Secret]:
    try:
        return [*_parts(address)]
    except ValueError as error:
        # Not the address itself: there may be a password in it.
        raise AddressError(f"an address to notify must be {error}") from error


def _parts(address: str) -> Iterator[str | _Secret]:
    """The texts and the secrets that make up *address*. ValueError says what it must be."""
    if not is_template(address):
        yield address
        return
    # jinja2 is slow to load, and most addresses have no secrets.
    from jinja2 import TemplateSyntaxError

    from .sandbox import apart

    try:
        parts = apart(address)
    except TemplateSyntaxError as error:
        raise ValueError('a URL in which secrets are written {{ secret("NAME") }}') from error
    for at, part in enumerate(parts):
        if at % 2:
            yield _Secret(part)
        elif is_template(part):
            raise ValueError('a URL with no other template than {{ secret("NAME") }}')
        elif part:
            yield part

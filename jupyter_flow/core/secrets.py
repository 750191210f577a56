"""What must not be seen: keeping secrets out of texts that people and logs get.

Pure: where a secret comes from is `jupyter_flow.secrets`' business.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

#: What stands where a secret was.
MASK = "***"

_SCHEME = re.compile(r"\s*([A-Za-z][\w+.-]*)://")
_NAME = re.compile(r"(?:[a-z\d](?:[a-z\d-]*[a-z\d])?\.)+[a-z]{2,20}", re.IGNORECASE)
_NUMBERS = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}|\[[\da-f:.]+\]", re.IGNORECASE)


def masked(text: str, secrets: Iterable[str]) -> str:
    """*text* without any of *secrets*, as they are or as they stand in a URL."""
    forms = {form for each in secrets for form in _forms(each) if form}
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, MASK)
    return text


def shown_address(address: str) -> str:
    """The scheme and the host of *address*, a URL: what anybody may see of it.

    Many services have a token where others have a host, so a host is only shown if it looks like
    one: ``mailto://example.com``, ``slack://…``.
    """
    scheme = _SCHEME.match(address)
    if scheme is None:
        return "…"
    host = _host(address[scheme.end() :])
    is_host = host == "localhost" or _NAME.fullmatch(host) or _NUMBERS.fullmatch(host)
    return f"{scheme[1]}://{host if is_host else '…'}"


def _host(rest: str) -> str:
    """The host in *rest* of a URL: after the last @ of what comes before the path."""
    place = re.split(r"[/?#]", rest, maxsplit=1)[0].rpartition("@")[2]
    return re.sub(r":\d*$", "", place)


def _forms(secret: str) -> Iterable[str]:
    yield secret
    for safe in ("", "/"):
        yield quote(secret, safe=safe)
        yield quote_plus(secret, safe=safe)
    # As it stands in the repr of a text or of bytes, which is how libraries show what they got.
    yield repr(secret)[1:-1]
    yield repr(secret.encode())[2:-1]

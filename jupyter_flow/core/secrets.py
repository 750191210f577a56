"""What must not be seen: keeping secrets out of texts that people and logs get.

Pure: where a secret comes from is `jupyter_flow.secrets`' business.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

#: What stands where a secret was.
MASK = "***"

#: How many bytes a secret has that is looked for in base64; shorter ones are found in any text.
_ENCODED = 6

_SCHEME = re.compile(r"\s*([A-Za-z][\w+.-]*)://")
_NAME = re.compile(r"(?:[a-z\d](?:[a-z\d-]*[a-z\d])?\.)+[a-z]{2,20}", re.IGNORECASE)
_NUMBERS = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}|\[[\da-f:.]+\]", re.IGNORECASE)


def masked(text: str, secrets: Iterable[str]) -> str:
    """*text* without any of *secrets*: as they are, and as they stand in a URL, in JSON, in the
    repr of a text or of bytes, and in base64, wherever in what is encoded they are.

    Of base64 up to one character remains at each end, which holds less than a byte of the secret.
    """
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
    encoded = secret.encode("utf-8", "surrogatepass")
    yield repr(encoded)[2:-1]
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    if len(encoded) >= _ENCODED:
        for form in _in_base64(encoded):
            yield form
            yield form.replace("+", "-").replace("/", "_")


def _in_base64(secret: bytes) -> Iterable[str]:
    """What *secret* is in base64 after 0, 1 and 2 bytes more, without what others share in."""
    for before in range(3):
        first, last = -(-before * 8 // 6), (before + len(secret)) * 8 // 6
        yield b64encode(bytes(before) + secret).decode()[first:last]

"""What must not be seen: secrets that stand in texts, and keeping them out of what people get.

Pure: where a secret comes from is `jupyter_flow.secrets`' business.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from html import escape
from typing import Any
from urllib.parse import quote, quote_plus

#: What stands where a secret was.
MASK = "***"
#: A secret of fewer characters cannot be masked: what is no secret would be taken for it.
SHORTEST = 4

#: How many bytes a secret has that is looked for in base64; shorter ones are found in any text.
_ENCODED = 6
#: How long a line of a secret is that is looked for by itself.
_LINE = 8

_SECRET_NAME = re.compile(r"\w[\w.-]*")
_TEMPLATE = re.compile(r'\{\{ secret\("(\w[\w.-]*)"\) \}\}')
_SCHEME = re.compile(r"\s*([A-Za-z][\w+.-]*)://")
_NAME = re.compile(r"(?:[a-z\d](?:[a-z\d-]*[a-z\d])?\.)+[a-z]{2,20}", re.IGNORECASE)
_NUMBERS = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}|\[[\da-f:.]+\]", re.IGNORECASE)


def is_name(name: str) -> bool:
    """Whether *name* can be the name of a secret."""
    return _SECRET_NAME.fullmatch(name) is not None


def template_of(name: str) -> str:
    """How the secret *name* is written in a text of a flow."""
    return f'{{{{ secret("{name}") }}}}'


def name_in(text: str) -> str | None:
    """The name of the secret that is all of *text*, as `template_of` writes it."""
    found = _TEMPLATE.fullmatch(text)
    return None if found is None else found[1]


class SecretText(str):
    """A text in which secrets stand: as a string, it is what the flow says.

    ``parts`` are texts and names of secrets by turns; the first and the last are texts. Only what
    makes an attempt fills it; wherever else it comes, it is ``Bearer {{ secret("TOKEN") }}``.
    """

    __slots__ = ("parts",)
    parts: tuple[str, ...]

    def __new__(cls, *parts: str) -> SecretText:
        shown = (template_of(part) if index % 2 else part for index, part in enumerate(parts))
        text = super().__new__(cls, "".join(shown))
        text.parts = parts
        return text

    def __getnewargs__(self) -> tuple[str, ...]:  # type: ignore[override]
        return self.parts

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the secrets in it."""
        return self.parts[1::2]

    def filled(self, secret: Callable[[str], str]) -> str:
        """It with its secrets; *secret* gives one by its name."""
        return "".join(secret(part) if at % 2 else part for at, part in enumerate(self.parts))


def secrets_in(value: Any) -> Iterator[str]:
    """The names of the secrets in *value*, however deep in its lists and objects."""
    match value:
        case SecretText():
            yield from value.names
        case Mapping():
            for each in value.values():
                yield from secrets_in(each)
        case list() | tuple():
            for each in value:
                yield from secrets_in(each)


class Mask:
    """Finds secrets in texts and puts `MASK` there: as they are, and as they stand in a URL, in
    HTML, in JSON, in the repr of a text or of bytes, in hexadecimal, and in base64, wherever in
    what is encoded they are. The lines of a secret that has several are looked for as well.

    Of base64 up to one character remains at each end, which holds less than a byte of the secret.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets: set[str] = set()
        self._forms: tuple[str, ...] = ()
        self._pattern = _NEVER
        self.add(*secrets)

    def add(self, *secrets: str) -> None:
        """Find these, too. Empty ones are no secrets."""
        new = {each for each in secrets if each} - self._secrets
        if not new:
            return
        self._secrets |= new
        forms = {form for each in self._secrets for form in _forms(each) if form}
        self._forms = tuple(sorted(forms, key=lambda form: (-len(form), form)))
        self._pattern = re.compile("|".join(map(re.escape, self._forms)))

    def __bool__(self) -> bool:
        return bool(self._forms)

    def text(self, text: str) -> str:
        """*text* without any of them."""
        return self._pattern.sub(MASK, text) if self._is_in(text) else text

    def split(self, text: str) -> tuple[str, str]:
        """The first part of *text*, without any of them, and what may be the beginning of one.

        The second part is to be put before the text that follows, or masked when none does.
        """
        at = 0
        shown: list[str] = []
        found = self._is_in(text)
        while True:
            begun = self._begun(text, at)
            match = self._pattern.search(text, at) if found else None
            if match is None or match.start() >= begun:
                return "".join((*shown, text[at:begun])), text[begun:]
            shown += [text[at : match.start()], MASK]
            at = match.end()

    def value(self, value: Any) -> Any:
        """*value*, which is JSON, without any of them in its texts and keys."""
        match value:
            case str():
                return self.text(value)
            case dict():
                return {self.value(key): self.value(each) for key, each in value.items()}
            case list() | tuple():
                return [self.value(each) for each in value]
            case _:
                return value

    def bytes(self, data: bytes) -> bytes:
        """*data* without any of them in UTF-8."""
        for form in self._forms:
            if (encoded := form.encode("utf-8", "surrogatepass")) in data:
                data = data.replace(encoded, MASK.encode())
        return data

    def _is_in(self, text: str) -> bool:
        """Much faster than the pattern, and the answer is hardly ever yes."""
        return any(form in text for form in self._forms)

    def _begun(self, text: str, at: int) -> int:
        """Where in *text*, from *at* on, the first form begins that goes on after its end."""
        first = len(text)
        for form in self._forms:
            start = text.find(form[0], max(at, len(text) - len(form) + 1))
            while 0 <= start < first:
                if form.startswith(text[start:]):
                    first = start
                    break
                start = text.find(form[0], start + 1)
        return first


_NEVER = re.compile(r"(?!)")


def masked(text: str, secrets: Iterable[str]) -> str:
    """*text* without any of *secrets*: see `Mask`."""
    return Mask(secrets).text(text)


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
    lines = secret.splitlines()
    if len(lines) > 1:
        yield from (line for line in map(str.strip, lines) if len(line) >= _LINE)
    for safe in ("", "/"):
        yield quote(secret, safe=safe)
        yield quote_plus(secret, safe=safe)
    yield escape(secret)
    yield escape(secret, quote=False)
    # As it stands in the repr of a text or of bytes, which is how libraries show what they got.
    yield repr(secret)[1:-1]
    encoded = secret.encode("utf-8", "surrogatepass")
    yield repr(encoded)[2:-1]
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    if len(encoded) >= _ENCODED:
        yield encoded.hex()
        yield encoded.hex().upper()
        for form in _in_base64(encoded):
            yield form
            yield form.replace("+", "-").replace("/", "_")


def _in_base64(secret: bytes) -> Iterable[str]:
    """What *secret* is in base64 after 0, 1 and 2 bytes more, without what others share in."""
    for before in range(3):
        first, last = -(-before * 8 // 6), (before + len(secret)) * 8 // 6
        yield b64encode(bytes(before) + secret).decode()[first:last]

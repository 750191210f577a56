"""Sends messages with apprise: mail, chats, webhooks and a hundred more, each by a URL.

Says why something could not be sent, which apprise tells to its log only, and keeps what is secret
in an address out of that. Tries once: when to try again is the outbox's business.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import parse_qsl, unquote

from jupyter_flow.core.inputs.addresses import AddressError, fill
from jupyter_flow.core.secrets import masked, shown_address
from jupyter_flow.core.words import Tone
from jupyter_flow.ports.alerts import Message, NotifyError
from jupyter_flow.secrets import SecretError, resolve

from .listening import Ear

#: What apprise waits for a server, at most, whatever the URL says. In seconds.
CONNECT, READ = 15.0, 30.0
#: A service that takes less than this gets plain text: what is made for mail is too much for it.
_LARGE = 30_000
#: An error longer than this is not read.
_LONGEST = 600
#: A part of an address shorter than this is no secret, unless it is a password.
_SHORTEST = 3

#: How a quiet record begins that tells the cause of a loud one.
_CAUSE = re.compile(r"\S+ Exception: |Response Details: ")
#: What is said of an address that cannot be read, which we say ourselves.
_KNOWN = re.compile(r"Could not load .* URL|Unparseable .*URL|Unsupported URL")
#: The cause in what urllib3 says of a connection.
_DEEPEST = re.compile(r"Caused by \w+\(['\"](?:HTTPS?Connection\(.*?\): )?(.*?)['\"]\)\)")

_ear = Ear("apprise")


class AppriseNotifier:
    """`jupyter_flow.ports.alerts.Notifier` by apprise. *secret* gives a secret by its name."""

    def __init__(self, secret: Callable[[str], str] = resolve) -> None:
        self._secret = secret

    def send(self, address: str, message: Message) -> None:
        secrets: list[str] = []

        def noted(name: str) -> str:
            secrets.append(self._secret(name))
            return secrets[-1]

        try:
            url = fill(address, noted)
        except AddressError as error:
            what = f"what is to be notified must be {error.what}"
            raise NotifyError(what, is_final=True) from error
        except SecretError as error:
            raise NotifyError(error.what, hint=error.hint) from error
        service, is_readable = None, True
        with _ear.listening() as records:
            try:
                service = _service(url)
                is_readable = service is not None
                if service is not None and _notify(service, message):
                    return
            except Exception as error:  # noqa: BLE001 - a plugin of apprise raises what it likes
                records.append(_record_of(error))
            hidden = {*secrets, *_hidden_in(url, service)}
        raise _refusal(address, masked(_reason(records), hidden), is_readable=is_readable)


def _service(url: str) -> Any | None:
    """What apprise makes of *url*; None if nothing."""
    from apprise import Apprise, AppriseAsset

    # In memory: apprise would keep what it knows of a service in the home of the user.
    asset = AppriseAsset(storage_mode="memory", async_mode=False, app_id="jupyter_flow")
    service = Apprise.instantiate(url, asset=asset)
    if service is not None:
        service.socket_connect_timeout = min(service.socket_connect_timeout, CONNECT)
        service.socket_read_timeout = min(service.socket_read_timeout, READ)
    return service


def _notify(service: Any, message: Message) -> bool:
    from apprise import Apprise, NotifyFormat

    is_html = _takes_html(service)
    sender = Apprise(asset=service.asset)
    sender.add(service)
    sent = sender.notify(
        title=message.subject,
        body=message.html if is_html else _fitting(message, service),
        notify_type=_kind(message.tone),
        body_format=NotifyFormat.HTML if is_html else NotifyFormat.TEXT,
        attach=_attached(message) if service.attachment_support else None,
    )
    return bool(sent)


def _kind(tone: Tone) -> Any:
    """What apprise calls news of *tone*."""
    from apprise import NotifyType

    kinds = {
        Tone.GOOD: NotifyType.SUCCESS,
        Tone.WARN: NotifyType.WARNING,
        Tone.BAD: NotifyType.FAILURE,
    }
    return kinds.get(tone, NotifyType.INFO)


def _takes_html(service: Any) -> bool:
    """Whether it wants HTML, and whole pages of it: mail does, chats do not."""
    from apprise import NotifyFormat

    # Newer releases let a service have several formats, and a URL choose one of them.
    chosen = getattr(service, "resolve_format", lambda: service.notify_format)()
    return bool(chosen == NotifyFormat.HTML and service.body_maxlen >= _LARGE)


def _fitting(message: Message, service: Any) -> str:
    """The text, shortened to what the service takes: most refuse what is too long."""
    room = service.body_maxlen - (len(message.subject) + 2 if service.title_maxlen <= 0 else 0)
    text = message.text
    return text if len(text) <= room else f"{text[: max(0, room - 2)].rstrip()}\n…"


def _attached(message: Message) -> list[str] | None:
    return [str(each) for each in message.attachments] or None


def _refusal(address: str, why: str, *, is_readable: bool) -> NotifyError:
    shown = shown_address(address)
    if not is_readable:
        return NotifyError(
            f"apprise cannot read the address {shown}" + (f": {why}" if why else ""),
            hint="https://appriseit.com lists what it knows, and how to write each.",
            is_final=True,
        )
    return NotifyError(f"could not send to {shown}: {why or 'the service did not take it'}")


def _reason(records: Iterable[logging.LogRecord]) -> str:
    """Why it went wrong, from what apprise logged: its warnings, and the exceptions behind them."""
    said: dict[str, None] = {}
    for record in records:
        text = " ".join(record.getMessage().split())
        is_cause = _CAUSE.match(text)
        if (record.levelno < logging.WARNING and not is_cause) or _KNOWN.match(text):
            continue
        text = text[is_cause.end() :] if is_cause else text
        deepest = _DEEPEST.search(text)
        text = deepest[1] if deepest else text
        # An address in a text is ours, or made from ours.
        text = re.sub(r"\w[\w+.-]*://\S+", lambda url: shown_address(url[0]), text)
        said[text.rstrip(".: ")] = None
    joined = "; ".join(each for each in said if each)
    return joined if len(joined) <= _LONGEST else f"{joined[:_LONGEST]}…"


def _hidden_in(url: str, service: Any | None) -> Iterator[str]:
    """All in *url* that apprise itself would not show, and some more."""
    yield url
    shown = _shown_by(service)
    _, _, rest = url.partition("://")
    place, _, query = rest.partition("?")
    who, at, _ = place.rpartition("@")
    if at and ":" in who:
        yield from _spellings(who.partition(":")[2])
    for word in re.split(r"[:@/#]", place):
        if len(word) >= _SHORTEST and unquote(word) not in shown:
            yield from _spellings(word)
    for name, value in parse_qsl(query):
        # Headers and fields of the user's own are secret, which apprise shows.
        if value not in shown or name[:1] in ("+", "-", ":", " "):
            yield value


def _shown_by(service: Any | None) -> str:
    """The address as apprise shows it to anybody."""
    try:
        return "" if service is None else unquote(service.url(privacy=True))
    except Exception:  # noqa: BLE001 - a plugin of apprise raises what it likes; then all is hidden
        return ""


def _spellings(word: str) -> tuple[str, str]:
    return word, unquote(word)


def _record_of(error: Exception) -> logging.LogRecord:
    text = f"{type(error).__name__}: {error}"
    return logging.LogRecord("apprise", logging.ERROR, "", 0, text, None, None)

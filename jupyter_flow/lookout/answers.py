"""Looks for answers: asks servers by HTTP, and takes an answer for what it is expected to be."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_flow.connections import connection
from jupyter_flow.core.commands import Answer
from jupyter_flow.core.errors import FlowError
from jupyter_flow.core.secrets import SecretText
from jupyter_flow.handoff import VALUE_LIMIT
from jupyter_flow.ports.lookout import Sight
from jupyter_flow.secrets import resolve

from .looks import Look

if TYPE_CHECKING:
    import httpx

#: So much of an answer is read to see what its JSON has.
MOST = 1_000_000


class Asking:
    """Asks, with one client for all. For one event loop."""

    def __init__(self, home: Path | None = None) -> None:
        self._home = home
        self._client: httpx.AsyncClient | None = None

    def look_for(self, answer: Answer) -> Look:
        return lambda: self._look(answer)

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()

    async def _look(self, answer: Answer) -> Sight:
        import httpx

        try:
            url, user = _target(answer, self._home)
            headers = _filled(answer.headers)
        except FlowError as error:
            return Sight(seen=f"{error.what}. {error.hint}".strip(), is_hopeless=True)
        except httpx.InvalidURL:
            return Sight(seen="that is no URL", is_hopeless=True)
        if self._client is None:
            self._client = httpx.AsyncClient(follow_redirects=True, timeout=httpx.Timeout(20))
        try:
            async with self._client.stream(answer.method, url, headers=headers, auth=user) as given:
                return await _judged(answer, given)
        except httpx.UnsupportedProtocol:
            return Sight(seen="only http:// and https:// can be asked", is_hopeless=True)
        except httpx.TimeoutException:
            return Sight(seen="it does not answer in time")
        except httpx.HTTPError as error:  # its text may have the URL in it
            return Sight(seen=f"it cannot be reached ({type(error).__name__})")


def _filled(headers: Mapping[str, str]) -> dict[str, str]:
    """*headers* with the secrets in them."""
    return {
        name: value.filled(resolve) if isinstance(value, SecretText) else value
        for name, value in headers.items()
    }


def _target(answer: Answer, home: Path | None) -> tuple[httpx.URL, tuple[str, str] | None]:
    """The URL to ask without who asks, and who asks."""
    import httpx

    if answer.connection is None:
        base = whole = httpx.URL(answer.url)
    else:
        base = httpx.URL(connection(answer.connection, home=home).url)
        whole = base.join(f"{base.path.rstrip('/')}/{answer.url.lstrip('/')}")
    user = (base.username, base.password) if base.username else None
    return whole.copy_with(username=None, password=None), user


async def _judged(answer: Answer, given: httpx.Response) -> Sight:
    status = given.status_code
    if not _fits(status, answer.expect_status):
        return Sight(seen=f"it answers with status {status}")
    values: dict[str, Any] = {"status": status}
    is_json = "json" in given.headers.get("content-type", "") and answer.method != "HEAD"
    if not is_json and answer.expect_json is None:
        return Sight(is_there=True, values=values)
    body = await _body(given)
    if body is None:
        if answer.expect_json is None:
            return Sight(is_there=True, values=values)
        return Sight(seen=f"its answer has more than {MOST:,} bytes, too many to look into")
    try:
        found = json.loads(body)
    except ValueError:
        if answer.expect_json is None:
            return Sight(is_there=True, values=values)
        return Sight(seen=f"it answers with status {status}, and not with JSON")
    if answer.expect_json is not None and not has(found, answer.expect_json):
        return Sight(seen="its JSON is not what is expected")
    if len(body) <= VALUE_LIMIT:
        values["json"] = found
    return Sight(is_there=True, values=values)


async def _body(given: httpx.Response) -> bytes | None:
    """All of it, or None when it is too much."""
    parts, size = [], 0
    async for part in given.aiter_bytes():
        size += len(part)
        if size > MOST:
            return None
        parts.append(part)
    return b"".join(parts)


def has(given: Any, expected: Any) -> bool:
    """Whether *given* has all of *expected*; objects may have more."""
    if isinstance(expected, Mapping):
        return isinstance(given, Mapping) and all(
            name in given and has(given[name], value) for name, value in expected.items()
        )
    return bool(given == expected)


def _fits(status: int, expected: tuple[int | str, ...]) -> bool:
    if not expected:
        return 200 <= status < 300
    return any(str(each).lower() in (str(status), f"{status // 100}xx") for each in expected)

"""The connections of a project: which are known, and whether one works."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jupyter_flow.connections import (
    Connection,
    NoConnectionError,
    connection,
    file_of,
    is_open_to_others,
    known,
)
from jupyter_flow.core.errors import FlowError
from jupyter_flow.secrets import SecretError

#: How long a service may take to answer, in seconds.
_PATIENCE = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A connection: where it is, what anybody may see of it, and what is wrong with it."""

    name: str
    source: str
    shown: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Connections:
    """Those that a project with this *home* can use; those in a keyring cannot be listed."""

    home: Path
    environ: Mapping[str, str]

    @property
    def file(self) -> Path:
        """The file in which they are looked for; it need not be there."""
        return file_of(self.environ, self.home)

    @property
    def is_open(self) -> bool:
        """Whether other users of this machine can read that file."""
        return self.file.exists() and is_open_to_others(self.file)

    def all(self) -> list[Known]:
        """All that can be listed, by name."""
        return [
            self._known(name, source)
            for name, source in known(environ=self.environ, home=self.home).items()
        ]

    def has(self, name: str) -> bool:
        """Whether there is one called *name*, even if a secret that it needs is missing."""
        try:
            self._find(name)
        except NoConnectionError:
            return False
        except SecretError:
            return True
        return True

    def try_out(self, name: str) -> str:
        """Use the connection *name* and say what answered. Raises FlowError when nothing does."""
        found = self._find(name)
        try:
            return _answer(found)
        except FlowError:
            raise
        except Exception as error:  # noqa: BLE001 - a driver raises what it likes
            what = f"{type(error).__name__}: {found.masked(str(error))}"
            raise FlowError(
                f"the connection {name!r} does not work: {what}",
                hint=f"It is in {found.source}.",
                code="JF326",
            ) from None

    def _find(self, name: str) -> Connection:
        return connection(name, environ=self.environ, home=self.home)

    def _known(self, name: str, source: str) -> Known:
        try:
            found = self._find(name)
        except FlowError as error:
            return Known(name=name, source=source, shown="", problem=error.what)
        return Known(name=name, source=source, shown=found.shown)


def of_project(home: Path) -> Connections:
    """Those of the project with this *home*, and of the environment."""
    return Connections(home, os.environ)


def _answer(found: Connection) -> str:
    if found.url.startswith(("http://", "https://")):
        import httpx

        answer = httpx.head(found.url, timeout=_PATIENCE, follow_redirects=True)
        return f"{found.shown} answers with status {answer.status_code}"
    from sqlalchemy import create_engine

    from jupyter_flow.connections import for_sqlalchemy

    engine = create_engine(for_sqlalchemy(found.url))
    try:
        with engine.connect() as opened:
            version = ".".join(map(str, opened.dialect.server_version_info or ()))
            return f"{found.shown} answers: {engine.dialect.name} {version}".rstrip()
    finally:
        engine.dispose()

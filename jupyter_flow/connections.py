"""Connections: where databases and services are, and how one gets in, by name.

A connection is a URL. It is looked for in the environment, in a file, and in the keyring of the
system; ``{{ secret("NAME") }}`` in it stands for a secret. It is looked up when it is needed and
never kept, and what it hides (its password) is not logged, stored or shown.
Stands beside the layers, because kernels use it too: it imports next to nothing.
"""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from jupyter_flow.core.errors import FlowError, suggestion
from jupyter_flow.secrets import SERVICE, resolve, tell

#: The name of the variable of one connection comes after this, in capitals.
VARIABLE = "JUPYTER_FLOW_CONN_"
#: The variable that names the file of connections.
FILE = "JUPYTER_FLOW_CONNECTIONS"
_FILE_NAME = "connections.toml"
#: What our extras install, by the scheme of the URLs that need it.
_DRIVERS: Mapping[str, tuple[str, str]] = {
    "postgresql+psycopg": ("psycopg", "postgres"),
    "duckdb": ("duckdb_engine", "duckdb"),
}
_NAME = re.compile(r"\w[\w.-]*")


class NoConnectionError(FlowError):
    """There is no such connection, or it cannot be used; the text has no secrets in it."""

    code = "JF325"


@dataclass(frozen=True, slots=True)
class Connection:
    """A connection that was found. ``url`` has its password; ``source`` says where it was."""

    name: str
    url: str = field(repr=False)
    source: str = ""
    secrets: tuple[str, ...] = field(default=(), repr=False)

    @property
    def shown(self) -> str:
        """Its scheme and host: what anybody may see."""
        from jupyter_flow.core.secrets import shown_address

        return shown_address(self.url)

    @property
    def hidden(self) -> frozenset[str]:
        """What must not be seen of it: its secrets, its password as it is and as it is quoted."""
        try:
            quoted = urlsplit(self.url).password or ""
        except ValueError:  # no URL as the standard library reads them
            quoted = ""
        return frozenset({*self.secrets, quoted, unquote(quoted)} - {""})

    def masked(self, text: str) -> str:
        """*text* without what it hides."""
        from jupyter_flow.core.secrets import masked

        return masked(text, {self.url, *self.hidden})

    @contextmanager
    def masking(self) -> Iterator[None]:
        """An error within that shows what is hidden is raised without it."""
        try:
            yield
        except Exception as error:
            texts = [str(error), *map(str, error.args)]
            if all(self.masked(text) == text for text in texts):
                raise
            kind = type(type(error).__name__, (RuntimeError,), {})
            raise kind(self.masked(str(error))) from None


def connection(
    name: str, *, environ: Mapping[str, str] = os.environ, home: Path | None = None
) -> Connection:
    """The connection called *name*.

    *home* is the folder of the project's runs, in which ``connections.toml`` is looked for; unless
    given it is ``JUPYTER_FLOW_HOME``, or the nearest ``.jupyter_flow`` from here upwards.

    Raises:
        NoConnectionError: there is none; it says where it was looked for.
        SecretError: it needs a secret that is nowhere to be found.
    """
    if not _NAME.fullmatch(name):
        hint = "Letters, digits, _, - and . make a name."
        raise NoConnectionError(f"{name!r} is no name of a connection", hint=hint)
    variable, file = variable_of(name), file_of(environ, home)
    if url := environ.get(variable):
        return _found(name, url, f"the variable {variable}", environ)
    in_file = _in_file(file)
    if name in in_file:
        return _found(name, in_file[name], str(file), environ)
    if url := _in_keyring(name):
        return _found(name, url, "the keyring of the system", environ)
    raise NoConnectionError(
        f"there is no connection {name!r}",
        hint=f'Set {variable} to its URL, or write it into {file}: {name} = "…". '
        + (suggestion(name, sorted(in_file), noun="connection") if in_file else ""),
    )


def known(*, environ: Mapping[str, str] = os.environ, home: Path | None = None) -> dict[str, str]:
    """The connections that can be listed, by name, each with where it is: not the keyring's."""
    file = file_of(environ, home)
    found = dict.fromkeys(_in_file(file), str(file))
    mine = {variable_of(name): name for name in found}
    for variable in sorted(environ):
        if variable.startswith(VARIABLE) and environ[variable]:
            name = mine.get(variable, variable.removeprefix(VARIABLE).lower())
            found[name] = f"the variable {variable}"
    return dict(sorted(found.items()))


def for_sqlalchemy(url: str) -> str:
    """*url* with a driver that is there: SQLAlchemy alone takes PostgreSQL to be psycopg2's.

    Raises NoConnectionError when one of our extras has the driver, and it is not installed.
    """
    from importlib.util import find_spec

    scheme, separator, rest = url.partition("://")
    if scheme in ("postgres", "postgresql") and not find_spec("psycopg2"):
        scheme = "postgresql+psycopg"
    package, extra = _DRIVERS.get(scheme, ("", ""))
    if package and not find_spec(package):
        raise NoConnectionError(
            f"{scheme}:// needs the package '{package}', which is not installed",
            hint=f"pip install 'jupyterlab-flow[{extra}]', where the query runs.",
        )
    return f"{scheme}{separator}{rest}"


def variable_of(name: str) -> str:
    """The environment variable of the connection *name*."""
    return VARIABLE + re.sub(r"\W", "_", name).upper()


def file_of(environ: Mapping[str, str], home: Path | None = None) -> Path:
    """The file of connections; it need not be there."""
    if named := environ.get(FILE):
        return Path(named)
    if home is None and environ.get("JUPYTER_FLOW_HOME"):
        home = Path(environ["JUPYTER_FLOW_HOME"])
    if home is None:
        here = Path.cwd()
        around = (each / ".jupyter_flow" for each in (here, *here.parents))
        home = next((each for each in around if each.is_dir()), here / ".jupyter_flow")
    return home / _FILE_NAME


def is_open_to_others(file: Path) -> bool:
    """Whether other users of this machine can read *file*."""
    return os.name == "posix" and bool(file.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH))


def _in_file(file: Path) -> dict[str, str]:
    try:
        written = tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        # The text of the error has a line and a column, and nothing of what is there.
        raise NoConnectionError(f"the connections in {file} cannot be read: {error}") from None
    wrong = [name for name, url in written.items() if not isinstance(url, str)]
    if wrong:
        raise NoConnectionError(
            f"the connection {wrong[0]!r} in {file} is no text",
            hint=f'Write {wrong[0]} = "postgresql://user@host/database".',
        )
    return written


def _in_keyring(name: str) -> str:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return ""
    try:
        return keyring.get_password(SERVICE, f"connection:{name}") or ""
    except KeyringError:  # locked, or there is none on this machine
        return ""


def _found(name: str, text: str, source: str, environ: Mapping[str, str]) -> Connection:
    found = _read(name, text, source, environ)
    tell(*found.hidden)
    return found


def _read(name: str, text: str, source: str, environ: Mapping[str, str]) -> Connection:
    if "{{" not in text:
        return Connection(name, text, source)
    from jupyter_flow.core.inputs.addresses import AddressError, fill

    secrets: list[str] = []

    def secret(of: str) -> str:
        secrets.append(resolve(of, environ=environ))
        return secrets[-1]

    try:
        return Connection(name, fill(text, secret), source, tuple(secrets))
    except AddressError:
        hint = 'Secrets are written {{ secret("NAME") }}; nothing else is a template there.'
        what = f"the connection {name!r} ({source}) is no URL"
        raise NoConnectionError(what, hint=hint) from None

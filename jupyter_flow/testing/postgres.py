"""A PostgreSQL server of one's own, for as long as a test session lasts.

It listens on a socket in its own folder and on no port, keeps its files there, and is gone
afterwards with everything in it. It needs the server's binaries (Debian: ``postgresql``), which
`binaries` looks for; it installs nothing.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import IO, Any, cast

_READY = "database system is ready to accept connections"

#: Nothing here has to survive a power cut.
_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "shared_buffers": "32MB",
}


def binaries() -> Path | None:
    """The folder with ``initdb`` and ``postgres``, of the newest version that is installed."""
    found = shutil.which("initdb")
    if found and shutil.which("postgres"):
        return Path(found).parent
    debian = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = sorted(debian, key=lambda path: float(path.parts[-3]))
    return newest[-1].parent if newest else None


@dataclass(frozen=True, slots=True)
class Postgres:
    """A server that runs. Its only role is the superuser ``postgres``."""

    folder: Path
    _numbers: count[int] = field(default_factory=lambda: count(1))

    def url(self, database: str = "postgres") -> str:
        """The URL of *database*, for `jupyter_flow.store.opening.open_store`."""
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def create(self, template: str = "template1") -> str:
        """A new database like *template*, which nobody may be connected to; its name."""
        name = f"test_{next(self._numbers)}"
        self._say(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop(self, database: str) -> None:
        """Drop *database*, whoever is connected to it."""
        self._say(f"DROP DATABASE {database} WITH (FORCE)")

    def _say(self, statement: str) -> None:
        import psycopg

        where = f"host={self.folder} user=postgres dbname=postgres"
        with psycopg.connect(where, autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def postgres() -> Iterator[Postgres]:
    """Make and start a server; stop it and remove its files at the end.

    Raises FileNotFoundError where the binaries are missing.
    """
    programs = binaries()
    if programs is None:
        raise FileNotFoundError("there are no PostgreSQL server binaries: apt install postgresql")
    # Short, because the path of a socket may have no more than 107 characters.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        identity = _identity(folder)
        cluster = folder / "cluster"
        _initialise(programs / "initdb", cluster, identity)
        options = [f"-c{name}={value}" for name, value in _SETTINGS.items()]
        command = [programs / "postgres", "-D", cluster, "-k", folder, *options]
        with _running([str(part) for part in command], folder, identity):
            yield Postgres(folder)
    finally:
        shutil.rmtree(folder)


def _identity(folder: Path) -> dict[str, Any]:
    """Whom to run as: PostgreSQL refuses to serve root."""
    if os.geteuid() != 0:
        return {}
    import pwd

    names = {each.pw_name: each for each in pwd.getpwall()}
    account = names.get("postgres") or names["nobody"]
    os.chown(folder, account.pw_uid, account.pw_gid)
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _initialise(initdb: Path, cluster: Path, identity: dict[str, Any]) -> None:
    options = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
    done = subprocess.run(
        [str(initdb), "-D", str(cluster), *options],
        cwd=cluster.parent,
        capture_output=True,
        text=True,
        check=False,
        **identity,
    )
    if done.returncode != 0:
        raise RuntimeError(f"initdb failed:\n{done.stdout}{done.stderr}")


@contextmanager
def _running(command: list[str], folder: Path, identity: dict[str, Any]) -> Iterator[None]:
    """The server, from when it is ready until it has stopped."""
    # So that it does not outlive a test session that was killed.
    guard = shutil.which("setpriv")
    server = subprocess.Popen(
        [guard, "--pdeathsig", "INT", *command] if guard else command,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        **identity,
    )
    said: deque[str] = deque(maxlen=50)
    settled = threading.Event()
    listener = threading.Thread(target=_listen, args=(server, said, settled), daemon=True)
    listener.start()
    try:
        settled.wait()
        if not any(_READY in line for line in said):
            raise RuntimeError("PostgreSQL did not start:\n" + "".join(said))
        yield
    finally:
        server.send_signal(signal.SIGINT)
        server.wait()
        listener.join()


def _listen(server: subprocess.Popen[str], said: deque[str], settled: threading.Event) -> None:
    """Hear the server out, so that it never waits; tell when it is ready, or has ended."""
    with cast("IO[str]", server.stdout) as output:
        for line in output:
            said.append(line)
            if _READY in line:
                settled.set()
    settled.set()

"""Opens a store: makes the folder and the tables where there are none, and says what is wrong.

The store's version is the last migration that was made on it. Reading it is all that opening a
store that is up to date costs; Alembic is loaded only when there is something to migrate. However
many processes open a new store at once, one makes it and the others wait.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import URL, Connection, Engine, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from jupyter_flow.core.errors import FlowError, UsageError
from jupyter_flow.ports.stores import Stores

from .alerts import SqlAlertStore
from .database import Database
from .datasets import SqlDatasetStore
from .engines import postgres_engine, reachable, shown, sqlite_engine, unreachable, writing
from .locking import alone
from .migrations import HEAD, upgrade
from .project_paths import ProjectPaths, use_paths
from .results import SqlResultStore
from .runs import SqlRunStore
from .schedules import SqlScheduleStore
from .services import SqlServiceStore

#: Any number will do, as long as nothing else on the server uses it.
_ADVISORY_LOCK = 4_051_962_030


def open_store(where: str | Path, *, paths: ProjectPaths | None = None) -> Stores:
    """What is kept at *where*: the path of a SQLite file, or the URL of a database.

    ``sqlite:///`` is followed by a path as it is, without quoting. ``postgresql://`` uses psycopg.
    With *paths*, those of the project are known to machines that have it in other folders.

    Raises:
        UsageError: no store can be kept in such a database, or there is no such address (JF504).
        StoreUnreachableError: it cannot be reached (JF503).
        FlowError: a newer version of this package has changed it in ways that this one does not
            know (JF502).
    """
    engine = _engine(where)
    if paths is not None:
        use_paths(engine, paths)
    try:
        with reachable(engine):
            if _version(engine) != HEAD:
                _migrate(engine)
    except BaseException:
        engine.dispose()
        raise
    database = Database(engine)
    return Stores(
        runs=SqlRunStore(database),
        schedules=SqlScheduleStore(database),
        alerts=SqlAlertStore(database),
        services=SqlServiceStore(database),
        results=SqlResultStore(database),
        datasets=SqlDatasetStore(database),
        give_back=database.close,
    )


def _engine(where: str | Path) -> Engine:
    if isinstance(where, str) and not where.startswith("sqlite:///"):
        return _server(where)
    path = Path(where.removeprefix("sqlite:///") if isinstance(where, str) else where)
    if str(path) in {".", ":memory:"}:
        raise UsageError(
            "a store in memory would be gone with its process",
            hint="Give the path of a file; in tests use jupyter_flow.store.memory.MemoryStores.",
            code="JF504",
        )
    path = path.expanduser().absolute()
    engine = sqlite_engine(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unreachable(engine.url, error) from error
    return engine


def _server(where: str) -> Engine:
    try:
        url = _address(where)
        if url.drivername in {"postgres", "postgresql"}:
            url = url.set(drivername="postgresql+psycopg")
        if url.get_backend_name() != "postgresql":
            raise _no_store_in(where)
        return postgres_engine(url)
    except (ArgumentError, NoSuchModuleError) as error:
        raise _no_store_in(where) from error
    except ModuleNotFoundError as error:
        raise UsageError(
            f"PostgreSQL needs the package '{error.name}', which is not installed",
            hint='Install it: pip install "jupyterlab-flow[postgres]"',
            code="JF504",
        ) from error


def _address(where: str) -> URL:
    """*where*, taken apart. What is wrong with it is told without its text: a password is in it."""
    try:
        url = make_url(where)
    except ValueError as error:
        raise _unreadable("its port is no number") from error
    if "@" in (url.host or ""):
        raise _unreadable("its host has an @")
    return url


def _unreadable(why: str) -> UsageError:
    return UsageError(
        f"the address of the database cannot be read: {why}",
        hint="Write postgresql://user:password@host:5432/database; in the password %40 for @, "
        "%3A for : and %2F for /.",
        code="JF504",
    )


def _no_store_in(where: str) -> UsageError:
    return UsageError(
        f"no store can be kept in {where.partition(':')[0]!r}",
        hint="Write sqlite:///path/to/flow.db or postgresql://user@host/database.",
        code="JF504",
    )


def _version(engine: Engine) -> str | None:
    """The last migration made on the store; None when there is nothing yet."""
    with engine.connect() as db:
        return _version_in(db)


def _version_in(db: Connection) -> str | None:
    if not inspect(db).has_table("alembic_version"):
        return None
    return db.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def _migrate(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        with alone(Path(str(engine.url.database))):
            _use_wal(engine)
            _upgrade(engine)
    else:
        _upgrade(engine)


def _upgrade(engine: Engine) -> None:
    """All missing migrations in one transaction: another process sees all of them or none."""
    with writing(engine).begin() as db:
        if engine.dialect.name == "postgresql":
            db.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
        if not upgrade(db, since=_version_in(db)):
            raise _newer(engine.url)


def _use_wal(engine: Engine) -> None:
    """Kept in the file from here on. It cannot be changed within a transaction."""
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        (mode,) = cursor.fetchone() or ("unknown",)
        cursor.close()
    finally:
        connection.close()
    if mode != "wal":
        why = SQLAlchemyError(f"its file system offers no write-ahead log (it stays {mode!r})")
        raise unreachable(engine.url, why)


def _newer(url: URL) -> FlowError:
    return FlowError(
        f"the store at {shown(url)} is newer than this package",
        hint="A newer jupyter_flow has used it. Upgrade: pip install --upgrade jupyterlab-flow",
        code="JF502",
    )

"""A database that does not answer is said to be unreachable, and is used again when it does."""

from __future__ import annotations

import socket
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from jupyter_flow.core.errors import StoreUnreachableError
from jupyter_flow.ports.stores import Stores
from jupyter_flow.store import engines
from jupyter_flow.store.database import Database
from jupyter_flow.store.opening import open_store
from jupyter_flow.testing.postgres import Postgres
from jupyter_flow.testing.samples import MINUTE, NOON, alert_of, fired_run, run_of, schedule_of

from .test_opening import engine_on

_DISCONNECT = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = :name"

_CALLS: dict[str, Callable[[Stores], object]] = {
    "reading": lambda stores: stores.runs.load(run_of().id),
    "writing": lambda stores: stores.runs.lease(run_of().id, "a", now=NOON, duration=MINUTE),
    "alerts": lambda stores: stores.alerts.take_due("a", now=NOON, duration=MINUTE),
    "schedules": lambda stores: stores.schedules.put(schedule_of(), replace=True),
    "services": lambda stores: stores.services.load(now=NOON),
}


@pytest.fixture
def database(postgres_server: Postgres) -> str:
    """The name of a database of the test's own."""
    return postgres_server.create()


@pytest.fixture
def served(postgres_server: Postgres, database: str) -> Iterator[Stores]:
    """Stores on a server, with a run in them."""
    with closing(open_store(postgres_server.url(database))) as stores:
        stores.runs.create(run_of())
        yield stores


def cut_all(server: Postgres, database: str) -> int:
    """End the connections to *database*, as a server does that shuts down; how many there were."""
    engine = engine_on(server.url())
    with engine.connect() as db:
        number = db.execute(sa.text(_DISCONNECT), {"name": database}).scalar_one()
    engine.dispose()
    return int(number)


@pytest.mark.postgres
@pytest.mark.parametrize("call", _CALLS.values(), ids=_CALLS)
def test_a_store_whose_server_was_restarted_answers_again(
    served: Stores, postgres_server: Postgres, database: str, call: Callable[[Stores], object]
) -> None:
    call(served)
    assert cut_all(postgres_server, database) > 0
    failures = 0
    for _ in range(3):
        try:
            call(served)
        except StoreUnreachableError:
            failures += 1

    assert failures <= 1
    assert served.runs.load(run_of().id) == run_of()


@pytest.mark.postgres
@pytest.mark.parametrize("is_writing", [True, False])
def test_a_connection_that_is_lost_half_way_is_said_so_and_replaced(
    postgres_server: Postgres, database: str, is_writing: bool
) -> None:
    store = Database(engine_on(postgres_server.url(database)))
    transaction = store.writing if is_writing else store.reading

    def lose_it() -> None:
        with transaction() as db:
            db.execute(sa.text("SELECT 1"))
            cut_all(postgres_server, database)
            db.execute(sa.text("SELECT 1"))

    with pytest.raises(StoreUnreachableError) as caught:
        lose_it()
    assert caught.value.code == "JF503"
    assert caught.value.http_status == 503
    with transaction() as db:
        assert db.execute(sa.text("SELECT 1")).scalar_one() == 1
    store.close()


@pytest.mark.postgres
def test_what_was_cut_off_half_way_is_not_written(
    served: Stores, postgres_server: Postgres, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    served.schedules.put(schedule_of())
    (loan,) = served.schedules.borrow_due("a", now=NOON, duration=MINUTE)
    keep = served.schedules._keeper.keep

    def keep_and_lose(*args: object, **kwargs: object) -> object:
        kept = keep(*args, **kwargs)
        cut_all(postgres_server, database)
        return kept

    monkeypatch.setattr(type(served.schedules._keeper), "keep", staticmethod(keep_and_lose))
    fire = {"schedule": schedule_of(next_fire=None), "alerts": [alert_of("a")], "now": NOON}
    with pytest.raises(StoreUnreachableError):
        served.schedules.fire(loan, [fired_run("a")], **fire)
    monkeypatch.undo()

    assert served.schedules.get("daily") == schedule_of()
    assert served.schedules.fire(loan, [fired_run("a")], **fire) == ["a"]


def test_a_file_that_another_writer_keeps_locked_is_unreachable_until_it_lets_go(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "PATIENCE", timedelta(milliseconds=50))
    with closing(open_store(path)) as stores, closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnreachableError, match="database is locked"):
            stores.runs.create(run_of())
        assert stores.runs.summaries() == [], "whoever reads does not wait"
        other.rollback()

        stores.runs.create(run_of())
        assert stores.runs.load(run_of().id) == run_of()


def test_a_server_that_says_nothing_is_unreachable_soon() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(StoreUnreachableError, match="timeout"):
            open_store(f"postgresql://ada@127.0.0.1:{port}/flow?connect_timeout=2")


@pytest.mark.postgres
def test_a_connection_that_falls_silent_is_given_up_on_both_sides(
    postgres_server: Postgres, database: str
) -> None:
    given_up = f"{postgres_server.url(database)}&keepalives_idle=60"
    engine = engine_on(given_up)
    with engine.connect() as db:
        known = db.connection.dbapi_connection.info.get_parameters()  # type: ignore[union-attr]
        session = db.execute(sa.text("SHOW idle_in_transaction_session_timeout")).scalar_one()
        reset = "SELECT name FROM pg_settings WHERE name LIKE 'tcp\\_%' AND source = 'session'"
        set_there = set(db.execute(sa.text(reset)).scalars())
    engine.dispose()

    assert (known["tcp_user_timeout"], known["connect_timeout"]) == ("5000", "10")
    assert known["keepalives_idle"] == "60", "what the URL says comes first"
    assert session == "30s"
    assert set_there >= {"tcp_user_timeout", "tcp_keepalives_idle", "tcp_keepalives_count"}


def test_a_server_that_is_not_there_is_unreachable() -> None:
    with pytest.raises(StoreUnreachableError):
        open_store("postgresql://ada@127.0.0.1:9/flow")

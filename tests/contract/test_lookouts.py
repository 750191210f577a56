"""The lookout that is shipped keeps the promises of its port."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from jupyter_flow.app.clock import SystemClock
from jupyter_flow.core.commands import Query
from jupyter_flow.lookout.queries import RowSearch
from jupyter_flow.lookout.tower import Tower
from jupyter_flow.ports.lookout import Lookout
from jupyter_flow.testing.lookouts import LookoutContract
from jupyter_flow.testing.postgres import Postgres


class TestTower(LookoutContract):
    @pytest.fixture
    def lookout(self) -> Iterator[Lookout]:
        tower = Tower(SystemClock())
        yield tower
        tower.close()


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("sql", "is_there", "seen"),
    [
        ("select 1.5, now()", True, ""),
        ("select 0.00", False, "its first value is Decimal('0.00')"),
        ("select false", False, "its first value is False"),
        ("select 1 where :n = 2", False, "it finds no row"),
        ("create table t (n integer)", False, "the query failed: cannot execute CREATE TABLE in a"),
        ("selekt 1", False, "the query failed: syntax error"),
    ],
)
def test_postgresql_is_asked_and_never_changed(
    postgres_server: Postgres,
    monkeypatch: pytest.MonkeyPatch,
    sql: str,
    is_there: bool,
    seen: str,
) -> None:
    monkeypatch.setenv("JUPYTER_FLOW_CONN_DB", postgres_server.url())
    bind = {"n": 1} if ":n" in sql else {}

    sight = RowSearch(Query(sql=sql, connection="db", bind=bind)).look()

    assert (sight.is_there, sight.is_hopeless) == (is_there, False)
    assert sight.seen.startswith(seen)

"""Four schedulers on one store, whose clocks differ, make exactly one run for each fire time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from jupyter_flow.core.ids import RunId
from jupyter_flow.core.options import Catchup
from jupyter_flow.core.schedule import Schedule
from jupyter_flow.core.timetable import Timetable
from jupyter_flow.engine.scheduler import Prepared, Scheduler
from jupyter_flow.ports.stores import Stores
from jupyter_flow.store.opening import open_store
from jupyter_flow.testing.clocks import FakeClock
from jupyter_flow.testing.luck import flow_of, plan_of
from jupyter_flow.testing.store_contract.sharing import at_once

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SERVICES = 4


@pytest.fixture
def open_stores(where: str) -> Iterator[Callable[[], Stores]]:
    with ExitStack() as opened:
        yield lambda: opened.enter_context(closing(open_store(where)))


def schedulers(open_stores: Callable[[], Stores]) -> list[tuple[Scheduler, FakeClock]]:
    """Each with a store of its own and a clock that is two seconds ahead of the one before."""
    plan = plan_of(flow_of("a > b"))
    made = []
    for number in range(SERVICES):
        stores = open_stores()
        clock = FakeClock(NOON + timedelta(seconds=2 * number), autojump=False)
        ids = map(RunId, map(f"run-{number}-{{:04}}".format, count()))
        scheduler = Scheduler(
            stores.schedules,
            stores.runs,
            clock,
            prepare=lambda schedule: Prepared(schedule=schedule, plan=plan),
            new_ids=lambda _, ids=ids: ids,
        )
        made.append((scheduler, clock))
    return made


def put(stores: Stores, name: str, cron: str, catchup: Catchup) -> None:
    timetable = Timetable(cron=cron)
    stores.schedules.put(
        Schedule(
            name=name,
            flow="sketch",
            origin="",
            timetable=timetable,
            catchup=catchup,
            next_fire=timetable.next_after(NOON),
            created_at=NOON,
        )
    )


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        pytest.param([MINUTE / 4] * 40, 10, id="minute by minute"),
        pytest.param([timedelta(days=7)] + [timedelta(0)] * 3, 400, id="asleep for a week"),
        pytest.param(
            [10 * MINUTE, timedelta(hours=-1), *([10 * MINUTE] * 7)], 20, id="set back an hour"
        ),
    ],
)
def test_each_fire_time_has_one_run(
    open_stores: Callable[[], Stores], steps: list[timedelta], expected: int
) -> None:
    stores = open_stores()
    for number in range(3):
        put(stores, f"every minute {number}", "* * * * *", Catchup.ALL)
    all_of_them = schedulers(open_stores)

    def serve(number: int) -> None:
        scheduler, clock = all_of_them[number]
        for step in steps:
            clock.advance(step)
            scheduler.fire_due(f"service {number}")

    at_once(serve, number=SERVICES)

    runs = stores.runs.summaries(limit=10_000)
    fired = Counter((run.fired.series, run.fired.at) for run in runs if run.fired)
    assert set(fired.values()) == {1}
    for number in range(3):
        times = sorted(at for series, at in fired if series.endswith(str(number)))
        assert times == [NOON + n * MINUTE for n in range(1, len(times) + 1)], "none is left out"
        assert len(times) >= expected

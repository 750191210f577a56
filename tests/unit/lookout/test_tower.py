"""One thread looks for all, however many wait."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from queue import SimpleQueue

import pytest

from jupyter_flow.app.clock import SystemClock
from jupyter_flow.core.commands import Await, Files, Moment, Query
from jupyter_flow.core.ids import TaskKey
from jupyter_flow.lookout import tower as tower_module
from jupyter_flow.lookout.tower import Tower
from jupyter_flow.ports.lookout import Sight

SOON = 20.0


@pytest.fixture
def tower() -> Iterator[Tower]:
    made = Tower(SystemClock())
    yield made
    made.close()


def names() -> list[str]:
    return sorted(each.name for each in threading.enumerate() if each.name.startswith("lookout"))


def test_nothing_is_begun_before_there_is_something_to_look_for(tower: Tower) -> None:
    assert names() == []


def test_a_thousand_watches_cost_no_more_threads_than_one_and_end_with_it(
    tower: Tower, tmp_path: Path
) -> None:
    told: SimpleQueue[Sight] = SimpleQueue()
    wait = Files(pattern="*.csv", folder=str(tmp_path))
    for index in range(1000):
        key = TaskKey("wait", index)
        tower.watch(Await(key=key, what=wait, every=timedelta(days=1)), told.put)
    sights = [told.get(timeout=SOON) for _ in range(1000)]

    assert {each.seen for each in sights} == {"nothing is there"}
    assert len(names()) <= 3  # the loop, and two that look at folders
    tower.close()
    assert "lookout" not in names()


def test_pauses_grow_and_stay_below_the_longest(
    tower: Tower, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    enough = threading.Event()
    sleep = tower_module.asyncio.sleep

    async def note(seconds: float) -> None:
        slept.append(round(seconds, 6))
        if len(slept) == 5:
            enough.set()
        await sleep(0.001)

    monkeypatch.setattr(tower_module.asyncio, "sleep", note)
    wait = Await(
        key=TaskKey("a"),
        what=Files(pattern="*", folder=str(tmp_path / "none")),
        every=timedelta(seconds=1),
        backoff=2.0,
        longest=timedelta(seconds=5),
    )

    end = tower.watch(wait, lambda _: None)

    assert enough.wait(SOON)
    end()
    assert slept[:5] == [1, 2, 4, 5, 5]


def test_a_look_that_takes_too_long_is_told_and_holds_up_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tower, let_go = Tower(SystemClock(), limit=timedelta(seconds=2)), threading.Event()

    def hang(search: object) -> Sight:
        let_go.wait(SOON)
        return Sight()

    monkeypatch.setattr(tower_module.RowSearch, "look", hang)
    stuck: SimpleQueue[Sight] = SimpleQueue()
    fine: SimpleQueue[Sight] = SimpleQueue()
    query, day = Query(sql="select 1", connection="db"), timedelta(days=1)
    (tmp_path / "a").touch()

    tower.watch(Await(key=TaskKey("a"), what=query, every=day), stuck.put)
    files = Files(pattern="a", folder=str(tmp_path))
    tower.watch(Await(key=TaskKey("b"), what=files, every=day), fine.put)

    assert fine.get(timeout=SOON).is_there
    assert stuck.get(timeout=SOON).seen == "nothing was heard within 2 s"
    let_go.set()
    tower.close()


def test_a_mistake_in_a_look_is_a_sight_without_its_words(
    tower: Tower, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(search: object) -> Sight:
        raise ZeroDivisionError("sEcReT")

    monkeypatch.setattr(tower_module.FileSearch, "look", fail)
    told: SimpleQueue[Sight] = SimpleQueue()

    tower.watch(Await(key=TaskKey("a"), what=Files(pattern="a"), every=timedelta(days=1)), told.put)

    assert told.get(timeout=SOON).seen == "looking failed (ZeroDivisionError)"


def test_what_nobody_can_look_for_is_refused(tower: Tower) -> None:
    moment = Moment(at=SystemClock().now())

    with pytest.raises(TypeError, match="nobody has to look for"):
        tower.watch(Await(key=TaskKey("a"), what=moment, every=timedelta(1)), lambda _: None)

"""What every lookout promises, as tests; and a lookout that is told what there is to see.

Derive a class from `LookoutContract`, give it the fixtures ``lookout`` and ``folder`` (an empty one
that it looks at), and pytest holds your lookout to the port.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import Empty, SimpleQueue

import pytest

from jupyter_flow.core.commands import Await, Files
from jupyter_flow.core.ids import TaskKey
from jupyter_flow.ports.lookout import Lookout, Sight

#: Far more than any lookout needs.
_SOON = 20.0
_SHORT = timedelta(milliseconds=20)


class ScriptedLookout:
    """Sees at once what its script says. A `Lookout`.

    *script* has the sights of each task, by the task's name. ``watched`` are all waits in their
    order, ``ended`` those that somebody ended.
    """

    def __init__(self, script: dict[str, Iterable[Sight]] | None = None) -> None:
        self._script = script or {}
        self.watched: list[Await] = []
        self.ended: list[Await] = []

    def watch(self, wait: Await, tell: Callable[[Sight], None]) -> Callable[[], None]:
        self.watched.append(wait)
        for sight in self._script.get(wait.key.task, ()):
            tell(sight)
        return lambda: self.ended.append(wait)

    def close(self) -> None:
        """There is nothing to close."""


class LookoutContract:
    """The promises of `Lookout`."""

    @pytest.fixture
    def lookout(self) -> Lookout:
        raise NotImplementedError

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        return tmp_path

    def test_what_is_there_is_told_at_once_and_is_the_last_word(
        self, lookout: Lookout, folder: Path
    ) -> None:
        (folder / "a.csv").write_text("x", encoding="utf-8")
        told: SimpleQueue[Sight] = SimpleQueue()

        lookout.watch(_wait(folder, every=timedelta(days=1)), told.put)

        sight = told.get(timeout=_SOON)
        assert (sight.is_there, sight.is_last) == (True, True)
        assert sight.values["count"] == 1

    def test_what_comes_later_is_told_and_the_same_sight_only_once(
        self, lookout: Lookout, folder: Path
    ) -> None:
        told: SimpleQueue[Sight] = SimpleQueue()

        lookout.watch(_wait(folder), told.put)
        first = told.get(timeout=_SOON)
        (folder / "a.csv").write_text("x", encoding="utf-8")
        second = told.get(timeout=_SOON)

        assert (first.is_there, first.is_last, bool(first.seen)) == (False, False, True)
        assert (second.is_there, second.is_last) == (True, True)

    def test_when_its_time_has_passed_it_is_looked_once_more(
        self, lookout: Lookout, folder: Path
    ) -> None:
        past = datetime(2000, 1, 1, tzinfo=UTC)
        in_vain: SimpleQueue[Sight] = SimpleQueue()
        lookout.watch(_wait(folder, until=past), in_vain.put)
        missed = in_vain.get(timeout=_SOON)
        (folder / "a.csv").write_text("x", encoding="utf-8")
        just_so: SimpleQueue[Sight] = SimpleQueue()

        lookout.watch(_wait(folder, until=past), just_so.put)

        assert (missed.is_there, missed.is_last, bool(missed.seen)) == (False, True, True)
        assert just_so.get(timeout=_SOON).is_there

    def test_a_watch_that_was_ended_is_silent(self, lookout: Lookout, folder: Path) -> None:
        told: SimpleQueue[Sight] = SimpleQueue()
        end = lookout.watch(_wait(folder), told.put)
        told.get(timeout=_SOON)

        end()
        end()
        self._look_around(lookout, folder)
        (folder / "a.csv").write_text("x", encoding="utf-8")
        self._look_around(lookout, folder)

        with pytest.raises(Empty):
            told.get_nowait()

    def test_one_that_is_closed_tells_nothing(self, lookout: Lookout, folder: Path) -> None:
        told: SimpleQueue[Sight] = SimpleQueue()
        lookout.watch(_wait(folder), told.put)
        told.get(timeout=_SOON)

        lookout.close()
        (folder / "a.csv").write_text("x", encoding="utf-8")
        end = lookout.watch(_wait(folder), told.put)
        end()

        with pytest.raises(Empty):
            told.get_nowait()

    def _look_around(self, lookout: Lookout, folder: Path) -> None:
        """Let it look at something else twice: it had time for all that it still looks for."""
        (folder / "other").touch()
        told: SimpleQueue[Sight] = SimpleQueue()
        wait = _wait(folder, "other", stable=3 * _SHORT)
        lookout.watch(wait, told.put)
        while not told.get(timeout=_SOON).is_last:
            pass


def _wait(
    folder: Path,
    pattern: str = "*.csv",
    *,
    every: timedelta = _SHORT,
    until: datetime | None = None,
    stable: timedelta = timedelta(0),
) -> Await:
    files = Files(pattern=pattern, folder=str(folder), stable=stable)
    return Await(key=TaskKey("a"), what=files, every=every, until=until)

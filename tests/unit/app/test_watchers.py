"""Watchers hear of what other processes write, whoever dies, and leave nothing behind."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from queue import SimpleQueue

from jupyter_flow.app.bus import Bus
from jupyter_flow.app.watchers import Watcher, Watchers


def test_every_watcher_hears_of_every_run(tmp_path: Path) -> None:
    one: SimpleQueue[str] = SimpleQueue()
    two: SimpleQueue[str] = SimpleQueue()
    watchers = [Watcher(tmp_path, one.put), Watcher(tmp_path, two.put)]
    telling = Watchers(tmp_path)

    telling.tell("first")
    telling.tell()

    for heard in (one, two):
        assert [heard.get(timeout=10), heard.get(timeout=10)] == ["first", ""]
    for each in watchers:
        each.close()
    assert list((tmp_path / "watchers").iterdir()) == []


def test_who_watches_is_looked_up_again_after_a_second(tmp_path: Path) -> None:
    now = [0.0]
    telling = Watchers(tmp_path, seconds=lambda: now[0])
    telling.tell("before anybody watched")
    heard: SimpleQueue[str] = SimpleQueue()
    watcher = Watcher(tmp_path, heard.put)

    telling.tell("too early")
    now[0] = 1.0
    telling.tell("seen")

    assert heard.get(timeout=10) == "seen"
    watcher.close()


def test_watchers_that_died_are_taken_away_and_others_left(tmp_path: Path) -> None:
    folder = tmp_path / "watchers"
    ask = (
        "import sys, pathlib; from jupyter_flow.app.watchers import Watcher;"
        "Watcher(pathlib.Path(sys.argv[1]), print); import os; os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", ask, str(tmp_path)], check=True)
    (dead,) = folder.iterdir()
    elsewhere = folder / "another-host%3A1%3A5%3A4242%3Ax"
    elsewhere.touch()
    (folder / "no owner at all").touch()

    Watchers(tmp_path).tell("run")

    assert not dead.exists()
    assert elsewhere.exists()


def test_the_name_of_a_watcher_is_a_plain_file_name(tmp_path: Path) -> None:
    watcher = Watcher(tmp_path, lambda _: None)
    (file,) = (tmp_path / "watchers").iterdir()

    assert not set(file.name) & set('/\\:*?"<>|')
    watcher.close()


def test_where_nothing_can_be_written_a_watcher_is_only_not_known(tmp_path: Path) -> None:
    (tmp_path / "watchers").write_text("in the way")

    Watcher(tmp_path, lambda _: None).close()
    Watchers(tmp_path).tell("run")


def test_a_nudge_wakes_who_waits_for_that_run_or_for_any() -> None:
    bus = Bus()
    with bus.waking("mine") as mine, bus.waking("other") as other:
        bus.nudge("mine")
        assert (mine.is_set(), other.is_set()) == (True, False)
        bus.nudge("")
        assert other.is_set()
        mine.clear()
    bus.nudge("mine")
    assert not mine.is_set(), "nobody listens any more"

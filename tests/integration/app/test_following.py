"""Who follows a run hears of what another process writes, without looking again and again."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path
from queue import SimpleQueue

import pytest

from jupyter_flow.app import flows as use_cases
from jupyter_flow.app.settings import Settings
from jupyter_flow.app.wiring import wire
from jupyter_flow.testing.notebooks import write_notebook

DRIVE = """
import sys
from pathlib import Path
from jupyter_flow.app.wiring import open_flows

with open_flows(Path(sys.argv[1])) as flows:
    flows.drive(sys.argv[2])
"""


def test_a_follower_is_nudged_at_each_entry_and_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It never looks by itself here, so without nudges it would wait for ever."""
    monkeypatch.setattr(use_cases, "_GLANCE", None)
    write_notebook(tmp_path / "first.ipynb", "1 + 1", "2 + 2", task="first")
    write_notebook(tmp_path / "flow.ipynb", "%%flow sketch\nfirst")
    flows = wire(Settings.read(tmp_path, {}))
    run = flows.start(flows.flow("sketch"))
    heard: SimpleQueue[str] = SimpleQueue()

    def follow() -> None:
        while True:
            for entry in flows.follow(run, after=heard.qsize()):
                heard.put(entry.event.kind)
            if flows.run(run).state.is_final:
                return

    flows.following.watch()
    driver = subprocess.Popen([sys.executable, "-c", DRIVE, str(tmp_path), run])
    follower = threading.Thread(target=follow, daemon=True)
    follower.start()
    assert driver.wait(120) == 0
    follower.join(60)

    assert not follower.is_alive(), "it was not told of the end"
    kinds = [heard.get() for _ in range(heard.qsize())]
    assert kinds == [entry.event.kind for entry in flows.stores.runs.journal(run)]
    flows.close()


def test_news_of_another_process_are_heard_as_they_come(tmp_path: Path) -> None:
    write_notebook(tmp_path / "first.ipynb", "1 + 1", task="first")
    write_notebook(tmp_path / "flow.ipynb", "%%flow sketch\nfirst")
    flows = wire(Settings.read(tmp_path, {}))
    run = flows.start(flows.flow("sketch"))
    told: SimpleQueue[int] = SimpleQueue()

    def heard(about: str) -> None:
        assert about == run
        told.put(flows.stores.runs.last_entry(run))

    with flows.following.listening(heard):
        subprocess.run([sys.executable, "-c", DRIVE, str(tmp_path), run], check=True)
        last = flows.stores.runs.last_entry(run)
        seen = [told.get(timeout=30)]
        while seen[-1] < last:
            seen.append(told.get(timeout=30))

    assert seen == sorted(seen)
    assert len(seen) > 1
    assert list((tmp_path / ".jupyter_flow" / "watchers").iterdir()) != []
    flows.close()
    assert list((tmp_path / ".jupyter_flow" / "watchers").iterdir()) == []

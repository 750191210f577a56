"""A history that is longer than a page: older runs come when they are asked for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from jupyter_flow.core.flow import Flow, Task
from jupyter_flow.core.options import FlowOptions

from .lab import Lab
from .script import CLOCK, Script

#: A page of the side bar has a hundred.
RUNS = 130


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A server of a project with so many runs."""
    lab = Lab(folder=tmp_path_factory.mktemp("long"))
    lab.prepare()
    lab.write("task.ipynb", "1", task="task")
    flow = Flow(name="daily", tasks=(Task(name="task", notebook="task"),), options=FlowOptions())
    now = CLOCK.now()
    for day in range(RUNS):
        script = Script(lab.root, flow, f"day-{day:03}", at=now - timedelta(days=RUNS - day))
        script.play()
        script.close()
    lab.start()
    yield lab
    lab.close()


def test_older_runs_are_shown_when_they_are_asked_for(lab, window):
    window.open()
    window.command("jupyter-flow:show-sidebar")
    rows = window.sidebar.locator(".jp-Flow-rows")
    expect(rows.get_by_role("list")).to_have_accessible_name("100 runs")

    older = window.sidebar.get_by_role("button", name="Show older runs")
    older.scroll_into_view_if_needed()
    window.shot("before")
    older.click()

    expect(rows.get_by_role("list")).to_have_accessible_name(f"{RUNS} runs")
    expect(older).to_have_count(0)
    window.sidebar.get_by_label("filter runs by").fill("day-003")
    expect(rows.locator("li")).to_have_count(1)
    window.shot("after")

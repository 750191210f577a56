"""A link as alerts have it leads to its run, wherever JupyterLab is and whatever else is open."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from .lab import TOKEN


@pytest.fixture(scope="module")
def failed(lab):
    """The id of a run of which a task failed."""
    lab.write("linked/weigh.ipynb", "1 / 0", task="weigh")
    lab.write("linked/weighing.ipynb", "%%flow weighing\nweigh")
    (lab.root / "linked" / "notes.txt").write_text("Nothing is weighed on Sundays.\n")
    lab.flow("run", "weighing", "--quiet", check=False)
    return re.search(r"\d{8}-\d{6}-\w+", lab.flow("runs", "--flow", "weighing"))[0]


@pytest.mark.parametrize("place", ["lab", "lab/tree/linked/notes.txt"])
def test_a_link_opens_its_run_and_task_beside_what_the_address_names(lab, window, failed, place):
    named = f"jupyter-flow-run={failed}&jupyter-flow-task=weigh"
    window.page.goto(f"{lab.url}/{place}?token={TOKEN}&reset&{named}")
    window.settle()

    failure = window.run.get_by_role("region", name="what went wrong")
    expect(failure).to_contain_text("ZeroDivisionError")
    expect(window.page.locator(".jp-FileEditor")).to_have_count(1 if "notes" in place else 0)
    # So that a reload, or the next link, begins afresh.
    expect(window.page).not_to_have_url(re.compile("jupyter-flow-run"))
    window.shot("linked")

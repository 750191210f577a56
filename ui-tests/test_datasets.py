"""Datasets in the Lab: what was updated, what it was made from, and the way to that run."""

from __future__ import annotations

from playwright.sync_api import expect

FLOW = """%%flow datasets_day
pick >> wash.options(produces="laundry")
"""


def test_a_dataset_tells_what_it_was_made_from(lab, window):
    for name in ("pick", "wash"):
        lab.write(f"datasets/{name}.ipynb", f"print('{name}')", task=name)
    lab.write("datasets/datasets_day.ipynb", "%load_ext jupyter_flow", FLOW)
    window.open()
    window.begins("datasets_day")
    expect(window.task("wash")).to_have_attribute("data-state", "succeeded")

    window.command("jupyter-flow:show-sidebar")
    window.sidebar.get_by_role("button", name="laundry").click()
    line = window.sidebar.get_by_role("list", name="what laundry was made from")
    expect(line.get_by_text("made by wash (wash.ipynb")).to_be_visible()
    expect(line.get_by_text("from pick (pick.ipynb")).to_be_visible()
    window.shot("lineage")
    line.get_by_title("open the run of datasets_day").click()
    expect(window.task("wash")).to_have_attribute("data-state", "succeeded")

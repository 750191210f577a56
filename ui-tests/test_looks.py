"""How runs look, light and dark; thousands of tasks are as easy to use as ten."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from jupyter_flow import Flow, notebook, params

from .script import CLOCK, Script

THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}


def churn():
    """A flow as people have them."""
    with Flow("churn", description="Who leaves, and why.", retries=1) as flow:
        params(share=0.2, day="2026-03-01")
        load, clean = notebook("load", day=params.day), notebook("clean")
        features = [notebook(f"features_{name}") for name in ("usage", "billing", "support")]
        train = notebook("train", share=params.share).expand(
            model=["logit", "forest", "boosted", "svm", "nearest"]
        )
        best, report = notebook("choose_best"), notebook("report")
        load >> clean >> features >> train >> best >> [report, notebook("deploy")]
        notebook("holidays") >> features[0]
    return flow.build()


def wide(tasks, layer=25):
    """So many tasks, in layers, each after two of the layer before."""
    with Flow("wide") as flow:
        made = [notebook("task", n=number).named(f"t{number:04}") for number in range(tasks)]
        for number, each in enumerate(made[layer:], layer):
            before = number - number % layer - layer
            [made[number - layer], made[before + (number * 7) % layer]] >> each
    return flow.build()


@pytest.fixture(scope="module")
def churns(lab):
    """Runs of a flow on many days: some failed, the last one goes on."""
    now, scripts = CLOCK.now(), []
    for days in range(14, -1, -1):
        at = now - timedelta(days=days, minutes=2)
        script = Script(lab.root, churn(), f"churn-{days:02}", at=at, share=0.2, day=f"{at:%F}")
        fails = {9: ("train[3]",), 5: ("clean",)}.get(days, ())
        script.play(fails=fails, until=timedelta(seconds=105) if days == 0 else None)
        scripts.append(script)
    yield scripts
    for script in scripts:
        script.close()


@pytest.mark.parametrize("name", ["light", "dark"])
def test_a_run_looks_as_it_should(lab, window, churns, name):
    window.open()
    window.theme(THEMES[name])
    window.command("jupyter-flow:show-sidebar")
    window.command("jupyter-flow:open-run", run="churn-00")
    run = window.run

    expect(run.locator(".jp-Flow-node")).to_have_count(10)
    boxes = [each.bounding_box() for each in run.locator(".jp-Flow-node").all()]
    assert all(box["width"] > 80 and box["height"] > 25 for box in boxes)
    assert not any(overlap(one, other) for one in boxes for other in boxes if one is not other)
    window.sidebar.get_by_label("filter runs").fill("churn")
    expect(window.sidebar.get_by_role("list", name="15 runs")).to_be_visible()
    window.shot("graph")

    run.get_by_role("tab", name="Time line").click()
    bars = run.locator(".jp-Flow-bar")
    expect(bars.first).to_be_visible()
    assert max(each.bounding_box()["width"] for each in bars.all()) > 40
    window.shot("time_line")

    run.get_by_role("tab", name="Grid").click()
    expect(run.get_by_role("gridcell")).to_have_count(15 * 10)
    box = run.get_by_role("gridcell").first.bounding_box()
    assert box["width"] >= 20
    assert box["height"] >= 20
    window.shot("grid")

    run.get_by_role("tab", name="Values").click()
    expect(run.locator(".jp-Flow-values")).to_contain_text("rows")
    window.shot("values")

    window.command("jupyter-flow:open-run", run="churn-05", task="clean")
    expect(window.run.get_by_role("region", name="what went wrong")).to_be_visible()
    window.shot("failure")


def test_a_thousand_tasks_are_opened_searched_and_zoomed(lab, window):
    script = Script(lab.root, wide(1000), "wide-1", at=CLOCK.now() - timedelta(minutes=20))
    script.play(slots=40, until=timedelta(minutes=8))
    window.open()
    window.theme(THEMES["light"])
    window.command("jupyter-flow:open-run", run="wide-1")
    run, spots = window.run, window.run.locator(".jp-Flow-node")

    # All of it is in sight at first, however small.
    expect(spots.first).to_be_visible()
    expect(run.locator(".jp-Flow-runFacts")).to_contain_text(re.compile(r"\d+ running"))
    canvas = run.locator(".jp-Flow-canvas").bounding_box()
    assert canvas["width"] > 600
    assert canvas["height"] > 400
    assert spots.count() > 900
    first, last = spots.first.bounding_box(), spots.last.bounding_box()
    assert last["x"] - first["x"] > 0.6 * canvas["width"], "they fill the width"
    window.shot("whole")

    run.get_by_label("find a task").fill("t0777")
    expect(run.get_by_text("1 of 1000")).to_be_visible()
    run.get_by_label("find a task").press("Enter")
    found = window.task("t0777")
    expect(found).to_be_visible()
    expect(found).to_contain_text("t0777")
    assert found.bounding_box()["width"] > 120
    window.shot("found")

    run.get_by_role("button", name="zoom out").click()
    run.get_by_role("button", name="zoom out").click()
    expect(found).to_be_visible()
    assert found.bounding_box()["width"] < 120
    run.get_by_role("tab", name="Time line").click()
    expect(run.locator(".jp-Flow-bar").first).to_be_visible()
    window.shot("time_line")
    script.close()


def test_ten_thousand_tasks_are_opened_found_and_read(lab, window):
    script = Script(lab.root, wide(10_000, 100), "wide-2", at=CLOCK.now() - timedelta(hours=9))
    script.play(slots=100, fails=["t7503"], until=timedelta(hours=8))
    window.open()
    window.theme(THEMES["light"])
    window.command("jupyter-flow:open-run", run="wide-2")
    run = window.run

    # All of it is painted; an element of the page is what can be read, and none yet.
    expect(run.locator("canvas.jp-Flow-sketch")).to_be_visible()
    expect(run.locator(".jp-Flow-runFacts")).to_contain_text("1 failed")
    assert run.locator(".jp-Flow-node").count() < 5
    window.shot("ten_thousand")

    run.get_by_role("button", name="failed 1", exact=True).click()
    run.get_by_label("find a task").press("Enter")
    expect(run.get_by_role("region", name="what went wrong")).to_be_visible()
    failed = window.task("t7503")
    expect(failed).to_contain_text("cell 3/5")
    expect(window.task("t7403")).to_contain_text("5 cells")
    assert 10 < run.locator(".jp-Flow-node").count() < 400
    window.shot("ten_thousand_failed")

    # The keyboard goes on from there, and a click chooses what is painted.
    failed.focus()
    window.page.keyboard.press("ArrowLeft")
    expect(run.locator(".jp-Flow-node:focus")).to_have_accessible_name(re.compile("^Task t74"))
    # A task that is painted, of the layer before the one that failed.
    run.get_by_role("button", name="Fit View").click()
    expect(run.locator(".jp-Flow-node")).to_have_count(2)
    box = failed.bounding_box()
    window.page.mouse.click(box["x"] - 0.8 * box["width"], box["y"] + box["height"] / 2)
    expect(run.locator(".jp-Flow-pane")).to_contain_text(re.compile("^t74"))
    window.shot("ten_thousand_chosen")

    run.get_by_role("tab", name="Time line").click()
    run.get_by_role("button", name="failed 1", exact=True).click()
    expect(run.locator(".jp-Flow-timeRow")).to_have_count(1)
    window.shot("ten_thousand_time_line")
    script.close()


def overlap(one, other):
    return (
        one["x"] < other["x"] + other["width"]
        and other["x"] < one["x"] + one["width"]
        and one["y"] < other["y"] + other["height"]
        and other["y"] < one["y"] + one["height"]
    )

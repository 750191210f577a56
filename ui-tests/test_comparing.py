"""Runs side by side, and a number over runs: found where a person looks for them."""

from __future__ import annotations

import re

from playwright.sync_api import expect

FIT = """
import jupyter_flow

if depth > 5:
    raise ValueError("it does not fit that deep")
jupyter_flow.output(auc=0.8 + depth / 50)
"""


def runs_of(lab):
    """Four runs of one flow, of which the third fails."""
    lab.write("fit.ipynb", FIT, task="fit", parameters="depth = 1")
    lab.write("fitting.ipynb", "%%flow fitting\nparams(depth=1)\nfit(depth=params.depth)")
    for depth in (2, 3, 9, 5):
        lab.flow("run", "fitting", "-p", f"depth={depth}", "--quiet", check=depth != 9)


def test_runs_are_compared_and_a_value_is_plotted_over_them(lab, window):
    runs_of(lab)
    window.open()
    window.command("jupyter-flow:open-latest-run", flow="fitting")

    # At first with the run before, then with another one.
    run = window.run
    run.get_by_role("tab", name="Compare").click()
    compared = run.locator(".jp-Flow-compared")
    row = compared.get_by_role("row").filter(has=window.page.get_by_role("rowheader"))
    depth = row.filter(has_text=re.compile(r"^depth"))
    expect(depth).to_contain_text("≠95")
    run.get_by_label("compare with run").select_option(index=1)
    expect(depth).to_contain_text("≠35")
    expect(row.filter(has_text="fit.auc")).to_contain_text("+0.04 (+5 %)")
    window.shot("compare")

    # A value over the last runs: one has none.
    compared.get_by_role("button", name="fit.auc").click()
    plot = run.get_by_role("group", name="fit.auc over 4 runs")
    marks = plot.get_by_role("button")
    expect(marks).to_have_count(4)
    expect(marks.nth(2)).to_have_attribute("aria-label", re.compile("^no number.*: failed$"))
    window.shot("plot")

    # A mark opens its run, and the grid compares any two.
    marks.nth(2).click()
    expect(run.locator(".jp-Flow-runTitle")).to_contain_text("failed")
    run.get_by_role("tab", name="Grid").click()
    run.get_by_role("button", name="Compare two runs").click()
    heads = run.get_by_role("columnheader").get_by_role("button")
    heads.nth(0).click()
    heads.nth(1).click()
    expect(depth).to_contain_text("≠23")
    window.shot("grid")

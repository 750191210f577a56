"""What a person does about a run that fails, or that is not wanted any more."""

from __future__ import annotations

import re

from playwright.sync_api import expect

SUM = "prices = ['1.50', 'n/a', '2.25']\ntotal = sum(map(float, prices))"


def test_a_failure_is_told_of_understood_mended_and_repaired(lab, window):
    lab.write("fetch.ipynb", "print('fetched')", task="fetch")
    lab.write("add_up.ipynb", "# adds up what was sold", SUM, "print(total)", task="add_up")
    lab.write("report.ipynb", "print('reported')", task="report")
    lab.write("sales.ipynb", "%load_ext jupyter_flow", "%%flow sales\nfetch >> add_up >> report")
    window.open()
    window.begins("sales")

    toast = window.page.locator(".Toastify__toast", has_text="sales failed")
    expect(toast).to_contain_text("1 failed")
    expect(toast.get_by_role("button", name="Repair")).to_be_visible()
    expect(window.task("add_up")).to_have_attribute("data-state", "failed")
    expect(window.task("report")).to_have_attribute("data-state", "upstream_failed")
    window.shot("told")

    # What, and where.
    window.task("add_up").click()
    failure = window.run.get_by_role("region", name="what went wrong")
    expect(failure).to_contain_text("ValueError: could not convert string to float: 'n/a'")
    expect(failure).to_contain_text("in cell 2, line 2")
    expect(failure.get_by_label("traceback")).to_contain_text("total = sum(map(float, prices))")
    window.shot("failure")

    # The notebook as it was run cannot be changed.
    failure.get_by_role("button", name="Open executed notebook").click()
    executed = window.page.locator(".jp-NotebookPanel.jp-Flow-executed")
    broken = executed.locator(".jp-Notebook .jp-Cell.jp-mod-active")
    expect(broken).to_contain_text("total = sum(map(float, prices))")
    expect(broken.locator(".jp-OutputArea-output")).to_contain_text("ValueError")
    window.shot("executed")

    # Its source can, at that cell.
    back(window, "sales")
    failure.get_by_role("button", name="Open source at cell 2").click()
    source = window.page.locator(".jp-NotebookPanel:not(.jp-Flow-executed)")
    cell = source.locator(".jp-Notebook .jp-Cell.jp-mod-active")
    expect(cell).to_contain_text("total = sum(map(float, prices))")
    cell.locator(".cm-content").click()
    window.page.keyboard.press("Control+A")
    window.page.keyboard.insert_text("total = 3.75")
    window.command("docmanager:save")
    window.shot("mended")

    back(window, "sales")
    window.run.get_by_role("button", name="Repair").click()
    expect(window.run.locator(".jp-Flow-runTitle")).to_contain_text("succeeded")
    expect(toast).to_have_count(0)
    expect(window.task("report")).to_have_attribute("data-state", "succeeded")
    attempts = window.run.get_by_role("radiogroup", name="attempts")
    expect(attempts.get_by_role("radio")).to_have_count(2)
    attempts.get_by_title("attempt 1 failed").click()
    expect(failure).to_contain_text("ValueError")
    window.shot("repaired")


def test_a_kernel_that_was_kept_is_opened_with_its_variables(lab, window):
    lab.write("odd.ipynb", "x = 41 + 1", "raise ValueError('look at x')", task="odd")
    lab.write("looking.ipynb", "%%flow looking --keep-kernel on_failure\nodd")
    window.open()
    window.begins("looking")
    window.task("odd").click()
    failure = window.run.get_by_role("region", name="what went wrong")
    failure.get_by_role("button", name="Debug").click()

    copy = window.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
    expect(copy.locator(".jp-Notebook .jp-Cell.jp-mod-active")).to_contain_text("look at x")
    window.kernel_is_ready()
    # Nothing was run in it, and yet it knows.
    expect(window.prompt(1)).to_have_text("[ ]:")
    window.cell(2).locator(".cm-content").click()
    window.page.keyboard.press("Control+A")
    window.page.keyboard.insert_text("print('x is', x)")
    window.page.keyboard.press("Control+Enter")
    expect(window.cell(2).locator(".jp-OutputArea-output")).to_have_text("x is 42")
    window.shot("looked_into")


def test_a_run_is_stopped_when_that_is_said_twice(lab, window):
    gate = lab.gate("stopped.gate")
    lab.write("forever.ipynb", gate.cell, task="forever")
    lab.write("long.ipynb", "%%flow long\nforever")
    window.open()
    window.begins("long")
    window.task("forever").click()
    window.run.get_by_role("tab", name="Log").click()
    gate.say("hello")
    expect(window.run.get_by_role("log")).to_contain_text("heard hello")

    toolbar = window.run.get_by_role("toolbar", name="what to do with the run")
    toolbar.get_by_role("button", name="Cancel").click()
    window.run.get_by_role("button", name="Stop the run").click()

    expect(window.run.locator(".jp-Flow-runTitle")).to_contain_text("cancelled")
    expect(window.task("forever")).to_have_attribute("data-state", "cancelled")
    window.shot("cancelled")


def back(window, flow):
    """Bring the tab of the run to the front."""
    window.page.locator(
        ".lm-DockPanel-tabBar .lm-TabBar-tab", has_text=re.compile(f"{flow}$")
    ).click()
    expect(window.run).to_be_visible()

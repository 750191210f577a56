"""Runs outlive the server that began them, and pages find their way back to them."""

from __future__ import annotations

from playwright.sync_api import expect


def test_a_run_goes_on_without_the_server_and_its_page_misses_nothing(lab, window):
    early, late = lab.gate("early.gate"), lab.gate("late.gate")
    lab.write("before.ipynb", early.cell, task="before")
    lab.write("after.ipynb", late.cell, task="after")
    lab.write("long_way.ipynb", "%%flow long_way\nbefore >> after")
    window.open()
    window.begins("long_way")
    window.task("before").click()
    window.run.get_by_role("tab", name="Log").click()
    early.say("one")
    log = window.run.get_by_role("log")
    expect(log).to_contain_text("heard one")

    lab.stop()
    expect(window.run.locator(".jp-Flow-notice")).to_contain_text(
        "connection to the server is gone"
    )
    window.shot("gone")
    early.say("two")
    early.open()
    late.say("three")
    lab.start()

    # Without a reload.
    expect(window.task("before")).to_have_attribute("data-state", "succeeded")
    expect(window.task("after")).to_have_attribute("data-state", "running")
    expect(window.run.locator(".jp-Flow-notice")).to_have_count(0)
    expect(log).to_contain_text("heard two")
    late.open()
    expect(window.run.locator(".jp-Flow-runTitle")).to_contain_text("succeeded")
    window.shot("back")

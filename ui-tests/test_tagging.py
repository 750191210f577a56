"""A notebook becomes a task with the button on its tool bar, and is none any more the same way."""

from __future__ import annotations

import json

from playwright.sync_api import expect


def test_a_notebook_is_made_a_task_with_its_button_and_form(lab, window):
    path = lab.write("prices.ipynb", "print(city)", parameters='city = "Oslo"  # where')
    lab.write("pricing.ipynb", "%%flow pricing\nprices")
    window.open("prices.ipynb")
    bar = window.page.locator(".jp-NotebookPanel-toolbar .jp-Flow-taskButton")

    # A notebook that is still opening takes the focus, and the dialog takes it back.
    window.kernel_is_ready()
    bar.get_by_role("button").click()
    form = window.page.locator(".jp-Flow-taskForm")
    expect(form.get_by_label("Name")).to_have_value("prices")
    expect(form.get_by_role("region", name="what it takes and gives")).to_contain_text("city")
    form.get_by_label("Retries").fill("2")
    form.get_by_label("Timeout").fill("soon")
    expect(form.get_by_role("button", name="Make it a task")).to_be_disabled()
    window.shot("form")
    form.get_by_label("Timeout").fill("20m")
    form.get_by_role("button", name="Make it a task").click()

    expect(form).to_have_count(0)
    expect(bar).to_contain_text("prices")
    assert tag_of(path) == {"task": "prices", "retries": 2, "timeout": "20m"}
    assert "pricing" in lab.flow("list")
    lab.flow("check", "pricing")
    window.shot("tagged")

    bar.get_by_role("button").click()
    form.get_by_role("button", name="Not a task").click()
    expect(form).to_have_count(0)
    assert tag_of(path) is None
    assert "1 error" in lab.flow("check", "pricing", check=False)


def tag_of(path):
    return json.loads(path.read_text("utf-8"))["metadata"].get("jupyter_flow")

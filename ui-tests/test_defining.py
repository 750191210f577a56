"""A flow is written in a cell: its mistakes are shown while it is typed, and it is drawn."""

from __future__ import annotations

from playwright.sync_api import expect

MISTYPED = "%%flow weekly\nload >> clen >> report"


def test_a_cell_is_mended_as_its_problems_say_and_then_drawn(lab, window):
    for task in ("load", "clean", "report"):
        lab.write(f"{task}.ipynb", "1 + 1", task=task)
    lab.write("weekly.ipynb", "%load_ext jupyter_flow", MISTYPED)
    window.open("weekly.ipynb")
    cell = window.cell(2)

    problems = cell.locator(".jp-Flow-diagnostics")
    expect(problems).to_contain_text("clen")
    expect(problems).to_contain_text("line 2 (JF")
    expect(problems).to_contain_text("clean")
    expect(cell.locator(".jp-Flow-squiggle")).to_have_text("clen")
    box = cell.locator(".jp-Flow-squiggle").bounding_box()
    assert box["width"] > 15
    window.shot("problem")

    cell.locator(".cm-content").click()
    window.page.keyboard.press("Control+End")
    for _ in "en >> report":
        window.page.keyboard.press("Backspace")
    window.page.keyboard.type("ean >> report")
    expect(problems).to_have_count(0)

    window.kernel_is_ready()
    window.cell(1).locator(".cm-content").click()
    window.page.keyboard.press("Shift+Enter")
    window.page.keyboard.press("Shift+Enter")
    drawing = cell.locator(".jp-OutputArea-output svg").first
    expect(drawing).to_be_visible()
    assert drawing.bounding_box()["width"] > 200
    expect(cell.locator(".jp-OutputArea-output")).to_contain_text("report")
    window.shot("drawn")

    # The same in a tab, with no kernel.
    window.command("docmanager:save")
    window.command("jupyter-flow:show-flow")
    tab = window.page.locator(".jp-Flow-flowTab")
    expect(tab.get_by_role("button", name="Task clean")).to_be_visible()
    expect(tab.locator(".jp-Flow-node")).to_have_count(3)
    window.shot("tab")


def test_the_names_of_tasks_are_offered_while_they_are_typed(lab, window):
    lab.write("summarise.ipynb", "1 + 1", task="summarise")
    lab.write("completed.ipynb", "%load_ext jupyter_flow", "%%flow completed\n")
    window.open("completed.ipynb")
    window.kernel_is_ready()
    window.cell(1).locator(".cm-content").click()
    window.page.keyboard.press("Control+Enter")
    expect(window.cell(1).locator(".jp-InputPrompt")).to_contain_text("[1]")

    window.cell(2).locator(".cm-content").click()
    window.page.keyboard.press("Control+End")
    window.page.keyboard.type("summ")
    window.page.keyboard.press("Tab")
    expect(window.page.locator(".jp-Completer")).to_contain_text("summarise")
    window.shot("offered")
    window.page.keyboard.press("Enter")
    expect(window.cell(2).locator(".cm-content")).to_contain_text("summarise")

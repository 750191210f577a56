"""The panel under a cell: live while the kernel is busy, and known to the notebook."""

from __future__ import annotations

from importlib.util import find_spec

import pytest
from playwright.sync_api import expect

PANEL = "from jupyter_flow import FlowPanel\n\npanel = FlowPanel()\npanel"
WITHOUT = pytest.mark.skipif(
    not find_spec("notebook"), reason="needs Notebook: pip install notebook"
)


@pytest.mark.parametrize("app", ["lab", pytest.param("notebook", marks=WITHOUT)])
def test_a_panel_moves_while_a_cell_runs_and_the_notebook_knows_what_is_chosen(lab, window, app):
    task, busy = lab.gate(f"{app}/task.gate"), lab.gate(f"{app}/cell.gate")
    lab.write(f"{app}/surge.ipynb", task.cell, task="surge")
    cells = ["%load_ext jupyter_flow", "%%flow waves\nsurge", "%flow run", busy.cell, PANEL]
    lab.write(f"{app}/waves.ipynb", *cells, "print('chosen:', panel.selected_task)")
    window.open(f"{app}/waves.ipynb", app=app)
    window.kernel_is_ready()

    for number in (1, 2, 3, 4):
        window.run_cell(number)
    panel = window.cell(3).locator(".jp-Flow-panel")
    surge = panel.get_by_role("button", name="Task surge")
    expect(surge).to_have_attribute("data-state", "running")
    assert surge.bounding_box()["width"] > 80
    expect(window.prompt(4)).to_contain_text("[*]")
    task.open()
    expect(surge).to_have_attribute("data-state", "succeeded")
    expect(window.prompt(4)).to_contain_text("[*]")
    window.shot("busy")

    busy.open()
    expect(window.prompt(4)).to_contain_text("[4]")
    window.run_cell(5)
    window.cell(5).get_by_role("button", name="Task surge").click()
    expect(window.cell(5).get_by_role("heading", name="surge")).to_be_visible()
    window.run_cell(6)
    expect(window.cell(6).locator(".jp-OutputArea-output")).to_contain_text("chosen: surge")
    window.shot("chosen")

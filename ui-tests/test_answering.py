"""A task that asks, in the Lab: its question, its form, and what was said."""

from __future__ import annotations

from playwright.sync_api import expect

FLOW = """%%flow answering
ok = approve("Ship the model to a share of all users?", form={"share": 0.1, "note": ""})
ok >> ship(share=ok.share, token=secret("SHIPPING"))
"""


def test_a_person_answers_with_a_form(lab, window):
    ship = "import os\nprint(share, token, os.environ['JUPYTER_FLOW_SECRET_SHIPPING'])"
    lab.write(
        "answering/ship.ipynb", ship, task="ship", parameters="share: float = 0.0\ntoken = ''"
    )
    lab.write("answering/answering.ipynb", "%load_ext jupyter_flow", FLOW)
    window.open()
    window.begins("answering")

    expect(window.task("ok")).to_have_attribute("data-state", "waiting")
    window.task("ok").click()
    question = window.run.get_by_role("form", name="answer ok")
    expect(question.get_by_text("Ship the model to a share")).to_be_visible()
    question.get_by_label("share").fill("a lot")
    question.get_by_role("button", name="Approve").click()
    expect(question.get_by_text("A number, such as 0.5.")).to_be_visible()
    question.get_by_label("share").fill("0.25")
    window.shot("question")
    question.get_by_role("button", name="Approve").click()

    expect(window.task("ship")).to_have_attribute("data-state", "succeeded")
    expect(question).to_have_count(0)
    expect(window.run.get_by_role("tabpanel").get_by_text("approved by")).to_be_visible()
    window.shot("answered")
    window.task("ship").click()
    expect(window.run.get_by_text('secret("SHIPPING")')).to_be_visible()
    window.shot("secret")


def test_the_panel_under_a_cell_asks_as_well(lab, window):
    flow = '%%flow asking\nok = approve("Go on?", form={"share": 0.1})'
    lab.write("asking/asking.ipynb", "%load_ext jupyter_flow", flow, "%flow run")
    window.open("asking/asking.ipynb")
    window.kernel_is_ready()
    for number in (1, 2, 3):
        window.run_cell(number)
    panel = window.cell(3).locator(".jp-Flow-panel")
    task = panel.get_by_role("button", name="Task ok")
    expect(task).to_have_attribute("data-state", "waiting")
    task.click()
    question = panel.get_by_role("form", name="answer ok")
    question.get_by_label("share").fill("0.5")
    window.shot("panel")
    question.get_by_role("button", name="Approve").click()

    expect(task).to_have_attribute("data-state", "succeeded")
    expect(panel.get_by_text("0.5", exact=True)).to_be_visible()

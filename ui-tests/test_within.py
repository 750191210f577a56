"""A flow within a flow, in the Lab: from the task to its run, and back."""

from __future__ import annotations

from playwright.sync_api import expect

INNER = """%%flow within_inner
params(n=3)
count(n=params.n)
"""
OUTER = """%%flow within_outer
sub = flow("within_inner", n=7)
sub >> after(n=sub.n)
"""


def test_a_task_leads_to_the_run_that_it_is_and_back(lab, window):
    count = "import jupyter_flow\njupyter_flow.output(n=n)"
    lab.write("within/count.ipynb", count, task="count", parameters="n: int = 0")
    lab.write("within/after.ipynb", "print(n)", task="after", parameters="n: int = 0")
    lab.write("within/inner.ipynb", "%load_ext jupyter_flow", INNER)
    lab.write("within/outer.ipynb", "%load_ext jupyter_flow", OUTER)
    window.open()
    window.begins("within_outer")

    expect(window.task("after")).to_have_attribute("data-state", "succeeded")
    window.task("sub").click()
    expect(window.run.get_by_role("tabpanel").get_by_text("n", exact=True).first).to_be_visible()
    window.shot("outer")
    window.run.get_by_role("button", name="Open its run").click()
    expect(window.task("count")).to_have_attribute("data-state", "succeeded")
    expect(window.run.get_by_text("is sub of")).to_be_visible()
    window.shot("inner")
    window.run.get_by_title("open the run that it is a part of").click()
    expect(window.task("after")).to_have_attribute("data-state", "succeeded")

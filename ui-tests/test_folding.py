"""Groups in the graph: frames that fold into one box which says how all in it stand."""

from __future__ import annotations

from playwright.sync_api import expect

FLOW = """%%flow grouped
with group("prepare"):
    gather >> sift
rent >> prepare >> model
give_back.as_teardown(setups=rent)
model >> give_back
"""


def test_a_group_folds_and_tells_how_all_in_it_stand(lab, window):
    gate = lab.gate("sift.gate")
    for name in ("rent", "gather", "model", "give_back"):
        lab.write(f"grouped/{name}.ipynb", f"print('{name}')", task=name)
    lab.write("grouped/sift.ipynb", gate.cell, task="sift")
    lab.write("grouped/grouped.ipynb", "%load_ext jupyter_flow", FLOW)
    window.open()
    window.begins("grouped")

    expect(window.task("gather")).to_have_attribute("data-state", "succeeded")
    expect(window.task("sift")).to_have_attribute("data-state", "running")
    window.shot("open")
    window.run.get_by_role("button", name="Group prepare. Folds.").press("Enter")
    folded = window.run.get_by_role("button", name="Group prepare: running, 1 of 2. Opens.")
    expect(folded).to_be_visible()
    expect(window.task("sift")).to_have_count(0)
    window.shot("folded")

    gate.open()
    expect(window.task("give_back")).to_have_attribute("data-state", "succeeded")
    folded = window.run.get_by_role("button", name="Group prepare: succeeded, 2 of 2. Opens.")
    folded.click()
    expect(window.task("sift")).to_have_attribute("data-state", "succeeded")
    window.shot("again")

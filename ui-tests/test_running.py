"""From the form of a flow to the end of its run: what happens is seen while it happens."""

from __future__ import annotations

from playwright.sync_api import expect

DRAW = """
import matplotlib.pyplot as plt

figure, axes = plt.subplots(figsize=(5, 2.4))
axes.plot([day**0.5 for day in range(days)], color=colour, marker="o")
plt.show()
print(f"drew {days} days in {colour}")
"""
FLOW = """%%flow drawing
params(days=7)
draw(days=params.days) >> tell(text="{{ params.days }} days")
"""


#: The tab in front is put to the right of the others.
SPLIT = """() => {
  const { shell } = window.jupyterapp;
  shell.add(shell.currentWidget, 'main', { mode: 'split-right' });
}"""

#: Returns when the workspace knows two run tabs that stand beside each other.
SAVED = """async ([base, name]) => {
  const isSaved = async () => {
    const { data } = await (await fetch(`${base}/lab/api/workspaces/${name}`)).json();
    const runs = Object.keys(data).filter(key => key.startsWith('jupyter-flow-run:'));
    return runs.length === 2 && data['layout-restorer:data']?.main?.dock?.children?.length === 2;
  };
  while (!await isSaved()) {
    await new Promise(again => setTimeout(again, 100));
  }
}"""


def write(lab, gate):
    declared = 'days = 5\ncolour = "teal"'
    lab.write("draw.ipynb", DRAW + gate.cell, task="draw", parameters=declared)
    lab.write("tell.ipynb", "print(text)", task="tell", parameters='text = ""')
    lab.write("drawing.ipynb", "%load_ext jupyter_flow", FLOW)


def test_a_run_is_begun_with_a_form_and_seen_as_it_goes_on(lab, window):
    gate = lab.gate("first.gate")
    write(lab, gate)
    window.open()

    # From the side bar, with a parameter that is not the default.
    window.command("jupyter-flow:show-sidebar")
    window.sidebar.get_by_role("button", name="Look for flows").click()
    window.sidebar.get_by_role("button", name="run drawing").click()
    form = window.page.get_by_role("form", name="run drawing")
    form.get_by_label("days").fill("12")
    window.shot("form")
    form.get_by_role("button", name="Run", exact=True).click()

    run = window.run
    expect(run.get_by_role("heading", name="drawing")).to_be_visible()
    expect(run.get_by_title("parameter days")).to_have_text("days=12")
    expect(window.task("draw")).to_have_attribute("data-state", "running")
    expect(window.task("tell")).to_have_attribute("data-state", "pending")

    # The plot is there while the task runs.
    window.task("draw").click()
    run.get_by_role("tab", name="Outputs").click()
    plot = run.locator(".jp-Flow-outputs img")
    expect(plot).to_be_visible()
    assert plot.bounding_box()["height"] > 100
    expect(window.task("draw")).to_have_attribute("data-state", "running")
    window.shot("plot")

    # So is its log, line by line.
    run.get_by_role("tab", name="Log").click()
    log = run.get_by_role("log")
    expect(log).to_contain_text("drew 12 days in teal")
    gate.say("half way")
    expect(log).to_contain_text("heard half way")
    window.shot("log")

    gate.open()
    expect(window.task("draw")).to_have_attribute("data-state", "succeeded")
    expect(window.task("tell")).to_have_attribute("data-state", "succeeded")
    expect(run.locator(".jp-Flow-runTitle")).to_contain_text("succeeded")
    window.shot("succeeded")


def test_two_runs_go_on_side_by_side_and_are_there_again_after_a_reload(lab, window):
    gate = lab.gate("second.gate")
    write(lab, gate)
    window.open(workspace="twice")
    window.begins("drawing")
    window.begins("drawing")
    window.page.evaluate(SPLIT)

    runs = window.page.locator(".jp-Flow-runTab")
    titles = window.page.locator(".jp-Flow-runTab .jp-Flow-runTitle")
    expect(titles.filter(has_text="running")).to_have_count(2)
    boxes = [runs.nth(at).bounding_box() for at in range(2)]
    assert abs(boxes[0]["x"] - boxes[1]["x"]) > 200
    window.shot("running")

    window.page.evaluate(SAVED, [lab.url, "twice"])
    window.page.reload()
    window.settle()
    expect(titles.filter(has_text="running")).to_have_count(2)
    for ended in (1, 2):
        gate.open()
        expect(titles.filter(has_text="succeeded")).to_have_count(ended)
    window.shot("succeeded")

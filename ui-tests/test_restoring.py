"""What an earlier run made, in the Lab: what was restored, from where, and what it handed on."""

from __future__ import annotations

from playwright.sync_api import expect

FLOW = """%%flow restoring --cache
there = wait_for(file="there.txt", poke_interval="100ms")
there >> frame
frame >> count(df=frame.df)
"""
FRAME = """import pandas, jupyter_flow
df = pandas.DataFrame({"x": [1, 2, 3], "y": list("abc")})
jupyter_flow.output(df=df)"""


def test_a_restored_task_links_the_run_that_made_it(lab, window):
    lab.write("restoring/frame.ipynb", FRAME, task="frame")
    count = "import jupyter_flow\njupyter_flow.output(rows=len(df))"
    lab.write("restoring/count.ipynb", count, task="count", parameters="df = None")
    lab.write("restoring/restoring.ipynb", "%load_ext jupyter_flow", FLOW)
    window.open()
    window.begins("restoring")

    expect(window.task("there")).to_have_attribute("data-state", "waiting")
    window.task("there").click()
    expect(
        window.run.get_by_role("tabpanel").get_by_text("waits for there.txt: nothing is there")
    ).to_be_visible()
    window.shot("waiting")
    (lab.root / "restoring" / "there.txt").write_text("")
    expect(window.task("count")).to_have_attribute("data-state", "succeeded")
    window.task("frame").click()
    expect(window.run.get_by_role("tabpanel").get_by_text("parquet, 3 rows")).to_be_visible()
    window.shot("handed_on")
    with window.page.expect_download() as saved:
        window.run.get_by_role("link", name="parquet, 3 rows").click()
    assert saved.value.suggested_filename == "df.parquet"
    assert saved.value.path().read_bytes()[:4] == b"PAR1"

    window.begins("restoring")
    expect(window.task("count")).to_have_attribute("data-state", "restored")
    window.task("count").click()
    expect(window.run.get_by_role("tabpanel").get_by_text("unchanged since run")).to_be_visible()
    window.shot("restored")
    window.run.get_by_role("button", name="Open the run that made it").click()
    expect(window.task("count")).to_have_attribute("data-state", "succeeded")
    window.shot("origin")

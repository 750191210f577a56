"""A run whose notebooks the workers of a Dask cluster execute looks as any other, while it runs."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from jupyter_flow.testing.dask import dask_cluster

from .lab import Lab

PLOT = """
import matplotlib.pyplot as plt

figure, axes = plt.subplots(figsize=(5, 2.4))
axes.plot([day**0.5 for day in range(9)], marker="o")
plt.show()
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A server whose project has a cluster that sees none of its files."""
    lab = Lab(folder=tmp_path_factory.mktemp("clustered"))
    lab.prepare()
    with dask_cluster(tmp_path_factory.mktemp("cluster"), workers=1) as cluster:
        lab.root.joinpath("jupyter_flow.toml").write_text(
            f'executor = "dask"\n[dask]\nshared_disk = false\nscheduler = "{cluster.address}"\n'
        )
        lab.start()
        yield lab
        lab.close()


def test_what_a_worker_executes_is_seen_while_it_runs_and_can_be_stopped(lab, window):
    gate = lab.gate("worker.gate")
    lab.write("draw.ipynb", PLOT, gate.cell, task="draw")
    lab.write("tell.ipynb", "1", task="tell")
    lab.write("far_away.ipynb", "%%flow far_away\ndraw >> tell")
    window.open()
    window.begins("far_away")
    run = window.run

    window.task("draw").click()
    run.get_by_role("tab", name="Outputs").click()
    expect(run.locator(".jp-Flow-outputs img")).to_be_visible()
    run.get_by_role("tab", name="Log").click()
    log = run.get_by_role("log")
    expect(log).to_contain_text("made by the worker tcp://")
    gate.say("half way")
    expect(log).to_contain_text("heard half way")
    expect(window.task("draw")).to_have_attribute("data-state", "running")
    window.shot("log")

    run.get_by_role("button", name="Cancel").first.click()
    run.get_by_role("button", name="Stop the run").click()
    expect(run.locator(".jp-Flow-runTitle")).to_contain_text("cancelled")
    expect(window.task("draw")).to_have_attribute("data-state", "cancelled")
    window.shot("cancelled")

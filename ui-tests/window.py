"""A page of the Lab in a browser, with the words for what a person does there."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page, Playwright, expect

from .lab import TOKEN, Lab

SHOTS = Path(__file__).with_name("screenshots")
#: Things on a page may take so long, in milliseconds: kernels start, machines are busy.
PATIENCE = 30_000
_SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]

#: Returns when the kernel of the notebook in front has answered.
KERNEL = """async () => {
  const { shell } = window.jupyterapp;
  while (!shell.currentWidget?.sessionContext) {
    await new Promise(again => setTimeout(again, 100));
  }
  const { sessionContext } = shell.currentWidget;
  await sessionContext.ready;
  await sessionContext.session.kernel.info;
}"""


def chromium() -> str | None:
    """The browser of the system."""
    named = os.environ.get("CHROMIUM")
    return named or shutil.which("chromium") or shutil.which("chromium-browser")


def open_browser(playwright: Playwright) -> Browser:
    """The browser of the system, without a window."""
    return playwright.chromium.launch(executable_path=chromium(), args=_SWITCHES)


@dataclass
class Window:
    """A page of the Lab, with the words for what a person does there."""

    page: Page
    lab: Lab
    shots: str

    def open(self, path: str = "", *, workspace: str = "", app: str = "lab") -> None:
        """Open the Lab anew, with nothing restored unless a *workspace* is named.

        *path* is opened in it; with *app* ``notebook``, in Jupyter Notebook.
        """
        place = f"lab/workspaces/{workspace}" if workspace else "lab"
        place += f"/tree/{path}" if path else ""
        place = f"notebooks/{path}" if app == "notebook" else place
        reset = "" if workspace else "&reset"
        self.page.goto(f"{self.lab.url}/{place}?token={TOKEN}{reset}")
        self.settle()

    def settle(self) -> None:
        """Wait until the Lab has started."""
        self.page.wait_for_function("() => window.jupyterapp", timeout=PATIENCE)
        self.page.evaluate("async () => { await window.jupyterapp.restored }")
        self.page.wait_for_selector("#jupyterlab-splash", state="detached", timeout=PATIENCE)

    def kernel_is_ready(self) -> None:
        """Wait until the kernel of the notebook in front can be used."""
        self.page.evaluate(KERNEL)

    def cell(self, number: int) -> Locator:
        """A cell of the notebook in front, counted from 1."""
        shown = ".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook .jp-Cell"
        return self.page.locator(shown).nth(number - 1)

    def prompt(self, number: int) -> Locator:
        """What stands before the cell: ``[*]`` while it runs."""
        return self.cell(number).locator(".jp-InputPrompt")

    def run_cell(self, number: int) -> None:
        """Run a cell by the keyboard; it need not have ended then."""
        self.cell(number).locator(".cm-content").click()
        self.page.keyboard.press("Control+Enter")

    def command(self, name: str, **arguments: Any) -> None:
        """Run one of the Lab's commands."""
        run = "([name, given]) => window.jupyterapp.commands.execute(name, given).then(() => null)"
        self.page.evaluate(run, [name, arguments])

    def theme(self, name: str) -> None:
        """``JupyterLab Light`` or ``JupyterLab Dark``."""
        self.command("apputils:change-theme", theme=name)
        is_light = "true" if "Light" in name else "false"
        themed = self.page.locator(f'body[data-jp-theme-light="{is_light}"]')
        themed.wait_for(state="attached")

    @property
    def sidebar(self) -> Locator:
        """The side bar with flows, schedules and runs."""
        return self.page.locator("#jupyter-flow-sidebar")

    @property
    def run(self) -> Locator:
        """The page of the run in front."""
        return self.page.locator(".jp-Flow-runTab:not(.lm-mod-hidden)")

    def task(self, name: str) -> Locator:
        """A task in the graph of the run in front."""
        return self.run.get_by_role("button", name=re.compile(rf"^Task {name}:"))

    def begins(self, flow: str) -> None:
        """Run a flow, with its defaults."""
        self.command("jupyter-flow:run-flow", flow=flow, params={})
        expect(self.run.get_by_role("heading", name=flow)).to_be_visible()

    def shot(self, name: str) -> None:
        """Keep a picture of the page, to be looked at."""
        SHOTS.mkdir(exist_ok=True)
        self.page.screenshot(path=SHOTS / f"{self.shots}-{name}.png")

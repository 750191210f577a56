"""A real JupyterLab with the extension, in a real Chromium: one server for all tests.

These tests have a process of their own: ``pytest ui-tests``. Screenshots are kept in
``ui-tests/screenshots``, to be looked at. Without a Chromium, or without a built front end, they
are skipped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from .lab import BUILT, Lab
from .window import PATIENCE, Window, chromium, open_browser

#: Where errors come from that have nothing to do with us: ipywidgets trips over notebooks without
#: a kernel, Notebook over its own start.
NOT_OURS = ("/@jupyter-widgets/", "/static/notebook/")

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """The server; it goes with all that it started."""
    if not (BUILT / "package.json").exists():
        pytest.skip("the front end is not built: npm ci && npm run build")
    lab = Lab(folder=tmp_path_factory.mktemp("lab"))
    lab.prepare()
    lab.start()
    yield lab
    lab.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, without a window."""
    if chromium() is None:
        pytest.skip("there is no Chromium: apt install chromium")
    with sync_playwright() as playwright:
        browser = open_browser(playwright)
        yield browser
        browser.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: Any) -> Any:
    """So that a picture is kept of a page whose test failed."""
    report = yield
    if report.when == "call":
        item.has_failed = report.failed  # type: ignore[attr-defined]
    return report


@pytest.fixture
def window(browser: Browser, lab: Lab, request: pytest.FixtureRequest) -> Iterator[Window]:
    """A fresh page; what it says on its console as errors fails the test."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(f"{error}\n{error.stack}"))
    name = re.sub(r"\W+", "_", request.node.name).removeprefix("test_")
    window = Window(page, lab, name)
    yield window
    if getattr(request.node, "has_failed", True):
        window.shot("failed")
    context.close()
    said = [each for each in said if not any(place in each for place in NOT_OURS)]
    assert not said, "\n".join(said)

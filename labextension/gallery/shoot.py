"""Takes pictures of the gallery: python labextension/gallery/shoot.py FOLDER [SCENE …].

A scene is as in `scenes.tsx`, with ``!Log`` after it for a tab to press first.
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

PAGE = Path(__file__).parent / "out" / "index.html"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
SCENES = (
    "three.graph",
    "running.graph",
    "failed.graph.models[2]",
    "forty.graph",
    "grouped.graph",
    "large.graph",
    "thousand.graph",
    "failed.timeline",
    "forty.timeline",
    "forty.grid",
    "failed.values",
    "failed.graph.models",
    "failed.graph.models[2]!Log",
    "runs",
    "lists",
    "forty.compare",
    "empty",
)


def shoot(page: Page, scene: str, theme: str, folder: Path) -> None:
    """One picture; what the page complains of is printed."""
    name, _, tab = scene.partition("!")
    page.goto(f"{PAGE.as_uri()}?scene={name}&theme={theme}")
    if tab:
        page.get_by_role("tab", name=tab).click()
    page.wait_for_timeout(700)
    page.screenshot(path=str(folder / f"{scene}-{theme}.png"))


def main() -> None:
    """Every scene in both themes."""
    folder, scenes = Path(sys.argv[1]), sys.argv[2:] or SCENES
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        page.on("console", lambda said: print("console:", said.text))  # noqa: T201
        page.on("pageerror", lambda error: print("error:", error))  # noqa: T201
        for scene in scenes:
            for theme in ("light", "dark"):
                shoot(page, scene, theme, folder)
        browser.close()


if __name__ == "__main__":
    main()

"""What a person in JupyterLab waits for: ``python benchmarks/browser.py [--only pixels …]``.

pixels: from an event that is being written to the store to the frame that shows it; frames: how
evenly the page is drawn while a thousand tasks change; large: from the wish to see a run to its
graph, of a hundred, a thousand and ten thousand tasks; sizes: of what is loaded; start: of the Lab
without and with the extension, A B A B. Needs a Chromium, and ``npm run build:prod``.
"""

from __future__ import annotations

import argparse
import gzip
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from jupyter_flow import Flow, notebook
from jupyter_flow.app.clock import SystemClock
from jupyter_flow.core.events import AttemptEnded, AttemptStarted, RunStarted
from jupyter_flow.core.ids import TaskKey
from jupyter_flow.core.states import Outcome

CLOCK = SystemClock()
REPOSITORY = Path(__file__).parents[1]
sys.path.insert(0, str(REPOSITORY))
lab_of, window_of, script_of = (
    import_module(f"ui-tests.{name}") for name in ("lab", "window", "script")
)

#: Each change of a task's state with the moment after the frame that shows it was drawn.
OBSERVE = """() => {
  window.seen = [];
  const name = /^Task ([^:]+):/;
  new MutationObserver(changes => {
    const now = changes.filter(each => each.target.dataset.state).map(each => [
      name.exec(each.target.getAttribute('aria-label'))?.[1], each.target.dataset.state
    ]);
    requestAnimationFrame(() => setTimeout(() => {
      const at = performance.timeOrigin + performance.now();
      now.forEach(([task, state]) => window.seen.push([task, state, at]));
    }));
  }).observe(document.querySelector('.jp-Flow-runTab'), {
    subtree: true, attributes: true, attributeFilter: ['data-state']
  });
}"""
#: How long it takes until a run is seen, and until its page has come, in milliseconds.
OPENED = """async run => {
  performance.clearResourceTimings();
  const began = performance.now();
  const { commands } = window.jupyterapp;
  await commands.execute('jupyter-flow:open-run', { run });
  while (!document.querySelector('.jp-Flow-node')) {
    await new Promise(requestAnimationFrame);
  }
  // What was drawn and painted by then is on the screen after the next frame.
  await new Promise(seen => requestAnimationFrame(() => requestAnimationFrame(seen)));
  const seen = performance.now() - began;
  const asked = performance.getEntriesByType('resource').find(each => each.name.includes(run));
  return [seen, asked.responseEnd - began];
}"""
FRAMES = """() => {
  window.frames_ = [];
  let before = performance.now();
  const next = now => {
    window.frames_.push(now - before);
    before = now;
    requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
}"""


def layered(name: str, tasks: int, width: int = 25) -> Any:
    with Flow(name) as flow:
        made = [notebook("task", n=number).named(f"t{number:04}") for number in range(tasks)]
        for before, after in zip(made, made[width:], strict=False):
            before >> after
    return flow.build()


def opened(lab: Any, browser: Any, run: str) -> Any:
    """A page that shows the run."""
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    window = window_of.Window(page, lab, "benchmark")
    window.open()
    window.command("jupyter-flow:open-run", run=run)
    page.wait_for_selector(".jp-Flow-node")
    return page


def pixels(lab: Any, browser: Any) -> None:
    """From the store to the screen."""
    # So many are all on the screen.
    tasks = 30
    script = script_of.Script(lab.root, layered("pixels", tasks, 10), "pixels", at=CLOCK.now())
    script.tell(RunStarted())
    page = opened(lab, browser, "pixels")
    page.evaluate(OBSERVE)
    written: dict[tuple[str, str], float] = {}
    for number in range(tasks):
        key = TaskKey(f"t{number:04}")
        for event, state in (
            (AttemptStarted(key=key), "running"),
            (AttemptEnded(key=key, number=1, outcome=Outcome.SUCCEEDED), "succeeded"),
        ):
            at = CLOCK.now()
            script.tell(event, at)
            written[key.task, state] = at.timestamp() * 1000
            time.sleep(0.15)
    time.sleep(1)
    seen = {(task, state): at for task, state, at in page.evaluate("window.seen")}
    waits = [seen[each] - at for each, at in written.items() if each in seen]
    print(f"pixels: {len(waits)} of {len(written)} events seen; {spread(waits)}")
    script.close()


def frames(lab: Any, browser: Any) -> None:
    """How evenly the page is drawn while much happens."""
    at = CLOCK.now() - timedelta(hours=2)
    script = script_of.Script(lab.root, layered("frames", 1000), "frames", at=at)
    page = opened(lab, browser, "frames")
    page.evaluate(FRAMES)
    time.sleep(2)
    quiet = page.evaluate("window.frames_.splice(0)")
    began = time.perf_counter()
    script.play(slots=25)
    page.wait_for_selector(".jp-Flow-runTitle [data-state=succeeded]", timeout=120_000)
    spent = time.perf_counter() - began
    busy = page.evaluate("window.frames_.splice(0)")
    print(f"frames: at rest {spread(quiet)}")
    print(f"frames: while 1,000 tasks ran in {spent:.1f} s (3,000 events) {spread(busy)}")
    print(f"frames: {sum(each > 50 for each in busy)} of {len(busy)} took longer than 50 ms")
    script.close()


def large(lab: Any, browser: Any, *, times: int = 7) -> None:
    """How long it takes to see a run: its page is asked for, parsed and drawn."""
    for tasks in (100, 1000, 10_000):
        name = f"large-{tasks}"
        at = CLOCK.now() - timedelta(hours=12)
        script = script_of.Script(lab.root, layered(name, tasks, 100), name, at=at)
        script.play(slots=100)
        script.close()
        opens = []
        for _ in range(times):
            context = browser.new_context(viewport={"width": 1440, "height": 900})
            page = context.new_page()
            window_of.Window(page, lab, "benchmark").open()
            opens.append(page.evaluate(OPENED, name))
            context.close()
        print(f"large: {tasks:6,} tasks: seen {spread([seen for seen, _ in opens])}")
        print(f"large: {tasks:6,} tasks: of that the answer {spread([got for _, got in opens])}")


def sizes(_lab: Any, _browser: Any) -> None:
    """What is loaded."""
    package = REPOSITORY / "jupyter_flow"
    for folder in (package / "labextension" / "static", package / "panel" / "static"):
        is_for_development = any(folder.glob("*.map"))
        for path in sorted(folder.iterdir()):
            if path.suffix in (".js", ".css"):
                whole = path.read_bytes()
                packed = len(gzip.compress(whole))
                print(f"sizes: {path.name:45}{len(whole) / 1e3:8.0f} kB{packed / 1e3:8.0f} kB gzip")
        if is_for_development:
            print("sizes: these were built for development; npm run build:prod")


def start(lab: Any, browser: Any, *, loads: int = 5) -> None:
    """The start of the Lab without (A) and with (B) the extension."""
    for name, without in [("A without", ["jupyter-flow"]), ("B with", [])] * 2:
        lab.prepare(without=without)
        spans = [load(lab, browser) for _ in range(loads)]
        print(f"start: {name:10} {spread(spans)}")


def load(lab: Any, browser: Any) -> float:
    """How long a page takes from nothing until the Lab is there, in milliseconds."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    window_of.Window(page, lab, "benchmark").open()
    span: float = page.evaluate("performance.now()")
    context.close()
    return span


def spread(spans: Sequence[float]) -> str:
    if len(spans) < 2:
        return "too few to tell"
    ordered = sorted(spans)
    late = ordered[int(0.95 * (len(ordered) - 1))]
    middle = statistics.median(ordered)
    return f"median {middle:.0f} ms, 95 % within {late:.0f} ms, at most {ordered[-1]:.0f} ms"


PARTS: dict[str, Callable[[Any, Any], None]] = {
    "pixels": pixels,
    "frames": frames,
    "large": large,
    "sizes": sizes,
    "start": start,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", choices=PARTS, default=list(PARTS))
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        lab, browser = lab_of.Lab(folder=Path(folder)), window_of.open_browser(playwright)
        lab.prepare()
        lab.start()
        try:
            for name in asked.only:
                PARTS[name](lab, browser)
        finally:
            browser.close()
            lab.close()


if __name__ == "__main__":
    main()

"""What a large flow costs, part by part, and whether ten times the tasks take ten times as long.

    python -m benchmarks.large [--sizes 1000,10000] [--shapes chain,wide,lattice,mapped]

A flow is read from its text and checked against a real notebook, carried to its end by the machine
with attempts that end as they begin, written to a store with its journal, loaded, and sent as the
page of its run. Growth is how many times as long a part takes as at the first size; of a part that
costs what there is, it is the ratio of the sizes.
"""

from __future__ import annotations

import argparse
import gc
import gzip
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from jupyter_flow.app.bus import Bus
from jupyter_flow.app.flows import Flows
from jupyter_flow.app.following import Fold, Following
from jupyter_flow.app.pages import Pages
from jupyter_flow.app.settings import Settings
from jupyter_flow.app.showing import Below, page_view
from jupyter_flow.app.telling import event_view
from jupyter_flow.app.wiring import wire
from jupyter_flow.core.events import Event, RunStarted
from jupyter_flow.core.flow import Plan
from jupyter_flow.core.ids import RunId
from jupyter_flow.core.machine import Step
from jupyter_flow.core.run import Interval, Run
from jupyter_flow.core.states import RunState
from jupyter_flow.ports.stores import Stores
from jupyter_flow.store.opening import open_store
from jupyter_flow.testing.luck import NOON, Fate, Rehearsal
from jupyter_flow.testing.notebooks import write_notebook
from jupyter_flow.testing.postgres import binaries, postgres
from jupyter_flow.wire.exchange import encode_view

T = TypeVar("T")
_WIDTH = 100


def chain(size: int) -> Iterator[str]:
    yield from (f"t{number} = work()" for number in range(size))
    yield from (f"t{number} >> t{number + 1}" for number in range(size - 1))


def wide(size: int) -> Iterator[str]:
    """One before all others, and one after them."""
    yield from (f"t{number} = work()" for number in range(size))
    yield f"t0 >> [{', '.join(f't{number}' for number in range(1, size - 1))}] >> t{size - 1}"


def lattice(size: int) -> Iterator[str]:
    """Diamonds: each task needs two of the row before, and two need it."""
    yield from (f"t{number} = work()" for number in range(size))
    for number in range(_WIDTH, size):
        row, place = divmod(number, _WIDTH)
        above = [(row - 1) * _WIDTH + each % _WIDTH for each in (place, place + 1)]
        yield f"[t{above[0]}, t{above[1]}] >> t{number}"


def mapped(size: int) -> Iterator[str]:
    """Tasks of a thousand instances, one after the other."""
    items = list(range(min(1000, size)))
    count = max(1, size // 1000)
    yield from (f"t{number} = work().expand(n={items})" for number in range(count))
    yield from (f"t{number} >> t{number + 1}" for number in range(count - 1))


SHAPES: dict[str, Callable[[int], Iterator[str]]] = {
    "chain": chain,
    "wide": wide,
    "lattice": lattice,
    "mapped": mapped,
}


class Watch:
    """Times parts, each by its name."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.sizes: dict[str, int] = {}

    def time(self, part: str, act: Callable[[], T]) -> T:
        gc.collect()
        gc.freeze()  # what other parts left is not looked at again
        begun = time.perf_counter()
        found = act()
        self.seconds[part] = time.perf_counter() - begun
        return found


def measure(flows: Flows, kinds: dict[str, str], text: str) -> Watch:
    """All parts of the flow in *text*, the stores at the URLs *kinds*."""
    watch = Watch()
    origin = str(flows.settings.folder / "flow.ipynb")
    checked = watch.time("read and check", lambda: flows.read(text, line="large", origin=origin))
    plan = checked.runnable()
    run = watch.time("plan a run", lambda: run_of(plan))
    facts = watch.time("step through it", lambda: carried(run))
    below = Below(root=flows.settings.folder, home=flows.settings.home)
    for kind, where in kinds.items():
        with closing(open_store(where)) as stores:
            ended = in_store(watch, kind, stores, run, facts)
    page = watch.time("the page: view", lambda: page_view(ended, 1, below, is_left=False))
    sent = watch.time("the page: JSON", lambda: encode_view(page))
    watch.sizes["the page: JSON"] = len(sent)
    return watch


def run_of(plan: Plan) -> Run:
    return Run.of(
        id=RunId("large"),
        plan=plan,
        logical_date=NOON,
        interval=Interval(start=NOON, end=NOON),
        created_at=NOON,
    )


def carried(run: Run) -> list[tuple[Event, Step]]:
    """All that happens until *run* has ended."""
    rehearsal = Rehearsal(run)
    rehearsal.tell(RunStarted())
    while rehearsal.run.state is not RunState.SUCCEEDED:
        for key in list(rehearsal.queued):
            rehearsal.start(key)
            rehearsal.end(key, Fate(values={"auc": 0.93}))
    return [(fact, made) for (fact, _), made in zip(rehearsal.facts, rehearsal.steps, strict=True)]


def in_store(
    watch: Watch, kind: str, stores: Stores, run: Run, facts: list[tuple[Event, Step]]
) -> Run:
    """*run* kept and read by the store of that *kind*."""
    runs = stores.runs
    watch.time(f"{kind}: create it", lambda: runs.create(run))
    lease = runs.lease(run.id, "benchmark", now=NOON, duration=timedelta(hours=1))
    assert lease is not None

    def record() -> None:
        for after, (event, made) in enumerate(facts):
            what: dict[str, Any] = {"changed": made.changed, "removed": made.removed}
            runs.record(lease, made.run, event, **what, moves=made.moves, after=after, now=NOON)

    watch.time(f"{kind}: journal", record)
    runs.release(lease)
    ended = watch.time(f"{kind}: load it", lambda: runs.load(run.id))
    watch.time(f"{kind}: load it again", lambda: runs.load(run.id))
    pages = Pages(Following(lambda: runs, Bus(), Path("/")), lambda *_: False)
    below = Below(root=Path("/"), home=Path("/"))

    def page() -> bytes:
        text = encode_view(pages.page(run.id, below))
        return gzip.compress(text.encode(), 1, mtime=0)

    for part in (f"{kind}: its page", f"{kind}: its page again"):
        watch.sizes[part] = len(watch.time(part, page))
    watch.time(f"{kind}: in a list", lambda: runs.summaries(limit=50))
    watch.time(f"{kind}: in a grid", lambda: runs.states(run.flow_name, limit=20))
    entries = watch.time(f"{kind}: read its journal", lambda: runs.journal(run.id, limit=10**9))
    fold = Fold(lambda: (run, 0))
    told = watch.time(
        f"{kind}: its events: JSON",
        lambda: [encode_view(event_view(each, fold.take(each), below)) for each in entries],
    )
    watch.sizes[f"{kind}: its events: JSON"] = sum(map(len, told))
    watch.time(f"{kind}: delete it", lambda: runs.delete(run.id, now=NOON))
    return ended


@contextmanager
def places() -> Iterator[Callable[[], dict[str, str]]]:
    """Gives the URLs of empty databases, each time it is called."""
    with ExitStack() as opened:
        folder = opened.enter_context(tempfile.TemporaryDirectory(prefix="large-"))
        server = opened.enter_context(postgres()) if binaries() else None
        numbers = iter(range(1000))

        def make() -> dict[str, str]:
            made = {"sqlite": f"sqlite:///{folder}/{next(numbers)}.db"}
            if server is not None:
                made["postgresql"] = server.url(server.create())
            return made

        yield make


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sizes", default="1000,10000")
    parser.add_argument("--shapes", default=",".join(SHAPES))
    asked = parser.parse_args()
    sizes = [int(each) for each in asked.sizes.split(",")]
    print(f"{'shape':10}{'part':34}" + "".join(f"{size:>12,}" for size in sizes) + "   growth")
    with places() as make, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_notebook(folder / "work.ipynb", "n = n", parameters="n: int = 0", task="work")
        write_notebook(folder / "flow.ipynb", "1")
        with closing(wire(replace(Settings.read(folder)))) as flows:
            for shape in asked.shapes.split(","):
                told = [measure(flows, make(), "\n".join(SHAPES[shape](size))) for size in sizes]
                show(shape, told)


def show(shape: str, told: list[Watch]) -> None:
    for part, first in told[0].seconds.items():
        times = "".join(f"{each.seconds[part] * 1e3:9.1f} ms" for each in told)
        size = told[-1].sizes.get(part)
        more = f"   {size / 1e6:.1f} MB" if size else ""
        print(f"{shape:10}{part:34}{times}{told[-1].seconds[part] / first:9.1f}{more}", flush=True)


if __name__ == "__main__":
    main()

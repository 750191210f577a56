"""What the pages of a long history cost, on each database that there is.

    python -m benchmarks.history [--runs 10000,100000] [--tasks 50] [--only sqlite] [--rounds 40]

A history is made in bulk (`benchmarks.filling`), then each page is asked for as the server does it,
by the same use-cases and down to the JSON that is sent, at random places of the history. Printed
are the median and the 95th percentile in milliseconds, and how much longer the page takes in the
longest history than in the shortest. Last, old runs are cleared away while another process goes on
writing: how many a second, and how long a writer waits.
"""

from __future__ import annotations

import argparse
import gc
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from jupyter_flow.app.naming import find_run
from jupyter_flow.server.acts import looking, running, writing
from jupyter_flow.server.serving import Served
from jupyter_flow.store.opening import open_store
from jupyter_flow.testing.postgres import Postgres, binaries, postgres
from jupyter_flow.testing.samples import NOON
from jupyter_flow.wire.exchange import encode_view

from .clearing import clear
from .filling import BACKFILL, Made, fill, history, settle

_FLOWS = 20
#: So many of the newest runs have their journals.
_JOURNALS = 20_000
_RARE = f"flow_{_FLOWS - 1:02}"
Page = Callable[[], object]


def pages(served: Served, made: list[Made], dice: random.Random) -> dict[str, Page]:
    """What can be looked at, each at a place that is another every time."""
    store = served.flows.stores.runs

    def run() -> str:
        return dice.choice(made).id

    def runs(**asked: Any) -> Page:
        known: dict[str, Any] = {
            **dict.fromkeys(("flow", "state", "backfill", "older_than"), ""),
            "limit": 50,
        }
        return lambda: running.runs(served, **(known | asked))

    def far() -> str:
        """A place anywhere in a list of runs."""
        one = dice.choice(made)
        return f"{one.created_at.isoformat()},{one.id}"

    return {
        "runs": runs(),
        "runs, of a flow that is often run": runs(flow="flow_00"),
        "runs, of a flow that is rarely run": runs(flow=_RARE),
        "runs, failed": runs(state="failed"),
        "runs, failed or cancelled": runs(state="failed,cancelled"),
        "runs, all that have ended": runs(state="succeeded,failed,cancelled"),
        "runs, live": runs(state="running,queued,cancelling"),
        "runs, failed, of a flow that never did": runs(flow="flow_01", state="failed"),
        "runs, failed, of a flow": runs(flow="flow_00", state="failed"),
        "runs, of a backfill": runs(backfill=BACKFILL),
        "runs, far back": lambda: runs(older_than=far())(),
        "runs, far back, of a flow": lambda: runs(flow="flow_00", older_than=far())(),
        "runs, far back, failed, of a flow": lambda: runs(
            flow="flow_00", state="failed", older_than=far()
        )(),
        "grid, 20 runs": lambda: running.grid(served, flow="flow_00", older_than="", limit=20),
        "grid, far back": lambda: running.grid(served, flow="flow_00", older_than=far(), limit=20),
        "past of a task, 30 runs": lambda: looking.past(
            served, flow="flow_00", task="task_0003", older_than="", limit=30
        ),
        "a run's page": lambda: running.page(served, run=run()),
        "a run's journal": lambda: running.events(
            served, run=dice.choice(made[-_JOURNALS:]).id, after=0, limit=1000
        ),
        "search: the beginning of an id": lambda: [find_run(store, run()[:20])],
        "search: a day": lambda: store.named(run()[:8], limit=3) and [],
        "search: the latest": lambda: [find_run(store, "")],
        "search: the end of an id": lambda: [find_run(store, dice.choice(made[-400:]).id[-6:])],
        "what wants a driver": lambda: store.waiting(now=NOON) and [],
        "status": lambda: writing.status(served),
    }


def measured(page: Page, rounds: int) -> tuple[float, float]:
    """The median and the 95th percentile of so many times, in milliseconds."""
    page()
    times: list[float] = []
    gc.collect()
    gc.freeze()  # the list of what was made is no part of a server
    for _ in range(rounds):
        begun = time.perf_counter()
        encode_view(page())
        times.append((time.perf_counter() - begun) * 1e3)
    return statistics.median(times), statistics.quantiles(times, n=20)[-1]


@contextmanager
def kept(server: Postgres | None) -> Iterator[tuple[str, Path]]:
    """The URL of a database with nothing in it, and a folder for the rest; gone at the end."""
    with tempfile.TemporaryDirectory(prefix="history-") as name:
        if server is None:
            yield f"sqlite:///{name}/flow.db", Path(name)
            return
        database = server.create()
        yield server.url(database), Path(name)
        server.drop(database)


def measure(kind: str, where: str, folder: Path, asked: Any, runs: int) -> dict[str, float]:
    """Make the history and print what its pages cost; their medians."""
    begun = time.perf_counter()
    made = history(runs, _FLOWS)
    stores = open_store(where)
    engine: sa.Engine = stores.runs._database.engine  # type: ignore[attr-defined]  # noqa: SLF001
    fill(stores, engine, made, tasks=asked.tasks, flows=_FLOWS, journals=_JOURNALS)
    settle(engine)
    seconds = time.perf_counter() - begun
    print(f"\n{kind}: {runs:,} runs, made in {seconds:.0f} s, {size_of(engine) / 2**20:,.0f} MiB")
    stores.close()
    os.environ["JUPYTER_FLOW_DATABASE"] = where
    served, found = Served(folder), {}
    for name, page in pages(served, made, random.Random(1)).items():
        median, late = measured(page, asked.rounds)
        found[name] = median
        print(f"{kind:12}{runs:>9,}  {name:42}{median:8.1f} ms{late:10.1f} ms", flush=True)
    served.close()
    if asked.clear:
        print(f"{kind:12}{runs:>9,}  {clear(where, folder, made, min(runs // 2, asked.clear))}")
    return found


def size_of(engine: sa.Engine) -> int:
    """Bytes that the database takes."""
    if engine.dialect.name == "sqlite":
        return Path(str(engine.url.database)).stat().st_size
    with engine.connect() as db:
        return int(db.execute(sa.text("SELECT pg_database_size(current_database())")).scalar_one())


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", default="10000,100000")
    parser.add_argument("--tasks", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--clear", type=int, default=5_000, help="runs to clear away")
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    asked = parser.parse_args()
    sizes = [int(each) for each in asked.runs.split(",")]
    kinds = ["sqlite", "postgresql"] if binaries() else ["sqlite"]
    for kind in [each for each in kinds if asked.only in (None, each)]:
        found = []
        with postgres() if kind == "postgresql" else nullcontext() as server:
            for runs in sizes:
                with kept(server) as (where, folder):
                    found.append(measure(kind, where, folder, asked, runs))
        if len(found) > 1:
            print(f"\n{kind}: {sizes[-1]:,} runs beside {sizes[0]:,}")
            for name, first in found[0].items():
                print(f"{'':23}{name:42}{found[-1][name] / first:8.1f} times")


if __name__ == "__main__":
    main()

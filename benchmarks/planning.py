"""What planning costs: flows of many shapes and sizes, carried to their end by the machine alone.

Every task gets all the events that it gets in life: started, one progress, ended. Nothing is run,
stored or waited for, so the time is that of the core. Growth is how much longer ten times (or
three times) as many tasks take; a machine that looks at everything in every step would show
growth squared.

    python benchmarks/planning.py [--sizes 1000,3000,10000]
"""

from __future__ import annotations

import argparse
import gc
import random
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

from jupyter_flow.core.events import AttemptProgressed, RunStarted
from jupyter_flow.core.expressions import Constant
from jupyter_flow.core.flow import Flow, Task
from jupyter_flow.core.options import TaskOptions, TriggerRule
from jupyter_flow.core.states import Outcome
from jupyter_flow.testing.luck import Fate, Rehearsal, run_of


def flow_of(count: int, edges: set[tuple[int, int]]) -> Flow:
    names = [f"t{index:05}" for index in range(count)]
    return Flow(
        name="benchmark",
        tasks=tuple(Task(name=name) for name in names),
        edges=frozenset((names[up], names[down]) for up, down in edges),
    )


def chain(size: int) -> Flow:
    return flow_of(size, {(index, index + 1) for index in range(size - 1)})


def fan(size: int) -> Flow:
    middle = range(1, size - 1)
    return flow_of(size, {(0, i) for i in middle} | {(i, size - 1) for i in middle})


def layered(size: int) -> Flow:
    """Layers of fifty; every task needs three of the layer above."""
    dice, width = random.Random(size), 50
    edges = {
        ((index // width - 1) * width + dice.randrange(width), index)
        for index in range(width, size)
        for _ in range(3)
    }
    return flow_of(size, edges)


def mapped(size: int) -> Flow:
    """Tasks of up to a thousand instances, one after the other, and a task after all of them."""
    count = max(1, size // 1000)
    names = [f"m{index}" for index in range(count)]
    expand = {"x": Constant(list(range(min(1000, size))))}
    tasks = [Task(name=name, expand=expand) for name in names]
    pairs = zip(names, [*names[1:], "end"], strict=True)
    return Flow(name="mapped", tasks=(*tasks, Task(name="end")), edges=frozenset(pairs))


def skipped_chain(size: int) -> Flow:
    """Everything is decided in one step: the first task fails, the others are blocked."""
    plain = chain(size)
    first, *others = plain.tasks
    last = Task(name="last", options=TaskOptions(trigger=TriggerRule.ALL_DONE))
    edges = plain.edges | {(others[-1].name, "last")}
    return Flow(name="skipped", tasks=(first, *others, last), edges=edges)


@dataclass(frozen=True)
class Measurement:
    build: float
    step: float
    steps: int
    slowest: float


def carry(flow: Flow, *, first_fails: bool = False) -> Measurement:
    began = perf_counter()
    _ = flow.graph
    rehearsal = Rehearsal(run_of(flow))
    built = perf_counter()
    slowest, steps = 0.0, 0
    fate = Fate(outcome=Outcome.FAILED) if first_fails else Fate()

    def timed(act: Callable[[], object]) -> None:
        nonlocal slowest, steps
        start = perf_counter()
        act()
        slowest, steps = max(slowest, perf_counter() - start), steps + 1

    timed(lambda: rehearsal.tell(RunStarted()))
    while not rehearsal.run.state.is_final:
        for key in list(rehearsal.queued):
            timed(lambda key=key: rehearsal.start(key))
        for key, number in list(rehearsal.running.items()):
            event = AttemptProgressed(key=key, number=number, cell=1, cells=1)
            timed(lambda event=event: rehearsal.tell(event))
            timed(lambda key=key, fate=fate: rehearsal.end(key, fate))
        fate = Fate()
        rehearsal.steps.clear()
    return Measurement(built - began, perf_counter() - built, steps, slowest)


SHAPES: dict[str, tuple[Callable[[int], Flow], bool]] = {
    "chain": (chain, False),
    "fan out and in": (fan, False),
    "random layers": (layered, False),
    "mapped by 1,000": (mapped, False),
    "chain, first fails": (skipped_chain, True),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default="1000,3000,10000")
    sizes = [int(size) for size in parser.parse_args().sizes.split(",")]
    print(
        f"{'shape':<20}{'tasks':>8}{'build s':>9}{'steps':>8}{'run s':>8}"
        f"{'µs/step':>9}{'slowest ms':>12}{'growth':>9}"
    )
    for name, (make, first_fails) in SHAPES.items():
        before: tuple[int, float] | None = None
        for size in sizes:
            flow = make(size)
            gc.collect()
            found = carry(flow, first_fails=first_fails)
            growth = ""
            if before is not None:
                growth = f"{found.step / before[1]:.1f}/{size / before[0]:.1f}"
            before = (size, found.step)
            print(
                f"{name:<20}{size:>8,}{found.build:>9.2f}{found.steps:>8,}{found.step:>8.2f}"
                f"{found.step / found.steps * 1e6:>9.0f}{found.slowest * 1e3:>12.1f}{growth:>9}"
            )


if __name__ == "__main__":
    main()

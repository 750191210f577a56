"""What a flow costs grows with its tasks and not faster: counted in lines that run, not in time."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from jupyter_flow.app.showing import Below, page_view
from jupyter_flow.core.events import RunStarted
from jupyter_flow.core.flow import Flow, Plan
from jupyter_flow.core.language.reading import read
from jupyter_flow.core.run import Run
from jupyter_flow.core.states import RunState
from jupyter_flow.store.memory import MemoryStores
from jupyter_flow.testing.luck import Fate, Rehearsal, rehearse, run_of
from jupyter_flow.testing.samples import MINUTE, NOON
from jupyter_flow.wire.codec import decode, encode

_SMALL, _LARGE = 40, 400
_BELOW = Below(root=Path("/lab"), home=Path("/lab/.jupyter_flow"))


def chain(size: int) -> Iterator[str]:
    yield from (f"t{number} >> t{number + 1}" for number in range(size - 1))


def wide(size: int) -> Iterator[str]:
    yield f"t0 >> [{', '.join(f't{number}' for number in range(1, size - 1))}] >> last"


def lattice(size: int) -> Iterator[str]:
    """Rows of ten; each task needs two of the row before."""
    for number in range(10, size):
        row, place = divmod(number, 10)
        above = [(row - 1) * 10 + each % 10 for each in (place, place + 1)]
        yield f"[t{above[0]}, t{above[1]}] >> t{number}"


def mapped(size: int) -> Iterator[str]:
    yield f"first >> work.expand(n={list(range(size))}) >> last"


_SHAPES = {shape.__name__: shape for shape in (chain, wide, lattice, mapped)}


def flow_of(text: str) -> Flow:
    flow = read(text, line="large").flow
    assert flow is not None
    return flow


def journal(run: Run) -> None:
    """Each step of *run* is recorded, one after the other."""
    rehearsal, runs = Rehearsal(run), MemoryStores().runs
    runs.create(run)
    lease = runs.lease(run.id, "ada", now=NOON, duration=MINUTE)
    assert lease is not None
    rehearsal.tell(RunStarted())
    while rehearsal.run.state is not RunState.SUCCEEDED:
        for key in list(rehearsal.queued):
            rehearsal.start(key)
            rehearsal.end(key, Fate(values={"auc": 1}))
    steps = zip(rehearsal.facts, rehearsal.steps, strict=True)
    for after, ((event, at), step) in enumerate(steps):
        what: dict[str, Any] = {"changed": step.changed, "removed": step.removed}
        runs.record(lease, step.run, event, **what, moves=step.moves, after=after, now=at)


#: What there is before, made from the text of a flow, and what is done with it.
_PARTS: dict[str, tuple[Callable[[str], Any], Callable[[Any], object]]] = {
    "reading it": (str, lambda text: read(text, line="large")),
    "its graph": (flow_of, lambda flow: flow.graph),
    "planning a run": (flow_of, run_of),
    "stepping through it": (lambda text: run_of(flow_of(text)), rehearse),
    "its journal": (lambda text: run_of(flow_of(text)), journal),
    "its run's page": (
        lambda text: rehearse(run_of(flow_of(text))),
        lambda run: page_view(run, 1, _BELOW, is_left=False),
    ),
    "keeping its plan": (
        lambda text: run_of(flow_of(text)).plan,
        lambda plan: decode(encode(plan, Plan), Plan),
    ),
}


@pytest.mark.parametrize("shape", _SHAPES)
@pytest.mark.parametrize("part", _PARTS)
def test_ten_times_the_tasks_cost_ten_times_as_much(part: str, shape: str) -> None:
    prepare, act = _PARTS[part]
    texts = ("\n".join(_SHAPES[shape](size)) for size in (_SMALL, _LARGE))
    small, large = (lines_of(partial(act, prepare(text))) for text in texts)

    assert large <= 1.3 * small * _LARGE / _SMALL


def lines_of(act: Callable[[], object]) -> int:
    """How many lines of Python *act* goes through; a turn of a comprehension is one, too."""
    lines = 0

    def count(_frame: FrameType, event: str, _: Any) -> Any:
        nonlocal lines
        lines += event == "line"
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        act()
    finally:
        sys.settrace(before)
    return lines

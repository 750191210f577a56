"""A page that folds the events it is told ends as the run does, whatever happened to the run."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from jupyter_flow.app.following import Fold
from jupyter_flow.app.showing import Below, page_view
from jupyter_flow.app.telling import event_view
from jupyter_flow.core.errors import ConflictError
from jupyter_flow.core.events import (
    AttemptProgressed,
    CancelRequested,
    ClearRequested,
    Event,
    MarkRequested,
    RepairRequested,
    RunAdopted,
    RunStarted,
)
from jupyter_flow.core.expressions import Constant, ValueRef
from jupyter_flow.core.flow import Task
from jupyter_flow.core.ids import RunId
from jupyter_flow.core.options import TaskOptions
from jupyter_flow.core.run import Run
from jupyter_flow.core.states import Outcome, RunState, TaskState
from jupyter_flow.ports.runs import Entry
from jupyter_flow.testing.luck import Fate, Rehearsal, flow_of, run_of
from jupyter_flow.wire import api

BELOW = Below(root=Path("/project"), home=Path("/project/.jupyter_flow"))
RETRIED = TaskOptions(retries=1, retry_delay=timedelta(minutes=1))
FLOW = flow_of(
    "load > train > report",
    "load > side > report",
    tasks=[
        Task(name="load", options=RETRIED),
        Task(name="train", expand={"n": ValueRef("load", "x")}, options=RETRIED),
        Task(name="side", expand={"n": Constant([1])}),
    ],
)
FATES = st.builds(
    Fate,
    outcome=st.sampled_from([Outcome.SUCCEEDED, Outcome.SUCCEEDED, Outcome.FAILED]),
    values=st.fixed_dictionaries({"x": st.lists(st.integers(0, 3), max_size=2)}),
)


class Told:
    """A run that goes on, its journal, and the run after each entry."""

    def __init__(self) -> None:
        self.first = run_of(FLOW)
        self.world = Rehearsal(self.first)
        self.entries: list[Entry] = []
        self.after: list[Run] = []
        self.note()

    def note(self) -> None:
        """Write down the steps that were made since."""
        for made, (event, at) in list(zip(self.world.steps, self.world.facts, strict=True))[
            len(self.entries) :
        ]:
            seq = len(self.entries) + 1
            entry = Entry(run=RunId("run"), seq=seq, at=at, event=event, moves=made.moves)
            self.entries.append(entry)
            self.after.append(made.run)

    def tell(self, event: Event) -> None:
        try:
            self.world.tell(event)
        except ConflictError:
            return


def page_of(run: Run, seq: int) -> api.RunPage:
    return page_view(run, seq, BELOW, is_left=False)


def folded(page: api.RunPage, event: api.RunEvent) -> api.RunPage:
    """What the front end does with an event: see ``labextension/src/core/run.ts``."""
    if event.seq <= page.seq:
        return page
    tasks = {(each.task, each.index): each for each in page.task_runs}
    run = page.run
    for move in event.moves:
        if move.task is None:
            is_over = RunState(move.state).is_final
            run = replace(
                run,
                state=move.state,
                reason=move.reason,
                started_at=run.started_at or (event.at if move.state == "running" else None),
                ended_at=event.at if is_over else None,
            )
        elif (move.task, move.index) in tasks:
            key = (move.task, move.index)
            tasks[key] = replace(
                tasks[key], state=move.state, reason=move.reason, due_at=move.due_at
            )
    if event.attempt is not None:
        key = (event.attempt.task, event.attempt.index)
        attempts = {each.number: each for each in tasks[key].attempts}
        attempts[event.attempt.attempt.number] = event.attempt.attempt
        values = tasks[key].values if event.values is None else event.values
        ordered = [attempts[number] for number in sorted(attempts)]
        tasks[key] = replace(tasks[key], attempts=ordered, values=values)
    task_runs = list(tasks.values())
    counts = dict(Counter(each.state for each in task_runs))
    return replace(page, seq=event.seq, run=replace(run, tasks=counts), task_runs=task_runs)


@given(data=st.data())
def test_events_fold_into_the_page_of_the_run(data: st.DataObject) -> None:
    told = driven(data)
    fold = Fold(lambda: (told.first, 0))
    page = page_of(told.first, 0)

    for entry, run in zip(told.entries, told.after, strict=True):
        event = event_view(entry, fold.take(entry), BELOW)
        page = page_of(run, entry.seq) if event.reload else folded(page, event)

        assert fold.run == run
        assert page == page_of(run, entry.seq), entry.event


@given(data=st.data())
def test_events_told_late_lead_to_the_same_end(data: st.DataObject) -> None:
    """Who comes back after a break is told of attempts as they are by now."""
    told = driven(data)
    last, end = told.after[-1], len(told.entries)
    page = page_of(told.first, 0)

    for entry in told.entries:
        event = event_view(entry, last, BELOW)
        page = page_of(last, entry.seq) if event.reload else folded(page, event)

    assert page == page_of(last, end)


def driven(data: st.DataObject) -> Told:
    """A run through any luck, and any wishes of a person."""
    told = Told()
    told.tell(RunStarted())
    for _ in range(data.draw(st.integers(1, 25))):
        act(data, told)
        told.note()
    return told


def act(data: st.DataObject, told: Told) -> None:
    world = told.world
    tasks = st.sampled_from([task.name for task in FLOW.tasks])
    keys = st.sampled_from(sorted(world.run.task_runs, key=str))
    can: dict[str, Any] = {}
    if world.queued:
        can["start"] = lambda: world.start(data.draw(st.sampled_from(list(world.queued))))
    if world.running:
        running = st.sampled_from(list(world.running))
        can["end"] = lambda: world.end(data.draw(running), data.draw(FATES))
        can["go on"] = lambda: progress(world, data.draw(running))
    if world.next_wake is not None:
        can["wake"] = world.wake
    if len(told.entries) > 5:
        can |= {
            "cancel": lambda: told.tell(CancelRequested(keys=(data.draw(keys),))),
            "repair": lambda: told.tell(RepairRequested()),
            "clear": lambda: told.tell(ClearRequested(tasks=(data.draw(tasks),))),
            "mark": lambda: told.tell(
                MarkRequested(key=data.draw(keys), state=TaskState.SUCCEEDED, values={"x": [1]})
            ),
            "adopt": lambda: adopt(told),
        }
    if can:
        can[data.draw(st.sampled_from(sorted(can)))]()


def progress(world: Rehearsal, key: Any) -> None:
    world.tell(AttemptProgressed(key=key, number=world.running[key], cell=1, cells=2))


def adopt(told: Told) -> None:
    if not told.world.run.state.is_final:
        told.world.forget()
        told.tell(RunAdopted())

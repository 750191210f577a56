"""What an attempt is given besides what its run says itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from jupyter_flow.core.flow import Kind, Task
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.core.options import KernelStart, TaskOptions
from jupyter_flow.core.run import Run
from jupyter_flow.core.states import RunState
from jupyter_flow.engine.assignments import Assignments
from jupyter_flow.engine.places import Places
from jupyter_flow.store.memory import MemoryRunStore
from jupyter_flow.testing.luck import flow_of, run_of
from jupyter_flow.testing.samples import NOON

DAY = timedelta(days=1)


def run_about(days: int, state: RunState = RunState.SUCCEEDED, name: str = "") -> Run:
    run = replace(run_of(flow_of("a"), at=NOON), id=RunId(name or f"day-{days}"), state=state)
    return replace(run, logical_date=NOON + days * DAY)


def test_the_last_success_is_one_of_the_past_however_late_it_was_made_up_for() -> None:
    store = MemoryRunStore()
    succeeded = [run_about(days) for days in (1, 2, 7, 8)]
    for run in (*succeeded, run_about(3, RunState.FAILED)):
        store.create(run)
    elsewhere = run_about(4, name="elsewhere")
    store.create(replace(elsewhere, plan=replace(elsewhere.plan, origin="/other.ipynb::sketch")))
    assignments = Assignments(Places(Path("/home")), store)

    def before(days: int) -> object:
        return assignments.prev_success(run_about(days, RunState.RUNNING, "me"))

    assert before(5) == NOON + 2 * DAY
    assert before(9) == NOON + 8 * DAY
    assert before(1) is None


def test_each_task_that_may_still_run_is_foreseen_once_as_it_will_be_assigned() -> None:
    said = TaskOptions(preload=("numpy",), env={"A": "{{ ds }}"}, kernel_start=KernelStart.FRESH)
    wait = Task(name="wait", kind=Kind.WAIT_FOR)
    run = run_of(flow_of("a > b > wait", tasks=[wait], b=said), at=NOON)
    assignments = Assignments(Places(Path("/home")), MemoryRunStore())

    first, second = assignments.prospects(run)

    assert (first.key.task, first.preload, first.fresh_kernel) == ("a", None, False)
    assert (second.key.task, second.preload, second.fresh_kernel) == ("b", ("numpy",), True)
    assert second.env == {"A": "{{ ds }}"}
    assigned = assignments.make(run, TaskKey("b"), 1, {}, {})
    for name in ("run", "notebook", "folder", "kernel", "keep_kernel", "fresh_kernel", "preload"):
        assert getattr(assigned, name) == getattr(second, name)

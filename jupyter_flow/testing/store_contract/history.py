"""Promises about what came of a flow in run after run."""

from __future__ import annotations

from jupyter_flow.core.ids import TaskKey
from jupyter_flow.core.states import TaskState
from jupyter_flow.ports.runs import RunStore, TaskStates
from jupyter_flow.testing.samples import LOAD, MINUTE, NOON, attempt_of, run_of, task_run_of

from .base import StorePromises


class HistoryPromises(StorePromises):
    """The past of one task, and the states of all."""

    def test_the_states_of_all_tasks_are_told_run_by_run(self, store: RunStore) -> None:
        tried = task_run_of(LOAD, attempt_of(1), attempt_of(2), state=TaskState.SUCCEEDED)
        instances = [
            task_run_of(TaskKey("train", 0)),
            task_run_of(TaskKey("train", 1), attempt_of(1), state=TaskState.SUCCEEDED),
            task_run_of(TaskKey("train", 2), attempt_of(1), state=TaskState.SUCCEEDED),
        ]
        store.create(run_of("new", task_runs=[*instances, tried]))
        store.create(run_of("old", created_at=NOON - MINUTE, task_runs=[task_run_of(LOAD)]))
        store.create(run_of("other", flow="other"))

        new, old = store.states("churn")
        assert [new.run, old.run] == store.summaries(flow="churn")
        assert old.tasks == (
            TaskStates(task="load", states={TaskState.RUNNING: 1}, is_mapped=False, attempts=0),
        )
        states = {TaskState.RUNNING: 1, TaskState.SUCCEEDED: 2}
        assert new.tasks == (
            TaskStates(task="load", states={TaskState.SUCCEEDED: 1}, is_mapped=False, attempts=2),
            TaskStates(task="train", states=states, is_mapped=True, attempts=2),
        )
        assert store.states("churn", limit=1) == [new]
        assert store.states("nothing") == []

    def test_the_past_of_a_task_is_told_run_by_run(self, store: RunStore) -> None:
        first, second = (task_run_of(TaskKey("train", index)) for index in (0, 1))
        whole = task_run_of(TaskKey("train"), state=TaskState.SUCCEEDED, values={"auc": 0.5})
        store.create(run_of("c", created_at=NOON, task_runs=[task_run_of(LOAD), second, first]))
        store.create(run_of("b", created_at=NOON - MINUTE, task_runs=[task_run_of(LOAD)]))
        store.create(run_of("a", created_at=NOON - 2 * MINUTE, task_runs=[whole]))
        store.create(run_of("other", flow="other", task_runs=[whole]))

        past = store.past("churn", "train")
        assert [(each.run.id, each.task_runs) for each in past] == [
            ("c", (first, second)),
            ("b", ()),
            ("a", (whole,)),
        ]
        assert past[0].run == store.summaries(flow="churn")[0]
        assert store.past("churn", "train", limit=1) == past[:1]
        assert store.past("nothing", "train") == []

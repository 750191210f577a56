"""What a person may ask of a run: to stop, to do again what failed or more, to count as ended so.

A request is left in the store for whoever drives the run. What the machine would refuse is refused
here already, while there is somebody to tell. Answers to questions are in `answering`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Literal

from jupyter_flow.core.errors import ConflictError
from jupyter_flow.core.events import (
    CancelRequested,
    ClearRequested,
    MarkRequested,
    RepairRequested,
    Request,
)
from jupyter_flow.core.flow import Target
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.core.machine import step
from jupyter_flow.core.run import Run
from jupyter_flow.core.states import TaskState
from jupyter_flow.ports.clock import Clock
from jupyter_flow.ports.runs import RunStore

from . import naming
from .definitions import Definitions
from .services import Services


class Asking:
    """The use-cases about runs that are there already.

    Each returns True when a driver or a service is told, and False when `Flows.drive` has to be
    called next. Raises ConflictError when the run is in no state for it.
    """

    def __init__(
        self,
        store: Callable[[], RunStore],
        definitions: Callable[[], Definitions],
        clock: Clock,
        services: Services,
    ) -> None:
        self._opened, self._definitions = store, definitions
        self._clock = clock
        self._services = services

    @property
    def _store(self) -> RunStore:
        return self._opened()

    def cancel(self, run: RunId, tasks: Sequence[TaskKey] = ()) -> bool:
        """Ask for the run, or only *tasks* (or all of a group), to be stopped."""
        flow = self._store.load(run).plan.flow if tasks else None
        keys = [
            TaskKey(name) if name != key.task else key
            for key in tasks
            for name in (flow.tasks_in(key.task) if flow is not None else ()) or (key.task,)
        ]
        return self.ask(run, CancelRequested(keys=tuple(keys)))

    def repair(self, run: RunId) -> bool:
        """Ask for what did not succeed to be done again, with the notebooks as they are now."""
        before = self._store.load(run)
        if not before.plan.flow.tasks:
            raise ConflictError(
                f"run {run} never had a task: its flow could not be read then",
                hint=f"Mend the flow and run it for that time: jupyter flow run "
                f"{before.flow_name} --logical-date {before.logical_date.isoformat()}",
                code="JF323",
            )
        mended = self._mended(before)
        for child in self._failed_children(before):
            self.repair(child)
        return self.ask(run, RepairRequested(targets=mended))

    def _failed_children(self, run: Run) -> Iterator[RunId]:
        """The runs that failed and are attempts of tasks of *run*: they are repaired with it."""
        for task_run in run.in_order():
            attempt = task_run.attempt
            if attempt is None or not attempt.child or not task_run.state.is_bad:
                continue
            child = self._store.load(RunId(attempt.child))
            if child.state.is_final and any(each.state.is_bad for each in child.in_order()):
                yield child.id

    def clear(self, run: RunId, tasks: Sequence[str], *, downstream: bool = True) -> bool:
        """Ask for *tasks*, or all of a group (and all downstream of them), to be done again."""
        before = self._store.load(run)
        flow = before.plan.flow
        tasks = [name for task in tasks for name in flow.tasks_in(task) or (task,)]
        for task in tasks:
            if task not in flow:
                raise naming.unknown_task(task, before)
        request = ClearRequested(
            tasks=tuple(tasks), downstream=downstream, targets=self._mended(before)
        )
        return self.ask(run, request)

    def mark(
        self, run: RunId, key: TaskKey, state: Literal[TaskState.SUCCEEDED, TaskState.FAILED]
    ) -> bool:
        """Say by hand how a task ended."""
        return self.ask(run, MarkRequested(key=key, state=state))

    def ask(self, run: RunId, request: Request) -> bool:
        """Leave *request* for whoever drives the run.

        Raises ConflictError for what the machine would refuse.
        """
        before = self._store.load(run)
        if before.state.is_final or self._services.driver_of(run) is not None:
            step(before, request, now=self._clock.now())
        self._store.ask(run, request, now=self._clock.now())
        return self._services.nudge(run)

    def to_do_again(self, run: RunId, only_failed: bool) -> None:
        """Ask for all of the run, or what failed of it, to be done again."""
        before = self._store.load(run)
        if only_failed:
            self.repair(run)
        else:
            self.clear(run, [task.name for task in before.plan.flow.tasks])

    def _mended(self, run: Run) -> dict[str, Target]:
        """The targets that are different from those the run has; their snapshots are taken.

        Raises DefinitionError when the flow of the run does not fit its notebooks any more.
        """
        checked = self._definitions().check_again(run.plan)
        plan = checked.runnable()
        self._definitions().keep(plan)
        known = run.plan.targets
        return {task: target for task, target in plan.targets.items() if target != known[task]}

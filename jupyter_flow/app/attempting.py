"""One attempt of one task of a flow, for another scheduler, which sees to all the rest.

Nothing of it is kept in the store: the other scheduler keeps its history. The executed notebook,
the log and the files that are handed on are where they are for any other run.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from jupyter_flow.core.attempt import Attempt
from jupyter_flow.core.errors import UsageError, suggestion
from jupyter_flow.core.excerpt import Given, excerpt
from jupyter_flow.core.expressions import EvaluationError
from jupyter_flow.core.flow import Plan
from jupyter_flow.core.ids import TaskKey
from jupyter_flow.core.inputs import context_of, value_of
from jupyter_flow.core.machine.expansion import Refusal, items_of
from jupyter_flow.core.machine.retry import wait_before_next
from jupyter_flow.core.options import RetryPolicy
from jupyter_flow.core.run import Run
from jupyter_flow.core.states import Signal, TaskState
from jupyter_flow.engine.places import Places
from jupyter_flow.export.definition import digest_of
from jupyter_flow.ports.clock import Clock
from jupyter_flow.ports.runs import RunStore

from .definitions import Definitions
from .logs import lines_of
from .running import Running

#: Whether there are retries left is the other scheduler's business.
_ENDLESS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempted:
    """What came of an attempt: a final state, why, and what it handed on.

    ``may_retry`` says of one that failed whether the task's policy has such a failure tried again.
    ``executed`` is the executed notebook; it is not there when the task runs none.
    """

    state: TaskState
    reason: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    may_retry: bool = False
    executed: Path | None = None


class Attempting:
    """Makes single attempts. *running* drives the runs of *store*, which nobody else sees."""

    def __init__(
        self,
        definitions: Definitions,
        places: Places,
        clock: Clock,
        *,
        store: RunStore,
        make_running: Callable[[], Running],
    ) -> None:
        self._definitions = definitions
        self._places = places
        self._clock = clock
        self._store = store
        self._make_running = make_running

    def attempt(
        self,
        address: str,
        task: str,
        given: Given,
        *,
        digest: str = "",
        say: Callable[[str], None] = lambda _: None,
    ) -> Attempted:
        """Make one attempt of *task* of the flow at *address*; blocks, and gives its log to *say*.

        Its condition is looked at first. An interrupt (SIGTERM) stops it.

        Raises:
            DefinitionError: the flow has mistakes, or *given* has parameters that it has not.
            UsageError: the flow is not the one with that *digest* (JF440), or has no such task
                (JF441), or *given* names an instance where there is none, or names none (JF443).
        """
        plan, run = self._prepared(address, task, given, digest)
        if plan.flow[task].is_mapped == (given.map_index is None):
            raise _other_number(task, is_mapped=plan.flow[task].is_mapped)
        key = TaskKey(task, given.map_index)
        self._definitions.keep(run.plan)
        self._store.create(run)
        running = self._make_running()
        try:
            with self._saying(run, key, given.attempt, say):
                done = running.drive(run.id)
        finally:
            running.close()
        return self._told(done, key, given.attempt, plan.policy(task).retry)

    def items(
        self, address: str, task: str, given: Given, *, digest: str = ""
    ) -> list[Mapping[str, Any]] | Attempted:
        """The items of the mapped *task*, one for each instance; or why there are none to be had.

        Raises as `attempt` does.
        """
        _, run = self._prepared(address, task, given, digest)
        wanted = run.plan.flow[task]
        try:
            context = context_of(run, task)
            if wanted.when is not None and not value_of(wanted.when, run, context):
                return Attempted(state=TaskState.SKIPPED, reason="its condition does not hold")
        except EvaluationError as error:
            return Attempted(state=TaskState.FAILED, reason=f"its condition: {error}")
        found = items_of(run, wanted)
        if not isinstance(found, Refusal):
            return found
        skipped = found.signal is Signal.SKIP
        state = TaskState.SKIPPED if skipped else TaskState.FAILED
        return Attempted(state=state, reason=found.reason)

    def _prepared(self, address: str, task: str, given: Given, digest: str) -> tuple[Plan, Run]:
        """The flow as it is now, and what is to be done of it."""
        checked = self._definitions.flow(address)
        plan = checked.runnable()
        if digest and digest_of(plan.flow) != digest:
            raise UsageError(
                f"flow '{plan.flow.name}' is not the one that was exported: it has been edited",
                hint="Export it again, so that both agree: jupyter flow export airflow …",
                code="JF440",
            )
        if task not in plan.flow:
            hint = suggestion(task, [each.name for each in plan.flow.tasks], noun="task")
            raise UsageError(
                f"flow '{plan.flow.name}' has no task {task!r}", hint=hint, code="JF441"
            )
        declared = {each.name for each in plan.flow.params}
        known = {name: value for name, value in given.params.items() if name in declared}
        params = self._definitions.bind(plan.flow, known, {})
        named = replace(given, run=_folder_name(given.run))
        return plan, excerpt(plan, task, named, params=params, now=self._clock.now())

    @contextmanager
    def _saying(
        self, run: Run, key: TaskKey, number: int, say: Callable[[str], None]
    ) -> Iterator[None]:
        """Within, what is written to the log is given to *say* as it comes."""
        over = threading.Event()
        log = self._places.log(run.flow_name, run.id, key, number)

        def read() -> None:
            for line in lines_of(log, over.is_set):
                say(line)

        reader = threading.Thread(target=read, name="log", daemon=True)
        reader.start()
        try:
            yield
        finally:
            over.set()
            reader.join()

    def _told(self, run: Run, key: TaskKey, number: int, retry: RetryPolicy) -> Attempted:
        found = run.task_runs[key] if key in run.task_runs else next(run.runs_of(key.task))
        attempt = found.attempt
        if attempt is None or attempt.number != number:  # it did not come to one
            return Attempted(state=found.state, reason=found.reason, values=found.values)
        executed = self._places.executed(run.flow_name, run.id, key, number)
        return Attempted(
            state=found.state,
            reason=found.reason,
            values=found.values,
            may_retry=found.state is TaskState.FAILED and _may_retry(retry, attempt),
            executed=executed if executed.exists() else None,
        )


def _may_retry(policy: RetryPolicy, attempt: Attempt) -> bool:
    """Whether *policy* has an attempt that ended so made again, if there are retries left."""
    if attempt.outcome is None:
        return False
    endless = replace(policy, retries=_ENDLESS)
    return wait_before_next(endless, 1, attempt.failure, attempt.outcome, "") is not None


def _other_number(task: str, *, is_mapped: bool) -> UsageError:
    if is_mapped:
        return UsageError(
            f"task '{task}' is mapped, and nothing says which instance this is",
            hint="Ask for its items with --items, then for each with its map_index and its item.",
            code="JF443",
        )
    return UsageError(
        f"task '{task}' is not mapped, so it has no instance to ask for",
        hint="Leave map_index and item out.",
        code="JF443",
    )


def _folder_name(run: str) -> str:
    """*run* as a folder can be called: it comes from elsewhere."""
    return run.replace("/", "_").replace("\\", "_").strip(". ") or "run"

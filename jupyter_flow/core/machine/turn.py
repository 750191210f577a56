"""One step in the making: the run so far, and everything found to follow from the event.

The only thing in the core that changes in place; it lives for one call of `step` and is never
seen outside of it. It keeps the books (what changed, which moves, which commands, which tasks
must be looked at again) and decides nothing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from jupyter_flow.core.commands import Command, Dequeue, Enqueue, Forget, Move, Stop
from jupyter_flow.core.ids import TaskKey
from jupyter_flow.core.options import ANEW, Cache, Policy
from jupyter_flow.core.run import Run, TaskRun
from jupyter_flow.core.states import RunState, Signal, TaskState
from jupyter_flow.core.tally import counts_alike


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What follows from one event.

    ``changed`` are the task runs that are new or different, each once, as they are in ``run``;
    ``removed`` the keys that gave way to mapped instances. ``moves`` tell, in order, which
    states were entered.
    """

    run: Run
    commands: tuple[Command, ...] = ()
    changed: tuple[TaskRun, ...] = ()
    removed: tuple[TaskKey, ...] = ()
    moves: tuple[Move, ...] = ()


def is_new(task_run: TaskRun) -> bool:
    """Whether it was neither attempted nor restored in its run: what is to be done again, be it
    because it failed or because somebody wants it, is not restored.
    """
    return not task_run.attempts and task_run.origin is None


def wanted_by(run: Run, key: TaskKey) -> Enqueue:
    """What *key* wants before it can be attempted: a slot, or a result that does without."""
    policy = run.plan.policy(key.task)
    return Enqueue(
        key=key,
        rank=(policy.priority, run.plan.flow.graph.height[key.task]),
        pool=policy.pool,
        slots=policy.slots,
        cache=_rule(policy, run.task_runs[key]),
    )


def _rule(policy: Policy, task_run: TaskRun) -> Cache:
    return policy.cache if is_new(task_run) or not policy.is_cached else ANEW


class Turn:
    """Collects what follows from one event at the moment ``now``."""

    def __init__(self, run: Run, now: datetime) -> None:
        self.run = run
        self.now = now
        self._commands: list[Command] = []
        self._changed: dict[TaskKey, None] = {}
        self._removed: list[TaskKey] = []
        self._moves: list[Move] = []
        # Tasks to be decided again, in the order in which that was found out.
        self._touched: deque[str] = deque()
        self._waiting: set[str] = set()

    def step(self) -> Step:
        """Everything that was collected."""
        return Step(
            run=self.run,
            commands=tuple(self._commands),
            changed=tuple(self.run.task_runs[key] for key in self._changed),
            removed=tuple(self._removed),
            moves=tuple(self._moves),
        )

    def command(self, command: Command) -> None:
        self._commands.append(command)

    # -- the run -------------------------------------------------------------------------------

    def move_run(self, state: RunState, reason: str = "") -> None:
        """The run comes into *state*."""
        self.run = replace(self.run, state=state, reason=reason)
        self._moves.append(Move(key=None, state=state.value, reason=reason))

    # -- task runs -----------------------------------------------------------------------------

    def put(self, after: TaskRun) -> None:
        """*after* takes the place of the task run of its key."""
        before = self.run.task_runs[after.key]
        self.run = self.run.with_task_run(after)
        self._changed[after.key] = None
        is_over = before.is_open and not after.is_open
        if is_over or not counts_alike(before.state, after.state):
            for task in self.run.plan.flow.scopes.concerned.get(after.key.task, ()):
                self.touch(task)
        if before.state is after.state:
            return
        number = after.attempt.number if after.attempt else 0
        self._moves.append(
            Move(key=after.key, state=after.state.value, attempt=number, reason=after.reason)
        )
        if not counts_alike(before.state, after.state):
            for down in self.run.plan.flow.graph.downstream[after.key.task]:
                self.touch(down)

    def say(self, task_run: TaskRun, reason: str) -> None:
        """*task_run* stays in its state, for another *reason*."""
        if reason == task_run.reason:
            return
        self.put(replace(task_run, reason=reason))
        number = task_run.attempt.number if task_run.attempt else 0
        state = task_run.state.value
        self._moves.append(Move(key=task_run.key, state=state, attempt=number, reason=reason))

    def send(self, task_run: TaskRun, signal: Signal, reason: str = "") -> None:
        """*task_run* takes *signal*."""
        self.put(task_run.take(signal, reason=reason))

    def add(self, instances: Sequence[TaskRun]) -> None:
        """A task is mapped to *instances*, or to these beside those that it has."""
        if not instances:
            return
        whole = TaskKey(instances[0].key.task)
        if whole in self.run.task_runs:
            self._changed.pop(whole, None)
            self._removed.append(whole)
        self.run = self.run.with_instances(instances)
        self._changed |= dict.fromkeys(each.key for each in instances)

    def enqueue(self, task_run: TaskRun) -> None:
        """*task_run* may run: it wants a slot."""
        self.put(task_run.take(Signal.RELEASE))
        self.ask_for_slot(task_run.key)

    def ask_for_slot(self, key: TaskKey) -> None:
        self.command(wanted_by(self.run, key))

    def withdraw(self, task_run: TaskRun) -> None:
        """Take back what the world was asked to do for *task_run*: slot, attempt, look-out."""
        if task_run.state is TaskState.QUEUED:
            self.command(Dequeue(key=task_run.key))
        if task_run.state is TaskState.WAITING:
            self.command(Forget(key=task_run.key))
        if task_run.state is TaskState.RUNNING and not task_run.is_stopping:
            self.command(Stop(key=task_run.key, number=task_run.attempts[-1].number))

    # -- what must be decided again ------------------------------------------------------------

    def touch(self, task: str) -> None:
        """*task* must be looked at again, if it is not decided."""
        if task in self.run.undecided and task not in self._waiting:
            self._waiting.add(task)
            self._touched.append(task)

    def next_touched(self) -> str | None:
        """The next task to look at, once for all that happened before."""
        if not self._touched:
            return None
        task = self._touched.popleft()
        self._waiting.discard(task)
        return task

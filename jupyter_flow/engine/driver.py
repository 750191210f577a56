"""The driver: carries one run to its end.

It holds the run's lease, tells the machine what happened, writes down what followed, and does
what the machine asks for. It decides nothing: whether a task may start, is tried again or is
given up is `core.machine`'s business, and who goes first is `core.admission`'s.

One thread, one inbox. Everything that happens elsewhere (an attempt ends, a slot comes free,
a time comes) arrives in the inbox, so the run is only ever touched from here.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from queue import SimpleQueue

from jupyter_flow.core.commands import Command, Dequeue, Enqueue, Stop, Wake
from jupyter_flow.core.errors import ConflictError, FlowError, LeaseLostError
from jupyter_flow.core.events import (
    AttemptEnded,
    AttemptProgressed,
    AttemptStarted,
    CancelRequested,
    Event,
    Request,
    RunAdopted,
    RunStarted,
)
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.core.inputs import environment_of, inputs_of
from jupyter_flow.core.machine import step
from jupyter_flow.core.run import Cause, Failure, Run
from jupyter_flow.core.states import Outcome, RunState, TaskState
from jupyter_flow.ports.clock import Clock
from jupyter_flow.ports.executor import Executor
from jupyter_flow.ports.runs import Entry, Lease, Pending, RunStore

from .assignments import Assignments
from .slots import Slots
from .timers import Timers

log = logging.getLogger(__name__)

#: How long a run belongs to a driver that says nothing.
LEASE = timedelta(seconds=15)
#: How often the lease is renewed, and requests from other processes are looked for.
HEARTBEAT = timedelta(seconds=1)
#: Progress within an attempt is written down at most this often.
PROGRESS = timedelta(milliseconds=250)


@dataclass(frozen=True, slots=True)
class _Granted:
    """A slot is free for *key*."""

    key: TaskKey


@dataclass(frozen=True, slots=True)
class _Beat:
    """Time to renew the lease and to look for requests."""


@dataclass(frozen=True, slots=True)
class _Flush:
    """Time to write down how far the attempt of *key* has come."""

    key: TaskKey


_Message = Event | _Granted | _Beat | _Flush


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What every driver of a process shares.

    *published* is called, from the driver's thread, after each entry has been written.
    """

    store: RunStore
    executor: Executor
    slots: Slots
    clock: Clock
    assignments: Assignments
    owner: str
    published: Callable[[Entry], None] = field(default=lambda _entry: None)


class Driver:
    """Carries one run to its end. Make one, call `drive`, throw it away."""

    def __init__(self, run: RunId, lease: Lease, around: Surroundings) -> None:
        self._around = around
        self._lease = lease
        self._run: Run = around.store.load(run)
        self._inbox: SimpleQueue[_Message] = SimpleQueue()
        self._timers: Timers[_Message] = Timers()
        self._running: set[tuple[TaskKey, int]] = set()
        self._progress: dict[TaskKey, AttemptProgressed] = {}
        self._wanting: set[TaskKey] = set()
        self._prev_success = around.assignments.prev_success(self._run)

    def drive(self) -> Run:
        """The run at its end. Blocks until then.

        A KeyboardInterrupt leaves at once, whatever runs: it is for a process that is to go. To
        stop the run, call `cancel`.

        Raises:
            LeaseLostError: another process has taken the run over; all attempts were stopped.
        """
        around, limit = self._around, self._run.plan.flow.options.max_active_tasks
        around.slots.join(
            self._run.id, lambda key: self._inbox.put(_Granted(key)), max_active_tasks=limit
        )
        try:
            self._begin()
            self._go_on()
        except KeyboardInterrupt:
            raise  # the process is about to go, and with it every kernel
        except BaseException:
            self._stop_all()
            raise
        finally:
            self._leave()
        return self._run

    def cancel(self, by: str) -> None:
        """Ask for the run to be stopped; from any thread, or from a signal's handler."""
        self._inbox.put(CancelRequested(by=by))

    # -- the loop ------------------------------------------------------------------------------

    def _begin(self) -> None:
        self._timers.add(self._around.clock.now(), _Beat())
        if self._run.state is RunState.QUEUED:
            self._tell(RunStarted())
        elif not self._run.state.is_final:
            # Before it is taken up: what is to be stopped must not be tried again first.
            self._answer_requests(CancelRequested)
            self._tell(RunAdopted(owner=self._around.owner))
        self._answer_requests()

    def _go_on(self) -> None:
        while not self._is_over():
            self._take_in()

    def _is_over(self) -> bool:
        return self._run.state.is_final and not self._running

    def _take_in(self) -> None:
        """Wait for one thing to happen and deal with it."""
        clock = self._around.clock
        message = clock.wait(self._inbox, self._timers.soonest)
        messages = [message] if message is not None else self._timers.due(clock.now())
        for each in messages:
            match each:
                case _Granted(key=key):
                    self._start(key)
                case _Beat():
                    self._beat()
                case _Flush(key=key):
                    self._write_progress(key)
                case AttemptProgressed():
                    self._note_progress(each)
                case AttemptEnded():
                    self._end(each)
                case CancelRequested():
                    self._cancel(each)
                case _:
                    self._tell(each)

    # -- telling the machine -------------------------------------------------------------------

    def _tell(self, event: Event, *, answers: int | None = None) -> None:
        """One event to the machine; its consequences to the store, then to the world."""
        now = self._around.clock.now()
        after = step(self._run, event, now=now)
        entry = self._around.store.record(
            self._lease,
            after.run,
            event,
            changed=after.changed,
            removed=after.removed,
            moves=after.moves,
            answers=answers,
            now=now,
        )
        self._run = after.run
        self._around.published(entry)
        self._obey(after.commands)

    def _obey(self, commands: tuple[Command, ...]) -> None:
        slots, run = self._around.slots, self._run.id
        wanted = [command for command in commands if isinstance(command, Enqueue)]
        for command in commands:
            match command:
                case Dequeue(key=key):
                    self._wanting.discard(key)
                    slots.withdraw(run, key)
                case Stop(key=key, number=number):
                    self._around.executor.stop(run, key, number)
                case Wake(at=at, event=event):
                    self._timers.add(at, event)
                case Enqueue(key=key):
                    self._wanting.add(key)
        if wanted:
            slots.offer(run, wanted)

    # -- attempts ------------------------------------------------------------------------------

    def _start(self, key: TaskKey) -> None:
        """A slot is free for *key*: begin its next attempt, unless it is not wanted any more."""
        self._wanting.discard(key)
        task_run = self._run.task_runs.get(key)
        if task_run is None or task_run.state is not TaskState.QUEUED:
            self._around.slots.give_back(self._run.id, key)
            return
        number = 1 + (task_run.attempt.number if task_run.attempt else 0)
        try:
            inputs = inputs_of(self._run, key, number, prev_success=self._prev_success)
            env = environment_of(self._run, key, number, prev_success=self._prev_success)
            problem = None
        except FlowError as error:
            inputs, env, problem = {}, {}, error
        assignment = self._around.assignments.make(self._run, key, number, inputs, env)
        self._running.add((key, number))
        self._tell(
            AttemptStarted(
                key=key,
                notebook=self._around.assignments.places.relative(assignment.executed),
                log=self._around.assignments.places.relative(assignment.log),
                parameters=inputs,
            )
        )
        if problem is None:
            self._around.executor.start(assignment, self._inbox.put)
            return
        failure = Failure(
            cause=Cause.START_FAILED, name=problem.code, message=f"{problem.what}. {problem.hint}"
        )
        self._end(AttemptEnded(key=key, number=number, outcome=Outcome.FAILED, failure=failure))

    def _end(self, ended: AttemptEnded) -> None:
        self._write_progress(ended.key)
        self._running.discard((ended.key, ended.number))
        try:
            self._tell(ended)
        finally:
            self._around.slots.give_back(self._run.id, ended.key)

    def _note_progress(self, progress: AttemptProgressed) -> None:
        """Keep the latest; write it down when a moment has passed since the one before."""
        if progress.key not in self._progress:
            self._timers.add(self._around.clock.now() + PROGRESS, _Flush(progress.key))
        self._progress[progress.key] = progress

    def _write_progress(self, key: TaskKey) -> None:
        progress = self._progress.pop(key, None)
        if progress is not None and (key, progress.number) in self._running:
            self._tell(progress)

    # -- the lease, and what others ask for ----------------------------------------------------

    def _beat(self) -> None:
        now = self._around.clock.now()
        self._around.store.renew(self._lease, now=now, duration=LEASE)
        self._timers.add(now + HEARTBEAT, _Beat())
        self._around.slots.look_again()
        self._answer_requests()

    def _answer_requests(self, *kinds: type[Request]) -> None:
        """Answer what was asked for; with *kinds*, only requests of these."""
        for pending in self._around.store.requests(self._run.id):
            if not kinds or isinstance(pending.request, kinds):
                self._answer(pending)

    def _cancel(self, request: CancelRequested) -> None:
        if not self._run.state.is_final and self._run.state is not RunState.CANCELLING:
            self._tell(request)

    def _answer(self, pending: Pending) -> None:
        try:
            self._tell(pending.request, answers=pending.id)
        except LeaseLostError:
            raise
        except ConflictError as refusal:
            log.info(
                "request refused",
                extra={"action": "request_refused", "run": self._run.id, "why": refusal.what},
            )
            self._around.store.dismiss(self._lease, pending.id)

    # -- leaving -------------------------------------------------------------------------------

    def _stop_all(self) -> None:
        """Leave nothing running behind an error; wait for the ends, which nobody may write now."""
        for key, number in self._running:
            self._around.executor.stop(self._run.id, key, number)
        while self._running:
            message = self._inbox.get()
            if isinstance(message, AttemptEnded):
                self._running.discard((message.key, message.number))
                self._around.slots.give_back(self._run.id, message.key)
            elif isinstance(message, _Granted):
                self._around.slots.give_back(self._run.id, message.key)

    def _leave(self) -> None:
        for key in self._wanting:
            self._around.slots.withdraw(self._run.id, key)
        while not self._inbox.empty():
            message = self._inbox.get()
            if isinstance(message, _Granted):
                self._around.slots.give_back(self._run.id, message.key)
        self._around.slots.leave(self._run.id)
        self._around.store.release(self._lease)

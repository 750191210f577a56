"""The driver: carries one run to its end.

It holds the run's lease, tells the machine what happened, has what followed written down, and does
what the machine asks for. It decides nothing: whether a task may start, is tried again or is
given up is `core.machine`'s business, and who goes first is `core.admission`'s.

One thread, one inbox. Everything that happens elsewhere (an attempt ends, a slot comes free,
a time comes) arrives in the inbox, so the run is only ever touched from here.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property
from queue import SimpleQueue

from jupyter_flow.core.alerts import alerts_of
from jupyter_flow.core.commands import (
    Await,
    Command,
    Dequeue,
    Enqueue,
    Forget,
    Moment,
    Stop,
    Wake,
    Word,
)
from jupyter_flow.core.datasets import updates_of
from jupyter_flow.core.errors import ConflictError, FlowError, LeaseLostError
from jupyter_flow.core.events import (
    AttemptEnded,
    AttemptProgressed,
    AttemptStarted,
    CancelRequested,
    Event,
    Request,
    Restored,
    RunAdopted,
    RunStarted,
)
from jupyter_flow.core.flow import Kind
from jupyter_flow.core.ids import TaskKey
from jupyter_flow.core.inputs import environment_of, inputs_of, needs_prev_success
from jupyter_flow.core.machine import step
from jupyter_flow.core.run import Cause, Failure, Run
from jupyter_flow.core.states import Outcome, RunState, TaskState
from jupyter_flow.ports.lookout import Sight
from jupyter_flow.ports.runs import Lease, Pending

from .children import EVERY, Children, params_of_child
from .messages import Beat, Flush, Glance, Granted, Leave, Look, Message, Poke, Recalled, Seen
from .pen import Pen
from .recall import Recall
from .surroundings import BEATS, Surroundings
from .timers import Timers
from .waits import Waits, told

log = logging.getLogger(__name__)

#: Progress within an attempt is written down at most this often.
PROGRESS = timedelta(milliseconds=250)


class Driver:
    """Carries one run to its end. Make one, call `drive`, throw it away.

    *lease* was taken at the moment *since*.
    """

    def __init__(self, lease: Lease, around: Surroundings, *, since: datetime) -> None:
        self._around = around
        self._owner = lease.owner
        self._pen = Pen(around.store, lease, around.clock, around.lease, since)
        self._run: Run = around.store.load(lease.run)
        self._inbox: SimpleQueue[Message] = SimpleQueue()
        self._timers: Timers[Message] = Timers()
        self._running: set[tuple[TaskKey, int]] = set()
        self._progress: dict[TaskKey, AttemptProgressed] = {}
        self._wanting: set[TaskKey] = set()
        self._waits = Waits(around.store, around.lookout)
        self._children = Children(around)
        self._recall = Recall(
            around.cache,
            around.assignments,
            tell=self._inbox.put,
            prev_success=self._prev_success_for,
        )
        self._leaving = self._glances = False

    def drive(self) -> Run:
        """The run at its end, or as it is left when the process is to go. Blocks until then.

        A KeyboardInterrupt leaves at once, whatever runs: it is for a process that is to go. To
        stop the run, call `cancel`.

        Raises:
            LeaseLostError: another process has taken the run over; all attempts were stopped.
            StoreUnreachableError: the store is gone for longer than the lease; likewise.
        """
        around, limit = self._around, self._run.plan.flow.options.max_active_tasks
        around.slots.join(
            self._run.id, lambda key: self._inbox.put(Granted(key)), max_active_tasks=limit
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

    def look(self) -> None:
        """Look for requests now; from any thread."""
        self._inbox.put(Look())

    def leave(self, *, hurry: bool = False) -> None:
        """Let others carry on: start nothing more, and return when what runs has ended.

        With *hurry*, what runs is ended at once; whoever takes the run up finds it lost. From any
        thread.
        """
        self._inbox.put(Leave(hurry))

    # -- the loop ------------------------------------------------------------------------------

    def _begin(self) -> None:
        self._timers.add(self._around.clock.now() + self._around.lease / BEATS, Beat())
        if self._run.state is RunState.QUEUED:
            self._tell(RunStarted())
        elif not self._run.state.is_final:
            # Before it is taken up: what is to be stopped must not be tried again first.
            self._answer_requests(CancelRequested)
            self._end_what_was_left()
            self._tell(RunAdopted(owner=self._owner))
            self._follow_children()
        self._answer_requests()
        if not self._run.state.is_final:
            self._around.executor.foresee(self._around.assignments.prospects(self._run))

    def _end_what_was_left(self) -> None:
        for task_run in self._run.in_order():
            if task_run.is_open and not self._is_flow(task_run.key):
                number = task_run.attempts[-1].number
                self._around.executor.end_lost(self._run.id, task_run.key, number)

    def _go_on(self) -> None:
        while not self._is_over():
            self._take_in()

    def _is_over(self) -> bool:
        return (self._run.state.is_final or self._leaving) and not self._running

    def _take_in(self) -> None:
        """Wait for one thing to happen and deal with it."""
        clock = self._around.clock
        message = clock.wait(self._inbox, self._timers.soonest)
        messages = [message] if message is not None else self._timers.due(clock.now())
        for each in messages:
            self._deal_with(each)

    def _deal_with(self, message: Message) -> None:  # noqa: C901  one line for each message
        match message:
            case Granted(key=key):
                self._start(key)
            case Recalled():
                self._recalled(message)
            case Beat():
                self._beat()
            case Glance():
                self._look_at_children()
                self._glances = bool(self._children)
                if self._glances:
                    self._timers.add(self._around.clock.now() + EVERY, Glance())
            case Look():
                self._answer_requests()
                self._look_at_children()
                for wait in self._waits.seen_here():
                    self._poke(wait)
            case Leave(hurry=hurry):
                self._go_away(hurry=hurry)
            case Flush(key=key):
                self._write_progress(key)
            case Poke(await_=wait):
                self._poke(wait, again=True)
            case Seen(await_=wait, sight=sight):
                self._take_note(wait, sight)
            case AttemptProgressed():
                self._note_progress(message)
            case AttemptEnded():
                self._end(message)
            case CancelRequested():
                self._cancel(message)
            case _:
                self._tell(message)

    # -- telling the machine -------------------------------------------------------------------

    def _tell(self, event: Event, *, answers: int | None = None) -> None:
        """One event to the machine; its consequences to the store, then to the world."""
        now = self._around.clock.now()
        after = step(self._run, event, now=now)
        alerts = alerts_of(after.run, event, after.moves)
        updates = updates_of(after.run, event, after.moves, now=now)
        entry = self._pen.write(
            after, event, alerts=alerts, updates=updates, answers=answers, now=now
        )
        self._run = after.run
        self._around.published(entry)
        if updates:
            self._around.updated()
        self._obey(after.commands)

    def _obey(self, commands: tuple[Command, ...]) -> None:
        slots, run = self._around.slots, self._run.id
        wanted = [command for command in commands if isinstance(command, Enqueue)]
        for command in commands:
            match command:
                case Dequeue(key=key):
                    self._wanting.discard(key)
                    self._recall.forget(key)
                    slots.withdraw(run, key)
                case Stop():
                    self._stop(command)
                case Wake(at=at, event=event):
                    self._timers.add(at, event)
                case Await():
                    self._wait_for(command)
                case Forget(key=key):
                    self._waits.forget(key)
                case Enqueue():
                    pass  # below, all of them together
        if wanted and not self._leaving:
            self._ask_for_slots(wanted)

    def _ask_for_slots(self, wanted: list[Enqueue]) -> None:
        """They may run: a run of another flow at once, all else when there is a slot."""
        flows = [each for each in wanted if self._is_flow(each.key)]
        for each in flows:
            self._inbox.put(Granted(each.key))
        others = [each for each in wanted if each not in flows]
        self._want(list(self._recall.ask(self._run, others)))

    def _stop(self, stop: Stop) -> None:
        if stop.key in self._children:
            self._children.stop(stop.key)
        elif not self._is_flow(stop.key):
            self._around.executor.stop(self._run.id, stop.key, stop.number)

    def _want(self, wanted: list[Enqueue]) -> None:
        """They need slots."""
        self._wanting |= {each.key for each in wanted}
        self._around.slots.offer(self._run.id, wanted)

    def _recalled(self, recalled: Recalled) -> None:
        """There is an answer about a task that may have a result: it has, or it needs a slot."""
        match self._recall.take(recalled):
            case Restored() as restored:
                self._tell(restored)
            case Enqueue() as wanted if not self._leaving:
                self._want([wanted])

    def _wait_for(self, wait: Await) -> None:
        """Look for it from here, from the moment on at which there can be anything to see; or
        have others look."""
        self._waits.add(wait, lambda sight: self._inbox.put(Seen(wait, sight)))
        if not self._waits.is_seen_here(wait):
            return
        match wait.what:
            case Moment(at=at):
                self._timers.add(at, Poke(wait))
            case Word():
                if wait.until is not None:
                    self._timers.add(wait.until, Poke(wait))
            case _:
                self._timers.add(self._around.clock.now(), Poke(wait))

    def _take_note(self, wait: Await, sight: Sight) -> None:
        """Others have looked, and saw something new."""
        if not self._waits.is_current(wait):
            return
        if sight.is_last:
            self._waits.forget(wait.key)
        self._tell(told(wait, sight))

    def _poke(self, wait: Await, *, again: bool = False) -> None:
        """See whether what is waited for has come; with *again*, look later if it has not."""
        if not self._waits.is_current(wait):
            return
        now = self._around.clock.now()
        ended = self._waits.look(self._run, wait, now=now)
        if ended is not None:
            self._waits.forget(wait.key)
            self._tell(ended)
        elif again:
            due = now + wait.every
            self._timers.add(min(due, wait.until) if wait.until else due, Poke(wait))

    # -- attempts ------------------------------------------------------------------------------

    def _start(self, key: TaskKey) -> None:
        """A slot is free for *key*: begin its next attempt, unless it is not wanted any more."""
        self._wanting.discard(key)
        task_run = self._run.task_runs.get(key)
        if task_run is None or task_run.state is not TaskState.QUEUED or self._leaving:
            self._give_back(key)
            return
        number = 1 + (task_run.attempt.number if task_run.attempt else 0)
        try:
            begin = self._begin_child if self._is_flow(key) else self._begin_attempt
            problem = begin(key, number)
        except BaseException:
            # Nothing runs that would tell its end, which is what the slot is given back at.
            self._give_back(key)
            raise
        self._running.add((key, number))
        if problem is not None:
            self._end(AttemptEnded(key=key, number=number, outcome=Outcome.FAILED, failure=problem))

    def _begin_attempt(self, key: TaskKey, number: int) -> Failure | None:
        """Write down that it begins, and begin it; or why it cannot be made."""
        around, problem = self._around, None
        try:
            prev_success = self._prev_success_for(key.task)
            inputs = inputs_of(self._run, key, number, prev_success=prev_success)
            env = environment_of(self._run, key, number, prev_success=prev_success)
        except FlowError as error:
            problem, inputs, env = _could_not_start(error), {}, {}
        remarks = self._recall.remarks(key)
        assignment = around.assignments.make(self._run, key, number, inputs, env, remarks=remarks)
        self._tell(
            AttemptStarted(
                key=key,
                notebook=around.assignments.places.relative(assignment.executed),
                log=around.assignments.places.relative(assignment.log),
                parameters=inputs,
            )
        )
        if problem is None:
            around.executor.start(assignment, self._inbox.put)
        return problem

    def _give_back(self, key: TaskKey) -> None:
        """*key* has no use for its slot any more, if it had one."""
        if not self._is_flow(key):
            self._around.slots.give_back(self._run.id, key)

    def _is_flow(self, key: TaskKey) -> bool:
        """Whether attempts of *key* are runs of another flow; these need no slot."""
        return self._run.plan.flow[key.task].kind is Kind.FLOW

    def _begin_child(self, key: TaskKey, number: int) -> Failure | None:
        """Write down that the attempt begins, and begin the run that it is; or why it cannot be."""
        problem = None
        try:
            prev_success = self._prev_success_for(key.task)
            inputs = inputs_of(self._run, key, number, prev_success=prev_success)
            inputs = params_of_child(inputs)
        except FlowError as error:
            problem, inputs = _could_not_start(error), {}
        child = self._children.choose(self._run, key)
        self._tell(AttemptStarted(key=key, parameters=inputs, child=child))
        if problem is not None:
            return problem
        try:
            self._children.begin(self._run, key, self._run.task_runs[key].attempts[-1])
        except FlowError as error:
            return _could_not_start(error)
        self._glance()
        return None

    def _follow_children(self) -> None:
        """Follow those that another driver has begun; stop those that are to be stopped."""
        for task_run in self._run.in_order():
            if not task_run.is_open or not self._is_flow(task_run.key):
                continue
            attempt = task_run.attempts[-1]
            self._running.add((task_run.key, attempt.number))
            self._children.take_up(self._run, task_run.key, attempt)
            if task_run.is_stopping or task_run.state is not TaskState.RUNNING:
                self._children.stop(task_run.key)
        self._glance()

    def _glance(self) -> None:
        """From now on it is looked how far the children are, as long as there are some."""
        if self._children and not self._glances:
            self._glances = True
            self._inbox.put(Glance())

    def _look_at_children(self) -> None:
        """Tell what has become of them."""
        for told_of in list(self._children.look()):
            if isinstance(told_of, AttemptEnded):
                self._end(told_of)
            else:
                self._note_progress(told_of)

    def _prev_success_for(self, task: str) -> datetime | None:
        return self._prev_success if needs_prev_success(self._run, task) else None

    @cached_property
    def _prev_success(self) -> datetime | None:
        return self._around.assignments.prev_success(self._run)

    def _end(self, ended: AttemptEnded) -> None:
        try:
            self._tell(self._with_progress(ended))
            if not self._is_flow(ended.key):
                self._recall.keep(self._run, ended.key, ended.number)
        finally:
            # Whatever could not be written down: it has ended, and nobody tells that twice.
            self._running.discard((ended.key, ended.number))
            self._give_back(ended.key)

    def _note_progress(self, progress: AttemptProgressed) -> None:
        """Keep the latest; write it down when a moment has passed since the one before."""
        if progress.key not in self._progress:
            self._timers.add(self._around.clock.now() + PROGRESS, Flush(progress.key))
        self._progress[progress.key] = progress

    def _with_progress(self, ended: AttemptEnded) -> AttemptEnded:
        """*ended* with how far the attempt came, if that was not written down yet."""
        last = self._progress.pop(ended.key, None)
        if last is None or last.number != ended.number:
            return ended
        return replace(ended, cell=last.cell, cells=last.cells)

    def _write_progress(self, key: TaskKey) -> None:
        progress = self._progress.pop(key, None)
        if progress is not None and (key, progress.number) in self._running:
            self._tell(progress)

    # -- the lease, and what others ask for ----------------------------------------------------

    def _beat(self) -> None:
        self._pen.renew()
        self._timers.add(self._around.clock.now() + self._around.lease / BEATS, Beat())
        self._around.slots.look_again()
        self._answer_requests()

    def _answer_requests(self, *kinds: type[Request]) -> None:
        """Answer what was asked for; with *kinds*, only requests of these."""
        for pending in self._pen.requests():
            if not kinds or isinstance(pending.request, kinds):
                self._answer(pending)

    def _cancel(self, request: CancelRequested) -> None:
        if not self._run.state.is_final:
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
            self._pen.dismiss(pending)

    # -- leaving -------------------------------------------------------------------------------

    def _go_away(self, *, hurry: bool) -> None:
        self._leaving = True
        for key in self._wanting:
            self._around.slots.withdraw(self._run.id, key)
        self._wanting.clear()
        self._let_children_go()
        if hurry:
            self._stop_all()

    def _let_children_go(self) -> None:
        """They have drivers of their own, and go on without this one."""
        self._running = {each for each in self._running if not self._is_flow(each[0])}
        self._children.forget()

    def _stop_all(self) -> None:
        """Leave nothing running behind an error; wait for the ends, which nobody may write now."""
        self._let_children_go()
        for key, number in self._running:
            self._around.executor.stop(self._run.id, key, number)
        while self._running:
            message = self._inbox.get()
            if isinstance(message, AttemptEnded):
                self._running.discard((message.key, message.number))
                self._give_back(message.key)
            elif isinstance(message, Granted):
                self._give_back(message.key)

    def _leave(self) -> None:
        self._waits.end()
        for key in self._wanting:
            self._around.slots.withdraw(self._run.id, key)
        while not self._inbox.empty():
            message = self._inbox.get()
            if isinstance(message, Granted):
                self._give_back(message.key)
        self._around.slots.leave(self._run.id)
        self._around.executor.forget(self._run.id)
        self._pen.lay_down()


def _could_not_start(error: FlowError) -> Failure:
    message = f"{error.what}. {error.hint}"
    return Failure(cause=Cause.START_FAILED, name=error.code, message=message)

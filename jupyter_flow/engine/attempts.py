"""The attempts of one run: begun when there is a slot, followed, stopped, told when they end.

Does what the machine wants of attempts, for the driver of the run and in its thread. Holds the
run's slots, and knows which of its attempts last; what is attempted when is not decided here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property

from jupyter_flow.core.commands import Enqueue, Stop
from jupyter_flow.core.errors import FlowError
from jupyter_flow.core.events import (
    AttemptEnded,
    AttemptProgressed,
    AttemptStarted,
    Event,
    Restored,
)
from jupyter_flow.core.flow import Kind
from jupyter_flow.core.ids import TaskKey
from jupyter_flow.core.inputs import environment_of, files_of, inputs_of, needs_prev_success
from jupyter_flow.core.machine.turn import wanted_by
from jupyter_flow.core.run import Cause, Failure, Run
from jupyter_flow.core.states import Outcome, TaskState

from .children import EVERY, Children, params_of_child
from .messages import Flush, Glance, Granted, Message, Recalled
from .recall import Recall
from .surroundings import Surroundings

#: Progress within an attempt is written down at most this often.
PROGRESS = timedelta(milliseconds=250)


class Attempts:
    """The attempts of the run that *run* gives, as it is then.

    *tell* takes what happens to the machine; *put* puts a message into the driver's inbox, from any
    thread, and *later* has one there at a moment.
    """

    def __init__(
        self,
        around: Surroundings,
        *,
        run: Callable[[], Run],
        tell: Callable[[Event], None],
        put: Callable[[Message], None],
        later: Callable[[datetime, Message], None],
    ) -> None:
        self._around = around
        self._current = run
        self._tell, self._put, self._later = tell, put, later
        self._running: set[tuple[TaskKey, int]] = set()
        self._progress: dict[TaskKey, AttemptProgressed] = {}
        self._wanting: set[TaskKey] = set()
        self._children = Children(around)
        self._recall = Recall(
            around.cache, around.assignments, tell=put, prev_success=self._prev_success_for
        )
        self._is_leaving = self._is_glancing = False

    @property
    def _run(self) -> Run:
        return self._current()

    @property
    def is_busy(self) -> bool:
        """Whether some of them last."""
        return bool(self._running)

    def join(self) -> None:
        """Take part in giving out slots; `leave` ends that."""
        limit = self._run.plan.flow.options.max_active_tasks
        self._around.slots.join(
            self._run.id, lambda key: self._put(Granted(key)), max_active_tasks=limit
        )

    def foresee(self) -> None:
        """Have the executor get ready for what there will be."""
        self._around.executor.foresee(self._around.assignments.prospects(self._run))

    # -- what another driver left --------------------------------------------------------------

    def take_up_what_was_left(self) -> tuple[TaskKey, ...]:
        """Follow the attempts of another driver that go on without it: these; end all others, as
        far as that can be reached from here."""
        around, going_on = self._around, []
        for task_run in self._run.in_order():
            key = task_run.key
            if not task_run.is_open or self._is_flow(key):
                continue
            number = task_run.attempts[-1].number
            assignment = around.assignments.make(self._run, key, number, {}, {})
            if around.executor.take_up(assignment, self._put):
                going_on.append(key)
            else:
                around.executor.end_lost(self._run.id, key, number)
        return tuple(going_on)

    def follow_what_goes_on(self, going_on: Collection[TaskKey]) -> None:
        """What another driver has begun is ours from now on: attempts, and runs of other flows.

        What is to be stopped is.
        """
        for task_run in self._run.in_order():
            key, is_flow = task_run.key, self._is_flow(task_run.key)
            if not task_run.is_open or not (is_flow or key in going_on):
                continue
            attempt = task_run.attempts[-1]
            self._running.add((key, attempt.number))
            if is_flow:
                self._children.take_up(self._run, key, attempt)
            else:
                self._around.slots.hold(self._run.id, wanted_by(self._run, key))
            if task_run.is_stopping or task_run.state is not TaskState.RUNNING:
                self.stop(Stop(key=key, number=attempt.number))
        self._glance()

    # -- slots ---------------------------------------------------------------------------------

    def want(self, wanted: list[Enqueue]) -> None:
        """They may run: a run of another flow at once, all else when there is a slot."""
        if self._is_leaving or not wanted:
            return
        flows = [each for each in wanted if self._is_flow(each.key)]
        for each in flows:
            self._put(Granted(each.key))
        others = [each for each in wanted if each not in flows]
        self._offer(list(self._recall.ask(self._run, others)))

    def recalled(self, recalled: Recalled) -> None:
        """There is an answer about a task that may have a result: it has, or it needs a slot."""
        match self._recall.take(recalled):
            case Restored() as restored:
                self._tell(restored)
            case Enqueue() as wanted if not self._is_leaving:
                self._offer([wanted])

    def withdraw(self, key: TaskKey) -> None:
        """It wants no slot any more."""
        self._wanting.discard(key)
        self._recall.forget(key)
        self._around.slots.withdraw(self._run.id, key)

    def give_back(self, key: TaskKey) -> None:
        """It has no use for its slot any more, if it had one."""
        if not self._is_flow(key):
            self._around.slots.give_back(self._run.id, key)

    def _offer(self, wanted: list[Enqueue]) -> None:
        self._wanting |= {each.key for each in wanted}
        self._around.slots.offer(self._run.id, wanted)

    # -- beginning -----------------------------------------------------------------------------

    def start(self, key: TaskKey) -> None:
        """A slot is free for *key*: begin its next attempt, unless it is not wanted any more."""
        self._wanting.discard(key)
        task_run = self._run.task_runs.get(key)
        if task_run is None or task_run.state is not TaskState.QUEUED or self._is_leaving:
            self.give_back(key)
            return
        number = 1 + (task_run.attempt.number if task_run.attempt else 0)
        try:
            begin = self._begin_child if self._is_flow(key) else self._begin
            problem = begin(key, number)
        except BaseException:
            # Nothing runs that would tell its end, which is what the slot is given back at.
            self.give_back(key)
            raise
        self._running.add((key, number))
        if problem is not None:
            self.end(AttemptEnded(key=key, number=number, outcome=Outcome.FAILED, failure=problem))

    def _begin(self, key: TaskKey, number: int) -> Failure | None:
        """Write down that it begins, and begin it; or why it cannot be made."""
        around, problem = self._around, None
        try:
            prev_success = self._prev_success_for(key.task)
            inputs = inputs_of(self._run, key, number, prev_success=prev_success)
            env = environment_of(self._run, key, number, prev_success=prev_success)
            files = files_of(self._run, key, number, prev_success=prev_success) or ()
        except FlowError as error:
            problem, inputs, env, files = _could_not_start(error), {}, {}, ()
        remarks = self._recall.remarks(key)
        assignment = around.assignments.make(
            self._run, key, number, inputs, env, files=files, remarks=remarks
        )
        self._tell(
            AttemptStarted(
                key=key,
                notebook=around.assignments.places.relative(assignment.executed),
                log=around.assignments.places.relative(assignment.log),
                parameters=inputs,
                cluster=around.executor.cluster,
            )
        )
        if problem is None:
            around.executor.start(assignment, self._put)
        return problem

    def _begin_child(self, key: TaskKey, number: int) -> Failure | None:
        """Write down that it begins, and begin the run that it is; or why that cannot be."""
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

    def _prev_success_for(self, task: str) -> datetime | None:
        return self._prev_success if needs_prev_success(self._run, task) else None

    @cached_property
    def _prev_success(self) -> datetime | None:
        return self._around.assignments.prev_success(self._run)

    def _is_flow(self, key: TaskKey) -> bool:
        """Whether attempts of *key* are runs of another flow; these need no slot."""
        return self._run.plan.flow[key.task].kind is Kind.FLOW

    # -- following and ending ------------------------------------------------------------------

    def stop(self, stop: Stop) -> None:
        """Have it end; its end is told when it has."""
        if stop.key in self._children:
            self._children.stop(stop.key)
        elif not self._is_flow(stop.key):
            self._around.executor.stop(self._run.id, stop.key, stop.number)

    def note(self, progress: AttemptProgressed) -> None:
        """Keep the latest; write it down when a moment has passed since the one before."""
        if progress.key not in self._progress:
            self._later(self._around.clock.now() + PROGRESS, Flush(progress.key))
        self._progress[progress.key] = progress

    def write_progress(self, key: TaskKey) -> None:
        """Write down how far *key* has come."""
        progress = self._progress.pop(key, None)
        if progress is not None and (key, progress.number) in self._running:
            self._tell(progress)

    def end(self, ended: AttemptEnded) -> None:
        """It is over: tell that, and give its slot back."""
        try:
            self._tell(self._with_progress(ended))
            if not self._is_flow(ended.key):
                self._recall.keep(self._run, ended.key, ended.number)
        finally:
            # Whatever could not be written down: it has ended, and nobody tells that twice.
            self._running.discard((ended.key, ended.number))
            self.give_back(ended.key)

    def _with_progress(self, ended: AttemptEnded) -> AttemptEnded:
        """*ended* with how far the attempt came, if that was not written down yet."""
        last = self._progress.pop(ended.key, None)
        if last is None or last.number != ended.number:
            return ended
        return replace(ended, cell=last.cell, cells=last.cells)

    def look(self) -> None:
        """Tell what has become of the runs that are attempts."""
        for told_of in list(self._children.look()):
            if isinstance(told_of, AttemptEnded):
                self.end(told_of)
            else:
                self.note(told_of)

    def glance(self) -> None:
        """Look, and again after a while, as long as there are such runs."""
        self.look()
        self._is_glancing = bool(self._children)
        if self._is_glancing:
            self._later(self._around.clock.now() + EVERY, Glance())

    def _glance(self) -> None:
        if self._children and not self._is_glancing:
            self._is_glancing = True
            self._put(Glance())

    # -- leaving -------------------------------------------------------------------------------

    def begin_no_more(self) -> None:
        """Others will carry on. What goes on without this process does; what runs in it ends."""
        self._is_leaving = True
        self._want_nothing()
        self._let_go()

    def stop_all(self, get: Callable[[], Message]) -> None:
        """Leave nothing running behind an error; wait for the ends, which nobody may write now.

        *get* waits for the next message of the inbox.
        """
        self._let_go()
        for key, number in self._running:
            self._around.executor.stop(self._run.id, key, number)
        while self._running:
            message = get()
            if isinstance(message, AttemptEnded):
                self._running.discard((message.key, message.number))
                self.give_back(message.key)
            elif isinstance(message, Granted):
                self.give_back(message.key)

    def leave(self, unread: Iterable[Message]) -> None:
        """Take part no longer; *unread* is what nobody has looked at."""
        self._want_nothing()
        for message in unread:
            if isinstance(message, Granted):
                self.give_back(message.key)
        self._around.slots.leave(self._run.id)
        self._around.executor.forget(self._run.id)

    def _want_nothing(self) -> None:
        for key in self._wanting:
            self._around.slots.withdraw(self._run.id, key)
        self._wanting.clear()

    def _let_go(self) -> None:
        """Runs of other flows have drivers of their own, and some attempts are made elsewhere."""
        for key, number in list(self._running):
            if self._is_flow(key):
                self._running.discard((key, number))
            elif self._around.executor.let_go(self._run.id, key, number):
                self._running.discard((key, number))
                self.give_back(key)
        self._children.forget()


def _could_not_start(error: FlowError) -> Failure:
    message = f"{error.what}. {error.hint}"
    return Failure(cause=Cause.START_FAILED, name=error.code, message=message)

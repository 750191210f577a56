"""The driver: carries one run to its end.

It holds the run's lease, tells the machine what happened, has what followed written down, and does
what the machine asks for. It decides nothing: whether a task may start, is tried again or is
given up is `core.machine`'s business, and who goes first is `core.admission`'s.

One thread, one inbox. Everything that happens elsewhere (an attempt ends, a slot comes free,
a time comes) arrives in the inbox, so the run is only ever touched from here.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime
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
from jupyter_flow.core.errors import ConflictError, LeaseLostError
from jupyter_flow.core.events import (
    AttemptEnded,
    AttemptProgressed,
    CancelRequested,
    Event,
    Request,
    RunAdopted,
    RunStarted,
)
from jupyter_flow.core.machine import step
from jupyter_flow.core.run import Run
from jupyter_flow.core.states import RunState
from jupyter_flow.ports.lookout import Sight
from jupyter_flow.ports.runs import Lease, Pending

from .attempts import Attempts
from .messages import Beat, Flush, Glance, Granted, Leave, Look, Message, Poke, Recalled, Seen
from .pen import Pen
from .surroundings import BEATS, Surroundings
from .timers import Timers
from .waits import Waits, told

log = logging.getLogger(__name__)


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
        self._waits = Waits(around.store, around.lookout)
        self._attempts = Attempts(
            around,
            run=lambda: self._run,
            tell=self._tell,
            put=self._inbox.put,
            later=self._timers.add,
        )
        self._leaving = False

    def drive(self) -> Run:
        """The run at its end, or as it is left when the process is to go. Blocks until then.

        A KeyboardInterrupt leaves at once, whatever runs: it is for a process that is to go. To
        stop the run, call `cancel`.

        Raises:
            LeaseLostError: another process has taken the run over; all attempts were stopped.
            StoreUnreachableError: the store is gone for longer than the lease; likewise.
        """
        self._attempts.join()
        try:
            self._begin()
            self._go_on()
        except KeyboardInterrupt:
            raise  # the process is about to go, and with it every kernel
        except BaseException:
            self._attempts.stop_all(self._inbox.get)
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
            going_on = self._attempts.take_up_what_was_left()
            self._tell(RunAdopted(owner=self._owner, going_on=going_on))
            self._attempts.follow_what_goes_on(going_on)
        self._answer_requests()
        if not self._run.state.is_final:
            self._attempts.foresee()

    def _go_on(self) -> None:
        while not self._is_over():
            self._take_in()

    def _is_over(self) -> bool:
        return (self._run.state.is_final or self._leaving) and not self._attempts.is_busy

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
                self._attempts.start(key)
            case Recalled():
                self._attempts.recalled(message)
            case Beat():
                self._beat()
            case Glance():
                self._attempts.glance()
            case Look():
                self._look_around()
            case Leave(hurry=hurry):
                self._go_away(hurry=hurry)
            case Flush(key=key):
                self._attempts.write_progress(key)
            case Poke(await_=wait):
                self._poke(wait, again=True)
            case Seen(await_=wait, sight=sight):
                self._take_note(wait, sight)
            case AttemptProgressed():
                self._attempts.note(message)
            case AttemptEnded():
                self._attempts.end(message)
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
        for command in commands:
            match command:
                case Dequeue(key=key):
                    self._attempts.withdraw(key)
                case Stop():
                    self._attempts.stop(command)
                case Wake(at=at, event=event):
                    self._timers.add(at, event)
                case Await():
                    self._wait_for(command)
                case Forget(key=key):
                    self._waits.forget(key)
                case Enqueue():
                    pass  # below, all of them together
        self._attempts.want([each for each in commands if isinstance(each, Enqueue)])

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

    # -- the lease, and what others ask for ----------------------------------------------------

    def _beat(self) -> None:
        self._pen.renew()
        self._timers.add(self._around.clock.now() + self._around.lease / BEATS, Beat())
        self._around.slots.look_again()
        self._answer_requests()

    def _look_around(self) -> None:
        """Somebody says that there is something new."""
        self._answer_requests()
        self._attempts.look()
        for wait in self._waits.seen_here():
            self._poke(wait)

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
        self._attempts.begin_no_more()
        if hurry:
            self._attempts.stop_all(self._inbox.get)

    def _leave(self) -> None:
        self._waits.end()
        self._attempts.leave(self._unread())
        self._pen.lay_down()

    def _unread(self) -> Iterator[Message]:
        while not self._inbox.empty():
            yield self._inbox.get()

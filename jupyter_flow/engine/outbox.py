"""The outbox's worker: sends the alerts that are due, and tries again those that could not be sent.

It has a thread that waits and writes to the store, and one for each message that is on its way, so
that a slow address holds up no other. A message is sent at least once: whoever dies between sending
it and writing that down leaves it to be sent again when the loan ends. Decides neither who is told
nor what.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from queue import SimpleQueue

from jupyter_flow.core.alerts import Alert
from jupyter_flow.core.errors import NotFoundError, StoreUnreachableError
from jupyter_flow.core.secrets import shown_address
from jupyter_flow.ports.alerts import AlertStore, Message, Notifier, NotifyError, Outgoing
from jupyter_flow.ports.clock import Clock

log = logging.getLogger(__name__)

#: How long composing and sending one message may take; then another outbox may send it.
LOAN = timedelta(minutes=5)
#: So many messages are on their way at once.
SENDERS = 4
#: The pause after a first failure; each further one doubles it, up to the longest.
PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=10)
#: After so long a message has no more to tell.
PATIENCE = timedelta(hours=24)
#: How soon a store that cannot be reached, or an alert that another outbox has, is looked at again.
_AGAIN = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class _Sent:
    """Sending *outgoing* has ended: well, or with an error."""

    outgoing: Outgoing
    error: str = ""
    is_final: bool = False


@dataclass(frozen=True, slots=True)
class _Wake:
    """Something may be due, or the outbox is to close."""


def pause_after(tries: int) -> timedelta:
    """How long to wait when sending has failed and had failed *tries* times before."""
    return min(PAUSE * (1 << min(tries, 16)), LONGEST_PAUSE)


class Outbox:
    """Sends what is due in *alerts*, as *owner*.

    *compose* makes the message about an alert, whose attachments are there within its block; it is
    called in other threads, several at once, as *notifier* is.
    """

    def __init__(
        self,
        alerts: AlertStore,
        notifier: Notifier,
        clock: Clock,
        *,
        compose: Callable[[Alert], AbstractContextManager[Message]],
        owner: str,
    ) -> None:
        self._alerts = alerts
        self._notifier = notifier
        self._compose = compose
        self._clock = clock
        self._owner = owner
        self._inbox: SimpleQueue[_Sent | _Wake] = SimpleQueue()
        self._sending: set[int] = set()
        self._unwritten: dict[int, _Sent] = {}
        self._is_reachable = True
        self._is_closing = self._sends_to_the_last = False
        self._thread = threading.Thread(target=self._work, name="outbox", daemon=True)

    def start(self) -> None:
        """Begin. Once."""
        self._thread.start()

    def wake(self) -> None:
        """Something may be due; from any thread."""
        self._inbox.put(_Wake())

    def close(self, timeout: float) -> bool:
        """End when what is on its way has been sent; whether it did within *timeout* seconds."""
        self._is_closing = True
        self.wake()
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def finish(self, timeout: float) -> bool:
        """End when all that is due has been tried once; whether that took less than *timeout*."""
        self._sends_to_the_last = True
        return self.close(timeout)

    # -- the thread that waits and writes ------------------------------------------------------

    def _work(self) -> None:
        while True:
            is_last = self._is_closing  # before looking: what came until then is seen
            until = self._look()
            if is_last and not self._sending:
                return
            message = self._clock.wait(self._inbox, until)
            while message is not None:
                if isinstance(message, _Sent):
                    self._sending.discard(message.outgoing.id)
                    self._unwritten[message.outgoing.id] = message
                message = self._clock.wait(self._inbox, self._clock.now())

    def _look(self) -> datetime | None:
        """Write what has been sent, send what is due; when to look again, if nothing happens."""
        try:
            self._write()
            takes = self._sends_to_the_last or not self._is_closing
            until = self._take() if takes else None
        except StoreUnreachableError as error:
            if self._is_reachable:  # one line is enough, however long it lasts
                about = {"action": "store_unreachable", "why": error.what}
                log.warning("alerts wait: the store cannot be reached", extra=about)
            self._is_reachable = False
            return self._clock.now() + _AGAIN
        except Exception:
            # Whatever it is, alerts that come later deserve a try.
            log.exception("the outbox failed", extra={"action": "outbox_failed"})
            return self._clock.now() + _AGAIN
        self._is_reachable = True
        return until

    def _take(self) -> datetime | None:
        now, free = self._clock.now(), SENDERS - len(self._sending)
        if not free:
            return None  # the next one that has been sent makes room, and wakes
        for outgoing in self._alerts.take_due(self._owner, now=now, duration=LOAN, limit=free):
            if outgoing.id not in self._sending | self._unwritten.keys():
                self._sending.add(outgoing.id)
                name = f"outbox {outgoing.id}"
                threading.Thread(
                    target=self._send, args=(outgoing,), name=name, daemon=True
                ).start()
        if len(self._sending) >= SENDERS:
            return None
        due = self._alerts.next_due(now=now)
        # What is due and was not lent is another's, who was faster.
        return None if due is None else max(due, now + _AGAIN) if due <= now else due

    def _write(self) -> None:
        for sent in list(self._unwritten.values()):
            try:
                self._settle(sent)
            except StoreUnreachableError:
                raise
            except Exception:
                # It stays lent, and is sent again when the loan ends.
                log.exception("alert not settled", extra={"action": "outbox_failed"})
            del self._unwritten[sent.outgoing.id]

    def _settle(self, sent: _Sent) -> None:
        """Write down what became of a message."""
        outgoing, now = sent.outgoing, self._clock.now()
        about = {
            "run": outgoing.alert.run,
            "occasion": outgoing.alert.occasion.value,
            "address": shown_address(outgoing.alert.address),
            "tries": outgoing.tries + 1,
        }
        if not sent.error:
            self._alerts.sent(outgoing.id, self._owner, now=now)
            log.info("alert sent", extra={"action": "alert_sent", **about})
            return
        about["why"] = sent.error
        if sent.is_final or now - outgoing.created_at >= PATIENCE:
            self._alerts.give_up(outgoing.id, self._owner, error=sent.error, now=now)
            log.error("alert given up", extra={"action": "alert_given_up", **about})
            return
        until = now + pause_after(outgoing.tries)
        self._alerts.put_off(outgoing.id, self._owner, until=until, error=sent.error)
        log.warning("alert put off", extra={"action": "alert_put_off", **about})

    # -- the threads that send -----------------------------------------------------------------

    def _send(self, outgoing: Outgoing) -> None:
        try:
            with self._compose(outgoing.alert) as message:
                self._notifier.send(outgoing.alert.address, message)
            sent = _Sent(outgoing)
        except NotifyError as error:
            sent = _Sent(outgoing, f"{error.what}. {error.hint}".strip(), error.is_final)
        except NotFoundError as error:
            sent = _Sent(outgoing, error.what, is_final=True)  # its run was removed meanwhile
        except Exception as error:
            # A message that cannot be composed for a reason of ours is tried again as well.
            log.exception("alert not composed", extra={"action": "compose_failed"})
            sent = _Sent(outgoing, f"{type(error).__name__}: {error}")
        self._inbox.put(sent)

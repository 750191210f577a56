"""The talk with one kernel, from its boot to its end, with the limits of the attempt kept.

Everything is waited for in one place, `receive`: messages, the kernel's death, the next limit, the
next save. No asyncio, no polls, no fixed delays. Knows nothing of cells.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from jupyter_flow.core.run import Cause
from jupyter_flow.ports.kernels import Channel, Kernel, Message

from .document import ExecutedNotebook
from .failures import CellError, Ending, Place, kernel_died, start_failed, stopped
from .log import AttemptLog
from .masking import Masking
from .stopping import Push, Stopping

#: Seconds between two questions whether what the kernel publishes reaches us, and how many.
_ASK_AGAIN, _QUESTIONS = 0.05, 100
#: Seconds that a kernel which was killed may take to be gone.
_LAST_WORD = 10.0
#: For IPython kernels: their socket drops what it publishes while 1,000 messages wait to be taken,
#: unless its high-water mark (ZMQ_SNDHWM, 23) is 0. Set in the thread to which the socket belongs.
_DROP_NOTHING = (
    "(lambda thread: thread.schedule(lambda: thread.socket.setsockopt(23, 0)))"
    "(get_ipython().kernel.iopub_thread)"
)


class OverError(Exception):
    """The attempt is over before the last cell."""

    def __init__(self, ending: Ending) -> None:
        super().__init__()
        self.ending = ending


class Conversation:
    """One kernel, as long as it is talked to. ``place`` is the cell that runs, for failures."""

    def __init__(
        self,
        kernel: Kernel,
        *,
        publish: Callable[[Message], None],
        document: ExecutedNotebook,
        log: AttemptLog,
        stopping: Stopping,
        masking: Masking | None = None,
    ) -> None:
        self.kernel = kernel
        self.place: Callable[[], Place | None] = lambda: None
        self._publish = publish
        self._document = document
        self._log = log
        self._stopping = stopping
        self._masking = masking or Masking()
        self._said: list[str] = []
        self._is_ready = False

    def boot(self, timeout: float) -> Mapping[str, Any]:
        """Wait until the kernel answers and what it publishes is heard; what it says of itself.

        Raises OverError when it does not come up.
        """
        if self.kernel.about is not None:
            self._is_ready = True
            return self.kernel.about
        limit = time.monotonic() + timeout
        asked = {self.kernel.send("shell", "kernel_info_request", {})}
        answer: Mapping[str, Any] | None = None
        is_heard = False
        while answer is None or not (is_heard or len(asked) > _QUESTIONS):
            arrived = self.receive(limit - time.monotonic() if answer is None else _ASK_AGAIN)
            for channel, message in arrived:
                if channel == "shell" and message["msg_type"] == "kernel_info_reply":
                    answer = message["content"]
                is_heard |= channel == "iopub" and message["parent_header"].get("msg_id") in asked
            if answer is not None and not arrived:
                asked.add(self.kernel.send("shell", "kernel_info_request", {}))
            if answer is None and time.monotonic() >= limit:
                words = f"the kernel did not answer within {timeout:g} s{self._last_words()}"
                raise OverError(Ending.of(start_failed(words)))
        self._is_ready = True
        if answer.get("implementation") == "ipython":
            self.execute("", nothing=_DROP_NOTHING)  # before whatever is sent next
        return answer

    def execute(self, code: str, **ask: str) -> str:
        """Send code to be run, or *ask* for expressions quietly; the request's id."""
        content = {
            "code": code,
            "silent": bool(ask),
            "store_history": not ask,
            "user_expressions": ask,
            "allow_stdin": False,
            "stop_on_error": False,  # nothing is queued behind it
        }
        return self.kernel.send("shell", "execute_request", content)

    def receive(self, timeout: float | None) -> Sequence[tuple[Channel, Message]]:
        """What arrives within *timeout*, once it is taken in. Raises OverError when it has died."""
        now = time.monotonic()
        self._push(now)
        arrived = self._hear(0.0)
        if not arrived:
            self._log.flush()
            waits = (timeout, self._stopping.wait(now), self._document.save_due_in(now))
            known = [each for each in waits if each is not None]
            arrived = self._hear(min(known) if known else None)
        self._take(arrived)
        self._document.save_if_due(time.monotonic())
        if not arrived and self.kernel.exit is not None:
            raise OverError(self._ending_of_death())
        return arrived

    def stop_if_asked(self, error: CellError | None = None) -> None:
        """Raise OverError if a limit has passed or somebody wants it to stop.

        *error* is what the cell raised when it was interrupted.
        """
        if self._stopping.is_stopping(time.monotonic()):
            raise OverError(self._ending_of_stop(error))

    def let_go(self) -> None:
        """Ask the kernel to end, so that what it registered for its end is done; then make it."""
        graces = self._stopping.graces
        if self._is_ready and self.kernel.exit is None:
            self.kernel.send("control", "shutdown_request", {"restart": False})
            self._await_exit(graces.shutdown)
            if self.kernel.exit is None:
                self.kernel.terminate()
                self._await_exit(graces.terminate)
        self.kernel.kill()
        self._await_exit(_LAST_WORD)
        while arrived := self._hear(0.0):
            self._take(arrived)
        self._take(self._masking.rest())

    def _hear(self, timeout: float | None) -> Sequence[tuple[Channel, Message]]:
        """What arrives, without secrets; the only place where the kernel is listened to."""
        return self._masking.masked(self.kernel.receive(timeout))

    def _await_exit(self, grace: float) -> None:
        limit = time.monotonic() + grace
        while self.kernel.exit is None and (left := limit - time.monotonic()) > 0:
            self._take(self._hear(left))

    def _push(self, now: float) -> None:
        push = self._stopping.due(now)
        if push is None:
            return
        self._log.say(f"stopping ({self._stopping.cause}): {push.value}")
        if push is Push.KILL or not self._is_ready:
            self.kernel.kill()
        elif push is Push.TERMINATE:
            self.kernel.terminate()
        else:
            self.kernel.interrupt()

    def _take(self, arrived: Sequence[tuple[Channel, Message]]) -> None:
        for channel, message in arrived:
            if channel == "iopub":
                if message["msg_type"] == "execute_input":
                    self._stopping.cell_runs()
                self._publish(message)
            elif channel == "process":
                self._said.append(message["text"])
                self._said[:-20] = []
                self._log.stream("sys", message["text"])
            elif channel == "stdin":
                self._stopping.request(Cause.INPUT_REQUESTED)

    def _ending_of_death(self) -> Ending:
        ended = self.kernel.exit
        if self._stopping.cause is not None or ended is None:
            return self._ending_of_stop(None)
        failure = kernel_died(ended, self.place())
        if not self._is_ready:
            words = f"{failure.message} before it was ready{self._last_words()}"
            failure = start_failed(words)
        self._log.say(failure.message)
        return Ending.of(failure)

    def _ending_of_stop(self, error: CellError | None) -> Ending:
        failure = stopped(
            self._stopping.cause or Cause.CANCELLED,
            self.place(),
            timeout=self._stopping.timeout,
            cell_timeout=self._stopping.cell_timeout,
            error=error,
        )
        self._log.say(f"stopped: {failure.message}")
        return Ending.of(failure)

    def _last_words(self) -> str:
        lines = "".join(self._said).strip().splitlines()[-5:]
        return ": " + "\n".join(lines) if lines else ""

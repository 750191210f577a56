"""What a person or the system says to a process in the foreground: stop, please; stop now.

A signal must never be raised into the middle of a write, so the first one only calls a function;
the second one raises KeyboardInterrupt, for a process that is to go at once.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")


@contextmanager
def hearing(hear: Callable[[str, int], None]) -> Iterator[None]:
    """Within, Ctrl-C, SIGTERM and SIGHUP call *hear* with their name and how many there were.

    Signals that the process was started to ignore (nohup, a shell's background) stay ignored.
    Outside the main thread, where signals do not arrive, nothing changes.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    said: list[int] = []

    def called(number: int, _frame: FrameType | None) -> None:
        said.append(number)
        hear(signal.Signals(number).name, len(said))

    numbers = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in numbers}
    heard = [number for number in numbers if before[number] not in (signal.SIG_IGN, None)]
    for number in heard:
        signal.signal(number, called)
    try:
        yield
    finally:
        for number in heard:
            signal.signal(number, before[number])


@contextmanager
def first_calls(stop: Callable[[str], None]) -> Iterator[None]:
    """Within, the first of these signals calls *stop* with its name.

    The next one raises KeyboardInterrupt.
    """

    def hear(name: str, times: int) -> None:
        if times > 1:
            raise KeyboardInterrupt
        stop(name)

    with hearing(hear):
        yield

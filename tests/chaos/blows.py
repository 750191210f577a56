"""What befalls the services, their kernels and their store: planned from a seed, then dealt.

A blow says when, what and, by a number between 0 and 1, whom. The plan is the same for the same
seed; who happens to be alive then is not.
"""

from __future__ import annotations

import heapq
import signal
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import count
from random import Random
from typing import Protocol, TypeVar

import psutil

from .arena import LEASE, Arena, Served, pause

T = TypeVar("T")


class Kind(StrEnum):
    """The kinds of blow."""

    KILL_SERVICE = "kill a service"
    STOP_SERVICE = "stop a service"
    END_SERVICE = "end a service"
    KILL_KERNEL = "kill a kernel"
    KILL_WARDEN = "kill a warden"
    HOLD_STORE = "hold the store"
    CUT_CONNECTIONS = "cut connections"
    CRASH_SERVER = "crash the server"
    CANCEL = "cancel a run"
    REPAIR = "repair a run"
    CLEAR = "clear a task"
    START = "start a run"


WEIGHTS = {
    Kind.KILL_SERVICE: 4,
    Kind.STOP_SERVICE: 4,
    Kind.END_SERVICE: 2,
    Kind.KILL_KERNEL: 4,
    Kind.KILL_WARDEN: 3,
    Kind.HOLD_STORE: 2,
    Kind.CANCEL: 1,
    Kind.REPAIR: 1,
    Kind.CLEAR: 2,
    Kind.START: 1,
}
#: Of a database that is a server.
SERVER_WEIGHTS = WEIGHTS | {Kind.CUT_CONNECTIONS: 6, Kind.CRASH_SERVER: 1}


_PREFERS_BUSY = 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class Blow:
    """One of them: ``at`` seconds after the beginning, for so many ``seconds`` if it lasts."""

    at: float
    kind: Kind
    pick: float
    seconds: float

    def of(self, candidates: Sequence[T]) -> T | None:
        """Whom it hits."""
        return candidates[int(self.pick * len(candidates))] if candidates else None


def planned(dice: Random, seconds: float, weights: dict[Kind, int]) -> list[Blow]:
    """The blows of so many *seconds*, one or two of them a lease."""
    blows: list[Blow] = []
    at = 0.0
    while (at := at + dice.uniform(0.1, 1.5)) < seconds:
        (kind,) = dice.choices(list(weights), list(weights.values()))
        lasts = dice.uniform(0.2, 2.0) if kind is Kind.HOLD_STORE else dice.uniform(0.0, 1.0)
        if kind is Kind.STOP_SERVICE:
            # Most for longer than the lease, some for less.
            lasts = dice.uniform(0.5, 2.5) * LEASE
        blows.append(Blow(at=at, kind=kind, pick=dice.random(), seconds=lasts))
    return blows


class StoreBlows(Protocol):
    """What can be done to a database."""

    def hold(self) -> Callable[[], None] | None:
        """Keep all others from writing, until what is returned is called."""

    def cut(self, blow: Blow) -> bool:
        """Cut some connections of others."""

    def crash(self, blow: Blow) -> bool:
        """Have the server start again."""


@dataclass(slots=True)
class Dealer:
    """Deals blows to *arena*, and mends after them what is to be mended.

    *ask* asks what people ask for meanwhile, and says whether it did.
    """

    arena: Arena
    store: StoreBlows
    ask: Callable[[Blow], bool]
    dealt: Counter[Kind] = field(default_factory=Counter)
    _later: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    _order: count[int] = field(default_factory=count)

    def deal(self, blows: Sequence[Blow]) -> None:
        """All of them, each at its moment; then mend everything."""
        began = time.monotonic()
        for blow in blows:
            self._pass_time(began + blow.at)
            self.dealt[blow.kind] += self._strike(blow)
        while self._later:
            heapq.heappop(self._later)[2]()

    def _pass_time(self, until: float) -> None:
        while self._later and self._later[0][0] <= until:
            at, _, mend = heapq.heappop(self._later)
            pause(max(0.0, at - time.monotonic()))
            mend()
        pause(max(0.0, until - time.monotonic()))

    def _mend_after(self, seconds: float, mend: Callable[[], None]) -> None:
        heapq.heappush(self._later, (time.monotonic() + seconds, next(self._order), mend))

    def _strike(self, blow: Blow) -> bool:
        """Whether it hit anybody."""
        match blow.kind:
            case Kind.KILL_SERVICE | Kind.STOP_SERVICE | Kind.END_SERVICE:
                # Most often one that has something to lose.
                busy = self.arena.busy if blow.pick < _PREFERS_BUSY else []
                served = blow.of(busy or self.arena.serving)
                return served is not None and self._hit(served, blow)
            case Kind.KILL_KERNEL:
                return _kill(blow.of(self.arena.kernels()))
            case Kind.KILL_WARDEN:
                return _kill(blow.of(self.arena.wardens()))
            case Kind.HOLD_STORE:
                let_go = self.store.hold()
                if let_go is not None:
                    pause(blow.seconds)
                    let_go()
                return let_go is not None
            case Kind.CUT_CONNECTIONS:
                return self.store.cut(blow)
            case Kind.CRASH_SERVER:
                return self.store.crash(blow)
            case _:
                return self.ask(blow)

    def _hit(self, served: Served, blow: Blow) -> bool:
        if blow.kind is Kind.STOP_SERVICE:
            served.is_stopped = True
            served.send(signal.SIGSTOP)
            self._mend_after(blow.seconds, lambda: _go_on(served))
            return True
        served.is_killed = blow.kind is Kind.KILL_SERVICE
        served.send(signal.SIGKILL if served.is_killed else signal.SIGTERM)
        self._mend_after(blow.seconds, lambda: _serve(self.arena))
        return True


def _go_on(served: Served) -> None:
    served.send(signal.SIGCONT)
    served.is_stopped = False


def _serve(arena: Arena) -> None:
    arena.serve()


def _kill(process: psutil.Process | None) -> bool:
    if process is None:
        return False
    try:
        process.kill()
    except psutil.NoSuchProcess:
        return False
    return True

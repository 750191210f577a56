"""Who may start now: the slots of one machine, shared by all the runs that a process drives.

Three limits hold at once. The machine makes at most so many attempts at a time. A pool has so
many slots, of which a task takes as many as it says (a task that names no pool is in the pool of
the machine itself). A run has at most so many tasks active. Among those that may start, the
highest rank goes first, and then who came first.

Within a pool the first one is waited for: a task that wants many slots is not overtaken for ever
by small ones, and one that wants more than its pool has runs alone in it. A pool that nobody gave
a size has one slot, so its tasks run one at a time.

Changes in place and is not safe for threads: whoever shares it brings a lock. It starts nothing.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from jupyter_flow.core.commands import Enqueue
from jupyter_flow.core.ids import RunId, TaskKey

#: The pool of tasks that name none. It has as many slots as the machine, unless it is given a size.
DEFAULT_POOL = "default"

_Order = tuple[int, int, int]


@dataclass(slots=True)
class _Offer:
    """Somebody waiting. ``order`` sorts: rank first (negated), then the time of coming."""

    run: RunId
    wanted: Enqueue
    order: _Order
    pool: _Pool
    is_void: bool = False

    def __lt__(self, other: _Offer) -> bool:
        return self.order < other.order


@dataclass(slots=True)
class _Pool:
    """A pool: its slots, and who waits for them, the first on top. Void offers are dropped late."""

    size: int
    used: int = 0
    waiting: list[_Offer] = field(default_factory=list)

    def cost(self, wanted: Enqueue) -> int:
        return min(max(1, wanted.slots), self.size)


@dataclass(slots=True)
class _RunSlots:
    """What a run has, may have, and has set aside (by pool) because it has that much."""

    limit: int | None = None
    active: int = 0
    parked: dict[int, list[_Offer]] = field(default_factory=dict)

    @property
    def is_full(self) -> bool:
        return self.limit is not None and self.active >= self.limit

    def park(self, offer: _Offer) -> None:
        heapq.heappush(self.parked.setdefault(id(offer.pool), []), offer)

    def unpark(self) -> list[_Offer]:
        """As many offers of each pool as the run may have more: any of them may be the next."""
        back: list[_Offer] = []
        for pool, offers in list(self.parked.items()):
            room = len(offers) if self.limit is None else self.limit - self.active
            while offers and room > 0:
                offer = heapq.heappop(offers)
                room -= not offer.is_void
                back += [] if offer.is_void else [offer]
            if not offers:
                del self.parked[pool]
        return back


class Admission:
    """Gives slots to whoever offers to use them.

    *pools* are sizes by name; *max_parallel* bounds the attempts of the whole process.
    """

    def __init__(self, *, max_parallel: int, pools: Mapping[str, int] | None = None) -> None:
        self._free = max(1, max_parallel)
        sizes = {DEFAULT_POOL: self._free} | dict(pools or {})
        self._pools = {name: _Pool(max(1, size)) for name, size in sizes.items()}
        self._runs: dict[RunId, _RunSlots] = {}
        self._offers: dict[tuple[RunId, TaskKey], _Offer] = {}
        self._held: dict[tuple[RunId, TaskKey], deque[tuple[_Pool, int]]] = {}
        self._came = 0
        # Pools in which somebody may be able to start: the others are not looked at.
        self._stirred: dict[int, _Pool] = {}

    def limit(self, run: RunId, max_active_tasks: int | None) -> None:
        """From now on *run* has at most that many tasks active; None means no such limit."""
        self._slots_of(run).limit = max_active_tasks
        self._unpark(run)

    def offer(self, run: RunId, wanted: Enqueue) -> None:
        """*wanted* waits for slots. What the same task run offered before is void."""
        self.withdraw(run, wanted.key)
        self._came += 1
        priority, height = wanted.rank
        pool = self._pool(wanted.pool)
        offer = _Offer(run, wanted, (-priority, -height, self._came), pool)
        self._offers[run, wanted.key] = offer
        self._wait(offer)

    def withdraw(self, run: RunId, key: TaskKey) -> None:
        """*key* waits no longer. Nothing happens if it did not, or holds its slots already."""
        offer = self._offers.pop((run, key), None)
        if offer is not None:
            offer.is_void = True
            self._stir(offer.pool)
            self._unpark(run)

    def take(
        self, *, limit: int | None = None, is_held: bool = False
    ) -> list[tuple[RunId, Enqueue]]:
        """Those that start now, at most *limit*; they hold their slots until `release`.

        Nobody starts while *is_held*: that is for a guard of the machine's memory.
        """
        started: list[tuple[RunId, Enqueue]] = []
        while self._free > 0 and not is_held and (limit is None or len(started) < limit):
            first = self._first()
            if first is None:
                break
            self._start(first)
            started.append((first.run, first.wanted))
        return started

    def hold(self, run: RunId, wanted: Enqueue) -> None:
        """*wanted* has started already: it holds its slots from now on, whether there are any."""
        pool = self._pool(wanted.pool)
        self._hold(run, wanted.key, pool, pool.cost(wanted))

    def release(self, run: RunId, key: TaskKey) -> None:
        """*key* gives back the slots that it has held longest. Nothing happens if it holds none."""
        held = self._held.get((run, key))
        if not held:
            return
        pool, cost = held.popleft()
        if not held:
            del self._held[run, key]
        self._free += 1
        pool.used -= cost
        self._stir(pool)
        self._slots_of(run).active -= 1
        self._unpark(run)

    def forget(self, run: RunId) -> None:
        """*run* takes no part any more: its offers are void, its slots are free."""
        for owner, key in [each for each in self._offers if each[0] == run]:
            self.withdraw(owner, key)
        for owner, key in [each for each in self._held if each[0] == run]:
            while (owner, key) in self._held:
                self.release(owner, key)
        self._runs.pop(run, None)

    def _first(self) -> _Offer | None:
        """The first of all that can start now."""
        best: _Offer | None = None
        for name, pool in list(self._stirred.items()):
            head = self._head(pool)
            if head is None or pool.used + pool.cost(head.wanted) > pool.size:
                del self._stirred[name]
            elif best is None or head < best:
                best = head
        return best

    def _head(self, pool: _Pool) -> _Offer | None:
        """The first in *pool* whose run may have one more; those of full runs are set aside."""
        while pool.waiting:
            head = pool.waiting[0]
            slots = self._slots_of(head.run)
            if not head.is_void and not slots.is_full:
                return head
            heapq.heappop(pool.waiting)
            if not head.is_void:
                slots.park(head)
        return None

    def _start(self, offer: _Offer) -> None:
        heapq.heappop(offer.pool.waiting)
        key = offer.wanted.key
        del self._offers[offer.run, key]
        self._hold(offer.run, key, offer.pool, offer.pool.cost(offer.wanted))

    def _hold(self, run: RunId, key: TaskKey, pool: _Pool, cost: int) -> None:
        self._held.setdefault((run, key), deque()).append((pool, cost))
        self._free -= 1
        pool.used += cost
        self._slots_of(run).active += 1

    def _wait(self, offer: _Offer) -> None:
        heapq.heappush(offer.pool.waiting, offer)
        self._stir(offer.pool)

    def _unpark(self, run: RunId) -> None:
        for offer in self._slots_of(run).unpark():
            self._wait(offer)

    def _stir(self, pool: _Pool) -> None:
        self._stirred[id(pool)] = pool

    def _slots_of(self, run: RunId) -> _RunSlots:
        return self._runs.setdefault(run, _RunSlots())

    def _pool(self, name: str | None) -> _Pool:
        return self._pools.setdefault(name or DEFAULT_POOL, _Pool(1))

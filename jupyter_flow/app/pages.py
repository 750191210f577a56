"""A run as a page: read, and made into the view that a browser gets. Decides nothing.

Of a run with ten thousand tasks a page is some hundred thousand objects, and is asked for again
after each repair. So the views of the latest plans are remembered, and nothing is looked at twice.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

from jupyter_flow.core.flow import Plan
from jupyter_flow.core.ids import RunId
from jupyter_flow.core.states import RunState
from jupyter_flow.wire import api

from .following import Following
from .showing import Below, page_view, plan_view

#: The views of so many plans are remembered, those asked for latest.
_REMEMBERED = 4


class Pages:
    """Makes pages, for any number of threads. *is_left* is asked whether nobody sees to a run."""

    def __init__(self, following: Following, is_left: Callable[[RunId, RunState], bool]) -> None:
        self._following, self._is_left = following, is_left
        # By its identity, for which it is kept: to compare two plans is to read both.
        self._known: dict[tuple[int, Below], tuple[Plan, api.FlowView]] = {}
        self._lock = Lock()

    def page(self, run: RunId, below: Below) -> api.RunPage:
        """*run* with all there is to see of it. Raises NotFoundError."""
        with _without_collecting():
            found, seq = self._following.read(run)
            is_left = self._is_left(run, found.state)
            flow = self._flow(found.plan, below)
            return page_view(found, seq, below, is_left=is_left, flow=flow)

    def _flow(self, plan: Plan, below: Below) -> api.FlowView:
        key = (id(plan), below)
        with self._lock:
            known = self._known.pop(key, None) or (plan, plan_view(plan, below))
            self._known[key] = known
            while len(self._known) > _REMEMBERED:
                del self._known[next(iter(self._known))]
        return known[1]


@contextmanager
def _without_collecting() -> Iterator[None]:
    """No search for cycles meanwhile: half of the time went into looking at all that is made, and
    is no cycle, again and again.

    It is off for the whole process. Whoever finds it off leaves it so: who turned it off turns it
    on again, some tenths of a second later.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()

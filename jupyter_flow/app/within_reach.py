"""What it takes to carry a run on here: its notebooks, and the clusters that its attempts are in.

Fetches notebooks that other machines made. Takes no run: that is `running`'s.
"""

from __future__ import annotations

import logging

from jupyter_flow.core.errors import ConflictError, FlowError
from jupyter_flow.core.events import CancelRequested
from jupyter_flow.core.ids import RunId
from jupyter_flow.core.run import Run
from jupyter_flow.engine.surroundings import Surroundings
from jupyter_flow.ports.runs import RunStore
from jupyter_flow.ports.shared_home import SharedHome

log = logging.getLogger(__name__)


class WithinReach:
    """Says of runs whether they can be carried on with what is *around*, and *shared*."""

    def __init__(self, around: Surroundings, shared: SharedHome) -> None:
        self._around, self._shared = around, shared
        self._told: set[RunId] = set()

    def require(self, run: Run) -> None:
        """Have its notebooks here as far as they can be had: a task whose notebook is gone fails.

        Raises ConflictError (JF305) while an attempt of it goes on in a cluster that is none of
        ours: here it would be made again meanwhile.
        """
        self._fetch_notebooks(run)
        if where := self._elsewhere(run):
            raise ConflictError(
                f"an attempt of run {run.id} goes on in the cluster {where}",
                hint=f"Say --dask-scheduler {where}; or, to give it up: jupyter flow cancel "
                + run.id,
                code="JF305",
            )

    def has(self, run: Run) -> bool:
        """Whether a service is to take it up.

        Not if a notebook is not to be had: it may be in the home of another project that shares the
        store. Nor while an attempt of it goes on in a cluster that is none of ours.
        """
        try:
            if not self._fetch_notebooks(run):
                return False
        except FlowError as error:
            about = {"action": "no_notebooks", "run": run.id, "why": error.what}
            log.warning("run not taken up: its notebooks cannot be had", extra=about)
            return False
        where = self._elsewhere(run)
        if where and run.id not in self._told:
            self._told.add(run.id)
            about = {"action": "another_cluster", "run": run.id, "cluster": where}
            log.warning("run not taken up: an attempt of it goes on elsewhere", extra=about)
        return not where

    def _fetch_notebooks(self, run: Run) -> bool:
        """Have the notebooks that *run* is made from here; whether they are."""
        places = self._around.assignments.places
        targets = [
            target for plan in run.plan.with_all_children() for target in plan.targets.values()
        ]
        wanted = {places.snapshot(each.digest) for each in targets if each.has_notebook}
        for path in wanted:
            if not path.exists():
                self._shared.fetch(path)
        return all(path.exists() for path in wanted)

    def _elsewhere(self, run: Run) -> str:
        """The cluster that is none of ours in which an attempt of *run* goes on; "" mostly.

        Who has the whole run cancelled says that nothing of it is to be waited for.
        """
        ours = self._around.executor.cluster
        begun = [each.attempts[-1] for each in run.in_order() if each.is_open]
        where = next((each.cluster for each in begun if each.cluster not in ("", ours)), "")
        return "" if where and is_asked_to_stop(self._around.store, run.id) else where


def is_asked_to_stop(store: RunStore, run: RunId) -> bool:
    """Whether somebody has asked for the whole of *run* to be cancelled."""
    asked = (each.request for each in store.requests(run))
    return any(isinstance(each, CancelRequested) and not each.keys for each in asked)

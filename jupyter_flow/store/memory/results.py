"""Results in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from jupyter_flow.core.fingerprints import Fingerprint
from jupyter_flow.core.ids import AttemptId
from jupyter_flow.core.states import TaskState
from jupyter_flow.ports.cache import Result

from .part import MemoryPart


class MemoryResultStore(MemoryPart):
    """`jupyter_flow.ports.cache.ResultStore` in memory, for any number of threads."""

    def keep(self, origin: AttemptId, fingerprint: Fingerprint, *, now: datetime) -> None:
        """From now on, what *origin* came to is the result for this fingerprint."""
        with self._shelf.lock:
            if origin.run in self._shelf.runs:
                result = Result(origin=origin, fingerprint=fingerprint, ended_at=now)
                self._shelf.results[fingerprint.key] = result

    def find(self, key: str) -> Result | None:
        """The result for the fingerprint with that key."""
        return self._best(lambda result: result.fingerprint.key == key)

    def newest(self, gist: str) -> Result | None:
        """The latest result for fingerprints with that gist."""
        return self._best(lambda result: result.fingerprint.gist == gist)

    def latest(self, notebook: str) -> Result | None:
        """The latest result of that notebook, whatever its fingerprint."""
        return self._best(lambda result: result.fingerprint.notebook == notebook)

    def _best(self, is_meant: Callable[[Result], bool]) -> Result | None:
        with self._shelf.lock:
            found = [self._whole(each) for each in self._shelf.results.values() if is_meant(each)]
        whole = [each for each in found if each is not None]
        return max(whole, key=lambda each: each.ended_at, default=None)

    def _whole(self, result: Result) -> Result | None:
        """*result* with its values, if it still counts."""
        origin = result.origin
        task_run = self._shelf.runs[origin.run].task_runs.get(origin.key)
        if task_run is None or task_run.state is not TaskState.SUCCEEDED or task_run.reason:
            return None
        if task_run.attempt is None or task_run.attempt.number != origin.number:
            return None
        return replace(result, values=task_run.values)

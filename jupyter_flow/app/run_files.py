"""What a run has written: notebooks, logs, folders. Writes nothing but a copy to debug."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

from jupyter_flow.core.errors import FlowError, NotFoundError, UsageError
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.core.run import Run
from jupyter_flow.engine.places import Places
from jupyter_flow.ports.shared_home import SharedHome

from . import naming
from .debugging import copy_of
from .kept import KeptKernel
from .logs import lines_of

log = logging.getLogger(__name__)


class RunFiles:
    """Where the files of runs are, and what can be read from them.

    *project* is the folder of the notebooks; *load* gives a run as it is now, *is_seen_to* says
    whether somebody may still go on with one. What another machine has written comes from *shared*.
    """

    def __init__(
        self,
        places: Places,
        project: Path,
        *,
        load: Callable[[RunId], Run],
        is_seen_to: Callable[[RunId], bool],
        shared: SharedHome,
    ) -> None:
        self._places = places
        self._project = project
        self._load = load
        self._is_seen_to = is_seen_to
        self._shared = shared

    def folder_of(self, run: Run) -> Path:
        """The folder of everything that the run wrote."""
        return self._places.run(run.flow_name, run.id)

    def path_of(
        self,
        run: Run,
        key: TaskKey,
        *,
        attempt: int | None = None,
        what: Literal["notebook", "log", "artifacts"] = "notebook",
    ) -> Path:
        """Where the executed notebook, the log or the files of an attempt are (the latest's).

        Raises UsageError or NotFoundError (JF405) when there is no such task, run of it or attempt.
        """
        number = _number_of(run, key, attempt)
        place = {
            "notebook": self._places.executed,
            "log": self._places.log,
            "artifacts": self._places.artifacts,
        }[what]
        path = place(run.flow_name, run.id, key, number)
        self._fetch(path, is_last=_has_ended(run, key, number))
        return path

    def log(
        self, run: Run, key: TaskKey, *, attempt: int | None = None, follow: bool = False
    ) -> Iterator[str]:
        """The lines of an attempt's log (the latest's); with *follow* also those still to come."""
        number = _number_of(run, key, attempt)

        path = self._places.log(run.flow_name, run.id, key, number)

        def is_over() -> bool:
            found = self._load(run.id) if follow else run
            ended = _has_ended(found, key, number)
            self._fetch(path, is_last=ended)
            return not follow or ended or not self._is_seen_to(run.id)

        return lines_of(path, is_over)

    def copy_to_debug(self, run: Run, key: TaskKey, number: int) -> tuple[Path, int | None]:
        """A new notebook with what an attempt ran, to run by hand; and its cell that failed."""
        executed = self.path_of(run, key, attempt=number)
        attempts = run.task_runs[key].attempts
        attempt = next(each for each in attempts if each.number == number)
        return copy_of(executed, run.plan.targets[key.task].path, self._project, attempt)

    def kept_kernel(self, run: Run, key: TaskKey, attempt: int | None = None) -> KeptKernel | None:
        """The kernel of an attempt that failed (the latest's), if it is kept and still there."""
        return KeptKernel.beside(self.path_of(run, key, attempt=attempt))

    def _fetch(self, path: Path, *, is_last: bool) -> None:
        """Have what another machine wrote here, if it did. What is here is good enough when that
        cannot be asked for."""
        try:
            self._shared.fetch(path, is_last=is_last)
        except FlowError as error:
            if not path.exists():
                raise
            log.warning("what is shared cannot be had: %s", error)


def _has_ended(run: Run, key: TaskKey, number: int) -> bool:
    task_run = run.task_runs.get(key)
    return task_run is None or any(
        each.number == number and each.outcome is not None for each in task_run.attempts
    )


def _number_of(run: Run, key: TaskKey, number: int | None) -> int:
    """*number*, or that of the latest attempt, if there is such an attempt."""
    if key.task not in run.plan.flow:
        raise naming.unknown_task(key.task, run)
    task_run = run.task_runs.get(key)
    if task_run is None:
        known = ", ".join(str(each) for each in run.keys_of(key.task))
        raise UsageError(f"run {run.id} has no '{key}'", hint=f"It has: {known}.", code="JF405")
    numbers = [each.number for each in task_run.attempts]
    if not numbers:
        raise NotFoundError(
            f"task '{key}' has not run in {run.id}: it is {task_run.state}",
            hint=task_run.reason or "Only an attempt has a notebook and a log.",
        )
    if number is not None and number not in numbers:
        raise NotFoundError(f"task '{key}' has no attempt {number}", hint=f"It has: {numbers}.")
    return number or numbers[-1]

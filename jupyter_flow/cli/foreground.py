"""Driving a run in the foreground: the work in the main thread, the view of it in another.

The main thread drives, because signals arrive there: Ctrl-C cancels the run, a second one leaves.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from jupyter_flow.app.clock import SystemClock
from jupyter_flow.app.flows import Flows
from jupyter_flow.app.watching import watch
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.core.pictures.faces import face_of
from jupyter_flow.core.run import Run
from jupyter_flow.core.states import TaskState
from jupyter_flow.core.words import TASK_SIGNS, count

from . import console as consoles

if TYPE_CHECKING:
    from rich.console import RenderableType


class View(Protocol):
    """Shows a run as it goes on."""

    def show(self, run: Run) -> None:
        """Called with each new state of the run, from one thread."""

    def close(self) -> None:
        """Called once, when there is nothing more to come."""


def carry(flows: Flows, run: RunId, view: View | None) -> Run:
    """Carry *run* to its end and show it meanwhile in *view*. Signals as for `Flows.drive`."""
    return flows.drive(run) if view is None else _carry_in_view(flows, run, view)


def _carry_in_view(flows: Flows, run: RunId, view: View) -> Run:
    driven = threading.Event()
    failed: list[BaseException] = []

    def look() -> None:
        try:
            for current in watch(flows, run, every=0.25, until=driven):
                view.show(current)
        except Exception as error:  # noqa: BLE001  the view must not stop the run; told below
            failed.append(error)

    viewer = threading.Thread(target=look, name="view", daemon=True)
    viewer.start()
    try:
        done = flows.drive(run)
    finally:
        driven.set()
        viewer.join(timeout=5)
        view.close()
    for error in failed:
        consoles.err().print(f"the view of the run failed: {error}", style="yellow")
    return done


def view_for(run: Run, *, quiet: bool, as_json: bool) -> View | None:
    """A live table on a terminal, lines in a log of what becomes of *run* from here on, none when
    nobody looks."""
    if quiet or as_json:
        return None
    return LiveTable() if consoles.is_live() else Lines(run)


class LiveTable:
    """A table of the tasks, drawn again in place several times a second."""

    def __init__(self) -> None:
        from rich.live import Live
        from rich.text import Text

        self._run: Run | None = None
        self._clock = SystemClock()
        self._console = consoles.out()
        self._nothing = Text("")
        self._live = Live(
            get_renderable=self._draw, console=self._console, refresh_per_second=5, transient=True
        )
        self._live.start()

    def show(self, run: Run) -> None:
        """Remember it; the next frame shows it."""
        self._run = run

    def close(self) -> None:
        """Take the table away: the summary comes in its place."""
        self._live.stop()

    def _draw(self) -> RenderableType:
        from rich.console import Group

        from .tables import headline, task_table

        if self._run is None:
            return self._nothing
        now, room = self._clock.now(), max(3, self._console.height - 6)
        return Group(headline(self._run, now), "", task_table(self._run, now, most=room))


class Lines:
    """One plain line for each change, for logs. How *run* is now is no news: a repair begins with
    what had failed."""

    def __init__(self, run: Run) -> None:
        self._before = _states(run)
        self._clock = SystemClock()
        total = count(len(run.plan.flow.tasks), "task")
        self._write(f"run {run.id} of {run.flow_name}: {total}")

    def show(self, run: Run) -> None:
        """Write what changed since the last time."""
        now = self._clock.now()
        states = _states(run)
        for task in run.plan.flow.graph.order:
            for each in run.runs_of(task):
                if self._before.get(each.key) == states[each.key]:
                    continue
                if each.state in (TaskState.PENDING, TaskState.QUEUED):
                    continue
                sign = TASK_SIGNS[each.state]
                face = face_of(run.plan.flow, run.plan.flow[task], run, now)
                alone = len(list(run.keys_of(task))) == 1
                # What has only begun has not come far.
                progress = "" if each.state is TaskState.RUNNING else face.progress
                told = ", ".join(p for p in (progress, face.remark) if p) if alone else ""
                self._write(f"{sign.symbol} {each.key} {sign.word}{f' ({told})' if told else ''}")
        self._before = states

    def close(self) -> None:
        """Nothing is left to write."""

    def _write(self, text: str) -> None:
        sys.stdout.write(f"{self._clock.now().astimezone():%H:%M:%S}  {text}\n")
        sys.stdout.flush()


def _states(run: Run) -> Mapping[TaskKey, tuple[TaskState, int, str]]:
    """What is told of each task when it is another: also that it failed once more, and what is
    seen of what is waited for."""
    return {
        key: (
            each.state,
            each.attempt.number if each.attempt else 0,
            each.reason if each.state is TaskState.WAITING else "",
        )
        for key, each in run.task_runs.items()
    }

"""Runs whose attempts end at once: what is left is the driver, the store and the journal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from jupyter_flow.app import wiring
from jupyter_flow.app.flows import Flows
from jupyter_flow.core.events import AttemptEnded
from jupyter_flow.core.states import Outcome
from jupyter_flow.ports.executor import Assignment, Report
from jupyter_flow.testing.executors import ScriptedExecutor


class NoKernels(ScriptedExecutor):
    """An `Executor` whose attempts succeed before they have begun."""

    def start(self, assignment: Assignment, report: Report) -> None:
        key, number = assignment.key, assignment.number
        report(AttemptEnded(key=key, number=number, outcome=Outcome.SUCCEEDED, cpu=0.0))


@contextmanager
def open_without_kernels(folder: Path) -> Iterator[Flows]:
    """As `open_flows`, but for the executor, for which the product has no switch."""
    with (
        patch.object(wiring, "_executor", lambda *_: NoKernels()),
        wiring.open_flows(folder) as flows,
    ):
        yield flows

"""An execution for papermill's own command: its options in, its exceptions out."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from jupyter_flow.core.run import Cause
from jupyter_flow.ports.kernels import KernelLauncher, KernelRequest

from .client import ignore_progress
from .document import wall_clock
from .failures import Ending
from .kernels import StartedKernels
from .log import AttemptLog
from .stopping import Graces, Stopping
from .undertaking import Undertaking


def execute(
    notebook: NotebookNode,
    kernel_name: str | None,
    output_path: str | None,
    options: Mapping[str, Any],
) -> None:
    """Execute *notebook*, in place, with papermill's *options* for an engine.

    Raises nbclient's DeadKernelError or CellTimeoutError; a cell's error is in its outputs.
    """
    launcher = StartedKernels()
    try:
        undertaking = _of_papermill(launcher, kernel_name, output_path, options)
        undertaking.execute(notebook)
    finally:
        launcher.close()
    _raise_as_papermill_does(undertaking.ending)


def _of_papermill(
    launcher: KernelLauncher,
    kernel_name: str | None,
    output_path: str | None,
    options: Mapping[str, Any],
) -> Undertaking:
    """The undertaking that papermill's own options describe."""
    is_local = output_path is not None and "://" not in output_path and output_path != "-"
    limit = options.get("execution_timeout") or options.get("timeout")
    stopping = Stopping(graces=Graces(), cell_timeout=limit if limit and limit > 0 else None)
    stopping.begin(time.monotonic())
    return Undertaking(
        kernel=launcher.launch(KernelRequest(name=kernel_name, folder=Path.cwd())),
        stopping=stopping,
        log=AttemptLog(None, now=wall_clock),
        path=Path(output_path).absolute() if is_local and output_path else None,
        now=wall_clock,
        start_timeout=options.get("start_timeout") or 60,
        progress=_bar(options.get("progress_bar")),
    )


def _bar(wanted: Any) -> Callable[[int, int], None]:
    """papermill's progress bar, as far as it is wanted."""
    if not wanted:
        return ignore_progress
    from tqdm import tqdm  # type: ignore[import-untyped]

    settings = wanted if isinstance(wanted, dict) else {}
    bar = tqdm(**{"unit": "cell", "desc": "Executing", "leave": True, **settings})

    def show(cell: int, cells: int) -> None:
        bar.total = cells
        bar.n = cell
        bar.refresh()
        if cell == cells:
            bar.close()

    return show


def _raise_as_papermill_does(ending: Ending | None) -> None:
    failure = ending.failure if ending is not None else None
    if failure is None or failure.cause is Cause.CELL_ERROR:
        return
    if failure.cause is Cause.CELL_TIMEOUT:
        raise CellTimeoutError(str(failure))
    raise DeadKernelError(str(failure))

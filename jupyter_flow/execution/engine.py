"""The papermill engine ``jupyter_flow``: what papermill hands the prepared notebook to.

Works for `LocalExecutor`, which passes an `Undertaking`, and for anyone who says
``papermill --engine jupyter_flow in.ipynb out.ipynb``. Imports nothing of papermill: papermill
imports this module while it is being imported itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from jupyter_flow.core.run import Cause
from jupyter_flow.core.states import Outcome
from jupyter_flow.ports.kernels import Kernel, KernelExit, KernelLauncher, KernelRequest

from .client import CellRunner, ignore_progress
from .document import ExecutedNotebook, wall_clock
from .failures import Ending
from .kernels import StartedKernels
from .log import AttemptLog
from .outputs import Bounds
from .stopping import Graces, Stopping


@dataclass(kw_only=True)
class Undertaking:
    """One execution of a notebook: what it needs, and (once it is over) what came of it.

    ``added`` is the index of the cell that was put in for the parameters, None when none was.
    ``keep`` is asked whether the kernel stays after such an end; ``is_kept`` says that it does.
    """

    kernel: Kernel
    stopping: Stopping
    log: AttemptLog
    path: Path | None
    now: Callable[[], datetime]
    source: str | None = None
    added: int | None = None
    bounds: Bounds = field(default_factory=Bounds)
    start_timeout: float = 60.0
    progress: Callable[[int, int], None] = ignore_progress
    keep: Callable[[Ending], bool] = lambda _ending: False
    is_kept: bool = False
    ending: Ending | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    exit: KernelExit = field(default_factory=KernelExit)

    def execute(self, notebook: NotebookNode) -> None:
        """Run *notebook*, save it, close the kernel or keep it; ``ending`` says how it went."""
        document = ExecutedNotebook(notebook, self.path, now=self.now)
        if self.source is not None:
            paths = {"input_path": self.source, "output_path": str(self.path)}
            notebook.metadata["papermill"].update(paths)
        try:
            document.begin()
            runner = CellRunner(
                document,
                self.kernel,
                log=self.log,
                stopping=self.stopping,
                bounds=self.bounds,
                added=self.added,
                start_timeout=self.start_timeout,
                progress=self.progress,
            )
            self.ending = runner.run()
            self.is_kept = self.kernel.exit is None and self.keep(self.ending)
            if not self.is_kept:
                runner.let_go()
            self.values = runner.values
        finally:
            if not self.is_kept:
                self.exit = self.kernel.close()
            is_well = self.ending is not None and self.ending.outcome is Outcome.SUCCEEDED
            document.end(failed=not is_well)


class JupyterFlowEngine:
    """papermill's contract for an engine, in class methods."""

    @classmethod
    def execute_notebook(
        cls,
        nb: NotebookNode,
        kernel_name: str | None,
        output_path: str | None = None,
        *,
        undertaking: Undertaking | None = None,
        **options: Any,
    ) -> NotebookNode:
        """Execute *nb* and return it. With an *undertaking* failures are told there alone.

        Without one, as papermill expects: raises nbclient's DeadKernelError or CellTimeoutError,
        and leaves it to papermill to raise for a cell's error, which it finds in its outputs.
        """
        if undertaking is not None:
            undertaking.execute(nb)
            return nb
        launcher = StartedKernels()
        try:
            undertaking = _of_papermill(launcher, kernel_name, output_path, options)
            undertaking.execute(nb)
        finally:
            launcher.close()
        _raise_as_papermill_does(undertaking.ending)
        return nb

    @classmethod
    def nb_kernel_name(cls, nb: NotebookNode, name: str | None = None) -> str | None:
        """The kernel's name; None where the notebook names none: this environment's Python."""
        return name or nb.metadata.get("kernelspec", {}).get("name") or None

    @classmethod
    def nb_language(cls, nb: NotebookNode, language: str | None = None) -> str:
        """The notebook's language, Python where it says nothing."""
        about = nb.metadata
        named = about.get("language_info", {}).get("name")
        return str(language or named or about.get("kernelspec", {}).get("language") or "python")


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
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    failure = ending.failure if ending is not None else None
    if failure is None or failure.cause is Cause.CELL_ERROR:
        return
    if failure.cause is Cause.CELL_TIMEOUT:
        raise CellTimeoutError(str(failure))
    raise DeadKernelError(str(failure))

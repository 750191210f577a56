"""One execution of a notebook in one kernel: what `attempt` wants done, and papermill's command."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from jupyter_flow.core.states import Outcome
from jupyter_flow.ports.kernels import Kernel, KernelExit

from .client import CellRunner, ignore_progress
from .document import ExecutedNotebook
from .failures import Ending
from .log import AttemptLog
from .masking import Masking
from .outputs import Bounds
from .stopping import Stopping


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
    masking: Masking | None = None
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
                masking=self.masking,
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

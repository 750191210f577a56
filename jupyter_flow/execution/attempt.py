"""One attempt, from its assignment to its end: prepare, hand to papermill, tell what came of it.

A kernel that is kept stays in its hands after that, until `KeptKernels` says that it goes.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from nbformat import NotebookNode

from jupyter_flow.core.artifacts import Arrival
from jupyter_flow.core.errors import FlowError
from jupyter_flow.core.events import AttemptEnded, AttemptProgressed
from jupyter_flow.core.run import Cause
from jupyter_flow.core.secrets import SecretText
from jupyter_flow.core.states import Outcome
from jupyter_flow.ports.artifacts import ArtifactStore
from jupyter_flow.ports.executor import Assignment, Report
from jupyter_flow.ports.kernels import Kernel, KernelLauncher

from .failures import Ending, not_stored, start_failed
from .handing import bringer, stored, without_files
from .kept import SUCCEEDED, Held, KeptKernels
from .kernelspecs import Kernelspec
from .leftovers import end_leftovers
from .log import AttemptLog
from .masking import Masking
from .outputs import Bounds
from .parameters import inject
from .preparing import choose_kernel, environment_naming, environment_of, read_notebook
from .requests import not_libraries, request_for
from .secret_code import code_for, environment_with, secrets_of
from .stopping import Graces, Stopping
from .undertaking import Undertaking

#: An artifact of more bytes than this arrives unloaded.
LOAD_LIMIT = 256 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What all attempts of an executor have in common."""

    graces: Graces = field(default_factory=Graces)
    bounds: Bounds = field(default_factory=Bounds)
    log_limit: int = 16 * 2**20
    start_timeout: float = 60.0
    home: str | None = None
    artifacts: ArtifactStore | None = None
    load_limit: int = LOAD_LIMIT


class RunningAttempt:
    """Makes the attempt of one assignment, in the thread that calls `make`.

    *launched* is called from there as soon as its kernel boots.
    """

    def __init__(
        self,
        assignment: Assignment,
        report: Report,
        *,
        launcher: KernelLauncher,
        settings: Settings,
        kept: KeptKernels,
        now: Callable[[], datetime],
        launched: Callable[[], None],
    ) -> None:
        self.assignment = assignment
        self._report = report
        self._launcher = launcher
        self._settings = settings
        self._kept = kept
        self._held: Held | None = None
        self._log: AttemptLog | None = None
        self._now = now
        self._launched = launched
        self._kernel: Kernel | None = None
        self._stopping = Stopping(
            graces=settings.graces,
            timeout=_seconds(assignment.timeout),
            cell_timeout=_seconds(assignment.cell_timeout),
        )

    def stop(self) -> None:
        """From any thread: end it as cancelled."""
        self._stopping.request(Cause.CANCELLED)
        kernel = self._kernel
        if kernel is not None:
            kernel.wake()

    def make(self) -> None:
        """Make the attempt; the last thing it does is to report the end. Then call `stay`."""
        self._stopping.begin(time.monotonic())
        undertaking: Undertaking | None = None
        last_words = ""
        values: Mapping[str, Any] = {}
        try:
            log = AttemptLog(self.assignment.log, now=self._now, limit=self._settings.log_limit)
        except OSError as error:
            self._tell(Ending.of(start_failed(f"its log cannot be written: {error}")), None, {})
            return
        self._log = log
        try:
            undertaking = self._begin(log)
            ending = undertaking.ending or Ending.of(start_failed("it ended without a word"))
            values = without_files(undertaking.values)
            if ending.outcome is Outcome.SUCCEEDED:
                ending, values = self._store(ending, undertaking.values, log)
        except FlowError as error:
            last_words = str(error)
            ending = Ending.of(start_failed(error.what, name=error.code, traceback=last_words))
        except Exception as error:  # the end must be told whatever happens
            logging.getLogger(__name__).exception("an attempt failed in a way nobody foresaw")
            last_words = f"{type(error).__name__}: {error}"
            ending = Ending.of(start_failed(str(error), name=type(error).__name__))
        finally:
            if self._kernel is not None and self._held is None:
                self._put_away(self._kernel)
        how = self._kept.how_to_attach(self._held) if self._held is not None else ""
        self._write_down(log, last_words, str(ending.outcome), how)
        if ending.outcome is Outcome.SUCCEEDED:
            self._kept.let_go_of(self.assignment.run, self.assignment.key, SUCCEEDED)
        self._tell(ending, undertaking, values)

    def stay(self) -> None:
        """After the end, in the same thread: hold the kernel that is kept, if one is."""
        held, log = self._held, self._log
        if held is None or log is None:
            return
        why = self._kept.hold(held, self._put_away)
        self._held = None
        self._write_down(log, f"the kernel that was kept is closed: {why}")

    def _keep(self, ending: Ending) -> bool:
        if self._kernel is not None:
            self._held = self._kept.keep(self._kernel, self.assignment, ending)
        return self._held is not None

    def _write_down(self, log: AttemptLog, *words: str) -> None:
        """Say the last *words*, and close the log unless a kernel is kept."""
        try:
            for each in filter(None, words):
                log.say(each)
            if self._held is None:
                log.close()
            else:
                log.flush()
        except OSError:  # a full disk must not keep the end from being told
            logging.getLogger(__name__).exception("the log of an attempt could not be finished")

    def _put_away(self, kernel: Kernel) -> None:
        """Close *kernel*. Where nobody could tell how it ended, nobody has swept up after it."""
        ended = kernel.close()
        if ended.status is None and ended.signal is None:
            given = self.assignment
            named = environment_naming(given.run, given.key, given.number)
            end_leftovers({**named, "JUPYTER_FLOW_ARTIFACTS": str(given.artifacts.absolute())})

    def _begin(self, log: AttemptLog) -> Undertaking:
        """Prepare everything, the kernel's boot overlapping with ours, and execute."""
        assignment = self.assignment
        notebook = read_notebook(assignment)
        spec = choose_kernel(notebook, assignment.kernel)
        secrets = secrets_of(assignment)
        added = inject(
            notebook,
            assignment.parameters,
            language=spec.language,
            kernel=spec.name,
            path=assignment.source,
            bring=self._bringer(spec),
        )
        assignment.artifacts.mkdir(parents=True, exist_ok=True)
        named = f"kernel {spec.name!r}" if spec.name else "no kernel is named: this environment's"
        log.say(f"{assignment.source}: {named} ({spec.display_name}) in {assignment.folder}")
        for remark in assignment.remarks:
            log.say(remark)
        unknown = not_libraries(assignment.preload)
        if unknown:
            log.say(f"not loaded beforehand, for it is no installed library: {', '.join(unknown)}")
        env = environment_with(environment_of(assignment, home=self._settings.home), secrets)
        request = request_for(notebook, spec, assignment, env)
        self._kernel = kernel = self._launcher.launch(request)
        log.say(f"the kernel is {kernel.way}")
        self._launched()
        undertaking = Undertaking(
            kernel=kernel,
            stopping=self._stopping,
            log=log,
            path=assignment.executed,
            source=assignment.source,
            now=self._now,
            added=added,
            bounds=self._settings.bounds,
            start_timeout=self._settings.start_timeout,
            progress=self._progressed,
            masking=Masking(secrets.values()),
            keep=self._keep,
        )
        _execute_with_papermill(notebook, undertaking, spec.name)
        return undertaking

    def _bringer(self, spec: Kernelspec) -> Callable[[Arrival | SecretText], Any]:
        """What makes of an artifact, and of a text with secrets, what the notebook is given."""
        settings = self._settings
        artifact = bringer(settings.artifacts, spec, load_limit=settings.load_limit)
        secret = code_for(spec)
        return lambda each: secret(each) if isinstance(each, SecretText) else artifact(each)

    def _progressed(self, cell: int, cells: int) -> None:
        key, number = self.assignment.key, self.assignment.number
        self._report(AttemptProgressed(key=key, number=number, cell=cell, cells=cells))

    def _store(
        self, ending: Ending, values: Mapping[str, Any], log: AttemptLog
    ) -> tuple[Ending, Mapping[str, Any]]:
        """Store the files that were handed on: without them the attempt has not succeeded."""
        try:
            return ending, stored(values, self.assignment.artifacts, self._settings.artifacts)
        except FlowError as error:
            log.say(str(error))
            failure = not_stored(error.what, name=error.code, traceback=str(error))
            return Ending.of(failure), without_files(values)

    def _tell(
        self, ending: Ending, undertaking: Undertaking | None, values: Mapping[str, Any]
    ) -> None:
        self._report(
            AttemptEnded(
                key=self.assignment.key,
                number=self.assignment.number,
                outcome=ending.outcome,
                failure=ending.failure,
                values=values,
                cpu=undertaking.exit.cpu if undertaking is not None else None,
                memory=undertaking.exit.memory if undertaking is not None else None,
            )
        )


def _execute_with_papermill(notebook: NotebookNode, undertaking: Undertaking, kernel: str) -> None:
    """Have papermill run our engine on *notebook*, without what its own reading and writing would
    add: braces filled in in paths, another directory for the whole process, three more copies."""
    from papermill.engines import papermill_engines

    papermill_engines.execute_notebook_with_engine(
        "jupyter_flow", notebook, kernel_name=kernel, undertaking=undertaking
    )


def _seconds(duration: timedelta | None) -> float | None:
    return None if duration is None else duration.total_seconds()

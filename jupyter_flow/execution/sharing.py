"""An executor that shares what attempts write with other machines. An `Executor` around another.

The end of an attempt is told when its notebook, log and files are where others find them; while it
lasts, they find it as it was some seconds ago. What could not be shared is, later. Files that
earlier attempts handed on, on another machine, are fetched before an attempt begins.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from jupyter_flow.core.errors import FlowError
from jupyter_flow.core.events import AttemptEnded, AttemptProgressed
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.core.run import Cause, Failure
from jupyter_flow.core.states import Outcome
from jupyter_flow.ports.executor import Assignment, Executor, Prospect, Report
from jupyter_flow.ports.shared_home import SharedHome

from .failures import start_failed
from .handed import files_of_runs

log = logging.getLogger(__name__)

_Attempt = tuple[RunId, TaskKey, int]

_HANDS = 4
#: How often, in seconds, what lasts is shared again if there is anything new.
_BETWEEN = 5.0


@dataclass(slots=True, eq=False)
class _Shared:
    """An attempt that is made and shared. The lock is held while it is copied. ``seen`` tells for
    each of its files what was shared last."""

    assignment: Assignment
    report: Report
    lock: threading.Lock = field(default_factory=threading.Lock)
    seen: dict[Path, object] = field(default_factory=dict)
    is_over: bool = False


class SharingExecutor:
    """Has *executor* make attempts, and *shared* keep what they write below *home*."""

    def __init__(self, executor: Executor, shared: SharedHome, home: Path) -> None:
        self._executor = executor
        self._shared = shared
        self._home = home.absolute()
        self._hands = ThreadPoolExecutor(_HANDS, thread_name_prefix="sharing")
        self._catching_up = threading.Lock()
        self._lasting: dict[_Attempt, _Shared] = {}
        #: What is being shared just now, as it has ended.
        self._settling: set[str] = set()
        #: Whose files are being fetched; whether they are to be stopped.
        self._fetching: dict[_Attempt, bool] = {}
        self._changed = threading.Condition()
        self._watching: threading.Thread | None = None
        self._owes = self._is_closed = False

    def start(self, assignment: Assignment, report: Report) -> None:
        sharing = self._sharing(assignment, report)
        files = files_of_runs(assignment.parameters, self._home)
        missing = [path for each in files if not (path := Path(each)).exists()]
        if not missing:
            self._executor.start(assignment, sharing)
            return
        with self._changed:
            self._fetching[_name(assignment)] = False
        self._hands.submit(self._fetch_and_start, assignment, sharing, missing)

    def take_up(self, assignment: Assignment, report: Report) -> bool:
        is_ours = False
        try:
            is_ours = self._executor.take_up(assignment, self._sharing(assignment, report))
        finally:
            if not is_ours:
                self._share_no_more(assignment.run, assignment.key, assignment.number)
        return is_ours

    def let_go(self, run: RunId, key: TaskKey, number: int) -> bool:
        is_gone = self._executor.let_go(run, key, number)
        if is_gone:
            self._share_no_more(run, key, number)
        return is_gone

    def stop(self, run: RunId, key: TaskKey, number: int) -> None:
        with self._changed:
            if (run, key, number) in self._fetching:
                self._fetching[run, key, number] = True
                return
        self._executor.stop(run, key, number)

    def end_lost(self, run: RunId, key: TaskKey, number: int) -> None:
        self._executor.end_lost(run, key, number)

    @property
    def cluster(self) -> str:
        return self._executor.cluster

    def get_ready(self) -> None:
        self._executor.get_ready()
        self._hands.submit(self._catch_up)

    def foresee(self, prospects: Sequence[Prospect]) -> None:
        self._executor.foresee(prospects)

    def forget(self, run: RunId) -> None:
        self._executor.forget(run)

    @property
    def kept(self) -> int:
        return self._executor.kept

    def make_room(self) -> None:
        self._executor.make_room()

    def close(self) -> None:
        with self._changed:
            self._fetching = dict.fromkeys(self._fetching, True)
        self._executor.close()
        self._hands.shutdown()
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        if self._watching is not None:
            self._watching.join()

    # -- within --------------------------------------------------------------------------------

    def _fetch_and_start(self, given: Assignment, report: Report, missing: list[Path]) -> None:
        try:
            for path in missing:
                self._shared.fetch(path)
            with self._changed:
                if not self._fetching.pop(_name(given)):
                    self._executor.start(given, report)
                    return
            outcome, failure = Outcome.CANCELLED, Failure(cause=Cause.CANCELLED)
        except Exception as error:  # its end must be told, whatever happens
            log.exception("an attempt could not begin")
            name = error.code if isinstance(error, FlowError) else type(error).__name__
            outcome, failure = Outcome.FAILED, start_failed(str(error), name=name)
        with self._changed:
            self._fetching.pop(_name(given), None)
            shared = self._lasting[_name(given)]
        # Here and not by another hand: after `close` there is none.
        self._end(
            shared,
            AttemptEnded(key=given.key, number=given.number, outcome=outcome, failure=failure),
        )

    def _sharing(self, assignment: Assignment, report: Report) -> Report:
        shared = _Shared(assignment, report)

        def hear(event: AttemptProgressed | AttemptEnded) -> None:
            if isinstance(event, AttemptEnded):
                self._hands.submit(self._end, shared, event)
            else:
                report(event)

        with self._changed:
            self._lasting[_name(assignment)] = shared
            self._changed.notify_all()
            if self._watching is None:
                self._watching = threading.Thread(target=self._watch, name="sharing", daemon=True)
                self._watching.start()
        return hear

    def _watch(self) -> None:
        """Share what lasts, and what could not be shared before, now and again."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._lasting or self._owes or self._is_closed)
                self._changed.wait_for(lambda: self._is_closed, timeout=_BETWEEN)
                if self._is_closed:
                    return
                lasting = list(self._lasting.values())
            for each in lasting:
                self._share_so_far(each)
            if self._owes:
                self._catch_up()

    def _share_so_far(self, shared: _Shared) -> None:
        given = shared.assignment
        with shared.lock:
            for path in () if shared.is_over else (given.log, given.executed):
                try:
                    found = path.stat()
                    state = found.st_size, found.st_mtime_ns
                    if shared.seen.get(path) != state:
                        self._shared.put(path, is_last=False)
                        shared.seen[path] = state
                except (FlowError, OSError) as error:
                    log.debug("an attempt that lasts could not be shared: %s", error)

    def _end(self, shared: _Shared, ended: AttemptEnded) -> None:
        """Share all of it, then tell; what is not shared by then will be, see `_catch_up`."""
        given = shared.assignment
        what = f"{given.run}-{given.key}-{given.number}"
        self._share_no_more(given.run, given.key, given.number)
        try:
            with shared.lock:
                shared.is_over = True
                with self._changed:
                    self._settling.add(what)
                self._shared.owe(what, (given.log, given.executed, given.artifacts))
                is_shared = self._settle(what)
        except Exception:  # its end must be told, whatever happens
            log.exception("an attempt could not be shared")
            is_shared = False
        finally:
            with self._changed:
                self._settling.discard(what)
        shared.report(ended)
        if is_shared:
            self._catch_up()
        else:
            self._owe()

    def _share_no_more(self, run: RunId, key: TaskKey, number: int) -> None:
        with self._changed:
            self._lasting.pop((run, key, number), None)

    def _settle(self, what: str, *, level: int = logging.WARNING) -> bool:
        """Share what is owed; False when that cannot be now."""
        try:
            self._shared.settle(what)
        except (FlowError, OSError) as error:
            about = {"action": "not_shared", "attempt": what, "why": str(error)}
            log.log(level, "an attempt is not shared yet", extra=about)
            return False
        return True

    def _owe(self) -> None:
        with self._changed:
            self._owes = True
            self._changed.notify_all()

    def _catch_up(self) -> None:
        """Share what could not be shared before, by this process or one that died."""
        if not self._catching_up.acquire(blocking=False):
            return
        try:
            self._owes = False
            owed = [each for each in self._shared.owed() if each not in self._settling]
            # One that can never be shared must not keep the others from it.
            settled = [self._settle(each, level=logging.DEBUG) for each in owed]
            if not all(settled):
                self._owe()
        finally:
            self._catching_up.release()


def _name(given: Assignment) -> _Attempt:
    return given.run, given.key, given.number

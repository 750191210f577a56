"""Clearing away old runs: what is kept of them in the store, and their files.

A run that has not ended, that somebody holds, of which something is asked, or about which an alert
is still to be sent, stays. Whatever is interrupted is finished the next time.
"""

from __future__ import annotations

import logging
import os
import shutil
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from jupyter_flow.core.errors import ConflictError, NotFoundError, UsageError
from jupyter_flow.core.ids import RunId
from jupyter_flow.engine.places import Places
from jupyter_flow.ports.artifacts import ArtifactStore
from jupyter_flow.ports.clock import Clock
from jupyter_flow.ports.runs import Ended, RunStore
from jupyter_flow.ports.shared_home import SharedHome

log = logging.getLogger(__name__)

DAY = timedelta(days=1)
#: What is younger may belong to what is not told in the store yet.
_BEGUN = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Doomed:
    """A run that is to go, and how many bytes its files take."""

    run: RunId
    flow: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """What went, or would go. ``snapshots`` counts notebooks' snapshots that no run needs, and
    ``artifacts`` the stored files that no task run handed on or was given."""

    runs: tuple[Doomed, ...] = ()
    snapshots: int = 0
    artifacts: int = 0
    size: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskUse:
    """Bytes that a project's home takes, by what for. Artifacts kept elsewhere take none, but
    for those that have been fetched; those kept here share theirs with the runs that made them."""

    runs: int
    snapshots: int
    artifacts: int
    store: int


class Pruning:
    """Clears away the runs of one project."""

    def __init__(
        self,
        runs: RunStore,
        places: Places,
        clock: Clock,
        artifacts: ArtifactStore,
        shared: SharedHome,
    ) -> None:
        self._runs = runs
        self._artifacts = artifacts
        self._shared = shared
        self._places = places
        self._clock = clock

    def prune(
        self, *, keep_runs: int | None = None, keep_days: float | None = None, dry: bool = False
    ) -> Pruned:
        """Let ended runs go that are neither among the last *keep_runs* of their flow nor younger
        than *keep_days*; with *dry*, only say which.

        Raises UsageError when neither is given.
        """
        if keep_runs is None and keep_days is None:
            raise UsageError(
                "nothing says which runs to keep",
                hint="Give --keep-runs 20 or --keep-days 30, or set keep_runs in the settings.",
                code="JF412",
            )
        doomed = (self._doomed(each) for each in self._old(keep_runs, keep_days))
        if dry:
            found = tuple(doomed)
            return Pruned(runs=found, size=sum(each.size for each in found))
        self._finish_interrupted()
        # One after the other, each in a transaction of its own: whoever writes waits for one run.
        gone = [each for each in doomed if self._let_go(each)]
        self._drop_what_others_pruned()
        snapshots, freed = self._drop_snapshots()
        artifacts, freed_too = self._drop_artifacts()
        size = sum(each.size for each in gone) + freed + freed_too
        log.info("runs pruned", extra={"action": "runs_pruned", "count": len(gone), "bytes": size})
        return Pruned(runs=tuple(gone), snapshots=snapshots, artifacts=artifacts, size=size)

    def disk_use(self) -> DiskUse:
        """How much room everything takes."""
        home = self._places.home
        store = sum(path.stat().st_size for path in home.glob("flow.db*"))
        return DiskUse(
            runs=size_of(home / "runs"),
            snapshots=size_of(home / "snapshots"),
            artifacts=size_of(home / "artifacts") + size_of(home / "cache" / "artifacts"),
            store=store,
        )

    # -- within --------------------------------------------------------------------------------

    def _old(self, keep_runs: int | None, keep_days: float | None) -> Iterator[Ended]:
        seen: defaultdict[tuple[str, str], int] = defaultdict(int)
        now = self._clock.now()
        for each in self._ended():
            seen[each.flow, each.origin] += 1
            is_among_last = keep_runs is not None and seen[each.flow, each.origin] <= keep_runs
            # Divided, as there are more days in a number than in a timedelta.
            is_young = keep_days is not None and (now - each.ended_at) / DAY < keep_days
            if not (is_among_last or is_young):
                yield each

    def _ended(self) -> Iterator[Ended]:
        """All that have ended, the latest first: page by page, as some are deleted meanwhile."""
        cursor = None
        while page := self._runs.ended(older_than=cursor):
            yield from page
            cursor = page[-1].cursor

    def _doomed(self, ended: Ended) -> Doomed:
        folder = self._places.run(ended.flow, ended.run)
        return Doomed(run=ended.run, flow=ended.flow, size=size_of(folder))

    @property
    def _trash(self) -> Path:
        return self._places.home / "trash"

    def _let_go(self, doomed: Doomed) -> bool:
        """First out of sight, then out of the store, then for good; False if it has to stay."""
        folder = self._places.run(doomed.flow, doomed.run)
        trash = self._trash / doomed.flow / doomed.run
        trash.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):  # it has none, or another process is faster
            folder.rename(trash)
        try:
            self._runs.delete(doomed.run, now=self._clock.now())
        except ConflictError as why:
            if trash.is_dir():
                trash.rename(folder)
            log.info(
                "run kept",
                extra={"action": "prune_refused", "run": doomed.run, "why": why.what},
            )
            return False
        except NotFoundError:  # another process is faster; here are files, too
            self._remove(trash, folder)
            return False
        self._remove(trash, folder)
        return True

    def _remove(self, trash: Path, folder: Path) -> None:
        """Away for good with what was in *folder*; from here last, for by that it is known."""
        self._shared.remove(folder)
        shutil.rmtree(trash, ignore_errors=True)

    def _finish_interrupted(self) -> None:
        """What lies in the trash goes for good, or back if the store still has its run."""
        for trash in self._trash.glob("*/*"):
            folder = self._places.run(trash.parent.name, RunId(trash.name))
            try:
                self._runs.last_entry(RunId(trash.name))
            except NotFoundError:
                self._remove(trash, folder)
            else:
                trash.rename(folder)

    def _drop_what_others_pruned(self) -> None:
        """The files here of runs that another machine has let go.

        There are others that the store does not know: attempts that other schedulers have made,
        and go on making. Those are shared, or will be.
        """
        if not self._shared.is_shared:
            return
        youngest = (self._clock.now() - _BEGUN).timestamp()
        for folder in (self._places.home / "runs").glob("*/*"):
            try:
                self._runs.last_entry(RunId(folder.name))
            except NotFoundError:
                is_shared = self._shared.has(folder)
                is_old = folder.stat().st_mtime < youngest
                if not is_shared and (is_old or self._shared.knew(folder)):
                    self._remove(folder, folder)

    def _drop_snapshots(self) -> tuple[int, int]:
        """The snapshots that nothing refers to, unless they are so new that a run may be begun."""
        needed = self._runs.digests()
        youngest = (self._clock.now() - _BEGUN).timestamp()
        number = freed = 0
        for path in (self._places.home / "snapshots").glob("*.ipynb"):
            with suppress(FileNotFoundError):  # another process is faster
                found = path.stat()
                if path.stem not in needed and found.st_mtime < youngest:
                    path.unlink()
                    self._shared.remove(path)
                    number, freed = number + 1, freed + found.st_size
        return number, freed

    def _drop_artifacts(self) -> tuple[int, int]:
        """The artifacts that nothing refers to, unless they are so new that the end of the attempt
        that made them may still be on its way into the store."""
        old = self._clock.now() - _BEGUN
        found = [each for each in self._artifacts.all() if each.stored_at < old]
        needed = self._runs.artifacts() if found else set()
        number = freed = 0
        for each in found:
            if each.name in needed:
                continue
            try:
                self._artifacts.remove(each.name, put_before=old)
            except ConflictError as why:  # what others need cannot be told from here
                log.warning("artifacts kept", extra={"action": "prune_refused", "why": f"{why}"})
                break
            number, freed = number + 1, freed + each.size
        return number, freed


def size_of(folder: Path) -> int:
    """Bytes of all files below *folder*; 0 when there is none."""
    size = 0
    for root, _, names in os.walk(folder):
        for name in names:
            try:
                size += (Path(root) / name).lstat().st_size
            except OSError:  # it went while we looked
                continue
    return size

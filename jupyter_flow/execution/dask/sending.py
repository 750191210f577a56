"""How an attempt is given to a cluster: with all that it needs, to workers that have the resources.

Finds out what workers see of this machine's files; waits for nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

from jupyter_flow.ports.artifacts import ArtifactStore
from jupyter_flow.ports.executor import Assignment

from . import worker
from .clusters import ask, reaching, workers_of
from .parcels import Parcel, installed, name_of, packed

_MARK = "seen-by-workers-"
#: For so many seconds an attempt may wait for a worker.
_KEPT = 30 * 86400.0


class Sender:
    """Gives attempts to a cluster. What it is made of, `DaskExecutor` says."""

    def __init__(
        self,
        home: Path,
        equip: worker.Equip,
        artifacts: ArtifactStore | None,
        shares_disk: bool | None,
        resources: Sequence[str] | None,
    ) -> None:
        self._home = home
        self._equip = equip
        self._artifacts = artifacts
        self.shares_disk = shares_disk
        self._resources = resources
        self._mark = home / f"{_MARK}{uuid4().hex}"

    def send(self, client: Any, given: Assignment) -> Any:
        """The future of the attempt. Raises FlowError: JF613 when too much would have to travel,
        JF615 when the scheduler cannot be reached, and nothing is sent."""
        if self._is_shared(client):
            parcel = Parcel(assignment=given, mark=self._mark, sender=installed())
        else:
            parcel = packed(given, self._home, self._artifacts)
        with reaching(client):
            return client.submit(
                worker.make,
                parcel,
                self._equip,
                key=f"{name_of(given)}/{uuid4().hex}",
                pure=False,
                retries=0,
                resources=self._resources_for(client, given),
            )

    def close(self, *, keeps_mark: bool) -> None:
        """Those who left attempts to the cluster keep the mark, for what no worker has begun yet;
        marks of long ago go."""
        with suppress(FileNotFoundError):  # there is none; or another process is faster
            long_ago = self._mark.stat().st_mtime - _KEPT
            for each in self._home.glob(f"{_MARK}*"):
                if each.stat().st_mtime < long_ago or (each == self._mark and not keeps_mark):
                    each.unlink()

    def _is_shared(self, client: Any) -> bool:
        """Whether the workers see our files; found out once, if nobody said."""
        if self.shares_disk is None:
            self._make_mark()
            seen = ask(client.run, Path.exists, self._mark, on_error="ignore")
            if not seen:
                return False
            self.shares_disk = all(seen.values())
        elif self.shares_disk:
            self._make_mark()
        return self.shares_disk

    def _make_mark(self) -> None:
        self._home.mkdir(parents=True, exist_ok=True)
        self._mark.touch()

    def _resources_for(self, client: Any, given: Assignment) -> dict[str, float] | None:
        if given.pool is None:
            return None
        known = self._resources
        if known is None:
            about = workers_of(client).values()
            known = [name for each in about for name in each.get("resources", {})]
        return {given.pool: float(given.slots)} if given.pool in known else None

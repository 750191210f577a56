"""What a worker of a cluster makes attempts with: put together there, once for each home.

Called by name on the worker; what it is told is all that it knows of the service's settings.
"""

from __future__ import annotations

import threading
from functools import cache
from pathlib import Path

from jupyter_flow.artifacts import open_artifacts
from jupyter_flow.execution.dask.worker import Equipment
from jupyter_flow.execution.local import LocalExecutor

from .clock import SystemClock

_lock = threading.Lock()


def equip(home: Path, *, artifact_store: str, owner: str, load_limit: int) -> Equipment:
    """An executor and the store of its artifacts; always the same ones for the same words."""
    with _lock:
        return _made(home, artifact_store, owner, load_limit)


@cache
def _made(home: Path, artifact_store: str, owner: str, load_limit: int) -> Equipment:
    clock = SystemClock()
    artifacts = open_artifacts(artifact_store, home, now=clock.now, owner=owner)
    executor = LocalExecutor(now=clock.now, home=home, artifacts=artifacts, load_limit=load_limit)
    return Equipment(executor=executor, artifacts=artifacts)

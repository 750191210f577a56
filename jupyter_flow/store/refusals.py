"""What a store says when it cannot do what was asked: the same words from every store."""

from __future__ import annotations

from jupyter_flow.core.errors import ConflictError, LeaseLostError, NotFoundError
from jupyter_flow.core.ids import RunId
from jupyter_flow.ports.runs import Lease


def no_such_run(run: RunId) -> NotFoundError:
    """Whatever was asked, it was asked of a run that is not there."""
    return NotFoundError(
        f"there is no run '{run}'", hint="`jupyter flow runs` lists those that there are."
    )


def run_exists(run: RunId) -> ConflictError:
    """A new run has the id of another one."""
    return ConflictError(
        f"there is a run '{run}' already", hint="Give the new run an id of its own."
    )


def lease_lost(lease: Lease) -> LeaseLostError:
    """Somebody who is not the owner any more wanted to write."""
    return LeaseLostError(
        f"run '{lease.run}' is not driven by {lease.owner} any more",
        hint="Another process took it over, or it was given back; nothing was written.",
    )


def answered_already(lease: Lease, pending: int) -> ConflictError:
    """A request was to be granted a second time."""
    return ConflictError(
        f"request {pending} to run '{lease.run}' has been answered already",
        hint="Nothing was written; read the requests again.",
    )

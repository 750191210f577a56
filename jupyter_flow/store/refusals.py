"""What a store says when it cannot do what was asked: the same words from every store."""

from __future__ import annotations

from datetime import datetime, timedelta

from jupyter_flow.core.errors import ConflictError, LeaseLostError, NotFoundError
from jupyter_flow.core.ids import RunId
from jupyter_flow.core.run import Fired
from jupyter_flow.ports.runs import Lease
from jupyter_flow.ports.schedules import Loan


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


def held_until(now: datetime | None, duration: timedelta | None) -> datetime:
    """Until when a new run is held; whoever wants to hold one must say that."""
    if now is None or duration is None:
        raise TypeError("whoever holds a new run says since when and for how long")
    return now + duration


def fire_time_taken(fired: Fired) -> ConflictError:
    """A run is to be for a fire time that has one."""
    return ConflictError(
        f"'{fired.series}' has a run for {fired.at.isoformat()} already",
        hint="A fire time gets one run: repair that one, or start one by hand.",
    )


def journal_went_on(lease: Lease, after: int) -> ConflictError:
    """What was to be recorded was made from a state that is not the last one any more."""
    return ConflictError(
        f"the journal of run '{lease.run}' has gone on since entry {after}",
        hint="Nothing was written; read the run again and decide anew.",
        code="JF505",
    )


def still_needed(run: RunId, why: str) -> ConflictError:
    """A run was to be forgotten that somebody needs, because of *why*."""
    return ConflictError(
        f"run '{run}' cannot be deleted: {why}",
        hint="Nothing was deleted; try again when that is over.",
        code="JF319",
    )


def no_such_schedule(name: str) -> NotFoundError:
    """Whatever was asked, it was asked of a schedule that is not there."""
    return NotFoundError(
        f"there is no schedule '{name}'",
        hint="`jupyter flow schedule` lists those that there are.",
        code="JF408",
    )


def schedule_exists(name: str) -> ConflictError:
    """A new schedule has the name of another one."""
    return ConflictError(
        f"there is a schedule '{name}' already",
        hint="Give the new one a name of its own, or replace the other.",
        code="JF317",
    )


def loan_lost(loan: Loan) -> LeaseLostError:
    """Somebody wanted to fire a schedule whose loan is worth nothing any more."""
    return LeaseLostError(
        f"schedule '{loan.schedule.name}' is not lent to {loan.owner} any more",
        hint="Another service has it, or somebody changed it; nothing was written.",
    )


#: Why a run cannot be forgotten, in the order in which it is looked for.
HAS_NOT_ENDED = "it has not ended"
IS_HELD = "a process holds it"
IS_ASKED = "something is asked of it that nobody has answered"
IS_TO_BE_TOLD = "an alert about it is still to be sent"
IS_RESTORED_FROM = "another run has restored a result of it"
IS_PART_OF = "it is a part of a run that is kept"

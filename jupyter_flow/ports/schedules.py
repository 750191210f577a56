"""Where schedules are kept, and how many services share them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from jupyter_flow.core.alerts import Alert
from jupyter_flow.core.ids import RunId
from jupyter_flow.core.run import Run
from jupyter_flow.core.schedule import Missed, Schedule


@dataclass(frozen=True, slots=True, kw_only=True)
class Loan:
    """A schedule that is due, lent to one service until it has fired it or the loan ends.

    ``token`` grows with each loan and each change that a person makes.
    """

    schedule: Schedule
    owner: str
    token: int


class ScheduleStore(Protocol):
    """A shelf of schedules that many services share.

    Every implementation must pass ``jupyter_flow.testing.contracts.ScheduleStoreContract``. What is
    asked of a schedule that does not exist raises NotFoundError (JF408).
    """

    def put(self, schedule: Schedule, *, replace: bool = False) -> None:
        """Keep *schedule*. Raises ConflictError (JF317) if its name is taken, unless *replace*.

        A loan that lasts is worth nothing afterwards.
        """

    def get(self, name: str) -> Schedule:
        """The schedule of that name."""

    def all(self) -> list[Schedule]:
        """All of them, by name."""

    def set_paused(self, name: str, *, is_paused: bool, next_fire: datetime | None) -> None:
        """Pause or resume; it then waits for *next_fire*. A loan that lasts is worth nothing."""

    def remove(self, name: str) -> None:
        """Forget the schedule and what it missed; its runs stay."""

    def next_due(self) -> datetime | None:
        """The earliest fire time that a schedule waits for which is not paused."""

    def notice_updates(self) -> None:
        """Note which schedules have the updates of datasets that they wait for.

        These are due from the moment of the last of the updates on.
        """

    def borrow_due(
        self, owner: str, *, now: datetime, duration: timedelta, limit: int = 20
    ) -> list[Loan]:
        """Lend *owner* schedules that are due, not paused and not lent, the longest due first.

        A loan not given back by ``now + duration`` may be lent again: its owner is taken to have
        died.
        """

    def fire(
        self,
        loan: Loan,
        runs: Sequence[Run],
        *,
        schedule: Schedule,
        missed: Missed | None = None,
        alerts: Sequence[Alert] = (),
        now: datetime,
    ) -> list[RunId]:
        """Keep *runs*, what was *missed* and *schedule* (as it is from here on), and end the loan.

        All or nothing. A run whose fire time has a run already is left out; the ids of those that
        were kept are returned, and only alerts about these are kept. Raises LeaseLostError when
        the loan is worth nothing any more; nothing has been written then.
        """

    def missed(self, name: str, *, limit: int = 20) -> list[Missed]:
        """What the schedule missed, the latest first."""

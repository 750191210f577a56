"""The outbox: alerts that were decided and have to be sent; and whoever sends them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from jupyter_flow.core.alerts import Alert
from jupyter_flow.core.errors import FlowError
from jupyter_flow.core.words import Tone


class NotifyError(FlowError):
    """A message could not be sent; the text says why, and has no secrets in it.

    ``is_final`` says that trying again is of no use.
    """

    code = "JF318"

    def __init__(self, what: str, *, hint: str = "", is_final: bool = False) -> None:
        super().__init__(what, hint=hint)
        self.is_final = is_final


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """An alert in the outbox. ``tries`` counts the times that sending it failed."""

    id: int
    alert: Alert
    created_at: datetime
    tries: int = 0
    error: str = ""
    sent_at: datetime | None = None
    given_up_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is sent: the same in plain text and in HTML, and files to attach.

    ``tone`` is how good the news are, for what shows it as a colour or a picture.
    """

    subject: str
    text: str
    html: str
    tone: Tone = Tone.QUIET
    attachments: tuple[Path, ...] = ()


class Notifier(Protocol):
    """Tells people."""

    def send(self, address: str, message: Message) -> None:
        """Send *message* to *address*, a URL as it was written; returns when it is gone.

        Whoever sends fills the secrets in, so that nobody else has them. Raises NotifyError when it
        could not be sent.
        """


class AlertStore(Protocol):
    """The outbox that many processes share. Alerts come into it with what they are about.

    Every implementation must pass ``jupyter_flow.testing.contracts.AlertStoreContract``.
    """

    def take_due(
        self, owner: str, *, now: datetime, duration: timedelta, limit: int = 20
    ) -> list[Outgoing]:
        """Alerts that are to be sent now, oldest first, lent to *owner* until ``now + duration``.

        Those neither sent nor given up, whose next try is due, and that nobody else is sending.
        """

    def next_due(self, *, now: datetime) -> datetime | None:
        """When the next one is to be sent (or may be lent again); None if there is none."""

    def sent(self, outgoing: int, owner: str, *, now: datetime) -> None:
        """It is gone. Nothing happens when another owner has it by now."""

    def put_off(self, outgoing: int, owner: str, *, until: datetime, error: str) -> None:
        """It could not be sent: try again at *until*. Nothing happens when another has it."""

    def give_up(self, outgoing: int, owner: str, *, error: str, now: datetime) -> None:
        """It could not be sent and is not tried again. Nothing happens when another has it."""

    def note_late(self, *, now: datetime) -> int:
        """Put an alert into the outbox for each run that has not ended by its deadline.

        Each run once, however many look. How many runs there were.
        """

    def of_run(self, run: str) -> Sequence[Outgoing]:
        """All alerts about a run, oldest first."""

"""From an alert in a store to a mail in an inbox, whatever happens on the way."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_flow.core.run import Run
from jupyter_flow.engine.outbox import PAUSE, Outbox
from jupyter_flow.notify.apprise_notifier import AppriseNotifier
from jupyter_flow.notify.composing import Composer
from jupyter_flow.ports.alerts import AlertStore
from jupyter_flow.store.memory import MemoryStores
from jupyter_flow.testing.clocks import FakeClock
from jupyter_flow.testing.samples import NOON, alert_of, run_of
from jupyter_flow.testing.store_contract.base import leased, recorded

if TYPE_CHECKING:
    from .conftest import MailServer

SOON = 20


@pytest.fixture
def stores() -> MemoryStores:
    return MemoryStores()


@pytest.fixture
def run(stores: MemoryStores) -> Run:
    run = run_of()
    stores.runs.create(run)
    return run


class Watched:
    """The alerts of a store; `was_put_off` tells that one could not be sent."""

    def __init__(self, alerts: AlertStore) -> None:
        self._alerts = alerts
        self.was_put_off = threading.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._alerts, name)

    def put_off(self, *given: Any, **named: Any) -> None:
        self._alerts.put_off(*given, **named)
        self.was_put_off.set()


def outbox_of(stores: MemoryStores, alerts: Watched, clock: FakeClock, home: Path) -> Outbox:
    composer = Composer(home=home)
    return Outbox(
        alerts,
        AppriseNotifier(),
        clock,
        compose=lambda alert: composer.composed(alert, stores.runs.load(alert.run)),
        owner="here",
    )


def test_an_alert_arrives_though_the_server_was_down(
    stores: MemoryStores, run: Run, mail_server: MailServer, tmp_path: Path
) -> None:
    clock = FakeClock(NOON, autojump=False)
    alert = alert_of(run.id, address=mail_server.address())
    recorded(stores.runs, leased(stores.runs, run, "driver"), run, alerts=[alert])
    alerts = Watched(stores.alerts)
    outbox = outbox_of(stores, alerts, clock, tmp_path)

    outbox.start()
    assert alerts.was_put_off.wait(SOON)
    mail_server.start()
    clock.advance(PAUSE)
    outbox.wake()
    mail = mail_server.inbox.mails.get(timeout=SOON)
    assert outbox.close(SOON)

    assert mail["subject"].startswith("✘ churn")
    (kept,) = stores.alerts.of_run(run.id)
    assert kept.sent_at == clock.now()
    assert kept.tries == 1
    assert "refused" in kept.error


def test_what_died_before_it_wrote_down_what_it_sent_is_sent_again(
    stores: MemoryStores, run: Run, mail_server: MailServer, tmp_path: Path
) -> None:
    clock = FakeClock(NOON, autojump=False)
    alert = alert_of(run.id, address=mail_server.address())
    recorded(stores.runs, leased(stores.runs, run, "driver"), run, alerts=[alert])
    mail_server.start()
    stores.alerts.take_due("dead", now=clock.now(), duration=timedelta(minutes=5))
    alerts = Watched(stores.alerts)
    outbox = outbox_of(stores, alerts, clock, tmp_path)

    outbox.start()
    clock.advance(timedelta(minutes=5))
    outbox.wake()
    mail_server.inbox.mails.get(timeout=SOON)
    assert outbox.close(SOON)

    assert stores.alerts.of_run(run.id)[0].sent_at == clock.now()

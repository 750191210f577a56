"""The outbox sends what is due, tries again what failed, and gives up what is of no use."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_flow.core.alerts import Alert, Occasion
from jupyter_flow.core.errors import NotFoundError, StoreUnreachableError
from jupyter_flow.core.ids import RunId
from jupyter_flow.engine.outbox import LONGEST_PAUSE, PATIENCE, PAUSE, SENDERS, Outbox, pause_after
from jupyter_flow.ports.alerts import Message, NotifyError, Outgoing
from jupyter_flow.testing.clocks import FakeClock, Hold

MESSAGE = Message(subject="✘ churn failed", text="It failed.", html="<p>It failed.</p>")
SOON = 20.0


class Alerts:
    """An outbox in memory for one owner, which keeps the clock while a message is on its way."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.kept: dict[int, Outgoing] = {}
        self.next: dict[int, datetime] = {}
        self.put_off_at: list[timedelta] = []
        self.is_reachable = True
        self.looked = 0
        self._holds: dict[int, Hold] = {}
        self._changed = threading.Condition()

    def add(self, address: str = "mailto://ada@example.com") -> int:
        number = len(self.kept) + 1
        alert = Alert(run=RunId("r-17"), occasion=Occasion.FAILURE, address=address)
        self.kept[number] = Outgoing(id=number, alert=alert, created_at=self.clock.now())
        self.next[number] = self.clock.now()
        return number

    def take_due(
        self, owner: str, *, now: datetime, duration: timedelta, limit: int = 20
    ) -> list[Outgoing]:
        self._reach()
        due = sorted(number for number, at in self.next.items() if at <= now)[:limit]
        for number in due:
            self.next[number] = now + duration
            self._holds.setdefault(number, self.clock.hold())
        return [self.kept[number] for number in due]

    def next_due(self, *, now: datetime) -> datetime | None:
        self._reach()
        return min(self.next.values(), default=None)

    def sent(self, outgoing: int, owner: str, *, now: datetime) -> None:
        self._reach()
        self._settle(outgoing, sent_at=now)

    def put_off(self, outgoing: int, owner: str, *, until: datetime, error: str) -> None:
        self._reach()
        self.put_off_at.append(until - self.clock.now())
        tries = self.kept[outgoing].tries + 1
        self._settle(outgoing, until, tries=tries, error=error)

    def give_up(self, outgoing: int, owner: str, *, error: str, now: datetime) -> None:
        self._reach()
        self._settle(outgoing, error=error, given_up_at=now)

    def note_late(self, *, now: datetime) -> int:
        return 0

    def of_run(self, run: str) -> Sequence[Outgoing]:
        return [*self.kept.values()]

    def wait_for(self, is_so: Callable[[], bool]) -> None:
        """Until it is so, which every change of the outbox lets look at again."""
        with self._changed:
            assert self._changed.wait_for(is_so, timeout=SOON)

    def _settle(self, number: int, until: datetime | None = None, **changes: object) -> None:
        with self._changed:
            self.kept[number] = replace(self.kept[number], **changes)  # type: ignore[arg-type]
            del self.next[number]
            if until is not None:
                self.next[number] = until
            self._holds.pop(number).release()
            self._changed.notify_all()

    def _reach(self) -> None:
        with self._changed:
            self.looked += 1
            self._changed.notify_all()
            if not self.is_reachable:
                raise StoreUnreachableError("the database does not answer")


class Post:
    """A notifier that does what *acts* say, one after the other; then it sends."""

    def __init__(self, *acts: Exception | None) -> None:
        self.acts = list(acts)
        self.sent: list[tuple[str, str]] = []

    def send(self, address: str, message: Message) -> None:
        act = self.acts.pop(0) if self.acts else None
        if act is not None:
            raise act
        self.sent.append((address, message.subject))


@contextmanager
def composed(_alert: Alert) -> Iterator[Message]:
    yield MESSAGE


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def alerts(clock: FakeClock) -> Alerts:
    return Alerts(clock)


@contextmanager
def outbox_of(
    alerts: Alerts, post: Post, compose: Callable[..., object] = composed
) -> Iterator[Outbox]:
    outbox = Outbox(alerts, post, alerts.clock, compose=compose, owner="here")  # type: ignore[arg-type]
    outbox.start()
    try:
        yield outbox
    finally:
        assert outbox.close(SOON)


def settled(alerts: Alerts) -> bool:
    return all(each.sent_at or each.given_up_at for each in alerts.kept.values())


def test_what_is_due_is_sent(alerts: Alerts) -> None:
    alerts.add("mailto://ada@example.com")
    alerts.add("mailto://bob@example.com")
    post = Post()

    with outbox_of(alerts, post):
        alerts.wait_for(lambda: settled(alerts))

    assert sorted(post.sent) == [
        ("mailto://ada@example.com", MESSAGE.subject),
        ("mailto://bob@example.com", MESSAGE.subject),
    ]


def test_what_comes_later_is_sent_when_it_is_woken(alerts: Alerts) -> None:
    post = Post()

    with outbox_of(alerts, post) as outbox:
        alerts.wait_for(lambda: alerts.looked >= 2)
        alerts.add()
        outbox.wake()
        alerts.wait_for(lambda: settled(alerts))

    assert len(post.sent) == 1


def test_it_does_not_look_while_there_is_nothing_to_do(alerts: Alerts) -> None:
    with outbox_of(alerts, Post()):
        alerts.wait_for(lambda: alerts.looked >= 2)
        alerts.clock.advance(timedelta(days=1))
        looked = alerts.looked

    assert looked == 2


def test_what_could_not_be_sent_is_tried_again_at_growing_intervals(alerts: Alerts) -> None:
    alerts.add()
    post = Post(*(NotifyError("server down") for _ in range(9)))

    with outbox_of(alerts, post):
        alerts.wait_for(lambda: settled(alerts))

    seconds = [each.total_seconds() for each in alerts.put_off_at]
    assert seconds == [5, 10, 20, 40, 80, 160, 320, 600, 600]
    assert len(post.sent) == 1
    assert alerts.kept[1].tries == 9


@given(tries=st.integers(0, 10_000))
def test_a_pause_is_never_shorter_than_the_one_before(tries: int) -> None:
    assert PAUSE <= pause_after(tries) <= pause_after(tries + 1) <= LONGEST_PAUSE


def test_it_is_given_up_after_a_day(alerts: Alerts, caplog: pytest.LogCaptureFixture) -> None:
    alerts.add()
    begun = alerts.clock.now()
    post = Post(*(NotifyError("server down") for _ in range(999)))

    with outbox_of(alerts, post):
        alerts.wait_for(lambda: settled(alerts))

    given_up = alerts.kept[1].given_up_at
    assert given_up is not None
    assert PATIENCE <= given_up - begun <= PATIENCE + LONGEST_PAUSE
    assert alerts.kept[1].error == "server down."
    assert [each.levelname for each in caplog.records if each.message == "alert given up"] == [
        "ERROR"
    ]


@pytest.mark.parametrize(
    "error", [NotifyError("no address", is_final=True), NotFoundError("no run")]
)
def test_what_is_of_no_use_is_not_tried_again(alerts: Alerts, error: Exception) -> None:
    alerts.add()
    post = Post(error)

    with outbox_of(alerts, post):
        alerts.wait_for(lambda: settled(alerts))

    assert alerts.kept[1].given_up_at == alerts.clock.now()
    assert alerts.put_off_at == []


def test_a_message_that_cannot_be_composed_is_tried_again(alerts: Alerts) -> None:
    alerts.add()
    broken = [ZeroDivisionError("a mistake")]

    @contextmanager
    def compose(_alert: Alert) -> Iterator[Message]:
        if broken:
            raise broken.pop()
        yield MESSAGE

    with outbox_of(alerts, Post(), compose):
        alerts.wait_for(lambda: settled(alerts))

    assert alerts.kept[1].error == "ZeroDivisionError: a mistake"
    assert alerts.kept[1].sent_at is not None


def test_the_attachments_are_there_until_it_is_sent(alerts: Alerts) -> None:
    alerts.add()
    seen: list[str] = []

    @contextmanager
    def compose(_alert: Alert) -> Iterator[Message]:
        seen.append("made")
        yield MESSAGE
        seen.append("removed")

    class Watching(Post):
        def send(self, address: str, message: Message) -> None:
            seen.append("sent")

    with outbox_of(alerts, Watching(), compose):
        alerts.wait_for(lambda: settled(alerts))

    assert seen == ["made", "sent", "removed"]


def test_a_slow_address_holds_up_no_other(alerts: Alerts) -> None:
    gone = threading.Event()
    alerts.add("slow://example.com")
    others = [alerts.add() for _ in range(2 * SENDERS)]

    class Slow(Post):
        def send(self, address: str, message: Message) -> None:
            if address.startswith("slow"):
                assert gone.wait(SOON)
            super().send(address, message)

    with outbox_of(alerts, Slow()):
        alerts.wait_for(lambda: all(alerts.kept[each].sent_at for each in others))
        assert alerts.kept[1].sent_at is None
        gone.set()
        alerts.wait_for(lambda: settled(alerts))


def test_no_more_are_lent_than_can_be_on_their_way(alerts: Alerts) -> None:
    go = threading.Event()
    lock = threading.Lock()
    under_way: list[int] = [0, 0]
    for _ in range(3 * SENDERS):
        alerts.add()

    class Counting(Post):
        def send(self, address: str, message: Message) -> None:
            with lock:
                under_way[0] += 1
                under_way[1] = max(under_way)
                if under_way[0] == SENDERS:
                    go.set()
            assert go.wait(SOON)
            with lock:
                under_way[0] -= 1

    with outbox_of(alerts, Counting()):
        alerts.wait_for(lambda: settled(alerts))

    assert under_way[1] == SENDERS


def test_closing_waits_for_what_is_on_its_way_and_takes_no_more(alerts: Alerts) -> None:
    begun, go = threading.Event(), threading.Event()
    alerts.add()

    class Slow(Post):
        def send(self, address: str, message: Message) -> None:
            begun.set()
            assert go.wait(SOON)
            super().send(address, message)

    outbox = Outbox(alerts, Slow(), alerts.clock, compose=composed, owner="here")
    outbox.start()
    assert begun.wait(SOON)
    late = alerts.add()

    assert not outbox.close(timeout=0)
    go.set()
    assert outbox.close(SOON)
    assert alerts.kept[1].sent_at is not None
    assert alerts.kept[late].sent_at is None


def test_what_comes_while_it_looks_for_the_last_time_but_one_is_sent(alerts: Alerts) -> None:
    ends = threading.Event()

    class Ending(Outbox):
        def wake(self) -> None:
            super().wake()
            ends.set()

    class Between(Alerts):
        """When it has been asked and before it has answered, an alert comes, and the end."""

        def next_due(self, *, now: datetime) -> datetime | None:
            if not self.kept:
                self.add()
                end.start()
                assert ends.wait(SOON)
                return None
            return super().next_due(now=now)

    post, alerts = Post(), Between(alerts.clock)
    outbox = Ending(alerts, post, alerts.clock, compose=composed, owner="here")
    end = threading.Thread(target=outbox.finish, args=(SOON,))
    outbox.start()

    assert ends.wait(SOON)
    end.join(SOON)
    assert len(post.sent) == 1


def test_a_store_that_cannot_be_reached_is_told_of_once_and_tried_again(
    alerts: Alerts, caplog: pytest.LogCaptureFixture
) -> None:
    alerts.is_reachable = False

    with outbox_of(alerts, Post()):
        alerts.wait_for(lambda: alerts.looked > 3)
        alerts.add()
        alerts.is_reachable = True
        alerts.wait_for(lambda: settled(alerts))

    actions = [vars(record).get("action") for record in caplog.records]
    assert actions.count("store_unreachable") == 1


def test_what_was_sent_while_the_store_was_away_is_not_sent_twice(alerts: Alerts) -> None:
    alerts.add()

    class Cutting(Post):
        def send(self, address: str, message: Message) -> None:
            super().send(address, message)
            alerts.is_reachable = False

    post = Cutting()
    with outbox_of(alerts, post) as outbox:
        alerts.wait_for(lambda: bool(post.sent) and alerts.looked > 2)
        alerts.is_reachable = True
        outbox.wake()
        alerts.wait_for(lambda: settled(alerts))

    assert len(post.sent) == 1
    assert alerts.kept[1].sent_at is not None


def test_the_log_says_what_happened_and_no_address(
    alerts: Alerts, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    alerts.add("mailto://ada:hunter2@example.com/?to=bob@example.com")

    with outbox_of(alerts, Post(NotifyError("server down"))):
        alerts.wait_for(lambda: settled(alerts))

    said = [vars(record) for record in caplog.records]
    assert [each["action"] for each in said] == ["alert_put_off", "alert_sent"]
    assert {each["address"] for each in said} == {"mailto://example.com"}
    assert said[0]["why"] == "server down."
    assert "hunter2" not in str(said)

"""What a schedule has to do now, after a little while and after a long one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_flow.core.options import Catchup
from jupyter_flow.core.timetable import Due, Missed, Timetable, due

few = settings(max_examples=60)

SECOND, MINUTE, HOUR, DAY = (
    timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours", "days")
)
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
DAILY = Timetable(cron="0 12 * * *")
MINUTELY = Timetable(cron="* * * * *", tz="Europe/Zurich")


def ask(
    timetable: Timetable,
    next_fire: datetime,
    now: datetime,
    catchup: Catchup = Catchup.NONE,
    *,
    grace: timedelta = MINUTE,
    most: int = 100,
) -> Due:
    return due(timetable, next_fire=next_fire, now=now, catchup=catchup, grace=grace, most=most)


def days(*numbers: int) -> tuple[datetime, ...]:
    return tuple(NOON + number * DAY for number in numbers)


@pytest.mark.parametrize("catchup", Catchup)
def test_before_its_time_nothing_is_due(catchup: Catchup) -> None:
    assert ask(DAILY, NOON, NOON - SECOND, catchup) == Due(fires=(), missed=None, next=NOON)


@pytest.mark.parametrize("late", [timedelta(0), SECOND, MINUTE])
@pytest.mark.parametrize("catchup", Catchup)
def test_within_the_grace_it_is_on_time(catchup: Catchup, late: timedelta) -> None:
    answer = ask(DAILY, NOON, NOON + late, catchup)

    assert answer == Due(fires=(NOON,), missed=None, next=NOON + DAY)


@pytest.mark.parametrize("catchup", Catchup)
def test_without_grace_it_is_on_time_at_the_very_moment(catchup: Catchup) -> None:
    assert ask(DAILY, NOON, NOON, catchup, grace=timedelta(0)).fires == (NOON,)


@pytest.mark.parametrize(
    ("catchup", "fires", "missed"),
    [
        (Catchup.NONE, (), (0, 6)),
        (Catchup.LATEST, (6,), (0, 5)),
        (Catchup.ALL, (0, 1, 2, 3, 4, 5, 6), None),
    ],
)
def test_a_week_asleep(
    catchup: Catchup, fires: tuple[int, ...], missed: tuple[int, int] | None
) -> None:
    answer = ask(DAILY, NOON, NOON + 6 * DAY + HOUR, catchup)

    assert answer.fires == days(*fires)
    assert answer.next == NOON + 7 * DAY
    if missed is None:
        assert answer.missed is None
    else:
        first, last = days(*missed)
        assert answer.missed == Missed(first=first, last=last, count=missed[1] + 1)


@pytest.mark.parametrize("catchup", [Catchup.NONE, Catchup.LATEST])
def test_all_that_is_on_time_gets_a_run_and_what_is_older_was_missed(catchup: Catchup) -> None:
    answer = ask(MINUTELY, NOON - HOUR, NOON, catchup, grace=3 * MINUTE)

    assert answer.fires == tuple(NOON - number * MINUTE for number in (3, 2, 1, 0))
    assert answer.missed == Missed(first=NOON - HOUR, last=NOON - 4 * MINUTE, count=57)


@pytest.mark.parametrize("catchup", [Catchup.NONE, Catchup.LATEST])
def test_a_year_of_minutes_asleep_is_counted_only_so_far(catchup: Catchup) -> None:
    answer = ask(MINUTELY, NOON - 365 * DAY, NOON, catchup, grace=timedelta(0))

    assert answer.fires == (NOON,)
    assert answer.next == NOON + MINUTE
    assert answer.missed == Missed(
        first=NOON - 365 * DAY, last=NOON - MINUTE, count=10_000, is_more=True
    )


def test_a_count_that_is_just_reached_is_not_more() -> None:
    answer = ask(MINUTELY, NOON - 10_000 * MINUTE, NOON, grace=timedelta(0))

    assert answer.missed is not None
    assert (answer.missed.count, answer.missed.is_more) == (10_000, False)


def test_catching_up_on_all_goes_on_where_it_stopped() -> None:
    now, done, next_fire = NOON + 9 * DAY, [], NOON
    while next_fire <= now:
        answer = ask(DAILY, next_fire, now, Catchup.ALL, most=4)
        assert len(answer.fires) <= 4
        done += answer.fires
        assert answer.next is not None
        next_fire = answer.next

    assert tuple(done) == days(*range(10))
    assert next_fire == NOON + 10 * DAY


def test_after_the_end_there_is_no_next() -> None:
    ending = replace(DAILY, end=NOON + DAY)

    assert ask(ending, NOON + DAY, NOON + DAY) == Due(fires=(NOON + DAY,), missed=None, next=None)
    assert ask(ending, NOON + 2 * DAY, NOON + 3 * DAY) == Due(fires=(), missed=None, next=None)


def test_a_time_that_the_timetable_no_longer_has_gets_no_run() -> None:
    answer = ask(DAILY, NOON - HOUR, NOON - HOUR, Catchup.ALL)

    assert answer == Due(fires=(), missed=None, next=NOON)


schedules = st.sampled_from(["*/7 * * * *", "@hourly", "30 2 * * *", "0 */2 * * *", "0 0 * * 1"])
situations = st.builds(
    lambda cron, tz, minutes, asleep: (
        Timetable(cron=cron, tz=tz),
        datetime(2026, 10, 20, tzinfo=UTC) + minutes * MINUTE,
        asleep * MINUTE,
    ),
    schedules,
    st.sampled_from(["UTC", "Europe/Zurich", "America/Santiago"]),
    st.integers(0, 12_000),
    st.integers(0, 3_000) | st.integers(0, 5),
)
graces = st.sampled_from([timedelta(0), MINUTE, HOUR])


@few
@given(situations, st.sampled_from(Catchup), graces, st.integers(1, 30))
def test_every_time_is_decided_once(
    situation: tuple[Timetable, datetime, timedelta], catchup: Catchup, grace: timedelta, most: int
) -> None:
    timetable, begin, asleep = situation
    next_fire = timetable.next_after(begin)
    assert next_fire is not None
    now = next_fire + asleep
    passed = list(timetable.between(begin, now))

    answer = ask(timetable, next_fire, now, catchup, grace=grace, most=most)

    missed = answer.missed.count if answer.missed else 0
    decided = passed[: missed + len(answer.fires)]
    assert list(answer.fires) == decided[missed:]
    assert answer.next == timetable.next_after(decided[-1])
    assert len(decided) == len(passed) or len(answer.fires) == most
    if answer.missed:
        assert (answer.missed.first, answer.missed.last) == (passed[0], passed[missed - 1])
        assert answer.missed.last < now - grace


@few
@given(situations, st.sampled_from(Catchup), graces)
def test_asked_again_or_with_the_clock_set_back_it_has_nothing_to_do(
    situation: tuple[Timetable, datetime, timedelta], catchup: Catchup, grace: timedelta
) -> None:
    timetable, begin, asleep = situation
    next_fire = timetable.next_after(begin)
    assert next_fire is not None
    now = next_fire + asleep

    after = ask(timetable, next_fire, now, catchup, grace=grace, most=1_000).next

    assert after is not None
    assert after > now
    for moment in (now, now - HOUR, after - timedelta.resolution):
        again = ask(timetable, after, moment, catchup, grace=grace)
        assert again == Due(fires=(), missed=None, next=after)

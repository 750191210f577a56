"""A timetable is asked for moments: its bounds, its far ends, and what is odd at night."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from itertools import islice
from zoneinfo import ZoneInfo

import pytest

from jupyter_flow.core.timetable import Oddity, Timetable, describe_oddity

HOUR = timedelta(hours=1)
DAWN_OF_TIME, END_OF_TIME = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


NOON = at("2026-05-04T12:00+00:00")
MINUTELY = Timetable(cron="* * * * *", tz="Europe/Zurich")
HOURLY = Timetable(cron="@hourly")


def test_what_fires_at_the_moment_itself_is_not_after_it() -> None:
    assert HOURLY.next_after(NOON) == NOON + HOUR
    assert HOURLY.next_after(NOON - timedelta.resolution) == NOON


def test_the_start_and_the_end_are_included() -> None:
    timetable = Timetable(cron="@hourly", start=NOON, end=NOON + 2 * HOUR)

    assert list(timetable.after(NOON - 9 * HOUR)) == [NOON, NOON + HOUR, NOON + 2 * HOUR]
    assert list(timetable.after(NOON)) == [NOON + HOUR, NOON + 2 * HOUR]
    assert timetable.next_after(NOON + 2 * HOUR) is None
    assert timetable.latest(NOON - 9 * HOUR, NOON + 9 * HOUR) == NOON + 2 * HOUR
    assert timetable.latest(NOON - 9 * HOUR, NOON - HOUR) is None


def test_bounds_in_an_hour_that_comes_twice_are_instants() -> None:
    zurich = ZoneInfo("Europe/Zurich")
    first, second = (at("2026-10-25T02:30").replace(tzinfo=zurich, fold=fold) for fold in (0, 1))
    timetable = Timetable(cron="*/30 * * * *", tz=zurich.key, start=first, end=second)

    assert list(timetable.after(NOON)) == [
        at(f"2026-10-25T0{t}Z") for t in ("0:30", "1:00", "1:30")
    ]
    assert list(timetable.after(second)) == []
    assert timetable.count(first, second, most=9) == 2


def test_a_moment_may_be_told_in_any_zone() -> None:
    elsewhere = NOON.astimezone(timezone(timedelta(hours=5, minutes=45)))

    assert HOURLY.next_after(elsewhere) == NOON + HOUR
    assert HOURLY.latest(elsewhere, elsewhere + 3 * HOUR) == NOON + 3 * HOUR
    assert HOURLY.local(elsewhere).isoformat() == "2026-05-04T12:00:00+00:00"


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        HOURLY.after(NOON.replace(tzinfo=None))


def test_a_day_of_the_month_and_one_of_the_week_mean_either() -> None:
    friday_or_13th = Timetable(cron="0 0 13 * 5")

    days = [f"{fire:%d}" for fire in islice(friday_or_13th.after(at("2026-05-01T01:00Z")), 4)]

    assert days == ["08", "13", "15", "22"]


@pytest.mark.parametrize("tz", ["UTC", "Pacific/Kiritimati", "America/Los_Angeles"])
@pytest.mark.parametrize("cron", ["* * * * *", "0 0 29 2 *"])
def test_beyond_the_years_that_can_be_told_nothing_fires(tz: str, cron: str) -> None:
    timetable = Timetable(cron=cron, tz=tz)

    assert timetable.next_after(END_OF_TIME) is None
    assert list(timetable.after(at("2999-12-31T23:59+14:00"))) == list(
        timetable.between(at("2999-12-31T23:59+14:00"), END_OF_TIME)
    )
    first = timetable.next_after(DAWN_OF_TIME)
    assert first is not None
    assert first.year in (1971, 1972)


def test_a_day_that_never_comes_is_looked_for_in_vain() -> None:
    assert list(Timetable(cron="0 0 30 2 *").after(NOON)) == []


def test_the_latest_of_all_times_is_found_without_a_walk() -> None:
    assert MINUTELY.latest(DAWN_OF_TIME, NOON) == NOON
    assert Timetable(cron="* * * 1-3 *").latest(DAWN_OF_TIME, NOON) == at("2026-03-31T23:59Z")
    assert Timetable(cron="0 0 29 2 *").latest(DAWN_OF_TIME, NOON) == at("2024-02-29T00:00Z")
    assert MINUTELY.latest(NOON, NOON) is None


@pytest.mark.parametrize(
    ("cron", "tz", "fire", "oddity"),
    [
        ("30 2 * * *", "Europe/Zurich", "2026-03-29T01:00Z", Oddity.SHIFTED),
        ("0 2,3 * * *", "Europe/Zurich", "2026-03-29T01:00Z", Oddity.SHIFTED),
        ("0 3 * * *", "Europe/Zurich", "2026-03-29T01:00Z", None),  # this is its own time
        ("@hourly", "Europe/Zurich", "2026-03-29T01:00Z", None),
        ("30 2 * * *", "Europe/Zurich", "2026-03-28T01:30Z", None),
        ("30 2 * * *", "Europe/Zurich", "2026-10-25T00:30Z", Oddity.REPEATED),
        ("*/30 * * * *", "Europe/Zurich", "2026-10-25T00:30Z", Oddity.REPEATED),
        ("*/30 * * * *", "Europe/Zurich", "2026-10-25T01:30Z", Oddity.REPEATED),
        ("0 3 * * *", "Europe/Zurich", "2026-10-25T02:00Z", None),
        ("30 2 * * *", "UTC", "2026-03-29T02:30Z", None),
    ],
)
def test_what_is_odd_about_a_fire_time_is_found(
    cron: str, tz: str, fire: str, oddity: Oddity | None
) -> None:
    timetable = Timetable(cron=cron, tz=tz)

    assert timetable.next_after(at(fire) - timedelta.resolution) == at(fire)
    assert timetable.oddity(at(fire)) is oddity
    assert (describe_oddity(timetable, at(fire)) is None) is (oddity is None)


#: A cron text, a zone and a fire time; what is told about it.
SENTENCES = """
    30 2 * * *    | Europe/Zurich    | 2026-03-29T01:00Z
    02:30 does not exist on 29 March 2026 in Europe/Zurich; it fires at 03:00 instead

    */20 2,3 * * * | Europe/Zurich   | 2026-03-29T01:00Z
    02:00 to 02:40 do not exist on 29 March 2026 in Europe/Zurich; it fires once, at 03:00, instead

    @daily        | America/Santiago | 2026-09-06T04:00Z
    00:00 does not exist on 6 September 2026 in America/Santiago; it fires at 01:00 instead

    0 6 * * *     | Pacific/Apia     | 2011-12-30T10:00Z
    06:00 does not exist on 30 December 2011 in Pacific/Apia; it fires at 00:00 on 31 December 2011\
 instead

    30 2 * * *    | Europe/Zurich    | 2026-10-25T00:30Z
    02:30 comes twice on 25 October 2026 in Europe/Zurich; it fires once, the first time

    */30 * * * *  | Europe/Zurich    | 2026-10-25T01:30Z
    02:30 comes twice on 25 October 2026 in Europe/Zurich; it fires both times
"""


@pytest.mark.parametrize("case", SENTENCES.strip().split("\n\n"))
def test_what_is_odd_is_told_in_a_sentence(case: str) -> None:
    asked, sentence = (line.strip() for line in case.strip().split("\n"))
    cron, tz, fire = (part.strip() for part in asked.split("|"))

    assert describe_oddity(Timetable(cron=cron, tz=tz), at(fire)) == sentence

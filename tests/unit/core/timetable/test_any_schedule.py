"""Any schedule in any zone, near a change of the clocks and far from one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import dropwhile, islice, pairwise
from zoneinfo import ZoneInfo

from croniter import croniter
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_flow.core.timetable import Timetable

few = settings(max_examples=60)

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)

#: The moments of changes: forward and back; an hour, half an hour, two hours and a day; for good.
CHANGES = [
    ("Europe/Zurich", "2026-03-29T01:00"),
    ("Europe/Zurich", "2026-10-25T01:00"),
    ("America/New_York", "2026-03-08T07:00"),
    ("America/New_York", "2026-11-01T06:00"),
    ("Australia/Lord_Howe", "2026-10-03T15:30"),
    ("Australia/Lord_Howe", "2026-04-04T15:00"),
    ("America/Santiago", "2026-09-06T04:00"),
    ("America/Santiago", "2026-04-05T03:00"),
    ("America/Sao_Paulo", "2018-11-04T03:00"),
    ("America/Sao_Paulo", "2019-02-17T02:00"),
    ("Asia/Amman", "2022-02-24T22:00"),
    ("America/Mexico_City", "2022-10-30T07:00"),
    ("Europe/Volgograd", "2018-10-27T23:00"),
    ("Europe/Volgograd", "2020-12-26T22:00"),
    ("Africa/Casablanca", "2026-02-15T02:00"),
    ("Africa/Casablanca", "2026-03-22T02:00"),
    ("Antarctica/Troll", "2026-03-29T01:00"),
    ("Antarctica/Troll", "2026-10-25T01:00"),
    ("America/Havana", "2026-11-01T05:00"),
    ("UTC", "2026-03-29T01:00"),
]
WITHOUT_THE_DAY = [*CHANGES, ("Pacific/Apia", "2011-12-30T10:00")]


def zones_near(changes: list[tuple[str, str]]) -> st.SearchStrategy[tuple[str, datetime]]:
    near = st.builds(
        lambda change, seconds: (change[0], at(change[1]) + timedelta(seconds=seconds)),
        st.sampled_from(changes),
        st.integers(-180_000, 180_000),
    )
    anywhere = st.tuples(
        st.sampled_from([tz for tz, _ in changes]),
        st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    )
    return near | anywhere


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A cron text whose meaning is known without reading it."""

    minutes: frozenset[int]
    hours: frozenset[int]
    weekdays: frozenset[int]

    @property
    def is_hourly(self) -> bool:
        return len(self.hours) == 24

    @property
    def cron(self) -> str:
        fields = [(self.minutes, 60), (self.hours, 24), (self.weekdays, 7)]
        minute, hour, weekday = (
            "*" if len(field) == size else ",".join(map(str, sorted(field)))
            for field, size in fields
        )
        return f"{minute} {hour} * * {weekday}"

    def means(self, wall: datetime) -> bool:
        return (
            wall.minute in self.minutes
            and wall.hour in self.hours
            and wall.isoweekday() % 7 in self.weekdays
        )


def some(size: int, *, most: int) -> st.SearchStrategy[frozenset[int]]:
    return st.frozensets(st.integers(0, size - 1), min_size=1, max_size=most)


ALL_HOURS, ALL_WEEKDAYS = frozenset(range(24)), frozenset(range(7))
#: Changes are at night, so most of these are of the night.
NIGHT_HOURS = st.frozensets(st.sampled_from([0, 1, 2, 3, 23]), min_size=1)
MINUTES = some(60, most=4) | st.sampled_from([frozenset(range(0, 60, 20)), frozenset(range(60))])
WEEKDAYS = st.just(ALL_WEEKDAYS) | some(7, most=6)

hourly = st.builds(Wanted, minutes=MINUTES, hours=st.just(ALL_HOURS), weekdays=WEEKDAYS)
by_day = st.builds(
    Wanted, minutes=MINUTES, hours=NIGHT_HOURS | some(24, most=12), weekdays=WEEKDAYS
)
once_a_day = st.builds(
    Wanted, minutes=some(60, most=1), hours=NIGHT_HOURS.map(lambda h: frozenset([min(h)])),
    weekdays=WEEKDAYS,
)  # fmt: skip
crons = (hourly | by_day).map(lambda wanted: wanted.cron) | st.sampled_from(
    ["@daily", "@hourly", "@weekly", "0 0 1 * *", "*/30 3 l * *", "0 4 * * 1#2", "0 3 13 * 5"]
)


def minute_by_minute(
    wanted: Wanted, zone: ZoneInfo, after: datetime, until: datetime
) -> Iterator[datetime]:
    """The rule, told in the plainest way: look at the clock every minute."""
    before = after.astimezone(zone).replace(tzinfo=None)
    while (after := after + MINUTE) <= until:
        here = after.astimezone(zone)
        wall = here.replace(tzinfo=None)
        missing, left_out = before + MINUTE, False
        while missing < wall and not wanted.is_hourly:
            left_out = left_out or wanted.means(missing)
            missing += MINUTE
        comes_again = here.fold == 1 and not wanted.is_hourly
        if left_out or (wanted.means(wall) and not comes_again):
            yield after
        before = wall


@few
@given(hourly | by_day, st.sampled_from(WITHOUT_THE_DAY))
def test_it_is_what_a_look_at_the_clock_every_minute_finds(
    wanted: Wanted, change: tuple[str, str]
) -> None:
    tz, moment = change[0], at(change[1])
    after, until = moment - DAY, moment + DAY

    fires = Timetable(cron=wanted.cron, tz=tz).between(after, until)

    assert list(fires) == list(minute_by_minute(wanted, ZoneInfo(tz), after, until))


@few
@given(crons, zones_near(WITHOUT_THE_DAY))
def test_fire_times_ascend_and_come_once(cron: str, place: tuple[str, datetime]) -> None:
    tz, moment = place

    fires = [moment, *islice(Timetable(cron=cron, tz=tz).after(moment), 50)]

    assert all(one < other for one, other in pairwise(fires))
    assert all(fire.tzinfo is UTC for fire in fires)


@few
@given(crons, zones_near(WITHOUT_THE_DAY), st.integers(0, 3000))
def test_they_do_not_depend_on_where_one_begins_to_look(
    cron: str, place: tuple[str, datetime], minutes: int
) -> None:
    tz, moment = place
    timetable = Timetable(cron=cron, tz=tz)

    from_earlier = dropwhile(
        lambda fire: fire <= moment, timetable.after(moment - timedelta(minutes=minutes))
    )

    assert list(islice(timetable.after(moment), 20)) == list(islice(from_earlier, 20))


@few
@given(once_a_day, zones_near(CHANGES))
def test_one_time_of_the_day_fires_once_on_every_day_that_is_meant(
    wanted: Wanted, place: tuple[str, datetime]
) -> None:
    tz, moment = place
    timetable = Timetable(cron=wanted.cron, tz=tz)
    days = [timetable.local(moment).date() + DAY * number for number in range(-3, 4)]

    around = timetable.between(moment - 6 * DAY, moment + 6 * DAY)
    fired = Counter(timetable.local(fire).date() for fire in around)

    assert [fired[day] for day in days] == [day.isoweekday() % 7 in wanted.weekdays for day in days]


@few
@given(hourly, zones_near(WITHOUT_THE_DAY))
def test_the_clock_shows_what_an_hourly_schedule_says(
    wanted: Wanted, place: tuple[str, datetime]
) -> None:
    tz, moment = place
    timetable = Timetable(cron=wanted.cron, tz=tz)

    for fire in islice(timetable.after(moment), 8):
        assert croniter.match(wanted.cron, timetable.local(fire).replace(tzinfo=None))


@few
@given(crons, st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_where_no_clock_changes_it_is_as_croniter_says(cron: str, moment: datetime) -> None:
    theirs = croniter(cron, moment, ret_type=datetime)

    assert list(islice(Timetable(cron=cron).after(moment), 20)) == list(islice(theirs, 20))


@few
@given(crons, zones_near(WITHOUT_THE_DAY), st.integers(0, 5000))
def test_the_latest_is_the_last_and_the_count_is_their_number(
    cron: str, place: tuple[str, datetime], minutes: int
) -> None:
    tz, until = place
    timetable = Timetable(cron=cron, tz=tz)
    after = until - timedelta(minutes=minutes)

    fires = list(timetable.between(after, until))

    assert timetable.latest(after, until) == (fires[-1] if fires else None)
    assert timetable.count(after, until, most=5) == min(5, len(fires))
    assert timetable.count(after, until, most=10_000) == len(fires)

"""Moments as people write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from jupyter_flow.core.inputs.moments import moment_of

NOW = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)  # half past midnight of the 29th in Berlin
SINCE = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("18:00", "2026-03-29T16:00:00"),
        ("6:30:15", "2026-03-29T04:30:15"),
        ("02:30", "2026-03-29T01:30:00"),  # the clocks skip it: as late as if they had not
        ("2026-03-01 08:00", "2026-03-01T07:00:00"),
        ("2026-03-01T08:00:00Z", "2026-03-01T08:00:00"),
        ("2026-03-01 08:00:00+05:00", "2026-03-01T03:00:00"),
        ("2026-03-01", "2026-02-28T23:00:00"),
        ("20260301", "2026-02-28T23:00:00"),
        ("2h", "2026-03-01T02:00:00"),
        ("90", "2026-03-01T00:01:30"),
        (90, "2026-03-01T00:01:30"),
        (timedelta(days=1), "2026-03-02T00:00:00"),
        (datetime.fromisoformat("2026-03-01 08:00"), "2026-03-01T07:00:00"),
        (datetime(2026, 3, 1, 8, tzinfo=UTC), "2026-03-01T08:00:00"),
        (date(2026, 3, 1), "2026-02-28T23:00:00"),
    ],
    ids=str,
)
def test_a_moment_is_read_in_the_zone_of_the_flow(written: Any, expected: str) -> None:
    moment = moment_of(written, now=NOW, since=SINCE, zone="Europe/Berlin")

    assert moment == datetime.fromisoformat(f"{expected}+00:00")


@pytest.mark.parametrize("written", ["", "soon", "25:00", "12:60", "12", None, True, [1]], ids=str)
def test_what_means_no_moment_is_none(written: Any) -> None:
    expected = SINCE + timedelta(seconds=12) if written == "12" else None

    assert moment_of(written, now=NOW, since=SINCE, zone="UTC") == expected

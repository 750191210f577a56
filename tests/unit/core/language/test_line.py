"""The magic line and its words."""

from __future__ import annotations

import shlex
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_flow.core.flow import Flow, FlowParameter
from jupyter_flow.core.language import read
from jupyter_flow.core.language.shell_words import OpenQuote, quote, split_words
from jupyter_flow.core.options import Catchup, FlowOptions, TaskOptions, TriggerRule


def flow(line: str) -> Flow:
    reading = read("a", line=line)
    assert not reading.problems, "\n\n".join(map(str, reading.problems))
    assert reading.flow is not None
    return reading.flow


@pytest.mark.parametrize(
    ("line", "options"),
    [
        ("", FlowOptions()),
        ('etl --schedule "0  6 * * *"', FlowOptions(schedule="0 6 * * *")),
        ("--schedule=@daily etl", FlowOptions(schedule="@daily")),
        ("etl --schedule @quarterly", FlowOptions(schedule="0 0 1 */3 *")),
        ("etl --max-active-tasks 4", FlowOptions(max_active_tasks=4)),
        ("etl --max_active_runs=1", FlowOptions(max_active_runs=1)),
        ("etl --run-timeout 1h30m", FlowOptions(run_timeout=timedelta(minutes=90))),
        ("etl --catchup latest", FlowOptions(catchup=Catchup.LATEST)),
        (
            "etl --tz Europe/Berlin --start 2026-01-31 --end 2026-07-01T06:00Z",
            FlowOptions(
                tz="Europe/Berlin",
                start=datetime(2026, 1, 31, tzinfo=ZoneInfo("Europe/Berlin")),
                end=datetime(2026, 7, 1, 8, tzinfo=ZoneInfo("Europe/Berlin")),
            ),
        ),
    ],
)
def test_options_of_a_flow(line: str, options: FlowOptions) -> None:
    assert flow(line).options == options


@pytest.mark.parametrize(
    ("line", "defaults"),
    [
        ("etl --retries 2", TaskOptions(retries=2)),
        ("etl --retries 2 --retries 2", TaskOptions(retries=2)),
        ("etl --retry-delay 90", TaskOptions(retry_delay=timedelta(seconds=90))),
        ("etl --backoff 2 --jitter .5", TaskOptions(backoff=2.0, jitter=0.5)),
        ("etl --priority -5", TaskOptions(priority=-5)),
        ("etl --trigger all_done", TaskOptions(trigger=TriggerRule.ALL_DONE)),
        ("etl --retry-on A,b.C --retry-on D", TaskOptions(retry_on=("A", "b.C", "D"))),
        ("etl --no-retry-on A", TaskOptions(no_retry_on=("A",))),
        ("etl --notify 'x://a,b' --notify y://c", TaskOptions(notify=("x://a,b", "y://c"))),
        ("etl --env A=1 --env 'B=2 = 3'", TaskOptions(env={"A": "1", "B": "2 = 3"})),
        ("etl --cache", TaskOptions(cache=True)),
        ("etl --no-cache", TaskOptions(cache=False)),
        ("etl --cache=false", TaskOptions(cache=False)),
        ("--cache etl", TaskOptions(cache=True)),
    ],
)
def test_options_of_all_tasks(line: str, defaults: TaskOptions) -> None:
    assert flow(line).defaults == defaults


def test_parameters_may_be_declared_on_the_line() -> None:
    found = flow("etl -p n=10 -p name=Oslo --params 'seeds=[1, 2]'").params

    assert [(each.name, each.default) for each in found] == [
        ("n", 10),
        ("name", "Oslo"),
        ("seeds", [1, 2]),
    ]
    both = read("params(n=10, m=2)\na", line="etl -p n=10").flow
    assert both is not None
    assert both.params == (
        FlowParameter(name="n", default=10),
        FlowParameter(name="m", default=2),
    )
    assert [each.code for each in read("params(n=1)\na", line="etl -p n=10").problems] == ["JF117"]


def test_a_moment_that_the_clocks_leave_out_is_the_one_it_would_have_been() -> None:
    start = flow("etl --tz Europe/Berlin --start 2026-03-29T02:30").options.start

    assert start is not None
    assert start.isoformat() == "2026-03-29T03:30:00+02:00"


@given(st.text(st.sampled_from("ab \t\\'\"$-="), max_size=12) | st.text(max_size=12))
def test_words_are_those_of_a_shell(line: str) -> None:
    try:
        words = shlex.split(line)
    except ValueError:
        assert isinstance(split_words(line), OpenQuote)
        return
    found = split_words(line)

    assert not isinstance(found, OpenQuote)
    assert [word.text for word in found] == words


@given(st.text(min_size=1).filter(lambda text: "\n" not in text))
def test_a_quoted_word_is_one_word(text: str) -> None:
    assert shlex.split(quote(text)) == [text]

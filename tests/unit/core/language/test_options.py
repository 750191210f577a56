"""Options by themselves: every one can be read, written, explained and got wrong."""

from __future__ import annotations

from ast import literal_eval
from dataclasses import fields
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_flow.core.errors import Where
from jupyter_flow.core.language import (
    OPTIONS,
    OptionSpec,
    read_duration,
    read_flow_options,
    read_task_options,
    write_duration,
    write_flow_options,
    write_task_options,
)
from jupyter_flow.core.language.durations import span_of
from jupyter_flow.core.options import FlowOptions, TaskOptions
from jupyter_flow.testing.strategies import flow_options, task_options


def test_every_option_is_in_the_table_and_nothing_else() -> None:
    for level, kind in (("task", TaskOptions), ("flow", FlowOptions)):
        known = [spec.name for spec in OPTIONS if spec.level == level]
        assert sorted(known) == sorted(field.name for field in fields(kind))


@pytest.mark.parametrize("spec", OPTIONS, ids=lambda spec: spec.name)
def test_the_example_of_an_option_can_be_read(spec: OptionSpec) -> None:
    read = read_task_options if spec.level == "task" else read_flow_options
    flag, _, text = spec.line_example.partition(" ")

    typed, problems = read({spec.name: literal_eval(spec.example)})
    from_text, text_problems = read({spec.name: text.strip('"')}, is_text=True)

    assert not problems
    assert not text_problems
    assert typed == from_text
    assert spec.name in typed.said()
    assert flag == spec.flag
    assert spec.meaning
    assert spec.type_text
    assert spec.default


@given(task_options())
def test_task_options_are_read_as_they_were_written(options: TaskOptions) -> None:
    assert read_task_options(write_task_options(options)) == (options, [])


@given(flow_options())
def test_flow_options_are_read_as_they_were_written(options: FlowOptions) -> None:
    assert read_flow_options(write_flow_options(options)) == (options, [])


def test_texts_of_a_command_are_read_by_their_types() -> None:
    texts = {"retries": "2", "timeout": "20m", "cache": "true", "retry_on": "A, B", "env": "A=1"}

    options, problems = read_task_options(texts, is_text=True)

    assert not problems
    assert options == TaskOptions(
        retries=2,
        timeout=timedelta(minutes=20),
        cache=True,
        retry_on=("A", "B"),
        env={"A": "1"},
    )


@pytest.mark.parametrize(
    ("value", "modules"),
    [
        ("pandas", ("pandas",)),
        ("pandas, sklearn.svm", ("pandas", "sklearn.svm")),
        (["pandas", "sklearn.svm"], ("pandas", "sklearn.svm")),
        ([], ()),
        (False, ()),
        ("none", ()),
    ],
)
def test_libraries_to_preload_are_some_or_none(value: object, modules: tuple[str, ...]) -> None:
    assert read_task_options({"preload": value}) == (TaskOptions(preload=modules), [])


@pytest.mark.parametrize("value", [True, 1, "", "import x", "a-b", "a..b", ["pandas", 2], {}])
def test_what_is_no_module_cannot_be_preloaded(value: object) -> None:
    options, problems = read_task_options({"preload": value})

    assert [problem.code for problem in problems] == ["JF121"]
    assert 'preload=["pandas"' in problems[0].hint
    assert options == TaskOptions()


def test_how_a_kernel_starts_is_one_of_two_words() -> None:
    options, problems = read_task_options({"kernel_start": "frsh"})

    assert options == TaskOptions()
    assert "fresh" in problems[0].hint


def test_what_can_be_read_is_given_and_the_rest_is_told_with_the_place() -> None:
    where = Where(path="train.ipynb")

    options, problems = read_task_options(
        {"retries": -1, "retrys": 2, "slots": 2, "schedule": "@daily"}, where=where
    )

    assert options == TaskOptions(slots=2)
    assert [problem.code for problem in problems] == ["JF121", "JF120", "JF120"]
    assert {problem.where for problem in problems} == {where}


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90", 90),
        ("90s", 90),
        ("20m", 1200),
        ("1h30m", 5400),
        ("1h 30m", 5400),
        ("1.5h", 5400),
        ("2d", 172_800),
        ("1w", 604_800),
        ("250ms", 0.25),
        ("2 hours", 7200),
        ("5 min", 300),
        ("0", 0),
        ("1M", 60),
    ],
)
def test_lengths_of_time_are_read_as_people_write_them(text: str, seconds: float) -> None:
    assert read_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text", ["", "m", "20 apples", "-5s", "1m1m", "1h30", "1:30", "١m", "9" * 40, "9999999999w"]
)
def test_other_texts_are_no_lengths_of_time(text: str) -> None:
    assert read_duration(text) is None


@pytest.mark.parametrize(
    ("value", "span"),
    [
        (timedelta(minutes=1), timedelta(minutes=1)),
        (90, timedelta(seconds=90)),
        (-1, timedelta(seconds=-1)),
        ("20m", timedelta(minutes=20)),
        (True, None),
        (float("nan"), None),
        (1e300, None),
        (timedelta.max, None),
        (None, None),
        ([], None),
    ],
)
def test_a_length_of_time_may_be_a_text_a_number_or_itself(
    value: object, span: timedelta | None
) -> None:
    assert span_of(value) == span


@given(st.timedeltas(timedelta(0), timedelta(days=99_999)))
def test_a_length_of_time_is_read_as_it_was_written(span: timedelta) -> None:
    assert read_duration(write_duration(span)) == span


@pytest.mark.parametrize(
    ("option", "value", "code"),
    [
        ("schedule", "* * * * * *", "JF124"),
        ("schedule", "H * * * *", "JF124"),
        ("schedule", "R * * * *", "JF124"),
        ("schedule", "*/0 * * * *", "JF124"),
        ("schedule", "0 0 31 4 *", "JF124"),
        ("schedule", "", "JF124"),
        ("schedule", 5, "JF124"),
        ("tz", "Europe", "JF125"),
        ("tz", "../etc/passwd", "JF125"),
        ("tz", "", "JF125"),
        ("tz", None, "JF125"),
        ("start", "31.1.2026", "JF126"),
        ("start", "0001-01-01", "JF126"),
        ("catchup", True, "JF121"),
        ("max_active_tasks", 10**12, "JF121"),
        ("max_active_tasks", True, "JF121"),
        ("run_timeout", 1e300, "JF122"),
        ("run_timeout", float("nan"), "JF122"),
    ],
)
def test_wrong_values_have_their_codes(option: str, value: object, code: str) -> None:
    options, problems = read_flow_options({option: value})

    assert [problem.code for problem in problems] == [code]
    assert options == FlowOptions()


@pytest.mark.parametrize(
    "text", ["0 6 * * 1-5", "*/15 9-17 * * mon-fri", "0 0 L * *", "0 0 29 2 *", "0 0 * * fri#1"]
)
def test_schedules_of_cron_are_read(text: str) -> None:
    assert read_flow_options({"schedule": text}) == (FlowOptions(schedule=text), [])

"""The core's values are written as JSON and read back equal."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_flow.core.commands import Move
from jupyter_flow.core.errors import FlowError, UsageError
from jupyter_flow.core.events import AttemptEnded, Event, RepairRequested, Request, RunStarted
from jupyter_flow.core.expressions import (
    Compare,
    Constant,
    DictOf,
    Every,
    Expression,
    ListOf,
    Not,
    ParamRef,
    Some,
    ValueRef,
)
from jupyter_flow.core.flow import Flow, FlowParameter, Kind, Plan, Target, Task
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.core.options import Catchup, FlowOptions, Policy, TaskOptions, TriggerRule
from jupyter_flow.core.run import Attempt, Failure, TaskRun
from jupyter_flow.core.states import Outcome, RunState
from jupyter_flow.ports.runs import Entry, RunSummary
from jupyter_flow.testing.samples import (
    EVENTS,
    LOAD,
    MOVES,
    NOON,
    attempt_of,
    failed_attempt,
    failure_of,
    plan_of,
    task_run_of,
)
from jupyter_flow.wire.codec import decode, encode

names = st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True)
texts = st.text(max_size=20)
constants = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)
operators = st.sampled_from(["==", "!=", "<", "<=", ">", ">=", "in", "not in"])


def compound(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    """Expressions made of *inner*."""
    items = st.lists(inner, max_size=3).map(tuple)
    pairs = st.lists(st.tuples(texts, inner), max_size=3).map(tuple)
    several = [st.builds(shape, items) for shape in (ListOf, Every, Some)]
    compare = st.builds(Compare, inner, operators, inner)
    return st.one_of(*several, st.builds(DictOf, pairs), st.builds(Not, inner), compare)


expressions: st.SearchStrategy[Expression] = st.recursive(
    st.builds(Constant, constants) | st.builds(ParamRef, names) | st.builds(ValueRef, names, names),
    compound,
    max_leaves=8,
)
spans = st.timedeltas()
zones = st.sampled_from([UTC, ZoneInfo("Europe/Berlin"), timezone(timedelta(seconds=20476))])
numbers = st.floats(allow_nan=False)
words = st.lists(texts, max_size=2).map(tuple)
given_names = partial(st.dictionaries, names, max_size=3)

task_options = st.builds(
    TaskOptions,
    retries=st.none() | st.integers(0, 9),
    retry_delay=st.none() | spans,
    backoff=st.none() | numbers,
    retry_on=st.none() | words,
    trigger=st.none() | st.sampled_from(TriggerRule),
    env=st.none() | given_names(texts),
    cache=st.none() | st.booleans() | st.just("always") | spans,
    inputs=st.none() | words,
)
flow_options = st.builds(
    FlowOptions,
    max_active_runs=st.none() | st.integers(1, 9),
    run_timeout=st.none() | spans,
    start=st.none() | st.datetimes(timezones=st.none() | st.just(UTC)),
    catchup=st.none() | st.sampled_from(Catchup),
)
tasks = st.builds(
    Task,
    name=names,
    kind=st.sampled_from(Kind),
    notebook=st.none() | texts,
    parameters=given_names(expressions),
    expand=given_names(expressions),
    when=st.none() | expressions,
    options=task_options,
)
flows = st.builds(
    Flow,
    name=names,
    tasks=st.lists(tasks, max_size=4).map(tuple),
    edges=st.frozensets(st.tuples(names, names), max_size=4),
    params=st.lists(st.builds(FlowParameter, name=names, default=constants), max_size=2).map(tuple),
    options=flow_options,
    defaults=task_options,
    description=texts,
)
targets = st.builds(
    Target, path=texts, digest=texts, folder=texts, policy=task_options.map(Policy.of)
)


@settings(max_examples=30)
@given(flows, given_names(targets), texts)
def test_any_plan_comes_back(flow: Flow, targets: dict[str, Target], origin: str) -> None:
    plan = Plan(flow=flow, targets=targets, origin=origin)

    assert decode(encode(plan, Plan), Plan) == plan


@given(expressions)
def test_any_expression_comes_back(expression: Expression) -> None:
    assert decode(encode(expression, Expression), Expression) == expression


@given(st.datetimes(timezones=st.none() | zones), spans)
def test_moments_and_spans_come_back_to_the_microsecond(at: datetime, span: timedelta) -> None:
    options = FlowOptions(start=at, run_timeout=span)

    kept = decode(encode(options, FlowOptions), FlowOptions)
    assert kept.run_timeout == span
    assert kept.start is not None
    # Not by ==, to which a moment that a zone has twice is unequal to every other.
    assert kept.start.isoformat() == at.isoformat()


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.kind)
def test_every_event_comes_back_and_says_its_kind(event: Event) -> None:
    text = encode(event, Event)

    assert decode(text, Event) == event
    assert json.loads(text)["kind"] == event.kind


def test_no_kind_of_event_is_forgotten_here() -> None:
    assert {type(event) for event in EVENTS} == set(Event.__args__)


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        (plan_of(), Plan),
        (plan_of().flow, Flow),
        (failure_of(), Failure),
        (attempt_of(), Attempt),
        (failed_attempt(), Attempt),
        (task_run_of(TaskKey("a", 3), failed_attempt(), values={"x": math.inf}), TaskRun),
        (MOVES, tuple[Move, ...]),
        (RepairRequested(targets=plan_of().targets), Request),
        (Entry(run=RunId("r"), seq=1, at=NOON, event=RunStarted(), moves=MOVES), Entry),
        (
            RunSummary(
                id=RunId("r"),
                flow="f",
                origin="",
                state=RunState.QUEUED,
                logical_date=NOON,
                created_at=NOON,
                started_at=None,
                ended_at=None,
                reason="",
                tasks={"running": 3},
            ),
            RunSummary,
        ),
    ],
    ids=lambda value: getattr(type(value), "__name__", None),
)
def test_everything_that_is_kept_or_sent_comes_back(value: Any, shape: Any) -> None:
    assert decode(encode(value, shape), shape) == value


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_numbers_that_json_has_no_word_for_are_strict_json(number: float) -> None:
    text = encode(
        AttemptEnded(key=LOAD, number=1, outcome=Outcome.FAILED, values={"x": number}), Event
    )

    assert json.loads(text, parse_constant=pytest.fail)["values"]["x"] == {"$float": repr(number)}
    assert repr(decode(text, Event).values["x"]) == repr(number)


def test_equal_flows_have_equal_text_whatever_the_order_of_their_edges() -> None:
    pairs = [(f"a{n}", f"b{n}") for n in range(50)]
    texts = {encode(Flow(name="f", edges=frozenset(order)), Flow) for order in (pairs, pairs[::-1])}

    assert len(texts) == 1
    assert json.loads(texts.pop())["edges"][0] == ["a0", "b0"]


def test_any_mapping_may_stand_where_a_mapping_is_meant() -> None:
    task_run = task_run_of(values=MappingProxyType({"x": MappingProxyType({"y": 1})}))

    assert decode(encode(task_run, TaskRun), TaskRun).values == {"x": {"y": 1}}


def test_a_deep_expression_takes_no_more_than_its_size() -> None:
    expression: Expression = ParamRef("n")
    for _ in range(40):
        expression = Every((Some((expression, Constant(1))), Constant(2)))

    assert decode(encode(expression, Expression), Expression) == expression


def test_half_characters_in_a_message_become_question_marks() -> None:
    failure = replace(failure_of(), message="caf\ud800é \x00", source="ü")

    kept = decode(encode(failure, Failure), Failure)
    assert (kept.message, kept.source) == ("caf?é \x00", "ü")


def test_a_value_that_cannot_be_kept_is_refused_by_its_own_name() -> None:
    with pytest.raises(UsageError) as caught:
        encode(task_run_of(values={"x": [{1, 2}]}), TaskRun)

    assert str(caught.value) == (
        "JF510: a value of the type 'set' cannot be kept with a run\n"
        "  Use None, booleans, numbers, strings, dates, paths, lists and objects of these; "
        "write anything larger to a file and hand on its path."
    )


def test_what_could_not_be_read_is_not_written() -> None:
    with pytest.raises(FlowError, match="'Failure' is not what 'TaskRun' must be") as caught:
        encode(failure_of(), TaskRun)

    assert caught.value.code == "JF512"


@pytest.mark.parametrize(
    ("text", "shape", "what"),
    [
        ('{"kind": "run_paused"}', Event, "the whole: Input tag 'run_paused'"),
        ('{"task": "a", "index": "x"}', TaskKey, "index: Input should be a valid integer"),
        ('{"value": {"$frame": 1}}', Constant, "the word '$frame' is not known"),
        ("{", Flow, "the whole: Invalid JSON"),
    ],
)
def test_what_cannot_be_read_is_named(text: str, shape: Any, what: str) -> None:
    with pytest.raises(FlowError) as caught:
        decode(text, shape)

    assert caught.value.code == "JF511"
    assert what in caught.value.what
    assert "upgrade" in caught.value.hint

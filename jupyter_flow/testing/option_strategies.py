"""Hypothesis strategies: any options of a flow and of a task."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from hypothesis import strategies as st

from jupyter_flow.core.language.schedules import in_zone
from jupyter_flow.core.language.text_types import EVENTS
from jupyter_flow.core.options import (
    Catchup,
    FlowOptions,
    KeepKernel,
    KernelStart,
    Overlap,
    TaskOptions,
    TriggerRule,
)

__all__ = ["durations", "flow_options", "plain_texts", "task_options"]

_SPARSE = 4


@cache
def plain_texts() -> st.SearchStrategy[str]:
    """Texts that can stand on one line, with all signs that need quotes."""
    signs = st.characters(exclude_categories=("Cc", "Cs"))
    return st.text(signs, min_size=1, max_size=12).filter(lambda text: bool(text.strip()))


@cache
def durations(*, above_zero: bool = True) -> st.SearchStrategy[timedelta]:
    """Lengths of time, short and long."""
    seconds = st.integers(int(above_zero), 10**7).map(lambda count: timedelta(seconds=count))
    return seconds | st.timedeltas(timedelta(microseconds=int(above_zero)), timedelta(days=400))


@cache
def task_options(*, on_line: bool = False) -> st.SearchStrategy[TaskOptions]:
    """Any options of a task; *on_line* such as can stand on a magic line."""
    least = int(on_line)
    names = st.sampled_from(["KeyError", "KernelDied", "a.b.Gone"])
    texts = plain_texts()
    addresses = st.lists(_addresses(), min_size=least, max_size=2).map(tuple)
    variables = texts.filter(lambda text: "=" not in text)
    contents = texts if on_line else st.text(max_size=9).filter(lambda text: "\0" not in text)
    optional: dict[str, st.SearchStrategy[Any]] = {
        "retries": st.integers(0, 9),
        "retry_delay": durations(above_zero=False),
        "backoff": st.floats(1, 10),
        "max_retry_delay": durations(),
        "jitter": st.floats(0, 1),
        "retry_on": st.lists(names, min_size=least, max_size=2).map(tuple),
        "no_retry_on": st.just(("ValueError",)),
        "timeout": durations(),
        "cell_timeout": durations(),
        "trigger": st.sampled_from(TriggerRule),
        "pool": texts,
        "slots": st.integers(1, 4),
        "priority": st.integers(-9, 9),
        "kernel": texts,
        "env": st.dictionaries(variables, contents, min_size=least, max_size=2),
        "cwd": texts,
        "cache": st.booleans() | st.just("always") | durations(),
        "inputs": st.lists(texts, min_size=least, max_size=2).map(tuple),
        "keep_kernel": st.sampled_from(KeepKernel),
        "kernel_start": st.sampled_from(KernelStart),
        "preload": st.sampled_from([(), ("pandas",), ("numpy", "sklearn.linear_model")]),
        "notify": addresses,
        "on": st.lists(st.sampled_from(EVENTS), min_size=1, unique=True).map(tuple),
        "attach": st.booleans(),
        "expected": durations(),
        "depends_on_past": st.booleans(),
    }
    return _sparse(optional).map(lambda given: TaskOptions(**given))


@cache
def _addresses() -> st.SearchStrategy[str]:
    """URLs to notify, some with secrets in them."""
    plain = plain_texts().filter(lambda text: "{" not in text).map(lambda text: f"json://x{text}")
    secret = ["mailto://me:{{ secret('PW') }}@example.com", '{{ secret("all-of.it") }}']
    return plain | st.sampled_from(secret)


@st.composite
def flow_options(draw: st.DrawFn) -> FlowOptions:
    """Any options of a flow."""
    zone = draw(st.none() | st.sampled_from(["UTC", "Europe/Berlin", "America/New_York"]))
    moments = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)).map(  # noqa: DTZ001
        lambda naive: in_zone(naive, zone)
    )
    first, last = sorted((draw(moments), draw(moments)))
    optional: dict[str, st.SearchStrategy[Any]] = {
        "max_active_tasks": st.integers(1, 9),
        "max_active_runs": st.integers(1, 9),
        "run_timeout": durations(),
        "deadline": durations(),
        "overlap": st.sampled_from(Overlap),
        "schedule": st.sampled_from(["@daily", "0 6 * * 1-5", "*/5 * * * *"]),
        "start": st.just(first),
        "end": st.just(last),
        "catchup": st.sampled_from(Catchup),
    }
    return FlowOptions(tz=zone, **draw(_sparse(optional)))


def _sparse(optional: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """A few of many options."""
    some = st.lists(st.sampled_from(sorted(optional)), max_size=_SPARSE, unique=True)
    return some.flatmap(lambda names: st.fixed_dictionaries({n: optional[n] for n in names}))

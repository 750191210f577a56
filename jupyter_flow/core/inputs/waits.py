"""What a task that waits is given: for what, how long, how often it is to be looked.

Reads the parameters of ``wait_for(…)`` when they are known. Waiting itself is the business of
`jupyter_flow.core.machine.waiting`, and looking that of the shell.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from jupyter_flow.core.commands import Answer, Awaited, Files, Moment, OtherFlow, Query, Word
from jupyter_flow.core.flow import Kind
from jupyter_flow.core.ids import TaskKey
from jupyter_flow.core.run import Run

from . import InputError, inputs_of
from .moments import moment_of

T = TypeVar("T")

#: How often it is looked when nothing else is said.
EVERY = timedelta(seconds=10)
#: The longest pause between looks when there is a backoff, and nothing else is said.
LONGEST = timedelta(minutes=10)
#: It is never looked more often than this.
LEAST = timedelta(milliseconds=100)

_NONE = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """A wait for *what*; see the parameters of ``wait_for`` for what the rest means."""

    what: Awaited
    every: timedelta = EVERY
    backoff: float = 1.0
    longest: timedelta | None = None
    timeout: timedelta | None = None
    soft_fail: bool = False


def wait_of(run: Run, key: TaskKey, *, now: datetime) -> Wait:
    """What *key* waits for, now that it is known. *now* is when it begins to wait.

    Raises:
        InputError: a parameter has no value, or one that makes no sense there.
    """
    given = _Given(key, inputs_of(run, key, None))
    if run.plan.flow[key.task].kind is Kind.APPROVE:
        return Wait(
            what=Word(question=given.text("question", "a text")),
            timeout=given.span("timeout"),
            soft_fail=given.switch("soft_fail"),
        )
    every = max(given.span("poke_interval") or EVERY, LEAST)
    backoff = given.number("backoff")
    longest = max(given.span("max_poke_interval") or LONGEST, every)
    return Wait(
        what=_what(run, given, now),
        every=every,
        backoff=backoff,
        longest=longest if backoff > 1 else None,
        timeout=given.span("timeout"),
        soft_fail=given.switch("soft_fail"),
    )


def _what(run: Run, given: _Given, now: datetime) -> Awaited:
    ways = [way for way in _WAYS if given.has(way)]
    if len(ways) != 1:
        raise InputError(
            f"'{given.key}' waits for one thing, not for {' and '.join(ways) or 'nothing'}",
            hint=f"Give it one of {', '.join(_WAYS)}.",
        )
    return _WAYS[ways[0]](run, given, now)


def _flow(_run: Run, given: _Given, _now: datetime) -> Awaited:
    flow = given.text("flow", "the name of a flow")
    return OtherFlow(flow=flow, within=given.span("within", or_none=True) or _NONE)


def _files(run: Run, given: _Given, _now: datetime) -> Awaited:
    return Files(
        pattern=given.text("file", "a path or a pattern of paths"),
        folder=run.plan.targets[given.key.task].folder,
        stable=given.span("stable", or_none=True) or _NONE,
    )


def _answer(_run: Run, given: _Given, _now: datetime) -> Awaited:
    expected = given.get("expect_status", (int, str, list), "a status such as 200 or '2xx'")
    each = expected if isinstance(expected, list) else [] if expected is None else [expected]
    headers = given.get("headers", (Mapping,), "an object") or {}
    return Answer(
        url=given.text("http", "a URL"),
        method=(given.optional("method", "GET or HEAD") or "GET").upper(),
        connection=given.optional("connection", "the name of a connection"),
        headers={
            name: value if isinstance(value, str) else str(value) for name, value in headers.items()
        },
        expect_status=tuple(each),
        expect_json=given.get("expect_json", (object,), ""),
    )


def _query(run: Run, given: _Given, _now: datetime) -> Awaited:
    return Query(
        sql=given.text("sql", "a query"),
        connection=given.text("connection", "the name of a connection"),
        folder=run.plan.targets[given.key.task].folder,
        bind=given.get("bind", (Mapping,), "an object") or {},
        any_row=given.switch("any_row"),
    )


def _moment(run: Run, given: _Given, now: datetime) -> Awaited:
    value = given.get("until", (object,), "")
    at = moment_of(value, now=now, since=run.interval.end, zone=run.plan.flow.options.tz or "UTC")
    if at is None:
        raise given.wrong("until", value, "a moment, a time of day or a length of time")
    return Moment(at=at)


_WAYS: Mapping[str, Callable[[Run, _Given, datetime], Awaited]] = {
    "file": _files,
    "sql": _query,
    "http": _answer,
    "flow": _flow,
    "until": _moment,
}


class _Given:
    """The parameters of *key*, each read as what it must be. What is wrong is an InputError."""

    def __init__(self, key: TaskKey, values: Mapping[str, Any]) -> None:
        self.key = key
        self._values = values

    def has(self, name: str) -> bool:
        return name in self._values

    def get(self, name: str, types: tuple[type, ...], must: str) -> Any:
        value = self._values.get(name)
        is_switch = isinstance(value, bool) and int in types and bool not in types
        if value is not None and (not isinstance(value, types) or is_switch):
            raise self.wrong(name, value, must)
        return value

    def text(self, name: str, must: str) -> str:
        value = self.optional(name, must)
        if not value:
            raise self.wrong(name, value, must)
        return value

    def optional(self, name: str, must: str) -> str | None:
        value = self.get(name, (str,), must)
        return None if value is None else str(value)

    def switch(self, name: str) -> bool:
        return bool(self.get(name, (bool,), "True or False"))

    def number(self, name: str) -> float:
        value = self.get(name, (int, float), "a number from 1 on")
        if value is not None and not value >= 1:
            raise self.wrong(name, value, "a number from 1 on")
        return 1.0 if value is None else float(value)

    def span(self, name: str, *, or_none: bool = False) -> timedelta | None:
        """A length of time; with *or_none*, it may be none at all."""
        # The language loads only where words are read; most runs wait for nothing.
        from jupyter_flow.core.language.durations import span_of

        value = self._values.get(name)
        if value is None:
            return None
        span = span_of(value)
        if span is None or span < _NONE or (span == _NONE and not or_none):
            raise self.wrong(name, value, "a length of time")
        return span

    def wrong(self, name: str, value: object, must: str) -> InputError:
        what = f"the parameter {name!r} of '{self.key}' must be {must}, not {value!r}"
        return InputError(what)

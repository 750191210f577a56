"""What a task that waits is given: for which flow, how long, how often it is to be looked.

Reads the parameters of ``wait_for(flow=…)`` when they are known. Waiting itself is the business
of `jupyter_flow.core.machine.waiting`, and looking that of the shell.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from jupyter_flow.core.ids import TaskKey
from jupyter_flow.core.run import Run

from . import InputError, inputs_of

#: How often it is looked when nothing else is said.
EVERY = timedelta(seconds=10)

_NONE = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """A wait for a run of *flow*; see the parameters of ``wait_for`` for what the rest means."""

    flow: str
    within: timedelta = _NONE
    every: timedelta = EVERY
    timeout: timedelta | None = None
    soft_fail: bool = False


def wait_of(run: Run, key: TaskKey) -> Wait:
    """What *key* waits for, now that it is known.

    Raises:
        InputError: a parameter has no value, or one that makes no sense there.
    """
    given = inputs_of(run, key, None)
    flow, soft_fail = given.get("flow"), given.get("soft_fail")
    if not isinstance(flow, str) or not flow:
        raise _wrong(key, "flow", flow, "the name of a flow")
    if soft_fail is not None and not isinstance(soft_fail, bool):
        raise _wrong(key, "soft_fail", soft_fail, "True or False")
    within, every = _span(key, given, "within"), _span(key, given, "poke_interval")
    return Wait(
        flow=flow,
        within=_NONE if within is None else within,
        every=EVERY if every is None else every,
        timeout=_span(key, given, "timeout"),
        soft_fail=bool(soft_fail),
    )


def _span(key: TaskKey, given: dict[str, Any], name: str) -> timedelta | None:
    # The language loads only where words are read; most runs wait for nothing.
    from jupyter_flow.core.language.durations import span_of

    value = given.get(name)
    if value is None:
        return None
    span = span_of(value)
    if span is None or span < _NONE or (span == _NONE and name != "within"):
        raise _wrong(key, name, value, "a length of time")
    return span


def _wrong(key: TaskKey, name: str, value: object, must: str) -> InputError:
    return InputError(f"the parameter {name!r} of '{key}' must be {must}, not {value!r}")

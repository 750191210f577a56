"""The parameters of a run: what a person gives, held against what the flow declares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jupyter_flow.core.errors import Problem, suggestion
from jupyter_flow.core.flow import Flow, FlowParameter
from jupyter_flow.core.given import bound


def unknown_params(flow: Flow, given: Mapping[str, Any]) -> list[Problem]:
    """One problem for each name in *given* that the flow does not declare."""
    known = [param.name for param in flow.params]
    hint = f"Declare it in the flow: params({{}}=…). {flow.name!r} declares none yet."
    return [
        Problem(
            code="JF240",
            what=f"flow {flow.name!r} has no parameter {name!r}",
            hint=suggestion(name, known, noun="parameter") if known else hint.format(name),
        )
        for name in given
        if name not in known
    ]


def bind_params(
    flow: Flow, given: Mapping[str, Any], texts: Mapping[str, str] | None = None
) -> tuple[dict[str, Any], list[Problem]]:
    """The parameters of a run of *flow*, and what is wrong with those that were given.

    *given* are values, held against the types of the defaults; *texts* are words of a command
    line, read as those types. What is not given has its default.
    """
    texts = texts or {}
    problems = unknown_params(flow, {**given, **texts})
    values: dict[str, Any] = {}
    for param in flow.params:
        try:
            values[param.name] = bound(param, given, texts)
        except ValueError as error:
            problems.append(_wrong(param, str(error)))
    return values, problems


def _wrong(param: FlowParameter, wrong: str) -> Problem:
    return Problem(
        code="JF241",
        what=f"parameter {param.name!r} {wrong}",
        hint=f"The flow declares it as params({param.name}={param.default!r}).",
    )

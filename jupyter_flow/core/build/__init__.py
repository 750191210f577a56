"""Flows in Python, for scripts and tests: the same words as in a ``%%flow`` cell.

    with Flow("churn", schedule="0 6 * * 1-5", retries=2) as churn:
        models = notebook("train", seed=1).named("models").expand(model=["logit", "forest"])
        notebook("load") >> notebook("clean") >> models
        models >> notebook("report", scores=models.auc)
    definition = churn.build()

Builds exactly the values that reading a cell builds, and refuses what that refuses. Conditions
are joined with ``&``, ``|`` and ``~``, because Python keeps ``and``, ``or`` and ``not`` for itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .groups import GroupHandle
from .handles import TaskHandle
from .making import Flow, Params, here
from .terms import Term

__all__ = [
    "Flow",
    "GroupHandle",
    "Params",
    "TaskHandle",
    "Term",
    "approve",
    "expect",
    "flow",
    "group",
    "http",
    "notebook",
    "params",
    "python",
    "shell",
    "sql",
    "wait_for",
]

#: ``params(n=10)`` declares parameters of the flow of the innermost ``with``; ``params.n`` is one.
params = Params()


def notebook(notebook: str, /, **parameters: Any) -> TaskHandle:
    """A task that runs a notebook: the one tagged so, or the one at that path."""
    return here().notebook(notebook, **parameters)


def python(function: str | Callable[..., Any], /, **arguments: Any) -> TaskHandle:
    """A task that calls ``package.module:function`` with these arguments.

    A function itself may be given too: its source travels with the flow, so what it uses must be
    in it, or be passed to it.
    """
    return here().python(function, **arguments)


def sql(query: str, /, **arguments: Any) -> TaskHandle:
    """A task that runs a query: *connection*, *bind* (its values), *preview*, *save*."""
    return here().sql(query, **arguments)


def http(method: str, url: str, /, **arguments: Any) -> TaskHandle:
    """A task that makes a request.

    *headers*, *query*, *json* or *body*, *timeout*, *tries*, *retry_status*, *expect_status*,
    *expect_json*, *save*, *preview*.
    """
    return here().http(method, url, **arguments)


def shell(command: str, /, **arguments: Any) -> TaskHandle:
    """A task that runs a command; ``output="json"`` reads its last line as JSON."""
    return here().shell(command, **arguments)


def wait_for(**arguments: Any) -> TaskHandle:
    """A task that waits: for a *file*, *sql*, *http* or *flow*; *timeout*, *poke_interval*."""
    return here().wait_for(**arguments)


def expect(condition: Any, message: str = "") -> TaskHandle:
    """A task that fails, saying *message*, unless *condition* holds."""
    return here().expect(condition, message)


def approve(question: str, **arguments: Any) -> TaskHandle:
    """A task that asks a person *question*, and goes on when the answer is yes."""
    return here().approve(question, **arguments)


def group(name: str, /, **options: Any) -> GroupHandle:
    """``with group("prepare") as prepare:`` What is made in it is in that group."""
    return here().group(name, **options)


def flow(name: str, /, **params: Any) -> TaskHandle:
    """A task that runs another flow with these parameters."""
    return here().flow(name, **params)

"""Where a flow may name secrets, and are there those that it names. Never what they are.

A service elsewhere may have what is not here: that is a warning.
"""

from __future__ import annotations

from collections.abc import Iterator

from jupyter_flow.core.errors import Problem, Severity, Where
from jupyter_flow.core.expressions import Compare, Expression, walk
from jupyter_flow.core.flow import Flow, Kind, Task
from jupyter_flow.core.inputs.templates import secrets_in

from .lookup import Lookup
from .templates import templates_in, texts_in

#: What runs a notebook is given secrets, and a look may log in with them.
_MAKES_ATTEMPTS = (Kind.NOTEBOOK, Kind.PYTHON, Kind.SQL, Kind.HTTP, Kind.SHELL)
_MAY_HAVE = {
    **dict.fromkeys(_MAKES_ATTEMPTS, None),
    Kind.WAIT_FOR: ("headers",),
    Kind.APPROVE: ("to",),
}


def secrets_named(flow: Flow) -> frozenset[str]:
    """The names of the secrets that the tasks of *flow* are given."""
    return frozenset(name for task in flow.tasks for name, _ in _given(task))


def check_secrets(task: Task, lookup: Lookup) -> Iterator[Problem]:
    """Secrets of *task* where none can stand, and those that nobody here knows."""
    yield from _out_of_place(task, lookup)
    for name, place in dict(_given(task)).items():
        if lookup.secrets is not None and name not in lookup.secrets:
            yield Problem(
                code="JF219",
                what=f"task {task.name!r} needs the secret {name!r}, which is not known here",
                hint=f"Set JUPYTER_FLOW_SECRET_{name} where the flow runs, or see where else "
                "secrets are looked for.",
                where=lookup.place(task.name, *place),
                severity=Severity.WARNING,
            )


def check_params(lookup: Lookup) -> Iterator[Problem]:
    """Secrets among the parameters of the flow: those are for everybody to see."""
    for param in lookup.flow.params:
        if any(secrets_in(text) for text in texts_in(param.default)):
            yield _misplaced(
                f"the parameter {param.name!r} of the flow cannot be a secret",
                "Parameters of a run are shown to everybody: give the secret to the tasks.",
                lookup.spans.get(("param", param.name)),
            )


def _out_of_place(task: Task, lookup: Lookup) -> Iterator[Problem]:
    for name, expression in (*task.parameters.items(), *task.expand.items()):
        if not any(_in_expression(expression)):
            continue
        where = lookup.place_of(task, name)
        if task.kind not in _MAY_HAVE or name not in (_MAY_HAVE[task.kind] or (name,)):
            what = f"{name} of {task.kind}(…) cannot have a secret in it"
            yield _misplaced(what, _INSTEAD.get(task.kind, "A notebook can be given one."), where)
        elif task.kind is Kind.SHELL and name == "command":
            what = "a command cannot have a secret in it: command lines are seen by others"
            hint = 'Write shell("… $TOKEN …").options(env={"TOKEN": secret("TOKEN")}).'
            yield _misplaced(what, hint, where)
        elif any(
            isinstance(part, Compare) and any(_in_expression(part)) for part in walk(expression)
        ):
            what = "a secret cannot be compared: what came of it would tell what it is"
            yield _misplaced(what, "Compare it in the notebook.", where)
    if task.kind not in _MAKES_ATTEMPTS and any(map(secrets_in, (task.options.env or {}).values())):
        where = lookup.place(task.name, "option", "env")
        yield _misplaced("what runs no notebook has no use for a secret", "Take it away.", where)
    if any(map(secrets_in, task.options.inputs or ())):
        where = lookup.place(task.name, "option", "inputs")
        yield _misplaced("the path of a file cannot have a secret in it", "Write it out.", where)


_INSTEAD = {Kind.WAIT_FOR: "It can stand in headers, and in the URL of a connection."}


def _misplaced(what: str, hint: str, where: Where | None) -> Problem:
    return Problem(code="JF229", what=what, hint=hint, where=where)


def _given(task: Task) -> Iterator[tuple[str, tuple[str, str]]]:
    """The secrets that *task* is given, each with its place."""
    for name, expression in (*task.parameters.items(), *task.expand.items()):
        kind = "expand" if name in task.expand else "parameter"
        yield from ((secret, (kind, name)) for secret in _in_expression(expression))
    for text in (task.options.env or {}).values():
        yield from ((secret, ("option", "env")) for secret in secrets_in(text))


def _in_expression(expression: Expression) -> Iterator[str]:
    return (name for text in templates_in(expression) for name in secrets_in(text))

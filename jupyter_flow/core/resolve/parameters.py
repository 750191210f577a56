"""Does what a task passes fit what its notebook takes."""

from __future__ import annotations

from collections.abc import Iterator
from keyword import iskeyword

from jupyter_flow.core.errors import Problem, Severity, suggestion
from jupyter_flow.core.flow import Task
from jupyter_flow.core.notebooks.notebook import Notebook

from .given_types import no_lists, wrong_types
from .lookup import Lookup


def check_parameters(task: Task, notebook: Notebook, lookup: Lookup) -> Iterator[Problem]:
    """What is wrong with the parameters of *task*, all of it."""
    given = {**task.parameters, **task.expand}
    impossible = [name for name in given if not name.isidentifier() or iskeyword(name)]
    for name in impossible:
        yield _impossible(task, name, lookup)
    contract = notebook.contract
    if not contract.has_cell:
        if given and not impossible:
            yield _no_cell(task, notebook, list(given), lookup)
    elif contract.is_checked:
        yield from _unknown(task, notebook, lookup)
        yield from _missing(task, notebook, lookup)
        yield from wrong_types(task, contract, lookup)
    yield from no_lists(task, lookup)


_NOTHING_TAKEN = "Its parameters cell assigns nothing: add the parameter there, or leave it out."


def _impossible(task: Task, name: str, lookup: Lookup) -> Problem:
    return Problem(
        code="JF221",
        what=f"task {task.name!r} has a parameter {name!r}, which cannot be a variable's name",
        hint="Use letters, digits and underscores, not beginning with a digit.",
        where=lookup.place_of(task, name),
    )


def _no_cell(task: Task, notebook: Notebook, names: list[str], lookup: Lookup) -> Problem:
    what = ", ".join(names)
    path = lookup.shelf.shown(notebook.path)
    return Problem(
        code="JF215",
        what=f"notebook {path!r} has no parameters cell, so {what} will be put at its very top",
        hint="Tag the cell that sets the defaults with 'parameters'; what comes later in the "
        "notebook would overwrite the values.",
        where=lookup.place_of(task, names[0]),
        severity=Severity.WARNING,
    )


def _unknown(task: Task, notebook: Notebook, lookup: Lookup) -> Iterator[Problem]:
    contract = notebook.contract
    known = [each.name for each in contract.parameters]
    for name in (*task.parameters, *task.expand):
        if contract.get(name) is None:
            path = lookup.shelf.shown(notebook.path)
            yield Problem(
                code="JF210",
                what=f"notebook {path!r} has no parameter {name!r}",
                hint=suggestion(name, known, noun="parameter") if known else _NOTHING_TAKEN,
                where=lookup.place_of(task, name),
            )


def _missing(task: Task, notebook: Notebook, lookup: Lookup) -> Iterator[Problem]:
    for parameter in notebook.contract.parameters:
        is_given = parameter.name in task.parameters or parameter.name in task.expand
        if parameter.is_required and not is_given:
            path = lookup.shelf.shown(notebook.path)
            help_ = f" ({parameter.help})" if parameter.help else ""
            yield Problem(
                code="JF211",
                what=f"task {task.name!r} needs the parameter {parameter.name!r}: "
                f"{parameter.type}{help_}",
                hint=f"Give it: {task.name}({parameter.name}=…), or give it a default in {path}.",
                where=lookup.place(task.name),
            )

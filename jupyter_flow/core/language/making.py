"""Where a task is made: ``sql("…", connection="dwh")``, ``notebook("sub/train.ipynb")``, or as
another task of a tagged notebook: ``models = train``.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping

from jupyter_flow.core.errors import Problem
from jupyter_flow.core.expressions import Constant
from jupyter_flow.core.flow import Kind

from .arguments import Arguments
from .calling import At
from .drafts import Draft
from .findings import Findings
from .kind_checks import notebook_problem
from .kinds import CALLS, parameters_of
from .naming import Names
from .tasks import Tasks


class Makers:
    """Make the drafts of tasks that are more than a bare name."""

    def __init__(
        self, findings: Findings, tasks: Tasks, names: Names, arguments: Arguments
    ) -> None:
        self._findings = findings
        self._tasks = tasks
        self._names = names
        self._arguments = arguments

    def from_name(self, root: ast.Name, given: ast.Name) -> Draft | None:
        """``x = train``: another task of the notebook with that name in its tag."""
        if self._tasks.makes(root.id) and root.id != given.id:
            what = f"{root.id!r} is a task of this flow, not a notebook"
            hint = f"Write {given.id} = … with the name of the notebook that {root.id} runs."
            self._findings.refuse("JF130", what, hint, root)
            return None
        return self._tasks.make(given.id, Kind.NOTEBOOK, root.id, root, given)

    def from_path(self, call: ast.Call, given: ast.Name | None) -> Draft | None:
        """``notebook("sub/train.ipynb")``; its parameters are not read here."""
        first = self._arguments.values.value(call.args[0]) if call.args else None
        problem = notebook_problem(first)
        if problem is not None:
            self._findings.note(problem, call.args[0] if call.args else call)
        if problem is not None or not isinstance(first, Constant):
            return None
        name = self._names.given[id(call)]
        return self._tasks.make(name, Kind.NOTEBOOK, first.value, call.args[0], given)

    def from_function(self, kind: Kind, call: ast.Call, given: ast.Name | None) -> Draft | None:
        """``python("module:function", x=1)`` and the other kinds."""
        draft = self._tasks.make(self._names.given[id(call)], kind, None, call.func, given)
        values = self._arguments.values
        read = values.condition if kind is Kind.EXPECT else values.value
        positional = [read(argument) for argument in call.args]
        named = self._arguments.named(call, f"{kind}(…)", read=read)
        said = {name: (value, at) for name, value, at in named}
        keywords = {name: value for name, (value, _) in said.items()}
        parameters, problems = parameters_of(kind, positional, keywords)
        places = {name: at for name, (_, at) in said.items()}
        for at, problem in problems:
            self._note(problem, call, kind, at, places)
        if draft is not None:
            for name, value in parameters.items():
                self._arguments.give(draft, name, value, places.get(name, call))
        return draft

    def _note(
        self,
        problem: Problem,
        call: ast.Call,
        kind: Kind,
        at: At,
        places: Mapping[str, ast.keyword],
    ) -> None:
        """Note *problem* at the argument that is known by its position or its name."""
        if isinstance(at, str) and at in places:
            self._findings.note(problem, places[at])
            return
        positional = CALLS[kind].positional
        place = positional.index(at) if isinstance(at, str) and at in positional else at
        is_there = isinstance(place, int) and place < len(call.args)
        self._findings.note(problem, call.args[place] if is_there else call)  # type: ignore[index]

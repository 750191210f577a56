"""The tasks of the flow that is read: named here, described there, each kept as one draft."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from jupyter_flow.core.flow import Kind, Task
from jupyter_flow.core.task_names import wrong_with

from .drafts import Draft
from .findings import Findings
from .kinds import CALLS
from .naming import FUNCTIONS, Names


class Tasks:
    """Keeps the drafts in the order in which the text first names them."""

    def __init__(self, findings: Findings, names: Names) -> None:
        self._findings = findings
        self._names = names
        self._drafts: dict[str, Draft] = {}
        self._made: set[str] = set()

    def __getitem__(self, name: str) -> Draft:
        return self._drafts[name]

    @property
    def is_whole(self) -> bool:
        """Whether each task that the text makes could be made."""
        return all(name in self._made for name in self._names.kinds if name in self._drafts)

    def tasks(self) -> tuple[Task, ...]:
        """All tasks as they are described in the end; what one still lacks is noted."""
        for name in self._made:
            problem = self._drafts[name].complete()
            if problem is not None:
                self._findings.note(problem, self._findings.spans["task", name])
        return tuple(draft.task() for draft in self._drafts.values())

    def mention(self, name: ast.Name) -> str | None:
        """Note that the task is named there. None, with a mistake noted, when it cannot be one."""
        if not self._is_possible(name.id, name):
            return None
        return self._draft(name.id, name).name

    def is_group(self, name: str) -> bool:
        """Whether the text makes a group of that name."""
        return name in self._names.groups

    def makes(self, name: str) -> bool:
        """Whether the text itself makes a task of that name."""
        return name in self._names.kinds

    def make(
        self, name: str, kind: Kind, notebook: str | None, at: ast.expr, given: ast.Name | None
    ) -> Draft | None:
        """The draft of the task that is made at *at*: *name* is *given*, or follows from it.

        None, with a mistake noted, when it cannot be made.
        """
        if not self._is_possible(name, given or at):
            return None
        draft = self._draft(name, at)
        is_same = (draft.kind, draft.notebook) == (kind, notebook) and notebook is not None
        if name in self._made and (given is not None or not is_same):
            self._second(name, given or at)
            return None
        self._made.add(name)
        draft.kind, draft.notebook = kind, notebook
        # What is wrong with its notebook is shown where that is named.
        self._findings.spans["task", name] = self._findings.page.where(at)
        return draft

    def _draft(self, name: str, at: ast.expr) -> Draft:
        if name not in self._drafts:
            kind = self._names.kinds.get(name, Kind.NOTEBOOK)
            notebook = name if kind is Kind.NOTEBOOK else None
            self._drafts[name] = Draft(name=name, kind=kind, notebook=notebook)
            self._findings.mark(("task", name), at)
        return self._drafts[name]

    def _second(self, name: str, at: ast.expr) -> None:
        first = self._findings.line_of("task", name)
        self._findings.refuse(
            "JF110",
            f"there is a task {name!r} already{first}",
            "Give this one another name: other_name = …",
            at,
        )

    def _is_possible(self, name: str, at: ast.expr) -> bool:
        if name in self._names.groups:
            what, hint = f"{name!r} is a group, not a task", "A group stands in chains only."
            if isinstance(at, ast.Name) and isinstance(at.ctx, ast.Store):
                hint = "Give one of the two another name."
            self._findings.refuse("JF142", what, hint, at)
            return False
        wrong = wrong_with(name)
        if wrong is None:
            return True
        hint = "Give it another name: other_name = …"
        if isinstance(at, ast.Name) and isinstance(at.ctx, ast.Load):
            hint = f"For example: {example_of(name)}." if name in FUNCTIONS else "Rename the task."
        what = f"{name!r} cannot be the name of a task: it {wrong}"
        self._findings.refuse("JF111", what, hint, at)
        return False


def example_of(function: str) -> str:
    """How a function of the language is called."""
    call = CALLS.get(FUNCTIONS[function])
    return call.example if call is not None else 'notebook("sub/train.ipynb")'


def shown(names: Sequence[str]) -> str:
    """Names of tasks as an endpoint of a chain: ``a`` or ``[a, b]``."""
    return names[0] if len(names) == 1 else f"[{', '.join(names)}]"

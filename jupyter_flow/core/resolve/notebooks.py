"""Which notebook does a task mean.

By the name in its tag, by its path, or the one that ships for the task's kind. A notebook that is
there but cannot be used gets an error that says what to do to it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from jupyter_flow.core.errors import Problem, suggestion
from jupyter_flow.core.flow import Kind, Task
from jupyter_flow.core.notebooks.notebook import SUFFIXES, Notebook
from jupyter_flow.core.task_names import suggested_by

from .lookup import Lookup

Found = tuple[Notebook | None, list[Problem]]


class Finder:
    """Finds the notebooks of a flow's tasks on its shelf."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._shelf = lookup.shelf
        by_name: defaultdict[str, list[Notebook]] = defaultdict(list)
        for notebook in self._shelf.notebooks.values():
            if notebook.task is not None:
                by_name[notebook.task].append(notebook)
        self._by_name: Mapping[str, list[Notebook]] = dict(by_name)

    def find(self, task: Task) -> Found:
        """The notebook of *task*, or what stands in the way."""
        if task.kind is not Kind.NOTEBOOK:
            return self._shipped(task)
        wanted = task.notebook or task.name
        return self._at_path(task, wanted) if is_path(wanted) else self._tagged(task, wanted)

    def _shipped(self, task: Task) -> Found:
        notebook = self._shelf.shipped.get(task.kind.value)
        if notebook is not None:
            return notebook, []
        return None, [
            Problem(
                code="JF901",
                what=f"the kind {task.kind.value!r} of task {task.name!r} is not available yet",
                hint="Take it out of the flow, or do the same in a notebook.",
                where=self._lookup.place(task.name),
            )
        ]

    def _at_path(self, task: Task, wanted: str) -> Found:
        path = self._shelf.named.get(wanted)
        notebook = self._shelf.notebooks.get(path) if path is not None else None
        if notebook is not None:
            return notebook, []
        paths = [*self._shelf.notebooks, *self._shelf.untagged]
        known = [self._shelf.written(each) for each in paths]
        return None, [
            Problem(
                code="JF204",
                what=f"there is no notebook {wanted!r} in {self._shelf.folder}",
                hint=suggestion(wanted, known, noun="notebook"),
                where=self._lookup.place(task.name),
            )
        ]

    def _tagged(self, task: Task, wanted: str) -> Found:
        found = self._by_name.get(wanted, [])
        if len(found) == 1:
            return found[0], []
        if found:
            return None, [self._ambiguous(task, wanted, found)]
        broken = [
            problem
            for notebook in self._shelf.notebooks.values()
            if notebook.task is None and _stem_means(notebook.path, wanted)
            for problem in notebook.problems
        ]
        return None, broken or [self._untagged(task, wanted) or self._unknown(task, wanted)]

    def _ambiguous(self, task: Task, wanted: str, found: list[Notebook]) -> Problem:
        paths = sorted(each.path for each in found)
        shown = [self._shelf.shown(path) for path in paths]
        return Problem(
            code="JF203",
            what=f"{len(paths)} notebooks are tagged {wanted!r}: {', '.join(shown)}",
            hint=f"Rename one (jupyter flow tag {quoted(shown[-1])} --name …), "
            f'or name the file: notebook("{self._shelf.written(paths[0])}").',
            where=self._lookup.place(task.name),
        )

    def _untagged(self, task: Task, wanted: str) -> Problem | None:
        paths = sorted(self._suggesting(wanted))
        if not paths:
            return None
        name = "" if suggested_by(_stem(paths[0])) == wanted else f" --name {wanted}"
        others = f"There are also: {', '.join(paths[1:])}. " if len(paths) > 1 else ""
        return Problem(
            code="JF202",
            what=f"notebook {paths[0]!r} is not tagged as task {wanted!r}",
            hint=f"{others}Tag it: jupyter flow tag {quoted(paths[0])}{name}",
            where=self._lookup.place(task.name),
        )

    def _suggesting(self, wanted: str) -> Iterator[str]:
        """The notebooks that carry no tag and would, or might, be tagged *wanted*."""
        readable = (each.path for each in self._shelf.notebooks.values() if each.task is None)
        for path in (*self._shelf.untagged, *readable):
            if _stem_means(path, wanted):
                yield self._shelf.shown(path)

    def _unknown(self, task: Task, wanted: str) -> Problem:
        return Problem(
            code="JF201",
            what=f"no notebook is tagged as task {wanted!r}",
            hint=self._what_else(wanted),
            where=self._lookup.place(task.name),
        )

    def _what_else(self, wanted: str) -> str:
        if get_close_matches(wanted, self._by_name, n=1):
            return suggestion(wanted, sorted(self._by_name), noun="task")
        untagged = {suggested_by(_stem(path)): path for path in sorted(self._shelf.untagged)}
        near = get_close_matches(wanted, untagged, n=1)
        if near:
            path = self._shelf.shown(untagged[near[0]])
            return f"Did you mean {near[0]!r}? Tag its notebook: jupyter flow tag {quoted(path)}"
        if self._by_name:
            return suggestion(wanted, sorted(self._by_name), noun="task")
        return (
            f"No notebook below {self._shelf.folder} is tagged yet. "
            "Tag one: jupyter flow tag NOTEBOOK.ipynb"
        )


def waits_for_flow(task: Task) -> bool:
    """Whether *task* only waits for another flow, and runs nothing."""
    return task.kind is Kind.WAIT_FOR and ("flow" in task.parameters or "flow" in task.expand)


def runs_nothing(task: Task) -> bool:
    """Whether *task* needs no notebook: it waits, is decided by what is known, or is a run."""
    return task.kind in (Kind.EXPECT, Kind.WAIT_FOR, Kind.APPROVE, Kind.FLOW)


def is_path(name: str) -> bool:
    """Whether a flow means a file by *name*, not the name in a tag."""
    return name.endswith(SUFFIXES)


def quoted(path: str) -> str:
    """*path* as a shell takes it."""
    escaped = path.replace("'", "'\\''")
    return f"'{escaped}'"


def _stem(path: str) -> str:
    name = path.rpartition("/")[2]
    return name.rpartition(".")[0]


def _stem_means(path: str, wanted: str) -> bool:
    stem = _stem(path)
    return wanted in (stem, suggested_by(stem))

"""Options that can have no effect, because another one is missing.

Somebody who wants to hear of what cannot come about is told so before the run, and not by silence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from jupyter_flow.core.errors import Problem, Severity, Where
from jupyter_flow.core.flow import Target, Task
from jupyter_flow.core.notebooks.notebook import Notebook
from jupyter_flow.core.options import Occasion

from .lookup import Lookup


def check_effects(
    notebooks: Mapping[str, Notebook], targets: Mapping[str, Target], lookup: Lookup
) -> Iterator[Problem]:
    """One problem for each layer that says something without effect."""
    yield from _of_line(targets, lookup)
    for task in lookup.flow.tasks:
        notebook = notebooks.get(task.name, _NOTHING)
        if task.name in targets:
            yield from _of_cache(task, notebook, targets[task.name], lookup)
        said = task.options.on or notebook.options.on or ()
        if task.name not in targets or not said:
            continue
        where = lookup.place_of_option(task, notebook, "on")
        if Occasion.SLOW in said and targets[task.name].policy.expected is None:
            what = f"task {task.name!r} tells when it is slow, but has no 'expected' time"
            yield _useless(what, 'Say it: .options(expected="10m").', where)
        if Occasion.LATE in said:
            what = f"task {task.name!r} tells when it is late, but only a run can be that"
            hint = "Put it on the first line: %%flow NAME --deadline 45m --on failure,late …"
            yield _useless(what, hint, where)


def _of_cache(task: Task, notebook: Notebook, target: Target, lookup: Lookup) -> Iterator[Problem]:
    """What nothing is restored of needs no list of files, and what makes no attempt no cache."""
    if task.options.cache and not target.has_notebook:
        what = f"option 'cache' has no effect: task {task.name!r} makes no attempt"
        where = lookup.place_of_option(task, notebook, "cache")
        yield _useless(what, "Take the option away.", where, severity=Severity.WARNING)
    elif target.policy.inputs is not None and not target.policy.is_cached:
        what = f"option 'inputs' has no effect: task {task.name!r} is not cached"
        hint = "Say that it is: .options(cache=True)."
        where = lookup.place_of_option(task, notebook, "inputs")
        yield _useless(what, hint, where, severity=Severity.WARNING)


def _of_line(targets: Mapping[str, Target], lookup: Lookup) -> Iterator[Problem]:
    """The flow's own line, which speaks for all tasks: something expected of one is enough."""
    flow, said = lookup.flow, lookup.flow.defaults.on or ()
    where = lookup.spans.get(("option", "", "on")) or lookup.spans.get(("flow",))
    is_expected = any(each.policy.expected is not None for each in targets.values())
    if Occasion.SLOW in said and not is_expected and len(targets) == len(flow.tasks):
        what = "the flow tells when a task is slow, but no task has an 'expected' time"
        hint = 'For all tasks: --expected 10m, for one: .options(expected="10m").'
        yield _useless(what, hint, where)
    if Occasion.LATE in said and flow.options.deadline is None:
        what = "the flow tells when a run is late, but it has no deadline"
        hint = "Say how long after its fire time a run must have ended: --deadline 45m."
        yield _useless(what, hint, where)
    if flow.options.overlap is not None and flow.options.max_active_runs is None:
        what = "option 'overlap' has no effect: any number of runs may be active"
        said_at = lookup.spans.get(("option", "", "overlap")) or lookup.spans.get(("flow",))
        hint = "Say how many: --max-active-runs 1."
        yield _useless(what, hint, said_at, severity=Severity.WARNING)


_NOTHING = Notebook(path="", digest="")


def _useless(
    what: str, hint: str, where: Where | None, *, severity: Severity = Severity.ERROR
) -> Problem:
    return Problem(code="JF227", what=what, hint=hint, where=where, severity=severity)

"""Can what the layers of options say be done here: kernels, pools, and what is to come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from jupyter_flow.core.errors import Problem, Where, suggestion
from jupyter_flow.core.flow import Kind, Role, Target, Task
from jupyter_flow.core.language.cleaning_up import rule_problem
from jupyter_flow.core.notebooks.notebook import Notebook

from .lookup import Lookup


def check_kernels(
    notebooks: Mapping[str, Notebook], targets: Mapping[str, Target], lookup: Lookup
) -> Iterator[Problem]:
    """One problem for each kernel that is not installed, with the tasks that want it."""
    wanting: dict[str, list[str]] = {}
    for name, target in targets.items():
        if not target.has_notebook:
            continue
        # What ships with us runs on the Python at hand, whatever its notebook was written with.
        own = target.kernel if lookup.flow[name].kind is Kind.NOTEBOOK else None
        kernel = target.policy.kernel or own
        if kernel is not None and kernel not in lookup.kernels:
            wanting.setdefault(kernel, []).append(name)
    for kernel, tasks in wanting.items():
        task, notebook = lookup.flow[tasks[0]], notebooks[tasks[0]]
        said = lookup.place_of_option(task, notebook, "kernel")
        in_notebook = Where(path=lookup.shelf.shown(notebook.path))
        yield Problem(
            code="JF220",
            what=f"{_tasks(tasks)} the kernel {kernel!r}, which is not installed",
            hint=f"{suggestion(kernel, sorted(lookup.kernels), noun='kernel')} "
            f"Install it, or choose another: {tasks[0]}.options(kernel=…).",
            where=said if targets[tasks[0]].policy.kernel else in_notebook,
        )


def check_pool(task: Task, notebook: Notebook, target: Target, lookup: Lookup) -> Iterator[Problem]:
    """Is there such a pool, and can the task ever get its slots."""
    pool, slots = target.policy.pool, target.policy.slots
    if pool is None:
        return
    size = lookup.pools.get(pool)
    if size is None:
        yield Problem(
            code="JF225",
            what=f"task {task.name!r} wants the pool {pool!r}, which is not declared",
            hint=suggestion(pool, sorted(lookup.pools), noun="pool"),
            where=lookup.place_of_option(task, notebook, "pool"),
        )
    elif slots > size:
        option = "slots" if lookup.layer(task, notebook, "slots") else "pool"
        yield Problem(
            code="JF226",
            what=f"task {task.name!r} wants {slots} slots of the pool {pool!r}, which has {size}",
            hint="Give it fewer slots, or make the pool larger in the project's settings.",
            where=lookup.place_of_option(task, notebook, option),
        )


def check_after_setups(
    notebooks: Mapping[str, Notebook], targets: Mapping[str, Target], lookup: Lookup
) -> Iterator[Problem]:
    """What comes right after a set-up has the rule `all_success`, whatever its notebook says."""
    flow = lookup.flow
    for task in flow.tasks:
        notebook, target = notebooks.get(task.name), targets.get(task.name)
        setups = [up for up in flow.graph.upstream[task.name] if flow[up].role is Role.SETUP]
        is_said_there = notebook is not None and notebook.options.trigger is not None
        if not setups or task.is_teardown or target is None or not is_said_there:
            continue
        where = lookup.place_of_option(task, notebook, "trigger") if notebook else None
        problem = rule_problem(setups[0], task.name, target.policy.trigger, where)
        if problem is not None and task.options.trigger is None:
            yield problem


def _tasks(names: list[str]) -> str:
    if len(names) == 1:
        return f"task {names[0]!r} wants"
    return f"tasks {', '.join(map(repr, names))} want"

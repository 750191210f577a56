"""From a flow's names to what is run: each task gets its `Target`, and every mistake is told.

Pure: notebooks were read before (`jupyter_flow.project`), here they are only compared with what
the flow says. All problems are found together; nothing is raised.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

from jupyter_flow.core.errors import Problem
from jupyter_flow.core.flow import Flow, Kind, Plan, Target, Task
from jupyter_flow.core.notebooks.notebook import Notebook, Shelf

from .awaited import check_awaited
from .children import Children, check_child, child_of, flows_run
from .codes import CODES, Code
from .connections import check_connections, connections_named
from .datasets import check_itself, produced_by, unknown_datasets
from .effects import check_effects
from .lookup import Lookup, Spans
from .notebooks import Finder, is_path, runs_nothing, waits_for_flow
from .parameters import check_parameters
from .params import bind_params, unknown_params
from .policies import check_after_setups, check_kernels, check_pool
from .secrets import check_params, check_secrets, secrets_named
from .templates import check_templates
from .values import check_values

__all__ = [
    "CODES",
    "Code",
    "bind_params",
    "connections_named",
    "flows_run",
    "paths_named",
    "produced_by",
    "resolve",
    "secrets_named",
    "unknown_datasets",
    "unknown_params",
]


def paths_named(flow: Flow) -> frozenset[str]:
    """The notebooks that *flow* names by their paths, as it writes them."""
    wanted = (task.notebook for task in flow.tasks if task.kind is Kind.NOTEBOOK)
    return frozenset(path for path in wanted if path is not None and is_path(path))


def resolve(
    flow: Flow,
    *,
    shelf: Shelf,
    kernels: Collection[str],
    pools: Mapping[str, int],
    spans: Spans | None = None,
    origin: str = "",
    flows: Collection[str] | None = None,
    connections: Collection[str] | None = None,
    secrets: Collection[str] | None = None,
    children: Children = MappingProxyType({}),
) -> tuple[Plan | None, list[Problem]]:
    """The plan of *flow* with the notebooks of *shelf*, and all that is wrong with it.

    *kernels* are the names of the installed kernelspecs, *pools* the declared pools with their
    sizes, *spans* the places in the flow's text, *flows* the names of all flows of the project when
    somebody knows them, *connections* those of `connections_named` that there are, likewise, and
    *secrets* those of `secrets_named`. *children* has what was found of each of `flows_run`. There
    is no plan when a problem is an error.
    """
    lookup = Lookup(
        flow=flow,
        shelf=shelf,
        spans=spans or {},
        kernels=kernels,
        pools=pools,
        flows=flows,
        connections=connections,
        secrets=secrets,
    )
    finder = Finder(lookup)
    notebooks: dict[str, Notebook] = {}
    targets: dict[str, Target] = {}
    problems: list[Problem] = []
    for task in flow.tasks:
        if runs_nothing(task):
            targets[task.name] = _target_of_nothing(task, flow, shelf)
            if task.kind is Kind.FLOW:
                problems += check_child(task, children, lookup)
            continue
        notebook, found = finder.find(task)
        problems += found
        if notebook is None:
            continue
        notebooks[task.name] = notebook
        targets[task.name] = target = _target(task, notebook, flow, shelf)
        problems += check_parameters(task, notebook, lookup)
        problems += check_pool(task, notebook, target, lookup)
    for notebook in {each.path: each for each in notebooks.values()}.values():
        problems += notebook.problems
    for task in flow.tasks:
        problems += check_values(task, notebooks, lookup)
        problems += check_templates(task, lookup)
        problems += check_awaited(task, lookup)
        problems += check_connections(task, lookup)
        problems += check_secrets(task, lookup)
    problems += check_params(lookup)
    problems += check_after_setups(notebooks, targets, lookup)
    problems += check_kernels(notebooks, targets, lookup)
    problems += check_effects(notebooks, targets, lookup)
    problems += check_itself(targets, lookup)
    problems = list(dict.fromkeys(problems))
    if any(problem.is_error for problem in problems):
        return None, problems
    named = {task.name: children.get(child_of(task) or "") for task in flow.tasks}
    plans = {name: found for name, found in named.items() if isinstance(found, Plan)}
    return Plan(flow=flow, targets=targets, origin=origin, children=plans), problems


def _target(task: Task, notebook: Notebook, flow: Flow, shelf: Shelf) -> Target:
    policy = flow.policy(task, notebook.options)
    own = shelf.folder if task.kind is not Kind.NOTEBOOK else notebook.path.rpartition("/")[0]
    return Target(
        path=notebook.path,
        digest=notebook.digest,
        folder=own if policy.cwd is None else _below(shelf.folder, policy.cwd),
        kernel=notebook.kernel,
        policy=policy,
        types=notebook.contract.types,
    )


def _target_of_nothing(task: Task, flow: Flow, shelf: Shelf) -> Target:
    """What runs no notebook has a policy all the same, and what is looked for a folder."""
    policy, folder = flow.policy(task), ""
    if task.kind is Kind.WAIT_FOR and not waits_for_flow(task):
        folder = shelf.folder if policy.cwd is None else _below(shelf.folder, policy.cwd)
    return Target(path="", digest="", folder=folder, policy=policy)


def _below(folder: str, path: str) -> str:
    """*path* from *folder*, unless it is absolute (``/data``, ``C:/data``)."""
    path = path.replace("\\", "/") if path[1:3] == ":\\" else path
    is_absolute = path.startswith("/") or path[1:3] == ":/"
    return path if is_absolute else f"{folder.rstrip('/')}/{path}"

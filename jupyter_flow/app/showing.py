"""Flows and runs as browsers are shown them: the core's values as views of `jupyter_flow.wire.api`.

Pure: looks nothing up and decides nothing. Shared by all faces that have a browser before them.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from jupyter_flow.core.answers import form_of
from jupyter_flow.core.errors import Problem, Where
from jupyter_flow.core.flow import Flow, FlowParameter, Plan, Task
from jupyter_flow.core.ids import AttemptId
from jupyter_flow.core.language.option_reading import write_task_options
from jupyter_flow.core.notebooks.notebook import Notebook
from jupyter_flow.core.notebooks.parameter_types import type_of
from jupyter_flow.core.pictures.faces import rules_of, what_runs
from jupyter_flow.core.run import Attempt, Failure, Fired, Parent, Run, TaskRun
from jupyter_flow.core.task_names import suggested_by
from jupyter_flow.ports.runs import RunSummary
from jupyter_flow.wire import api

from .definitions import CheckedFlow

#: A page may have a path for each of ten thousand tasks, and pathlib takes its time.
_join = os.path.join


@dataclass(frozen=True, slots=True, kw_only=True)
class Below:
    """What paths are shown below: the *root* that a browser sees, and the *home* of the runs."""

    root: Path
    home: Path

    def shown(self, path: str | Path) -> str:
        """*path* below the root, with forward slashes; "" when it is not."""
        whole, root = os.path.normpath(_join(self.root, path)), _join(self.root, "")
        if not os.path.normcase(whole).startswith(os.path.normcase(root)):
            return "." if Path(whole) == self.root else ""
        return whole[len(root) :].replace(os.sep, "/")

    def kept(self, path: str) -> str:
        """The same for a path as the store keeps it: below home."""
        return self.shown(_join(self.home, path)) if path else ""

    def address(self, origin: str) -> str:
        """Where a flow was found, as it is named in requests."""
        path, _, name = origin.rpartition("::")
        shown = self.source(origin)
        return f"{shown}::{name}" if shown else "" if path else name

    def source(self, origin: str) -> str:
        """The notebook in which a flow was found."""
        path = origin.rpartition("::")[0]
        return self.shown(path) if path else ""


def moment(at: datetime) -> str:
    """*at* as it is sent: ISO, in UTC."""
    return (at if at.tzinfo is UTC else at.astimezone(UTC)).isoformat()


def maybe(at: datetime | None) -> str | None:
    """The same of what may not be known."""
    return None if at is None else moment(at)


# -- flows -------------------------------------------------------------------------------------


def flow_view(checked: CheckedFlow, below: Below) -> api.FlowView:
    """A flow as it is written, with all that is wrong with it."""
    problems = [problem_view(each, below) for each in checked.problems]
    if checked.flow is None:
        return api.FlowView(
            name=checked.name,
            address=below.address(checked.origin),
            source=below.source(checked.origin),
            description="",
            tasks=[],
            params=[],
            problems=problems,
        )
    return _flow(checked.flow, checked.plan, checked.origin, below, problems)


def plan_view(plan: Plan, below: Below) -> api.FlowView:
    """The flow that a run was made from."""
    return _flow(plan.flow, plan, plan.origin, below, [])


def _flow(
    flow: Flow, plan: Plan | None, origin: str, below: Below, problems: list[api.ProblemView]
) -> api.FlowView:
    upstream = _upstream(flow)
    return api.FlowView(
        name=flow.name,
        address=below.address(origin),
        source=below.source(origin),
        description=flow.description,
        tasks=[_task(each, flow, plan, upstream[each.name], below) for each in flow.tasks],
        params=[_parameter(each) for each in flow.params],
        problems=problems,
        schedule=flow.options.schedule,
        tz=flow.options.tz,
        on_update="" if flow.options.on_update is None else str(flow.options.on_update),
        groups=[
            api.GroupView(name=each.name, tasks=list(each.members), parent=each.parent)
            for each in flow.groups
        ],
    )


def _upstream(flow: Flow) -> Mapping[str, list[str]]:
    """What each task needs, in the order of the tasks; also of a flow that goes in circles."""
    needed: dict[str, set[str]] = {task.name: set(task.uses()) for task in flow.tasks}
    for up, down in flow.edges:
        needed.setdefault(down, set()).add(up)
    places = {task.name: place for place, task in enumerate(flow.tasks)}
    return {
        name: sorted((each for each in ups if each in places), key=places.__getitem__)
        for name, ups in needed.items()
    }


def _task(
    task: Task, flow: Flow, plan: Plan | None, upstream: list[str], below: Below
) -> api.TaskView:
    target = plan.targets.get(task.name) if plan is not None else None
    policy = target.policy if target is not None else flow.policy(task)
    # What ships with the package is below no root.
    source = below.shown(target.path) if target is not None and target.has_notebook else ""
    return api.TaskView(
        name=task.name,
        kind=task.kind.value,
        what=what_runs(task),
        rules=rules_of(task, policy.trigger),
        upstream=upstream,
        is_mapped=task.is_mapped,
        source=source,
        retries=policy.retry.retries,
        form=[_parameter(each) for each in form_of(task)],
    )


def _parameter(param: FlowParameter) -> api.ParameterView:
    return api.ParameterView(name=param.name, type=type_of(param.default), default=param.default)


def problem_view(problem: Problem, below: Below) -> api.ProblemView:
    """A mistake and its place."""
    where = problem.where or Where()
    return api.ProblemView(
        code=problem.code,
        severity="error" if problem.is_error else "warning",
        what=problem.what,
        hint=problem.hint,
        path=below.shown(where.path) if where.path else None,
        cell=where.cell,
        line=where.line,
        column=where.column,
        end_column=where.end_column,
    )


def contract_view(notebook: Notebook, below: Below) -> api.ContractView:
    """A notebook as a task."""
    return api.ContractView(
        path=below.shown(notebook.path),
        task=notebook.task,
        suggested=suggested_by(Path(notebook.path).stem),
        description=notebook.description,
        options=write_task_options(notebook.options),
        parameters=[
            api.ParameterView(
                name=each.name,
                type=each.type,
                default=each.default,
                is_required=each.is_required,
                help=each.help,
            )
            for each in notebook.contract.parameters
        ],
        outputs=sorted(notebook.values or ()),
    )


# -- runs --------------------------------------------------------------------------------------


def summary_view(run: RunSummary, below: Below, *, is_left: bool) -> api.RunView:
    """A run in a list."""
    return api.RunView(
        id=run.id,
        flow=run.flow,
        source=below.source(run.origin),
        state=run.state.value,
        reason=run.reason,
        logical_date=moment(run.logical_date),
        created_at=moment(run.created_at),
        started_at=maybe(run.started_at),
        ended_at=maybe(run.ended_at),
        tasks=dict(run.tasks),
        schedule=_schedule(run.fired),
        backfill=(run.fired and run.fired.backfill) or None,
        parent=_parent(run.parent),
        is_left=is_left,
    )


def run_view(run: Run, below: Below, *, is_left: bool) -> api.RunView:
    """The same of a run that is there as a whole."""
    return api.RunView(
        id=run.id,
        flow=run.flow_name,
        source=below.source(run.plan.origin),
        state=run.state.value,
        reason=run.reason,
        logical_date=moment(run.logical_date),
        created_at=moment(run.created_at),
        started_at=maybe(run.started_at),
        ended_at=maybe(run.ended_at),
        tasks=dict(Counter(each.state.value for each in run.task_runs.values())),
        schedule=_schedule(run.fired),
        backfill=(run.fired and run.fired.backfill) or None,
        parent=_parent(run.parent),
        is_left=is_left,
    )


def _parent(parent: Parent | None) -> api.ParentView | None:
    if parent is None:
        return None
    return api.ParentView(run=parent.run, task=parent.key.task, index=parent.key.index)


def _schedule(fired: Fired | None) -> str | None:
    return fired.series if fired is not None else None


def page_view(
    run: Run, seq: int, below: Below, *, is_left: bool, flow: api.FlowView | None = None
) -> api.RunPage:
    """A run with all there is to see of it, after the entry *seq* of its journal.

    *flow* is the view of its plan where that is there already.
    """
    return api.RunPage(
        run=run_view(run, below, is_left=is_left),
        seq=seq,
        params=dict(run.params),
        flow=flow or plan_view(run.plan, below),
        task_runs=[task_run_view(each, below) for each in run.in_order()],
    )


def task_run_view(task_run: TaskRun, below: Below) -> api.TaskRunView:
    """One task in a run."""
    return api.TaskRunView(
        task=task_run.key.task,
        index=task_run.key.index,
        state=task_run.state.value,
        reason=task_run.reason,
        due_at=maybe(task_run.due_at),
        item=dict(task_run.item),
        values=dict(task_run.values),
        attempts=[attempt_view(each, below) for each in task_run.attempts],
        origin=None if task_run.origin is None else origin_view(task_run.origin),
    )


def origin_view(origin: AttemptId) -> api.OriginView:
    """Where a restored result is from."""
    return api.OriginView(
        run=origin.run, task=origin.key.task, index=origin.key.index, number=origin.number
    )


def attempt_view(attempt: Attempt, below: Below) -> api.AttemptView:
    """One try."""
    return api.AttemptView(
        number=attempt.number,
        started_at=moment(attempt.started_at),
        ended_at=maybe(attempt.ended_at),
        outcome=attempt.outcome and attempt.outcome.value,
        failure=None if attempt.failure is None else _failure(attempt.failure),
        cell=attempt.cell,
        cells=attempt.cells,
        notebook=below.kept(attempt.notebook),
        parameters=dict(attempt.parameters),
        cpu=attempt.cpu,
        memory=attempt.memory,
        child=attempt.child,
    )


def _failure(failure: Failure) -> api.FailureView:
    return api.FailureView(
        cause=failure.cause.value,
        name=failure.name,
        message=failure.message,
        traceback=failure.traceback,
        cell=failure.cell,
        cell_id=failure.cell_id,
        line=failure.line,
        source=failure.source,
    )

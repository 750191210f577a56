"""One task by itself, with inputs that are given: what tests of notebooks are made of.

The notebook is checked, given its parameters and executed as in a run, in its own folder, and
never touched. There is no run: nothing is stored, retried or sent, and no other task is executed.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any
from weakref import finalize

from jupyter_flow.core.errors import FlowError, UsageError
from jupyter_flow.core.events import AttemptEnded, AttemptProgressed
from jupyter_flow.core.expressions import Constant, Expression, values_used
from jupyter_flow.core.flow import Flow, Kind, Plan, Role, Task
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.core.inputs import environment_of, inputs_of
from jupyter_flow.core.inputs.templates import is_template
from jupyter_flow.core.language.composing import UNKNOWN, is_number
from jupyter_flow.core.language.kind_checks import notebook_problem
from jupyter_flow.core.language.kinds import name_of
from jupyter_flow.core.run import Failure, Interval, Run
from jupyter_flow.core.states import Outcome

from .clock import SystemClock
from .definitions import Definitions
from .objects import handed, loaded
from .settings import Settings

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from jupyter_flow.ports.artifacts import ArtifactStore
    from jupyter_flow.ports.executor import Assignment, Executor

_ALONE = RunId("alone")


class TaskFailedError(FlowError, AssertionError):
    """The task that was run did not succeed; ``result`` has all that came of it."""

    code = "JF330"

    def __init__(self, result: TaskResult) -> None:
        failure = result.failure
        what = f"task '{result.task}' did not succeed: {failure or result.outcome}"
        traceback = failure.traceback if failure is not None else ""
        super().__init__(what, hint=f"\n{traceback}" if traceback else "")
        self.result = result


@dataclass(frozen=True, slots=True, weakref_slot=True, kw_only=True)
class TaskResult:
    """What came of a task: ``result["auc"]`` is a value that it handed on, a frame as a frame.

    ``notebook`` is the executed notebook, ``log`` the text of its log, ``artifacts`` the folder of
    its files, which lasts as long as the result does. ``cpu`` is in seconds, ``memory`` in bytes.
    """

    task: str
    outcome: Outcome
    values: Mapping[str, Any]
    failure: Failure | None
    notebook: NotebookNode
    log: str
    artifacts: Path
    cpu: float | None
    memory: int | None

    def __getitem__(self, name: str) -> Any:
        if name not in self.values:
            said = ", ".join(sorted(self.values)) or "none at all"
            raise KeyError(f"{self.task!r} handed on no value {name!r} ({said})")
        return loaded(self.values[name], _artifacts())

    @property
    def outputs(self) -> list[NotebookNode]:
        """The outputs of all cells, in order, as notebooks have them."""
        return [each for cell in self.notebook.cells for each in cell.get("outputs", ())]

    @property
    def text(self) -> str:
        """All that a reader sees as plain text: what was printed, and the texts of displays."""
        return "\n".join(filter(None, map(_text_of, self.outputs)))

    def displayed(self, mime: str) -> list[Any]:
        """What was displayed as *mime* (``image/png``, ``text/html``), in order."""
        return [each.data[mime] for each in self.outputs if mime in each.get("data", {})]


def run_task(
    task: str,
    parameters: Mapping[str, Any] | None = None,
    *,
    flow: str | None = None,
    params: Mapping[str, Any] | None = None,
    folder: str | Path | None = None,
    at: datetime | None = None,
    check: bool = True,
) -> TaskResult:
    """Run *task* by itself, with *parameters*, and wait for its end.

    *task* is the name in a notebook's tag or the path of a notebook, looked for below *folder* (the
    current one, unless given). With *flow* (an address, as for ``jupyter flow run``) it is that
    task of it: of its kind, with its options and the parameters that the flow itself says, *params*
    being those of the flow. What it is given by other tasks must be in *parameters*: what they
    would hand on as a file (a frame, a model) as it is.

    *at* is the logical time, for templates (now, unless given).

    Raises:
        DefinitionError: the notebook is not there, or the parameters do not fit it.
        UsageError: the task runs no notebook, or lacks what other tasks would give it.
        TaskFailedError: it did not succeed, unless *check* is False. An AssertionError, too.
    """
    home = Path(mkdtemp(prefix="jupyter_flow-"))
    try:
        settings = Settings.read(None if folder is None else Path(folder))
        definitions = Definitions(replace(settings, home=home))
        given = {k: handed(k, v, home, _artifacts()) for k, v in (parameters or {}).items()}
        if flow is None:
            plan = _plan_of_notebook(definitions, task, given)
        else:
            plan = _plan_of_task(definitions, flow, task, given)
        definitions.keep(plan)
        bound = definitions.bind(plan.flow, dict(params or {}), {})
        result = _executed(_run_of(plan, bound, at), given, home)
    except BaseException:
        shutil.rmtree(home, ignore_errors=True)
        raise
    finalize(result, shutil.rmtree, home, ignore_errors=True)
    if check and result.outcome is not Outcome.SUCCEEDED:
        raise TaskFailedError(result)
    return result


def _plan_of_notebook(definitions: Definitions, notebook: str, given: dict[str, Any]) -> Plan:
    problem = notebook_problem(Constant(notebook))
    if problem is not None:
        raise UsageError(problem.what, hint=problem.hint)
    name = name_of(Kind.NOTEBOOK, notebook) or notebook
    task = Task(name=name, notebook=notebook, parameters=_checkable(given))
    checked = definitions.check(Flow(name="alone", tasks=(task,))).runnable()
    return replace(checked, flow=Flow(name="alone", tasks=(replace(task, parameters={}),)))


def _plan_of_task(definitions: Definitions, address: str, name: str, given: dict[str, Any]) -> Plan:
    """The flow at *address* with nothing in it but the task *name*, given *given*."""
    whole = definitions.flow(address).runnable()
    if name not in whole.flow:
        known = ", ".join(each.name for each in whole.flow.tasks)
        raise UsageError(
            f"flow '{whole.flow.name}' has no task {name!r}", hint=f"Its tasks are: {known}."
        )
    if not whole.targets[name].has_notebook:
        raise UsageError(
            f"task '{name}' is of the kind {whole.flow[name].kind.value!r} and runs no notebook",
            hint="Only what is executed can be tried by itself.",
        )
    task = replace(whole.flow[name], expand={}, when=None, role=Role.WORK)
    task = replace(task, parameters={k: v for k, v in task.parameters.items() if k not in given})
    _refuse_gaps(task, [*whole.flow[name].expand], given)
    groups = (
        replace(each, members=(name,) if name in each.members else ())
        for each in whole.flow.groups_of(name)
    )
    flow = replace(whole.flow, tasks=(task,), edges=frozenset(), groups=tuple(groups))
    tried = replace(task, parameters={**task.parameters, **_checkable(given)})
    checked = definitions.check_again(replace(whole, flow=replace(flow, tasks=(tried,))))
    return replace(checked.runnable(), flow=flow)


def _refuse_gaps(task: Task, expanded: list[str], given: Mapping[str, Any]) -> None:
    """Raise UsageError if *task* would be given something by tasks that are not run."""
    gaps = [name for name in expanded if name not in given]
    gaps += [name for name, value in task.parameters.items() if any(values_used(value))]
    if gaps:
        example = ", ".join(f'"{name}": …' for name in gaps)
        raise UsageError(
            f"task '{task.name}' needs {', '.join(gaps)}, which another task would give it",
            hint=f'Give it: run_task("{task.name}", {{{example}}}, …).',
        )


def _checkable(given: Mapping[str, Any]) -> dict[str, Expression]:
    """*given* as far as it can be checked beforehand; the notebook's own types decide the rest."""
    return {name: Constant(v) if _is_plain(v) else UNKNOWN for name, v in given.items()}


def _is_plain(value: Any) -> bool:
    if isinstance(value, str):
        return not is_template(value)
    if isinstance(value, list):
        return all(map(_is_plain, value))
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_plain(each) for key, each in value.items())
    return value is None or isinstance(value, bool) or is_number(value)


def _run_of(plan: Plan, params: Mapping[str, Any], at: datetime | None) -> Run:
    now = SystemClock().now()
    at = now if at is None else at
    return Run.of(
        id=_ALONE,
        plan=plan,
        params=params,
        logical_date=at,
        interval=Interval(start=at, end=at),
        created_at=now,
    )


def _executed(run: Run, given: Mapping[str, Any], home: Path) -> TaskResult:
    import nbformat

    assignment = _assignment(run, given, home)
    ended, executed = _ended(assignment), assignment.executed
    return TaskResult(
        task=assignment.key.task,
        outcome=ended.outcome,
        values=ended.values,
        failure=ended.failure,
        notebook=nbformat.read(executed, as_version=4)  # type: ignore[no-untyped-call]
        if executed.exists()
        else nbformat.v4.new_notebook(),  # type: ignore[no-untyped-call]
        log=assignment.log.read_text("utf-8") if assignment.log.exists() else "",
        artifacts=assignment.artifacts,
        cpu=ended.cpu,
        memory=ended.memory,
    )


def _assignment(run: Run, given: Mapping[str, Any], home: Path) -> Assignment:
    from jupyter_flow.engine.assignments import Assignments
    from jupyter_flow.engine.places import Places
    from jupyter_flow.store.memory import MemoryStores

    key = TaskKey(run.plan.flow.tasks[0].name)
    inputs, env = inputs_of(run, key, 1), environment_of(run, key, 1)
    assignments = Assignments(Places(home), MemoryStores().runs)
    return assignments.make(run, key, 1, {**inputs, **given}, env)


def _ended(assignment: Assignment) -> AttemptEnded:
    """Make the attempt; an interrupt ends it before it is passed on."""
    over = threading.Event()
    ends: list[AttemptEnded] = []

    def hear(report: AttemptProgressed | AttemptEnded) -> None:
        if isinstance(report, AttemptEnded):
            ends.append(report)
            over.set()

    executor = _executor()
    executor.start(assignment, hear)
    try:
        over.wait()
    except KeyboardInterrupt:
        executor.stop(assignment.run, assignment.key, assignment.number)
        over.wait()
        raise
    return ends[0]


@cache
def _artifacts() -> ArtifactStore:
    """The files that are handed on, for as long as this process lives."""
    from jupyter_flow.artifacts.folder import FolderArtifacts

    folder = Path(mkdtemp(prefix="jupyter_flow-"))
    finalize(_artifacts, shutil.rmtree, folder, ignore_errors=True)
    return FolderArtifacts(folder)


@cache
def _executor() -> Executor:
    import atexit

    from jupyter_flow.execution.local import LocalExecutor

    executor = LocalExecutor(artifacts=_artifacts())
    atexit.register(executor.close)
    return executor


def _text_of(output: NotebookNode) -> str:
    match output.output_type:
        case "stream":
            return str(output.text).rstrip("\n")
        case "error":
            return f"{output.ename}: {output.evalue}"
    return str(output.data.get("text/plain", ""))

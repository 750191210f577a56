"""The commands that start runs and change them: run, repair, cancel, clear, mark."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .completion import flow_names, task_names

if TYPE_CHECKING:
    from datetime import datetime

    from jupyter_flow.app.flows import Flows
    from jupyter_flow.core.ids import RunId
    from jupyter_flow.core.run import Run

INTERRUPTED = 130

Flow_ = Annotated[
    str,
    typer.Argument(
        help="NAME, path.ipynb or path.ipynb::NAME.", autocompletion=flow_names, metavar="FLOW"
    ),
]
Run_ = Annotated[
    str,
    typer.Argument(help="A run's id, or enough of it; the latest when left out.", metavar="[RUN]"),
]
AsJson = Annotated[
    bool, typer.Option("--json", help="Print JSON on standard output, nothing else.")
]
Executor_ = Annotated[
    str | None,
    typer.Option(help="Who makes attempts: local, or dask.", metavar="local|dask"),
]
DaskScheduler = Annotated[
    str | None,
    typer.Option(help="Have the workers of that Dask cluster make attempts.", metavar="ADDRESS"),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Only the summary at the end.")]


def run(
    ctx: typer.Context,
    flow: Flow_,
    param: Annotated[
        list[str] | None,
        typer.Option("--param", "-p", help="A parameter of the flow.", metavar="NAME=VALUE"),
    ] = None,
    logical_date: Annotated[
        str | None,
        typer.Option(help="The time that the run is about.", metavar="DATE"),
    ] = None,
    detach: Annotated[
        bool,
        typer.Option("--detach", "-d", help="Let a service run it, and return at once."),
    ] = False,
    anew: Annotated[
        bool, typer.Option("--no-cache", help="Restore no result of an earlier run.")
    ] = False,
    executor: Executor_ = None,
    dask_scheduler: DaskScheduler = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Run a flow here, to its end. Ctrl-C cancels it; a second Ctrl-C leaves at once."""
    from jupyter_flow.app.wiring import open_flows
    from jupyter_flow.core.asking import moment, pairs
    from jupyter_flow.core.errors import UsageError

    from .console import show_problems

    said = who_makes(executor, dask_scheduler)
    if said and detach:
        raise UsageError(
            "a service makes the attempts of a run that is detached, with an executor of its own",
            hint="Say it to the service: jupyter flow serve --executor …; or in jupyter_flow.toml.",
        )
    with open_flows(ctx.obj, said) as flows:
        checked = flows.flow(flow)
        show_problems(problem for problem in checked.problems if not problem.is_error)
        started = flows.start(
            checked,
            params_text=pairs(param or []),
            logical_date=moment(logical_date),
            here=not detach,
            anew=anew,
        )
        if detach:
            _detach(flows, started, as_json=as_json)
        else:
            _carry(flows, started, as_json=as_json, quiet=quiet)


def who_makes(executor: str | None, dask_scheduler: str | None) -> dict[str, str]:
    """What was said on the command line of the executor, as settings."""
    from jupyter_flow.core.errors import UsageError

    if dask_scheduler is None:
        return {} if executor is None else {"JUPYTER_FLOW_EXECUTOR": executor}
    if executor == "local":
        raise UsageError(
            "--executor local makes the attempts here, --dask-scheduler has a cluster make them",
            hint="Leave one of the two out.",
        )
    return {"JUPYTER_FLOW_EXECUTOR": executor or "dask", "JUPYTER_FLOW_DASK": dask_scheduler}


def _detach(flows: Flows, run: RunId, *, as_json: bool) -> None:
    """Leave the run to a service."""
    flows.services.see_to(run)
    if as_json:
        from .as_json import run_json
        from .console import show_json

        found = flows.run(run)
        show_json(run_json(found) | {"folder": str(flows.files.folder_of(found))})
    else:
        sys.stdout.write(f"run {run} is on its way; see it with: jupyter flow status {run}\n")


def repair(
    ctx: typer.Context,
    run: Run_ = "",
    executor: Executor_ = None,
    dask_scheduler: DaskScheduler = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Do again what did not succeed, and all after it, in the same run. The rest is kept."""
    from jupyter_flow.app.wiring import open_flows

    with open_flows(ctx.obj, who_makes(executor, dask_scheduler)) as flows:
        found = flows.run(run).id
        if flows.asking.repair(found):
            _asked("asked for a repair of", found)
        else:
            _carry(flows, found, as_json=as_json, quiet=quiet)


def cancel(
    ctx: typer.Context,
    run: Run_ = "",
    tasks: Annotated[
        list[str] | None,
        typer.Argument(help="Only these tasks: train, train[2].", autocompletion=task_names),
    ] = None,
) -> None:
    """Stop a run, or only some of its tasks."""
    from jupyter_flow.app.wiring import open_flows
    from jupyter_flow.core.asking import task_key

    with open_flows(ctx.obj) as flows:
        found = flows.run(run).id
        if flows.asking.cancel(found, [task_key(task) for task in tasks or []]):
            _asked("asked to stop", found)
        else:
            _carry(flows, found, as_json=False, quiet=True)


def clear(
    ctx: typer.Context,
    tasks: Annotated[list[str], typer.Argument(help="The tasks.", autocompletion=task_names)],
    run: Annotated[str, typer.Option("--run", help="A run's id; the latest if left out.")] = "",
    only: Annotated[bool, typer.Option("--only", help="Not what is downstream of them.")] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Do tasks again, and all after them, although they succeeded."""
    from jupyter_flow.app.wiring import open_flows

    with open_flows(ctx.obj) as flows:
        found = flows.run(run).id
        if flows.asking.clear(found, tasks, downstream=not only):
            _asked("asked to do tasks again in", found)
        else:
            _carry(flows, found, as_json=as_json, quiet=quiet)


def mark(
    ctx: typer.Context,
    task: Annotated[str, typer.Argument(help="train, or train[2].", autocompletion=task_names)],
    state: Annotated[str, typer.Argument(help="succeeded or failed.", metavar="succeeded|failed")],
    run: Annotated[str, typer.Option("--run", help="A run's id; the latest if left out.")] = "",
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Say by hand how a task ended. What waited for it goes on."""
    from jupyter_flow.app.wiring import open_flows
    from jupyter_flow.core.asking import ending, task_key

    with open_flows(ctx.obj) as flows:
        found = flows.run(run).id
        if flows.asking.mark(found, task_key(task), ending(state)):
            _asked(f"marked '{task}' in", found)
        else:
            _carry(flows, found, as_json=as_json, quiet=quiet)


def approve(
    ctx: typer.Context,
    task: Annotated[str, typer.Argument(help="The task that asks.", autocompletion=task_names)],
    run: Annotated[str, typer.Option("--run", help="A run's id; the latest if left out.")] = "",
    value: Annotated[
        list[str] | None,
        typer.Option("--value", "-v", metavar="NAME=VALUE", help="A value to hand on."),
    ] = None,
) -> None:
    """Say yes to what a task asks: what waits for it goes on."""
    _answer(ctx, task, run, yes=True, values=value or [])


def reject(
    ctx: typer.Context,
    task: Annotated[str, typer.Argument(help="The task that asks.", autocompletion=task_names)],
    run: Annotated[str, typer.Option("--run", help="A run's id; the latest if left out.")] = "",
) -> None:
    """Say no to what a task asks: it has failed."""
    _answer(ctx, task, run, yes=False, values=[])


def _answer(ctx: typer.Context, task: str, run: str, *, yes: bool, values: list[str]) -> None:
    import getpass

    from jupyter_flow.app.wiring import open_flows
    from jupyter_flow.core.asking import pairs, task_key

    with open_flows(ctx.obj) as flows:
        found = flows.run(run).id
        key, by = task_key(task), getpass.getuser()
        if flows.answering.answer(found, key, yes=yes, by=by, texts=pairs(values, option="-v")):
            _asked(f"{'approved' if yes else 'rejected'} '{task}' in", found)
        else:
            _carry(flows, found, as_json=False, quiet=False)


def _asked(what: str, run: RunId) -> None:
    """Whoever drives the run does it; there is nothing to wait for here."""
    sys.stdout.write(f"{what} run {run}; see it with: jupyter flow status {run}\n")


def _carry(flows: Flows, run: RunId, *, as_json: bool, quiet: bool) -> None:
    """Drive, show, sum up, and leave with the exit status of the run."""
    from .foreground import carry, view_for

    done = carry(flows, run, view_for(flows.run(run), quiet=quiet, as_json=as_json))
    if as_json:
        from .as_json import run_json
        from .console import show_json

        show_json(run_json(done) | {"folder": str(flows.files.folder_of(done))})
    else:
        sum_up(flows, done)
    raise typer.Exit(exit_status(done))


def exit_status(run: Run) -> int:
    """0 succeeded, 1 failed, 130 cancelled."""
    from jupyter_flow.core.states import RunState

    statuses: Mapping[RunState, int] = {RunState.SUCCEEDED: 0, RunState.CANCELLED: INTERRUPTED}
    return statuses.get(run.state, 1)


def sum_up(
    flows: Flows, run: Run, now: datetime | None = None, *, with_kernels: bool = False
) -> None:
    """How the run stands: the tasks, what failed and how to mend it, where the results are.

    *with_kernels* also how to look into those that are kept, unless they end with this process.
    """
    from dataclasses import replace

    from jupyter_flow.core.report import failures

    from .console import out, short
    from .tables import failure_text, headline, task_table, value_table

    console = out()
    console.print()
    console.print(task_table(run, now))
    values = value_table(run)
    if values is not None:
        console.print("\nvalues", style="dim")
        console.print(values)
    reports = failures(run)
    for report in reports[:MOST_FAILURES]:
        path = flows.files.path_of(run, report.key) if report.executed else None
        # An attempt that could not start has left none.
        executed = short(path) if path is not None and path.exists() else ""
        kernel = flows.files.kept_kernel(run, report.key) if executed and with_kernels else None
        kept = short(kernel.file) if kernel is not None else ""
        console.print()
        shown = replace(report, notebook=short(report.notebook))
        console.print(failure_text(shown, executed=executed, kept=kept))
    if len(reports) > MOST_FAILURES:
        console.print(f"\nand {len(reports) - MOST_FAILURES} more that failed", style="dim")
    console.print()
    console.print(headline(run, now))
    if run.plan.flow.tasks:
        console.print(f"  results  {short(flows.files.folder_of(run))}")
    if run.state.is_final and exit_status(run):
        console.print(f"  {how_to_go_on(run)}")


def how_to_go_on(run: Run) -> str:
    """What to say after a run that did not succeed. One without tasks cannot be repaired."""
    if run.plan.flow.tasks:
        return f"mend it, then go on from there:  jupyter flow repair {run.id}"
    date = run.logical_date.isoformat()
    return f"mend the flow, then:  jupyter flow run {run.flow_name} --logical-date {date}"


#: More failures than these are only counted.
MOST_FAILURES = 5

COMMANDS: Mapping[str, Any] = {
    "run": run,
    "repair": repair,
    "cancel": cancel,
    "clear": clear,
    "mark": mark,
    "approve": approve,
    "reject": reject,
}

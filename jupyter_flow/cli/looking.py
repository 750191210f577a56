"""The commands that look and change nothing: runs, status, logs, doctor."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .completion import flow_names, task_names
from .running import AsJson, Run_

if TYPE_CHECKING:
    from jupyter_flow.app.flows import Flows
    from jupyter_flow.core.ids import TaskKey
    from jupyter_flow.core.run import Run
    from jupyter_flow.ports.alerts import Outgoing


def runs(
    ctx: typer.Context,
    flow: Annotated[
        str | None, typer.Option(help="Only runs of this flow.", autocompletion=flow_names)
    ] = None,
    backfill: Annotated[
        str | None, typer.Option(help="Only runs that this backfill wants.", metavar="ID")
    ] = None,
    state: Annotated[
        str | None,
        typer.Option(
            help="Only runs in this state, or in these: failed,cancelled.", metavar="STATE"
        ),
    ] = None,
    older_than: Annotated[
        str | None, typer.Option(help="Only runs that were made before this one.", metavar="RUN")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", help="How many.", min=1)] = 20,
    as_json: AsJson = False,
) -> None:
    """The newest runs."""
    from jupyter_flow.app.clock import SystemClock
    from jupyter_flow.app.wiring import open_flows
    from jupyter_flow.core.asking import choice
    from jupyter_flow.core.states import RunState

    from .console import out, show_json

    with open_flows(ctx.obj) as flows:
        states = [
            choice(each, RunState, option="state") for each in (state or "").split(",") if each
        ]
        cursor = flows.cursor(older_than) if older_than is not None else None
        found = flows.runs(
            flow=flow, states=states, backfill=backfill, older_than=cursor, limit=limit
        )
        left = flows.services.left(found)
    if as_json:
        from .as_json import summary_json

        show_json([summary_json(each) | {"is_left": each.id in left} for each in found])
    elif not found and (flow or states or backfill or cursor):
        out().print("No such run.")
    elif not found:
        out().print("No run yet. Start one with: jupyter flow run FLOW")
    else:
        from .tables import run_table

        out().print(run_table(found, SystemClock().now(), left=left))
        if len(found) == limit:
            out().print(f"  Older ones: --older-than {found[-1].id}", style="dim")


def status(ctx: typer.Context, run: Run_ = "", as_json: AsJson = False) -> None:
    """How a run stands: its tasks, and what failed."""
    from jupyter_flow.app.clock import SystemClock
    from jupyter_flow.app.wiring import open_flows

    from .running import sum_up

    with open_flows(ctx.obj) as flows:
        found = flows.run(run)
        if as_json:
            from .as_json import run_json
            from .console import show_json

            left = flows.services.is_left(found.id, found.state)
            folder = str(flows.files.folder_of(found))
            show_json(run_json(found) | {"folder": folder, "is_left": left})
            return
        sum_up(flows, found, SystemClock().now(), with_kernels=True)
        if flows.services.is_left(found.id, found.state):
            from .console import out

            out().print(
                f"  nobody drives this run any more; go on with:  jupyter flow repair {found.id}"
            )
        told = [each for each in flows.alerts(found.id) if each.error]
        for each in told:
            _tell_of_alert(each)


def _tell_of_alert(outgoing: Outgoing) -> None:
    """An alert that could not be sent yet, or for good, and why."""
    from jupyter_flow.core.secrets import shown_address

    from .console import out

    if outgoing.sent_at is None:
        verb = "was given up" if outgoing.given_up_at else "could not be sent yet"
        address = shown_address(outgoing.alert.address)
        out().print(f"  the alert to {address} {verb}: {outgoing.error}", style="yellow")


def logs(
    ctx: typer.Context,
    run: Run_ = "",
    task: Annotated[
        str,
        typer.Argument(help="train, train[2]; all tasks if left out.", autocompletion=task_names),
    ] = "",
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on with what is still written.")
    ] = False,
    attempt: Annotated[
        int | None, typer.Option(help="Which attempt; the latest if left out.", min=1)
    ] = None,
) -> None:
    """What the notebooks of a run printed."""
    from jupyter_flow.app.wiring import open_flows

    with open_flows(ctx.obj) as flows:
        found, key = _meant(flows, run, task)
        if key is not None:
            for line in flows.files.log(found, key, attempt=attempt, follow=follow):
                _say(line)
        else:
            _all_logs(flows, found, follow=follow)


def _meant(flows: Flows, run: str, task: str) -> tuple[Run, TaskKey | None]:
    """The run and the task; ``logs train`` means the task of the latest run."""
    from jupyter_flow.core.asking import task_key

    if run and not task:
        latest = flows.run()
        key = task_key(run)
        if key.task in latest.plan.flow:
            return latest, key
    return flows.run(run), task_key(task) if task else None


def _all_logs(flows: Flows, run: Run, *, follow: bool) -> None:
    """The log of each task that ran, in order; with *follow*, of all at once as they come."""
    from .following import follow_all

    if follow and not run.state.is_final:
        for line in follow_all(flows, run.id):
            _say(line)
        return
    for task in run.plan.flow.graph.order:
        for each in run.runs_of(task):
            if each.attempts:
                _say(f"── {each.key} ──")
                for line in flows.files.log(run, each.key):
                    _say(line)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def doctor(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Is this machine ready? Looks at kernels, the store, disk and memory."""
    from dataclasses import asdict

    from jupyter_flow.app.wiring import open_flows

    from .console import out, show_json

    with open_flows(ctx.obj) as flows:
        findings = flows.doctor()
    if as_json:
        show_json([asdict(each) for each in findings])
    else:
        from .tables import finding_table

        out().print(finding_table(findings))
    raise typer.Exit(0 if all(each.is_well for each in findings) else 1)


COMMANDS: Mapping[str, Any] = {"runs": runs, "status": status, "logs": logs, "doctor": doctor}

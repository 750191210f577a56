"""The commands about times: schedule, unschedule, pause, resume, backfill."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .completion import flow_names
from .running import AsJson, Flow_

if TYPE_CHECKING:
    from jupyter_flow.app.backfilling import Backfill
    from jupyter_flow.app.flows import Flows

Param = Annotated[
    list[str] | None,
    typer.Option("--param", "-p", help="A parameter of the flow.", metavar="NAME=VALUE"),
]
Name_ = Annotated[str, typer.Argument(help="The schedule's name.", metavar="NAME")]


def schedule(
    ctx: typer.Context,
    flow: Annotated[
        str | None,
        typer.Argument(
            help="NAME, path.ipynb or path.ipynb::NAME; left out: show the schedules.",
            autocompletion=flow_names,
            metavar="[FLOW]",
        ),
    ] = None,
    name: Annotated[str, typer.Option(help="Its name; the flow's if left out.")] = "",
    cron: Annotated[
        str | None, typer.Option(help="When, in place of what the flow's line says.")
    ] = None,
    tz: Annotated[str | None, typer.Option(help="The time zone: Europe/Berlin.")] = None,
    start: Annotated[str | None, typer.Option(help="Not due before.")] = None,
    end: Annotated[str | None, typer.Option(help="Not due after.")] = None,
    catchup: Annotated[str | None, typer.Option(help="none, latest or all.")] = None,
    overlap: Annotated[str | None, typer.Option(help="queue or skip.")] = None,
    param: Param = None,
    pin: Annotated[
        bool, typer.Option("--pin", help="Always run the flow as it is now, whatever is edited.")
    ] = False,
    service: Annotated[
        bool, typer.Option("--service/--no-service", help="Start a service if none is there.")
    ] = True,
    as_json: AsJson = False,
) -> None:
    """Run a flow by itself from now on; or, without FLOW, show what is scheduled."""
    from jupyter_flow.app.wiring import open_flows
    from jupyter_flow.core.asking import pairs

    from .console import show_problems

    given = {
        "schedule": cron,
        "tz": tz,
        "start": start,
        "end": end,
        "catchup": catchup,
        "overlap": overlap,
    }
    options = {key: value for key, value in given.items() if value is not None}
    with open_flows(ctx.obj) as flows:
        if flow is None:
            _show_schedules(flows, as_json=as_json)
            return
        checked = flows.flow(flow)
        show_problems(problem for problem in checked.problems if not problem.is_error)
        made = flows.scheduling.add(
            checked, name=name, options=options, params=pairs(param or []), pin=pin
        )
        if service:
            flows.services.ensure()
        else:
            flows.services.nudge_all()
        _show_schedule(flows, made.name, as_json=as_json)


def unschedule(ctx: typer.Context, name: Name_) -> None:
    """Take a schedule away; its runs stay."""
    from jupyter_flow.app.wiring import open_flows

    with open_flows(ctx.obj) as flows:
        flows.scheduling.remove(name)
        flows.services.nudge_all()
    sys.stdout.write(f"'{name}' is not scheduled any more\n")


def pause(ctx: typer.Context, name: Name_) -> None:
    """Let a schedule rest."""
    from jupyter_flow.app.wiring import open_flows

    with open_flows(ctx.obj) as flows:
        flows.scheduling.pause(name)
        flows.services.nudge_all()
    sys.stdout.write(f"'{name}' is paused; let it go on with: jupyter flow resume {name}\n")


def resume(ctx: typer.Context, name: Name_) -> None:
    """Let a paused schedule go on."""
    from jupyter_flow.app.wiring import open_flows

    with open_flows(ctx.obj) as flows:
        flows.scheduling.resume(name)
        flows.services.ensure()
        _show_schedule(flows, name, as_json=False)


def _show_schedules(flows: Flows, *, as_json: bool) -> None:
    from jupyter_flow.app.clock import SystemClock

    from .console import out, show_json

    found = flows.scheduling.all()
    if as_json:
        from .as_json import schedule_json

        show_json([schedule_json(each, flows.scheduling.upcoming(each)) for each in found])
    elif not found:
        out().print("Nothing is scheduled. Schedule a flow with: jupyter flow schedule FLOW")
    else:
        from .time_tables import schedule_table

        out().print(schedule_table(found, SystemClock().now()))
        if not flows.services.staying():
            out().print("no service is there to run them; start one: jupyter flow serve")


def _show_schedule(flows: Flows, name: str, *, as_json: bool) -> None:
    from jupyter_flow.app.clock import SystemClock

    from .console import out, show_json

    found = flows.scheduling.get(name)
    upcoming = flows.scheduling.upcoming(found)
    if as_json:
        from .as_json import schedule_json

        show_json(schedule_json(found, upcoming))
    else:
        from .time_tables import schedule_text

        missed = flows.scheduling.missed(name, limit=5)

        out().print(schedule_text(found, upcoming, missed, SystemClock().now()))


def backfill(
    ctx: typer.Context,
    flow: Flow_,
    since: Annotated[str, typer.Option("--from", help="The first time: 2026-01-01.")],
    until: Annotated[str, typer.Option("--to", help="The last time; a date means all of its day.")],
    existing: Annotated[
        str, typer.Option(help="Which runs that are there are done again: none, failed or all.")
    ] = "none",
    parallel: Annotated[
        int | None, typer.Option(help="How many of its runs may go on at a time.", min=1)
    ] = None,
    reverse: Annotated[bool, typer.Option("--reverse", help="The latest time first.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would be done.")
    ] = False,
    cron: Annotated[
        str | None, typer.Option(help="When, in place of what the flow's line says.")
    ] = None,
    tz: Annotated[str | None, typer.Option(help="The time zone: Europe/Berlin.")] = None,
    param: Param = None,
    as_json: AsJson = False,
) -> None:
    """Make runs for a range of times that passed. Said twice, nothing is done twice."""
    from jupyter_flow.app.wiring import open_flows
    from jupyter_flow.core.asking import pairs, span

    with open_flows(ctx.obj) as flows:
        checked = flows.flow(flow)
        timetable = flows.scheduling.timetable_of(checked, cron=cron, tz=tz)
        first, last = span(since, until, timetable.tz)
        planned = flows.backfilling.plan(
            checked,
            timetable,
            since=first,
            until=last,
            existing=existing,
            reverse=reverse,
        )
        if not dry_run:
            planned = flows.backfilling.start(
                checked, planned, params=pairs(param or []), parallel=parallel
            )
            flows.services.ensure()
        _show_backfill(planned, timetable.tz, dry_run=dry_run, as_json=as_json)


def _show_backfill(planned: Backfill, tz: str, *, dry_run: bool, as_json: bool) -> None:
    from .console import out, show_json

    if as_json:
        from .as_json import backfill_json

        show_json(backfill_json(planned))
        return
    from .time_tables import backfill_text

    out().print(backfill_text(planned, tz, dry=dry_run))
    if not dry_run:
        out().print(f"  see it with:  jupyter flow runs --backfill {planned.id}")


COMMANDS: Mapping[str, Any] = {
    "schedule": schedule,
    "unschedule": unschedule,
    "pause": pause,
    "resume": resume,
    "backfill": backfill,
}

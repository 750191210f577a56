"""The commands about services: serve, health."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .running import AsJson, DaskScheduler, Executor_, who_makes

if TYPE_CHECKING:
    from jupyter_flow.app.flows import Flows
    from jupyter_flow.app.service import Service


def serve(
    ctx: typer.Context,
    status: Annotated[bool, typer.Option("--status", help="Show the services there are.")] = False,
    stop: Annotated[
        bool, typer.Option("--stop", help="End them all, when the tasks that run have ended.")
    ] = False,
    now: Annotated[
        bool, typer.Option("--now", help="With --stop: end the tasks that run, too.")
    ] = False,
    metrics: Annotated[
        str | None,
        typer.Option(help="Answer /metrics there, for Prometheus.", metavar="[HOST:]PORT"),
    ] = None,
    log_json: Annotated[
        bool, typer.Option("--log-json", help="Write the log as JSON, an object a line.")
    ] = False,
    executor: Executor_ = None,
    dask_scheduler: DaskScheduler = None,
    as_json: AsJson = False,
    background: Annotated[bool, typer.Option("--background", hidden=True)] = False,
    ready_fd: Annotated[int | None, typer.Option("--ready-fd", hidden=True)] = None,
) -> None:
    """Drive runs and fire schedules, until stopped. Ctrl-C lets the tasks that run end first."""
    from jupyter_flow.app.wiring import open_flows
    from jupyter_flow.core.errors import UsageError

    if now and not stop:
        raise UsageError(
            "--now says how a service is to be stopped", hint="Say: jupyter flow serve --stop --now"
        )
    with open_flows(ctx.obj, who_makes(executor, dask_scheduler)) as flows:
        if status:
            _show_services(flows, as_json=as_json)
        elif stop:
            _stop(flows, hurry=now)
        else:
            _serve(flows, metrics, log_json=log_json, background=background, ready_fd=ready_fd)


def _serve(
    flows: Flows,
    metrics: str | None,
    *,
    log_json: bool,
    background: bool,
    ready_fd: int | None,
) -> None:
    from jupyter_flow.app import logbook
    from jupyter_flow.app.interrupts import hearing
    from jupyter_flow.app.launching import the_only_one
    from jupyter_flow.app.wiring import make_service

    logbook.configure(as_json=log_json)
    idle = timedelta(seconds=flows.settings.idle) if background else None

    def is_served() -> bool:
        return bool(flows.services.staying())

    home = flows.settings.home
    with the_only_one(home, wanted=background, is_served=is_served) as let_others_begin:
        if let_others_begin is None:
            _say_ready(ready_fd)  # there is one, which is as good
            return
        service = make_service(flows, idle=idle)
        if metrics is not None:
            _answer_metrics(metrics, flows, service)

        def hear(name: str, times: int) -> None:
            if times > 2:
                raise KeyboardInterrupt
            service.stop(name, hurry=times > 1)

        with hearing(hear):
            service.serve(lambda: _say_ready(ready_fd), let_others_begin)


def _say_ready(to: int | None) -> None:
    """Tell whoever started this process that there is a service."""
    if to is not None:
        os.write(to, b"ready")
        os.close(to)


def _answer_metrics(address: str, flows: Flows, service: Service) -> None:
    from jupyter_flow.app.clock import SystemClock
    from jupyter_flow.app.metrics import Figures, serve_metrics
    from jupyter_flow.core.errors import UsageError

    try:
        figures = Figures(flows.stores, SystemClock(), service)
        service.answers_at(serve_metrics(address, figures))
    except (OSError, ValueError, OverflowError) as error:
        raise UsageError(
            f"metrics cannot be answered at '{address}': {error}",
            hint="Give a free port: --metrics 9464, or --metrics 0.0.0.0:9464 for other machines.",
            code="JF413",
        ) from error


def _stop(flows: Flows, *, hurry: bool) -> None:
    gone = flows.services.stop(hurry=hurry)
    for service in gone:
        sys.stdout.write(f"stopped the service {service.pid} on {service.host}\n")
    if not gone:
        sys.stdout.write("no service is there\n")


def _show_services(flows: Flows, *, as_json: bool) -> None:
    from dataclasses import asdict

    from jupyter_flow.app.clock import SystemClock

    from .console import out, show_json

    services, load = flows.services.alive(), flows.services.load(with_ended=True)
    disk = flows.pruning.disk_use()
    if as_json:
        found = {
            "services": [asdict(each) for each in services],
            "load": {**asdict(load), "runs": dict(load.runs), "tasks": dict(load.tasks)},
            "disk": asdict(disk),
        }
        show_json(found)
    else:
        from .time_tables import service_table

        out().print(service_table(services, load, disk, SystemClock().now()))
    raise typer.Exit(0 if services else 1)


def health(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Is everything that should run taken care of? Leaves with 1 and the reasons if not."""
    from jupyter_flow.app.wiring import open_flows

    from .console import out, show_json

    with open_flows(ctx.obj) as flows:
        ailments = flows.services.ailments()
    if as_json:
        show_json({"is_well": not ailments, "ailments": ailments})
    else:
        out().print("\n".join(ailments) or "well", style="bold red" if ailments else "green")
    raise typer.Exit(1 if ailments else 0)


COMMANDS: Mapping[str, Any] = {"serve": serve, "health": health}

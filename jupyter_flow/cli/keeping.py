"""The commands that look after a project: prune, notify, connections."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from .running import AsJson


def prune(
    ctx: typer.Context,
    keep_runs: Annotated[
        int | None, typer.Option(help="Keep the last so many runs of each flow.", min=0)
    ] = None,
    keep_days: Annotated[
        float | None, typer.Option(help="Keep what ended within so many days.", min=0)
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would go.")] = False,
    as_json: AsJson = False,
) -> None:
    """Clear away old runs: their notebooks, logs, files and history. Never one that is live."""
    from dataclasses import asdict

    from jupyter_flow.app.wiring import open_flows

    from .console import out, show_json

    with open_flows(ctx.obj) as flows:
        settings = flows.settings
        if keep_runs is None and keep_days is None:
            keep_runs, keep_days = settings.keep_runs, settings.keep_days
        pruned = flows.pruning.prune(keep_runs=keep_runs, keep_days=keep_days, dry=dry_run)
        disk = flows.pruning.disk_use()
    if as_json:
        show_json({**asdict(pruned), "disk": asdict(disk)})
    else:
        from .time_tables import pruned_text

        out().print(pruned_text(pruned, disk, dry=dry_run))


def notify(
    ctx: typer.Context,
    test: Annotated[
        str,
        typer.Option(
            "--test",
            metavar="URL",
            help="Send a test to this address: mailto://…, slack://…, or any other of apprise.",
        ),
    ],
) -> None:
    """See whether an address for alerts works."""
    from jupyter_flow.app.wiring import open_flows

    with open_flows(ctx.obj) as flows:
        flows.try_address(test)
    sys.stdout.write("sent\n")


def connections(
    ctx: typer.Context,
    test: Annotated[
        str | None,
        typer.Option("--test", metavar="NAME", help="Use this one and see whether it works."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show the connections that are known here, without their passwords."""
    from dataclasses import asdict

    from jupyter_flow.app.connecting import of_project
    from jupyter_flow.app.settings import Settings

    from .console import err, out, show_json

    here = of_project(Settings.read(ctx.obj).home)
    if test is not None:
        sys.stdout.write(f"{here.try_out(test)}\n")
        return
    found = here.all()
    if as_json:
        show_json([asdict(each) for each in found])
        return
    from .tables import connection_table

    out().print(connection_table(found, here.file))
    if here.is_open:
        err().print(f"other users of this machine can read {here.file}: chmod 600", style="yellow")


COMMANDS: Mapping[str, Any] = {"prune": prune, "notify": notify, "connections": connections}

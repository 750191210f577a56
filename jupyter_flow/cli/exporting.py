"""The commands for other schedulers: export, and attempt, which what was exported calls."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .completion import task_names
from .running import INTERRUPTED, Flow_

if TYPE_CHECKING:
    from jupyter_flow.app.attempting import Attempted
    from jupyter_flow.core.excerpt import Given

#: The exit statuses of ``attempt``, beside 0 and 2.
FAILED, FAILED_FOR_GOOD, SKIPPED = 1, 3, 99


class Format(StrEnum):
    """What a flow can be exported as."""

    AIRFLOW = "airflow"
    MERMAID = "mermaid"
    DOT = "dot"
    JSON = "json"


def export(
    ctx: typer.Context,
    to: Annotated[
        Format, typer.Argument(help="What to write.", metavar="airflow|mermaid|dot|json")
    ],
    flow: Flow_,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="A file, or a folder for it; the terminal if left out."
        ),
    ] = None,
    project: Annotated[
        str | None,
        typer.Option(help="airflow: the project's folder on the workers, if it is another there."),
    ] = None,
    papermill: Annotated[
        bool,
        typer.Option(
            "--papermill",
            help="airflow: let Airflow's PapermillOperator execute the notebooks for which it is "
            "enough, in the workers' own environment.",
        ),
    ] = False,
) -> None:
    """Write a flow as an Airflow DAG, a Mermaid or Graphviz picture, or JSON."""
    from jupyter_flow.app.exporting import Workers, export_flow
    from jupyter_flow.app.wiring import open_flows

    from .console import err, out, short, show_problems

    with open_flows(ctx.obj) as flows:
        checked = flows.flow(flow)
        show_problems(problem for problem in checked.problems if not problem.is_error)
        settings = flows.settings
        workers = Workers(project=project, papermill=papermill, pools=settings.pools)
        exported = export_flow(checked, to.value, settings.folder, workers)
    if output is None:
        sys.stdout.write(exported.text)
    else:
        path = exported.write(output)
        out().print(f"wrote {short(path)}")
    if exported.remarks:
        err().print("\nnot as it is here:", style="bold yellow")
        for remark in exported.remarks:
            err().print(f"  {remark}")


def attempt(
    ctx: typer.Context,
    flow: Flow_,
    task: Annotated[
        str, typer.Argument(help="The task.", metavar="TASK", autocompletion=task_names)
    ],
    given: Annotated[
        Path,
        typer.Option(
            help="What is known, as JSON: run, times, parameters, values.",
            exists=True,
            dir_okay=False,
        ),
    ],
    result: Annotated[
        Path, typer.Option(help="Where to write what it hands on, as JSON.", dir_okay=False)
    ],
    digest: Annotated[str, typer.Option(help="Refuse any other definition of the flow.")] = "",
    items: Annotated[
        bool, typer.Option("--items", help="Only the items that the task is mapped over.")
    ] = False,
) -> None:
    """Make one attempt of one task, for another scheduler: what exported flows call.

    Leaves with 0 (succeeded), 1 (failed; may be tried again), 2 (bad definition or usage),
    3 (failed; not to be tried again), 99 (skipped) or 130 (stopped). The log goes to standard
    output.
    """
    import json

    from jupyter_flow.app.attempting import Attempted
    from jupyter_flow.app.wiring import open_attempting
    from jupyter_flow.wire.values import to_json

    result.parent.mkdir(parents=True, exist_ok=True)  # if that fails, before anything starts
    known = _given_in(given)
    attempting = open_attempting(ctx.obj)
    if items:
        done = attempting.items(flow, task, known, digest=digest)
        values: Any = [] if isinstance(done, Attempted) else done
    else:
        done = attempting.attempt(flow, task, known, digest=digest, say=_say)
        values = done.values
    status = _status(done) if isinstance(done, Attempted) else 0
    if status == 0:
        result.write_text(json.dumps(to_json(values), ensure_ascii=False), "utf-8")
    raise typer.Exit(status)


def _given_in(file: Path) -> Given:
    """What *file* says. Raises UsageError (JF414), which names it and what it should have."""
    from dataclasses import fields

    from jupyter_flow.core.errors import UsageError
    from jupyter_flow.core.excerpt import Given
    from jupyter_flow.wire.exchange import decode_request

    try:
        return decode_request(file.read_bytes(), Given)
    except UsageError as error:
        raise UsageError(
            f"the file '{file}' cannot be used: {error.what}",
            hint=f"It is JSON with {', '.join(each.name for each in fields(Given))}.",
            code=error.code,
        ) from error


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _status(done: Attempted) -> int:
    """The exit status; what went wrong is said."""
    from jupyter_flow.core.states import TaskState

    from .console import short

    if done.executed is not None:
        _say(f"executed notebook: {short(done.executed)}")
    if done.state.is_good:
        return 0
    _say(f"{done.state}: {done.reason}" if done.reason else str(done.state))
    match done.state:
        case TaskState.SKIPPED:
            return SKIPPED
        case TaskState.CANCELLED:
            return INTERRUPTED
        case _:
            return FAILED if done.may_retry else FAILED_FOR_GOOD


COMMANDS: Mapping[str, Any] = {"export": export, "attempt": attempt}

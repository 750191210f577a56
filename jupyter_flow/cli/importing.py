"""The commands that import pipelines of other tools: Elyra's and Ploomber's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from jupyter_flow.imports import Import

COMMANDS = typer.Typer(
    help="Write a flow from a pipeline of Elyra or of Ploomber.", no_args_is_help=True
)

_Output = Annotated[
    Path | None,
    typer.Option(
        "-o",
        "--output",
        help="The folder to write into; the pipeline's if left out.",
        file_okay=False,
        metavar="FOLDER",
    ),
]
_Force = Annotated[bool, typer.Option("--force", help="Write over what an import wrote before.")]


@COMMANDS.command()
def elyra(
    pipeline: Annotated[Path, typer.Argument(help="The file: pipeline.pipeline.")],
    output: _Output = None,
    force: _Force = False,
) -> None:
    """Write a flow from a pipeline of Elyra. Its notebooks and scripts are run where they are."""
    from jupyter_flow.imports import read_elyra

    folder = output or pipeline.parent
    _write(read_elyra(pipeline, folder), folder, force=force)


@COMMANDS.command()
def ploomber(
    pipeline: Annotated[Path, typer.Argument(help="The file: pipeline.yaml.")],
    output: _Output = None,
    force: _Force = False,
) -> None:
    """Write a flow from a pipeline of Ploomber, and its sources as notebooks beside it."""
    from jupyter_flow.imports import read_ploomber

    folder = output or pipeline.parent
    _write(read_ploomber(pipeline, folder), folder, force=force)


def _write(imported: Import, folder: Path, *, force: bool) -> None:
    """Write, say what was written and what could not be carried over, and check the flow."""
    from jupyter_flow.app.wiring import open_flows
    from jupyter_flow.core.words import count
    from jupyter_flow.imports import write

    from .console import out, short, show_problems

    written = write(imported, folder, force=force)
    console = out()
    for path in written:
        console.print(f"  wrote {short(path)}")
    if imported.notes:
        console.print("\nNot carried over, or done in another way:")
        for note in imported.notes:
            console.print(f"  - {note}")
    address = f"{written[0].resolve()}::{imported.flow.name}"
    with open_flows(folder) as flows:
        checked = flows.flow(address)
    errors = [problem for problem in checked.problems if problem.is_error]
    show_problems(errors)
    if errors:
        raise typer.Exit(2)
    if checked.problems:
        warnings = count(len(checked.problems), "warning")
        console.print(f"\nIt has {warnings}:  jupyter flow check {short(written[0])}")
    console.print(f"\nNow run it:  jupyter flow run {short(written[0])}")

"""The commands together, and what they share: the project's folder and the version."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from . import (
    datasets,
    defining,
    exporting,
    importing,
    keeping,
    looking,
    running,
    scheduling,
    serving,
)

app = typer.Typer(
    help="Pipelines of notebooks: tag notebooks as tasks, chain them in a %%flow cell, run them.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)

_GROUPS = (
    ("Define", defining.COMMANDS),
    ("Run", running.COMMANDS),
    ("Look", looking.COMMANDS),
    ("By themselves", {**scheduling.COMMANDS, **datasets.COMMANDS}),
    ("Look after", {**serving.COMMANDS, **keeping.COMMANDS}),
    ("Elsewhere", exporting.COMMANDS),
)
# ``tag`` takes every option that a task has, so it sorts them out itself.
for _title, _commands in _GROUPS:
    for _name, _command in _commands.items():
        _settings = {"ignore_unknown_options": True} if _name == "tag" else None
        app.command(_name, rich_help_panel=_title, context_settings=_settings)(_command)
app.add_typer(importing.COMMANDS, name="import", rich_help_panel="Elsewhere")


def _version(value: bool) -> None:
    if value:
        from importlib import metadata

        typer.echo(f"jupyter flow {metadata.version('jupyterlab-flow')}")
        raise typer.Exit


@app.callback()
def _shared(
    ctx: typer.Context,
    folder: Annotated[
        Path | None,
        typer.Option(
            "--folder",
            "-C",
            help="The project's folder, if not the current one.",
            exists=True,
            file_okay=False,
        ),
    ] = None,
    version: Annotated[  # noqa: ARG001
        bool, typer.Option("--version", help="Show the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    ctx.obj = folder


def hoisted(arguments: Sequence[str]) -> list[str]:
    """*arguments* with ``-C FOLDER`` in front, so that it may stand behind the command as well."""
    front: list[str] = []
    rest: list[str] = []
    waiting = iter(arguments)
    for argument in waiting:
        if argument == "--":
            rest += [argument, *waiting]
        elif argument in ("-C", "--folder"):
            front += [argument, *(value for value in [next(waiting, None)] if value is not None)]
        elif argument.startswith("--folder="):
            front.append(argument)
        else:
            rest.append(argument)
    return front + rest

"""The commands and the magics: what each says when asked for help."""

from __future__ import annotations

from typing import Any

from typer.main import get_command
from typer.testing import CliRunner

from jupyter_flow.cli.app import app
from jupyter_flow.magic.arguments import HELP


def commands() -> str:
    """What `jupyter flow --help` says, then each command's own help."""
    parts = [_block()]
    for name, command in _plain().commands.items():
        parts += [f"## `{name}`", _block(name)]
        parts += [_block(name, inner) for inner in getattr(command, "commands", ())]
    return "\n\n".join(parts)


def magics() -> str:
    """What `%flow` alone says."""
    return f"```{{code-block}} text\n{HELP.strip()}\n```"


def _plain() -> Any:
    """The command as it is without colours and boxes, which a page has no use for."""
    app.rich_markup_mode = None
    return get_command(app)


def _block(*names: str) -> str:
    _plain()
    runner = CliRunner(env={"COLUMNS": "90", "TERMINAL_WIDTH": "90"})
    answer = runner.invoke(app, [*names, "--help"], prog_name="jupyter flow", terminal_width=90)
    if answer.exit_code:
        raise RuntimeError(f"'jupyter flow {' '.join(names)} --help' fails: {answer.output}")
    return f"```{{code-block}} text\n{answer.output.strip()}\n```"

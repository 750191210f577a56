"""Where the command line writes: results on standard output, everything else on standard error."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_flow.core.words import Tone

if TYPE_CHECKING:
    from rich.console import Console

    from jupyter_flow.core.errors import FlowError, Problem

STYLES: Mapping[Tone, str] = {
    Tone.QUIET: "dim",
    Tone.ACTIVE: "bold blue",
    Tone.GOOD: "green",
    Tone.WARN: "yellow",
    Tone.BAD: "bold red",
}


def out() -> Console:
    """The console of standard output."""
    from rich.console import Console

    return Console(highlight=False, markup=False, soft_wrap=not sys.stdout.isatty())


def err() -> Console:
    """The console of standard error."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, markup=False, soft_wrap=True)


def is_live() -> bool:
    """Whether there is a terminal that can be drawn over. Not in CI: its logs keep every frame."""
    return sys.stdout.isatty() and not os.environ.get("CI") and os.environ.get("TERM") != "dumb"


def show_json(content: Any) -> None:
    """*content* on standard output, as JSON for machines."""
    sys.stdout.write(json.dumps(content, indent=2, ensure_ascii=False, default=_as_text) + "\n")


def _as_text(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def show_error(error: FlowError) -> None:
    """The error's lines: what, where, what now. No traceback of ours."""
    from jupyter_flow.core.errors import DefinitionError, Problem

    if isinstance(error, DefinitionError):
        show_problems(error.problems)
    else:
        show_problems(
            [Problem(code=error.code, what=error.what, hint=error.hint, where=error.where)]
        )


def show_problems(problems: Iterable[Problem]) -> None:
    """Each problem with its place and a caret, on standard error."""
    shown = list(problems)
    if not shown:
        return
    from rich.text import Text

    console = err()
    for index, problem in enumerate(shown):
        first, *rest = str(problem).split("\n")
        style = STYLES[Tone.BAD if problem.is_error else Tone.WARN]
        text = Text("\n" if index else "")
        text.append(problem.code, style=style)
        text.append(first.removeprefix(problem.code), style="bold")
        for line in rest:
            caret = set(line.strip()) == {"^"}
            text.append("\n")
            text.append(line, style=style if caret else "")
        console.print(text)


def short(path: Path | str) -> str:
    """*path* as one would type it here: relative when that is shorter."""
    if not str(path):
        return ""
    try:
        relative = os.path.relpath(path)
    except ValueError:  # another drive
        return str(path)
    return relative if len(relative) < len(str(path)) else str(path)

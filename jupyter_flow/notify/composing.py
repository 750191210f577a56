"""Composes the message about an alert, with what there is to attach.

The run is given, as it is when the message is sent. Nothing that is wrong with a template, a
notebook or its conversion costs the message: it says so in a line and goes out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

from jupyter_flow.core.alerts import Alert, Occasion
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.core.run import Attempt, Run
from jupyter_flow.core.states import TaskState
from jupyter_flow.ports.alerts import Message

from .attaching import attach
from .rendering import render, with_remarks
from .story import story_of

#: So many notebooks are attached to one message.
MOST_ATTACHED = 3


def no_link(_run: RunId, _key: TaskKey) -> str:
    """Nobody can answer by a link."""
    return ""


def no_fetch(_path: Path) -> None:
    """All that is to be had is below home."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Composer:
    """Composes messages.

    *home* is the project's, executed notebooks are below it. *link_base* is the address of a
    JupyterLab, whose links open a run; without it, messages name files. *templates* is a
    folder of the user's own (`jupyter_flow.notify.rendering`). Notebooks larger than *largest*
    bytes are not attached; converting one may take *patience*. *answer_link* makes a link by which
    the question of a task can be answered, "" where there is none. *fetch* has a file be below
    home that another machine wrote.
    """

    home: Path
    link_base: str = ""
    templates: Path | None = None
    largest: int = 20 * 2**20
    patience: timedelta = timedelta(seconds=60)
    answer_link: Callable[[RunId, TaskKey], str] = no_link
    fetch: Callable[[Path], object] = no_fetch

    def message(self, alert: Alert, run: Run, *, zone: str = "") -> Message:
        """The message about *alert*, without attachments; moments in *zone*, else the flow's."""
        story = story_of(alert, run, link=self.link, zone=zone)
        if alert.occasion is Occasion.QUESTION and alert.key is not None and not story.since:
            story = replace(story, answer=self.answer_link(run.id, alert.key))
        return render(story, folder=self.templates)

    @contextmanager
    def composed(self, alert: Alert, run: Run, *, zone: str = "") -> Iterator[Message]:
        """The message with its attachments, whose files are there within the block."""
        message = self.message(alert, run, zone=zone)
        wanted = list(_attachable(alert, run))
        if not wanted:
            yield message
            return
        with TemporaryDirectory(prefix="jupyter_flow_") as folder:
            files: list[Path] = []
            remarks: list[str] = []
            for key, attempt in wanted[:MOST_ATTACHED]:
                self.fetch(self.home / attempt.notebook)
                made = attach(
                    self.home / attempt.notebook,
                    Path(folder) / f"{_file_name(key)}.html",
                    largest=self.largest,
                    patience=self.patience,
                )
                if isinstance(made, Path):
                    files.append(made)
                else:
                    remarks.append(f"The notebook of {key} is not attached: {made}.")
            yield replace(with_remarks(message, remarks), attachments=tuple(files))

    def link(self, notebook: str) -> str:
        """To the attempt of *notebook*, a path below home: to its run in a Lab, else the file."""
        if not self.link_base:
            return str(self.home / notebook)
        _, _, run, task, *rest = notebook.split("/")
        key = TaskKey(task, int(rest[0]) if len(rest) > 1 else None)
        named = urlencode({"jupyter-flow-run": run, "jupyter-flow-task": str(key)})
        return f"{self.link_base.rstrip('/')}/lab?{named}"


def note_for_test() -> Message:
    """A message that tells that an address works."""
    told = "This address works: jupyter_flow can send to it."
    return Message(
        subject="jupyter_flow: a test",
        text=f"{told}\n",
        html=f"<!DOCTYPE html><html><body><p>{told}</p></body></html>\n",
    )


def _attachable(alert: Alert, run: Run) -> Iterator[tuple[TaskKey, Attempt]]:
    """The attempts whose executed notebooks go with the message."""
    if alert.key is not None:
        task_run = run.task_runs.get(alert.key)
        attempts = task_run.attempts if task_run is not None else ()
        found = [(alert.key, each) for each in attempts if each.number == alert.number]
    elif alert.occasion is Occasion.FAILURE:
        failed = (each for each in run.in_order() if each.state is TaskState.FAILED)
        found = [(each.key, each.attempt) for each in failed if each.attempt is not None]
    else:
        found = []
    for key, attempt in found:
        if attempt.notebook and run.plan.policy(key.task).attach:
            yield key, attempt


def _file_name(key: TaskKey) -> str:
    return key.task if key.index is None else f"{key.task}-{key.index}"

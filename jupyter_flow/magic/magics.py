"""``%%flow`` defines a flow and draws it; ``%flow`` does everything else.

Each command reads its line, calls one use-case and shows what came back. Errors meant for people
are shown as their lines, without a traceback of ours, and the cell counts as failed.
"""

from __future__ import annotations

import argparse
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_flow.core.asking import ending, moment, option_words, pairs, task_key
from jupyter_flow.core.errors import FlowError, UsageError, raise_if_any
from jupyter_flow.core.ids import RunId
from jupyter_flow.core.report import failures
from jupyter_flow.core.run import Run
from jupyter_flow.core.states import RunState

from . import bundles, place
from .arguments import HELP, SCHEDULE_OPTIONS, read

if TYPE_CHECKING:
    from jupyter_flow.app.flows import CheckedFlow, Flows
    from jupyter_flow.core.language.completing import Completion


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A flow as it was written in a cell of this notebook; read again before each run."""

    text: str
    line: str
    origin: str
    cell: int | None


class FlowMagics:
    """The magics of one shell. *shell* is IPython's `InteractiveShell`."""

    def __init__(self, shell: Any, panel: Callable[[Any, str], Any] | None = None) -> None:
        self._shell, self._panel = shell, panel
        self._stack = ExitStack()
        self._opened: dict[Path, Flows] = {}
        self._written: dict[str, Written] = {}
        self._last = ""

    def complete(self, cell: str, cursor: int) -> list[Completion]:
        """What could come next in a ``%%flow`` cell of this notebook."""
        path = place.notebook_path(self._shell.user_ns, place.environment())
        return self._flows().completions(cell, cursor, origin=str(path or ""))

    def define(self, line: str, cell: str) -> None:
        """Define a flow, check it and draw it: ``%%flow NAME [--options]``."""
        with _plainly():
            path = place.notebook_path(self._shell.user_ns, place.environment())
            number = place.cell_number(path, place.running_cell(self._shell))
            written = Written(text=cell, line=line, origin=str(path or ""), cell=number)
            checked = self._read(written)
            self._written[checked.name] = written
            self._last = checked.name
            raise_if_any(checked.problems)
            self._show(bundles.flow_bundle(checked))

    def command(self, line: str) -> None:
        """Run, look at and repair flows. ``%flow`` alone says how."""
        with _plainly():
            arguments = read(line)
            commands: dict[str, Callable[[argparse.Namespace], None]] = {
                "help": self._help,
                "run": self._run,
                "status": self._status,
                "panel": self._show_panel,
                "runs": self._runs,
                "logs": self._logs,
                "cancel": self._cancel,
                "repair": self._repair,
                "clear": self._clear,
                "mark": self._mark,
                "list": self._list,
                "show": self._draw,
                "explain": self._explain,
                "tag": self._tag,
                "schedule": self._schedule,
                "unschedule": self._unschedule,
                "pause": self._pause,
                "resume": self._resume,
            }
            commands[arguments.command](arguments)

    def _show(self, bundle: bundles.Bundle) -> None:
        self._shell.display_pub.publish(data=bundle)

    # -- definitions ---------------------------------------------------------------------------

    def _flows(self) -> Flows:
        """The use-cases for the notebook's folder, opened once for the life of the kernel."""
        from jupyter_flow.app.wiring import open_flows

        path = place.notebook_path(self._shell.user_ns, place.environment())
        folder = path.parent if path is not None and path.parent.is_dir() else Path.cwd()
        if folder not in self._opened:
            self._opened[folder] = self._stack.enter_context(open_flows(folder))
        return self._opened[folder]

    def _read(self, written: Written) -> CheckedFlow:
        return self._flows().read(
            written.text, line=written.line, origin=written.origin, cell=written.cell
        )

    def _meant(self, name: str) -> CheckedFlow:
        """The flow *name*: defined in this notebook, else found in the folder. "": the last one."""
        wanted = name or self._last
        if wanted in self._written:
            return self._read(self._written[wanted])
        if not wanted:
            raise UsageError(
                "no flow is defined in this notebook yet",
                hint="Define one in a %%flow cell, or name one: %flow list shows what there is.",
            )
        return self._flows().flow(wanted)

    def _help(self, _: argparse.Namespace) -> None:
        print(HELP, end="")  # noqa: T201  a magic answers in the cell

    def _list(self, _: argparse.Namespace) -> None:
        self._show(bundles.flows_bundle(self._flows().find()))

    def _draw(self, arguments: argparse.Namespace) -> None:
        checked = self._meant(arguments.name)
        raise_if_any(checked.problems)
        self._show(bundles.flow_bundle(checked))

    def _explain(self, arguments: argparse.Namespace) -> None:
        checked = self._meant(arguments.name)
        raise_if_any(checked.problems)
        print(self._flows().explain(checked))  # noqa: T201

    def _tag(self, arguments: argparse.Namespace) -> None:
        paths, options = option_words(arguments.rest)
        if arguments.name is not None and len(paths) != 1:
            raise UsageError("one name cannot be given to several notebooks")
        for path in paths:
            task = self._flows().tag(
                Path(path),
                name=arguments.name,
                options=options,
                description=arguments.description,
                remove=arguments.remove,
            )
            done = f"{path} is no task any more" if arguments.remove else f"{path} is task '{task}'"
            print(done)  # noqa: T201

    # -- runs ----------------------------------------------------------------------------------

    def _run(self, arguments: argparse.Namespace) -> None:
        run = self._flows().start(
            self._meant(arguments.name),
            params_text=pairs(arguments.param),
            logical_date=moment(arguments.logical_date),
            here=arguments.wait,
            anew=arguments.no_cache,
        )
        self._go(run, driven=False, wait=arguments.wait)

    def _repair(self, arguments: argparse.Namespace) -> None:
        run = self._flows().run(arguments.run).id
        self._go(run, driven=self._flows().asking.repair(run), wait=arguments.wait)

    def _clear(self, arguments: argparse.Namespace) -> None:
        run = self._flows().run(arguments.run).id
        driven = self._flows().asking.clear(run, arguments.tasks, downstream=not arguments.only)
        self._go(run, driven=driven, wait=arguments.wait)

    def _mark(self, arguments: argparse.Namespace) -> None:
        run = self._flows().run(arguments.run).id
        driven = self._flows().asking.mark(run, task_key(arguments.task), ending(arguments.state))
        self._go(run, driven=driven, wait=arguments.wait)

    def _cancel(self, arguments: argparse.Namespace) -> None:
        run = self._flows().run(arguments.run).id
        tasks = [task_key(task) for task in arguments.tasks]
        if self._flows().asking.cancel(run, tasks):
            print(f"asked run {run} to stop")  # noqa: T201
        else:
            self._go(run, driven=False, wait=False)

    def _go(self, run: RunId, *, driven: bool, wait: bool) -> None:
        """Have *run* driven, by a service unless the cell is to *wait*, and show it below."""
        from .live import LiveRun

        flows = self._flows()
        live = LiveRun(self._shell.display_pub, flows, run)
        if not wait:
            if not driven:
                flows.services.see_to(run)
            if not (self._has_widgets() and self._drawn(run)):
                live.begin()
            return
        ended = threading.Event()
        live.begin(until=None if driven else ended)
        try:
            done = None if driven else flows.drive(run)
        finally:
            ended.set()
            live.join(5.0 if not driven else threading.TIMEOUT_MAX)
        _raise_unless_good(done or flows.run(run))

    def _show_panel(self, arguments: argparse.Namespace) -> None:
        run = self._flows().run(arguments.run).id
        if not self._drawn(run):
            self._status(arguments)

    def _has_widgets(self) -> bool:
        return place.may_have_widgets(self._shell.user_ns, place.environment())

    def _drawn(self, run: RunId) -> bool:
        """Show the panel for *run*; False where there is none."""
        if self._panel is None:
            return False
        try:
            shown, metadata = self._panel(self._flows(), run)._repr_mimebundle_()
        except ImportError:  # anywidget, or what is built, is not there
            return False
        self._shell.display_pub.publish(data=shown, metadata=metadata)
        return True

    # -- schedules -----------------------------------------------------------------------------

    def _schedule(self, arguments: argparse.Namespace) -> None:
        flows = self._flows()
        if not (arguments.name or self._last):
            self._show(bundles.schedules_bundle(flows.scheduling.all(), self._now()))
            return
        checked = self._meant(arguments.name)
        given = {name: getattr(arguments, name) for name in SCHEDULE_OPTIONS}
        made = flows.scheduling.add(
            checked,
            name=arguments.as_name,
            options={name: value for name, value in given.items() if value is not None},
            params=pairs(arguments.param),
            pin=arguments.pin,
        )
        flows.services.ensure()
        self._show_schedule(made.name)

    def _unschedule(self, arguments: argparse.Namespace) -> None:
        self._flows().scheduling.remove(arguments.name or self._last)
        self._flows().services.nudge_all()
        print(f"'{arguments.name or self._last}' is not scheduled any more")  # noqa: T201

    def _pause(self, arguments: argparse.Namespace) -> None:
        self._flows().scheduling.pause(arguments.name or self._last)
        self._show_schedule(arguments.name or self._last)

    def _resume(self, arguments: argparse.Namespace) -> None:
        self._flows().scheduling.resume(arguments.name or self._last)
        self._flows().services.ensure()
        self._show_schedule(arguments.name or self._last)

    def _show_schedule(self, name: str) -> None:
        scheduling = self._flows().scheduling
        found = scheduling.get(name)
        missed = scheduling.missed(name, limit=5)
        self._show(bundles.schedule_bundle(found, scheduling.upcoming(found), missed, self._now()))

    @staticmethod
    def _now() -> datetime:
        from jupyter_flow.app.clock import SystemClock

        return SystemClock().now()

    def _status(self, arguments: argparse.Namespace) -> None:
        flows = self._flows()
        run = flows.run(arguments.run)
        folder = place.short(str(flows.files.folder_of(run)))
        self._show(bundles.run_bundle(run, self._now(), folder=folder, short=place.short))

    def _runs(self, _: argparse.Namespace) -> None:
        self._show(bundles.runs_bundle(self._flows().runs(), self._now()))

    def _logs(self, arguments: argparse.Namespace) -> None:
        flows = self._flows()
        run, tasks = flows.run(), [arguments.task] if arguments.task else []
        if not tasks and arguments.run and task_key(arguments.run).task in run.plan.flow:
            tasks = [arguments.run]
        else:
            run = flows.run(arguments.run)
        keys = [task_key(task) for task in tasks]
        keys = keys or [key for key, each in run.task_runs.items() if each.attempts]
        for key in keys:
            if len(keys) > 1:
                print(f"── {key} ──")  # noqa: T201
            for text in flows.files.log(run, key, attempt=arguments.attempt):
                print(text)  # noqa: T201


def _raise_unless_good(run: Run) -> None:
    if run.state is RunState.SUCCEEDED:
        return
    told = "; ".join(f"{each.key}: {each.what}" for each in failures(run)[: bundles.MOST_FAILURES])
    raise FlowError(
        f"run {run.id} of '{run.flow_name}' {run.state}{f': {told}' if told else ''}",
        hint=f"Mend it, then go on from there: %flow repair {run.id} --wait",
        code="JF303",
    )


@contextmanager
def _plainly() -> Iterator[None]:
    """Errors meant for people are shown as they read; the cell still counts as failed."""
    try:
        yield
    except FlowError as error:
        # IPython asks an exception for its traceback; ours has only the words.
        error._render_traceback_ = _words_of(error)  # type: ignore[attr-defined]
        raise


def _words_of(error: FlowError) -> Callable[[], list[str]]:
    text = str(error)
    return lambda: text.split("\n")

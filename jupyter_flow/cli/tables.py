"""What a terminal shows of flows and runs. Pure: values in, things that rich can print out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from shlex import quote
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from jupyter_flow.connections import VARIABLE
from jupyter_flow.core.artifacts import ArtifactRef, in_one_line
from jupyter_flow.core.flow import Flow
from jupyter_flow.core.pictures.faces import Face, face_of, heading
from jupyter_flow.core.pictures.sketch import sketch
from jupyter_flow.core.report import FailureReport
from jupyter_flow.core.run import Run
from jupyter_flow.core.states import TaskState
from jupyter_flow.core.words import RUN_SIGNS, Sign, Tone, ago, count, duration, run_elapsed
from jupyter_flow.ports.runs import RunSummary

from .console import STYLES, short

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_flow.app.connecting import Known
    from jupyter_flow.app.doctor import Finding
    from jupyter_flow.app.flows import CheckedFlow

#: A value longer than this is shown cut.
MOST_OF_A_VALUE = 60


def signed(sign: Sign) -> Text:
    """The symbol and the word, in the colour of their meaning."""
    return Text(f"{sign.symbol} {sign.word}", style=STYLES[sign.tone])


def headline(run: Run, now: datetime | None) -> Text:
    """``✔ churn succeeded in 12 s · 7 succeeded · 20260301-061500-k3f9``."""
    sign = RUN_SIGNS[run.state]
    text = Text()
    text.append(f"{sign.symbol} {run.flow_name} {sign.word}", style=STYLES[sign.tone])
    spent = duration(run_elapsed(run, now))
    text.append(f" {'in' if run.state.is_final else 'for'} {spent}" if spent else "", style="")
    told = " · ".join(filter(None, (heading(run), run.id)))
    text.append(f" · {told}", style="dim")
    if run.reason:
        text.append(f"\n  {run.reason}")
    return text


def task_table(run: Run, now: datetime | None, *, most: int | None = None) -> RenderableType:
    """A row for each task; at most *most*, those that something happens to first."""
    faces = [face_of(run.plan.flow, run.plan.flow[n], run, now) for n in run.plan.flow.graph.order]
    shown = faces if most is None or len(faces) <= most else _telling(faces, most)
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    for title in ("task", "state", "progress", ""):
        table.add_column(title, overflow="fold" if title else "ellipsis", no_wrap=title != "")
    for face in shown:
        sign = face.sign
        name = _in_groups(run.plan.flow, face.title) + Text(face.title)
        name += Text(f" {face.badge}" if face.badge else "", style="dim")
        state = signed(sign) if sign is not None else ""
        table.add_row(name, state, face.progress, Text(face.remark, style="dim"))
    left_out = len(faces) - len(shown)
    more = Text(f"and {count(left_out, 'more task')}", style="dim")
    return Group(table, more) if left_out else table


def _in_groups(flow: Flow, task: str) -> Text:
    """``prepare / `` before the name of a task that is in a group."""
    groups = [f"{group.name} / " for group in flow.groups_of(task)]
    return Text("".join(reversed(groups)), style="dim")


def _telling(faces: Sequence[Face], most: int) -> list[Face]:
    """The *most* telling faces, still in the order of the flow."""
    rank = {TaskState.FAILED: 0, TaskState.RUNNING: 1, TaskState.RETRYING: 2, TaskState.QUEUED: 3}
    order = sorted(range(len(faces)), key=lambda i: (_rank(faces[i], rank), i))
    return [faces[i] for i in sorted(order[:most])]


def _rank(face: Face, rank: Mapping[TaskState, int]) -> int:
    return rank.get(face.state, 9) if face.state is not None else 9


def failure_text(report: FailureReport, *, executed: str = "", kept: str = "") -> RenderableType:
    """What was raised, where, the line with a caret, the traceback, and where to look further.

    *kept* is the connection file of its kernel, if that is still there.
    """
    tries = f" (attempt {report.attempts})" if report.attempts > 1 else ""
    title = Text()
    title.append(f"✘ {report.key}  ", style=STYLES[Tone.BAD])
    title.append(report.what, style="bold")
    parts: list[RenderableType] = [title]
    if report.place:
        parts.append(Text(f"  at {report.place}{tries}"))
    if report.line_text and not report.trace:
        parts.append(Text(f"      {report.line_text}"))
        parts.append(Text(f"      {'^' * len(report.line_text)}", style=STYLES[Tone.BAD]))
    if report.trace:
        # No renderable with a width: it would cut what is longer, where nothing is wrapped.
        parts += ["", *(Text(f"  │ {line}", style="dim") for line in report.trace), ""]
    if executed:
        parts.append(Text(f"  executed notebook  {executed}"))
    if kept:
        parts.append(Text(f"  its kernel         jupyter console --existing {quote(kept)}"))
    return Group(*parts)


def value_table(run: Run) -> RenderableType | None:
    """The values that the tasks handed on; None when there are none."""
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False, pad_edge=False)
    for task in run.plan.flow.graph.order:
        for each in run.runs_of(task):
            for name, value in each.values.items():
                ref = ArtifactRef.read(value)
                shown = ref.line if ref is not None else repr(in_one_line(value))
                cut = shown if len(shown) <= MOST_OF_A_VALUE else shown[: MOST_OF_A_VALUE - 1] + "…"
                table.add_row(Text(f"{each.key}.{name}", style="dim"), Text(cut))
    return table if table.row_count else None


def run_table(runs: Iterable[RunSummary], now: datetime, *, left: Collection[str] = ()) -> Table:
    """The newest runs, a row each. *left* are the ids of those that nobody drives any more."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    for title in ("run", "flow", "state", "started", "took", "tasks"):
        table.add_column(title, no_wrap=title != "tasks")
    for run in runs:
        end = run.ended_at or now
        took = duration(end - run.started_at) if run.started_at is not None else ""
        tasks = ", ".join(
            f"{number} {state.replace('_', ' ')}" for state, number in run.tasks.items()
        )
        tasks += "; nobody drives it any more" if run.id in left else ""
        table.add_row(
            run.id,
            run.flow if run.parent is None else f"{run.flow} in …{run.parent.run[-4:]}",
            signed(RUN_SIGNS[run.state]),
            ago(run.started_at or run.created_at, now),
            took,
            Text(tasks, style="dim"),
        )
    return table


def flow_table(found: Iterable[CheckedFlow]) -> Table:
    """The flows, a row each, with what is wrong with them."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    for title in ("flow", "tasks", "where", "", "description"):
        table.add_column(title, overflow="fold")
    for each in found:
        errors = sum(problem.is_error for problem in each.problems)
        state = Text(count(errors, "error"), style=STYLES[Tone.BAD]) if errors else Text("✔")
        tasks = str(len(each.flow.tasks)) if each.flow else "?"
        place = Text(short(each.origin.partition("::")[0]), style="dim")
        table.add_row(each.name, tasks, place, state, each.flow.description if each.flow else "")
    return table


def drawn(checked: CheckedFlow, width: int) -> RenderableType:
    """A flow drawn with characters, if *width* is enough for it, and a row for each task."""
    flow = checked.flow
    if flow is None:
        return Text("")
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    for title in ("task", "runs", "after", "rules"):
        table.add_column(title, overflow="fold")
    for name in flow.graph.order:
        face = face_of(flow, flow[name])
        target = checked.plan.targets.get(name) if checked.plan else None
        runs = face.what or (short(target.path) if target else "")
        label = (
            _in_groups(flow, name)
            + Text(face.title, style="bold")
            + Text(f" {face.badge}" if face.badge else "")
        )
        table.add_row(label, runs, ", ".join(flow.graph.upstream[name]), ", ".join(face.rules))
    head = Text(flow.name, style="bold") + Text(f"  {flow.description}" if flow.description else "")
    path, _, _ = checked.origin.partition("::")
    parts: list[RenderableType] = [head, *([Text(short(path), style="dim")] if path else [])]
    parts += [Text(f"  {p.name} = {p.default!r}") for p in flow.params]
    picture = sketch(flow)
    if max((len(line) for line in picture.split("\n")), default=0) <= width:
        parts += ["", Text(picture, no_wrap=True)]
    return Group(*parts, "", table)


def finding_table(findings: Iterable[Finding]) -> Table:
    """What was looked at, whether it is well, and what to do."""
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False, pad_edge=False)
    for each in findings:
        sign = (
            Text("✔", style=STYLES[Tone.GOOD])
            if each.is_well
            else Text("✘", style=STYLES[Tone.BAD])
        )
        table.add_row(sign, each.what, each.seen)
        if each.hint:
            table.add_row("", "", Text(each.hint, style=STYLES[Tone.WARN]))
    return table


def connection_table(found: Iterable[Known], file: Path) -> RenderableType:
    """The connections, and where more of them would be."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    for column in ("connection", "where to", "known from"):
        table.add_column(column)
    for each in found:
        shown = Text(each.problem, style="red") if each.problem else Text(each.shown)
        table.add_row(each.name, shown, Text(each.source))
    how = f"looked for in variables {VARIABLE}…, in {short(file)}, and in the system's keyring"
    return Group(*([table] if table.rows else []), Text(how, style="dim"))

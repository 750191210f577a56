"""What a notebook shows of flows and runs: MIME bundles, HTML and plain text side by side. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from jupyter_flow.core.errors import Problem
from jupyter_flow.core.pictures.faces import Face, face_of, heading
from jupyter_flow.core.pictures.picture import Sheet, clean, picture
from jupyter_flow.core.pictures.signs import styles
from jupyter_flow.core.pictures.sketch import sketch
from jupyter_flow.core.report import FailureReport, failures
from jupyter_flow.core.run import Run
from jupyter_flow.core.schedule import Missed, Schedule
from jupyter_flow.core.schedule_words import firing, missing, rules
from jupyter_flow.core.words import RUN_SIGNS, Sign, ago, count, duration, run_elapsed
from jupyter_flow.ports.runs import RunSummary

if TYPE_CHECKING:
    from jupyter_flow.app.flows import CheckedFlow
    from jupyter_flow.app.scheduling import FireTime

Bundle = dict[str, str]

#: More tasks than these are shown in the picture only.
MOST_ROWS = 40
MOST_FAILURES = 3

_STYLE = """
.jpf-out{--f-mono:var(--jp-code-font-family,ui-monospace,monospace);
color:var(--f-ink);font-size:13px}
.jpf-out .jpf-scroll{overflow:auto;max-height:70vh}
.jpf-out svg.jpf{max-width:100%;height:auto}
.jpf-out table.jpf-rows{border-collapse:collapse;margin:4px 0;font-size:12px}
.jpf-out .jpf-rows td,.jpf-out .jpf-rows th{padding:2px 14px 2px 0;text-align:left;
border:0;background:none}
.jpf-out .jpf-rows th{font-weight:400;color:var(--f-soft)}
.jpf-out .jpf-word{color:var(--tone);font-weight:600;white-space:nowrap}
.jpf-out .jpf-quiet .jpf-word,.jpf-out .jpf-dim{color:var(--f-soft)}
.jpf-out .jpf-problem{border-left:3px solid var(--tone);padding:4px 10px;margin:8px 0}
.jpf-out pre.jpf-pre{font-family:var(--f-mono);font-size:12px;margin:4px 0;padding:0;
background:none;color:inherit;white-space:pre-wrap}
.jpf-out code{font-family:var(--f-mono)}
""".replace("\n", "")


def _page(*parts: str) -> str:
    return f'<div class="jpf jpf-out"><style>{styles()}{_STYLE}</style>{"".join(parts)}</div>'


def flow_bundle(checked: CheckedFlow) -> Bundle:
    """The flow drawn, with the warnings about it."""
    if checked.flow is None:
        return problem_bundle(checked.problems)
    svg = picture(checked.flow)
    described = f"<div>{clean(checked.flow.description)}</div>" if checked.flow.description else ""
    problems = "".join(_problem(each) for each in checked.problems)
    plain = [sketch(checked.flow), *(str(each) for each in checked.problems)]
    html = _page(described, _scrolling(svg), problems)
    return {"text/html": html, "image/svg+xml": svg, "text/plain": "\n\n".join(plain)}


def _scrolling(svg: str) -> str:
    """The picture made to fit, but never so small that it cannot be read; then it scrolls."""
    width = int(svg.partition(' width="')[2].partition('"')[0])
    fitted = svg.replace("<svg ", f'<svg style="min-width:{width * 3 // 4}px" ', 1)
    return f'<div class="jpf-scroll">{fitted}</div>'


def problem_bundle(problems: Iterable[Problem]) -> Bundle:
    """Mistakes, each with its place and a caret."""
    found = list(problems)
    return {
        "text/html": _page(*(_problem(each) for each in found)),
        "text/plain": "\n\n".join(str(each) for each in found),
    }


def _problem(problem: Problem) -> str:
    tone = "bad" if problem.is_error else "warn"
    first, *rest = str(problem).split("\n")
    more = _pre(rest)
    return f'<div class="jpf-problem jpf-{tone}"><b>{clean(first)}</b>{more}</div>'


def _pre(lines: Sequence[str]) -> str:
    text = clean("\n".join(lines))
    return f'<pre class="jpf-pre">{text}</pre>' if lines else ""


def run_bundle(
    run: Run,
    now: datetime | None,
    *,
    on: Sheet | None = None,
    folder: str = "",
    short: Callable[[str], str] = str,
) -> Bundle:
    """How a run stands: the picture, a row for each task, what failed, where the results are.

    *folder* is where the results are; *short* makes paths shorter for people.
    """
    flow = run.plan.flow
    faces = [face_of(flow, flow[name], run, now) for name in flow.graph.order]
    reports = [replace(each, notebook=short(each.notebook)) for each in failures(run)]
    svg = picture(flow, run, now=now, on=on)
    rows = _rows(faces) if len(faces) <= MOST_ROWS else ""
    failed = "".join(_failure(each) for each in reports[:MOST_FAILURES])
    footer = _footer(run, len(reports), folder)
    html = _page(_headline(run, now), _scrolling(svg), rows, failed, footer)
    return {"text/html": html, "text/plain": run_text(run, now, faces, reports, folder)}


def _headline(run: Run, now: datetime | None) -> str:
    sign = RUN_SIGNS[run.state]
    spent = duration(run_elapsed(run, now))
    told = f" {'in' if run.state.is_final else 'for'} {spent}" if spent else ""
    reason = f" · {clean(run.reason)}" if run.reason else ""
    return (
        f'<div class="jpf-{sign.tone}"><b>{clean(run.flow_name)}</b> {_word(sign)}{told} '
        f'<span class="jpf-dim">· {clean(heading(run))}{reason}</span></div>'
    )


def _word(sign: Sign) -> str:
    return f'<span class="jpf-word">{sign.symbol} {sign.word}</span>'


def _rows(faces: Sequence[Face]) -> str:
    rows = "".join(
        f'<tr class="jpf-{face.sign.tone}"><td>{clean(face.title)} '
        f'<span class="jpf-dim">{clean(face.badge)}</span></td><td>{_word(face.sign)}</td>'
        f'<td>{clean(face.progress)}</td><td class="jpf-dim">{clean(face.remark)}</td></tr>'
        for face in faces
        if face.sign is not None
    )
    head = '<tr><th scope="col">task</th><th scope="col">state</th><th scope="col">progress</th>'
    return f'<table class="jpf-rows">{head}<th></th></tr>{rows}</table>'


def _failure(report: FailureReport) -> str:
    tries = f" (attempt {report.attempts})" if report.attempts > 1 else ""
    place = f"<div>at {clean(report.place)}{tries}</div>" if report.place else ""
    lines = list(report.trace)
    if not lines and report.line_text:
        lines = [f"    {report.line_text}", f"    {'^' * len(report.line_text)}"]
    trace = _pre(lines)
    head = f"<b>{clean(str(report.key))}</b> {clean(report.what)}"
    return f'<div class="jpf-problem jpf-bad">{head}{place}{trace}</div>'


def _footer(run: Run, failed: int, folder: str) -> str:
    parts = []
    if failed > MOST_FAILURES:
        parts.append(f"and {failed - MOST_FAILURES} more that failed")
    if run.state.is_final and failed:
        parts.append(f"mend it, then: <code>%flow repair {clean(run.id)}</code>")
    parts.append(f"run {clean(run.id)}")
    if folder and run.state.is_final:
        parts.append(f"results in {clean(folder)}")
    return f'<div class="jpf-dim">{" · ".join(parts)}</div>'


def run_text(
    run: Run,
    now: datetime | None,
    faces: Sequence[Face],
    reports: Sequence[FailureReport],
    folder: str = "",
) -> str:
    """The same without markup."""
    sign = RUN_SIGNS[run.state]
    spent = duration(run_elapsed(run, now))
    lines = [f"{sign.symbol} {run.flow_name} {sign.word} {spent} · {heading(run)} · {run.id}"]
    width = max((len(f"{face.title} {face.badge}") for face in faces), default=0)
    for face in faces:
        if face.sign is not None:
            told = ", ".join(part for part in (face.progress, face.remark) if part)
            name = f"{face.title} {face.badge}".ljust(width)
            lines.append(f"  {name}  {face.sign.symbol} {face.sign.word}  {told}".rstrip())
    lines += [failure_text(each) for each in reports[:MOST_FAILURES]]
    if run.state.is_final and reports:
        lines.append(f"mend it, then: %flow repair {run.id}")
    lines += [f"results in {folder}"] if folder and run.state.is_final else []
    return "\n".join(lines)


def failure_text(report: FailureReport) -> str:
    """One failure in plain text."""
    lines = [f"✘ {report.key}  {report.what}"]
    lines += [f"  at {report.place}"] if report.place else []
    lines += [f"  │ {line}" for line in report.trace]
    return "\n".join(lines)


def runs_bundle(runs: Sequence[RunSummary], now: datetime) -> Bundle:
    """The newest runs, a row each."""
    rows, plain = [], []
    for run in runs:
        sign = RUN_SIGNS[run.state]
        began = ago(run.started_at or run.created_at, now)
        took = duration((run.ended_at or now) - run.started_at) if run.started_at else ""
        tasks = ", ".join(
            f"{number} {state.replace('_', ' ')}" for state, number in run.tasks.items()
        )
        cells = (run.id, run.flow, _word(sign), began, took, tasks)
        inner = "".join(f"<td>{c if c == cells[2] else clean(c)}</td>" for c in cells)
        rows.append(f'<tr class="jpf-{sign.tone}">{inner}</tr>')
        plain.append(f"{run.id}  {run.flow}  {sign.symbol} {sign.word}  {began}  {took}  {tasks}")
    titles = ("run", "flow", "state", "started", "took", "tasks")
    head = "".join(f'<th scope="col">{title}</th>' for title in titles)
    html = _page(f'<table class="jpf-rows"><tr>{head}</tr>{"".join(rows)}</table>')
    return {"text/html": html, "text/plain": "\n".join(plain)}


def flows_bundle(found: Sequence[CheckedFlow]) -> Bundle:
    """The flows of a folder, a row each."""
    rows, plain = [], []
    for each in found:
        errors = sum(problem.is_error for problem in each.problems)
        tasks = count(len(each.flow.tasks), "task") if each.flow else ""
        cells = [each.name, tasks, each.origin, each.flow.description if each.flow else ""]
        cells += [count(errors, "error")] if errors else []
        rows.append(f"<tr>{''.join(f'<td>{clean(cell)}</td>' for cell in cells)}</tr>")
        plain.append("  ".join(cells))
    html = _page(f'<table class="jpf-rows">{"".join(rows)}</table>')
    return {"text/html": html, "text/plain": "\n".join(plain)}


def schedules_bundle(found: Sequence[Schedule], now: datetime) -> Bundle:
    """What is scheduled, a row each."""
    rows, plain = [], []
    for each in found:
        upcoming = [(each.next_fire, "")] if each.next_fire and not each.is_paused else []
        coming = [at for _, at, _ in firing(each, upcoming, now)]
        when = each.when
        cells = (each.name, when, _next(each, coming))
        rows.append(f"<tr>{''.join(f'<td>{clean(cell)}</td>' for cell in cells)}</tr>")
        plain.append("  ".join(cells))
    none = "Nothing is scheduled. Schedule a flow with: %flow schedule NAME"
    html = _page(f'<table class="jpf-rows">{"".join(rows)}</table>' if rows else clean(none))
    return {"text/html": html, "text/plain": "\n".join(plain) or none}


def _next(schedule: Schedule, coming: Sequence[str]) -> str:
    if schedule.is_paused:
        return "paused"
    return coming[0] if coming else "over" if schedule.is_over else ""


def schedule_bundle(
    schedule: Schedule, upcoming: Sequence[FireTime], missed: Sequence[Missed], now: datetime
) -> Bundle:
    """One schedule: its rules, its next fire times, what is odd about them, what was missed."""
    timetable = schedule.timetable
    head = f"{schedule.name} · {schedule.when}"
    head += " · paused" if schedule.is_paused else ""
    times = [(each.at, each.oddity) for each in upcoming]
    lines = list(firing(schedule, times, now))
    lines += [("", "it will not fire again", "")] if schedule.is_over else []
    zone = ZoneInfo(timetable.tz)
    lines += [("missed", missing(each, zone), "") for each in missed]
    rows = "".join(
        f"<tr><td>{word}</td><td>{clean(at)}</td><td>{clean(oddity)}</td></tr>"
        for word, at, oddity in lines
    )
    html = _page(
        f"<b>{clean(head)}</b>",
        f'<div class="jpf-dim">{clean(rules(schedule))}</div>',
        f'<table class="jpf-rows">{rows}</table>',
    )
    plain = [head, rules(schedule), *("  ".join(filter(None, line)) for line in lines)]
    return {"text/html": html, "text/plain": "\n".join(plain)}

"""A run for front ends without widgets: a picture and lines of text, as they are at the moment."""

from __future__ import annotations

from datetime import datetime

from jupyter_flow.core.flow import Flow
from jupyter_flow.core.pictures.faces import face_of, heading
from jupyter_flow.core.pictures.picture import clean, picture
from jupyter_flow.core.pictures.signs import styles
from jupyter_flow.core.pictures.sketch import sketch
from jupyter_flow.core.run import Run
from jupyter_flow.core.words import RUN_SIGNS, duration, run_elapsed

Bundle = dict[str, str]


def run_still(run: Run, now: datetime) -> Bundle:
    """How *run* stands at *now*."""
    flow, sign = run.plan.flow, RUN_SIGNS[run.state]
    spent = duration(run_elapsed(run, now))
    head = " ".join(part for part in (run.flow_name, sign.symbol, sign.word, spent) if part)
    told = f"{head} · {heading(run)} · run {run.id}"
    lines = [told]
    for name in flow.graph.order:
        face = face_of(flow, flow[name], run, now)
        if face.sign is not None:
            lines.append(
                f"  {face.sign.symbol} {face.title} {face.sign.word} {face.remark}".rstrip()
            )
    return {"text/plain": "\n".join(lines), "text/html": _page(told, picture(flow, run, now=now))}


def flow_still(flow: Flow) -> Bundle:
    """A flow that has not run yet."""
    told = f"{flow.name} has not run yet"
    return {"text/plain": f"{told}\n{sketch(flow)}", "text/html": _page(told, picture(flow))}


def _page(told: str, svg: str) -> str:
    return f'<div class="jpf"><style>{styles()}</style><div>{clean(told)}</div>{svg}</div>'

"""A flow in the language of Graphviz: boxes, arrows, clusters, conditions in the boxes."""

from __future__ import annotations

from collections.abc import Iterator

from jupyter_flow.core.flow import Flow, Task

from .boxes import lines_of, nested

__all__ = ["to_dot"]


def to_dot(flow: Flow) -> str:
    """*flow* as text that ``dot`` draws. Raises ValueError for a flow with a loop."""
    return "\n".join(_lines(flow)) + "\n"


def _lines(flow: Flow) -> Iterator[str]:
    yield f"digraph {_quoted(flow.name)} {{"
    yield f"    label={_quoted(flow.name)}"
    yield '    rankdir=LR; labelloc=t; fontname="sans-serif"'
    yield '    node [shape=box, style=rounded, margin="0.2,0.1", fontname="sans-serif"]'
    for depth, part in nested(flow):
        indent = "    " * (depth + 1)
        match part:
            case Task():
                yield f"{indent}{_quoted(part.name)} [{_looks(flow, part)}]"
            case None:
                yield f"{indent}}}"
            case _:
                yield f"{indent}subgraph {_quoted(f'cluster_{part.name}')} {{"
                yield f"{indent}    label={_quoted(part.name)}; style=rounded; color=gray"
    for name in flow.graph.order:
        downs = [_quoted(down) for down in flow.graph.downstream[name]]
        if downs:
            yield f"    {_quoted(name)} -> {{ {' '.join(downs)} }}"
    yield "}"


def _looks(flow: Flow, task: Task) -> str:
    label = "\\n".join(map(_escaped, lines_of(flow, task)))
    shape = ', shape=hexagon, style=solid, margin="0"' if task.when is not None else ""
    return f'label="{label}"{shape}{", peripheries=2" if task.is_mapped else ""}'


def _quoted(text: str) -> str:
    """*text* as an id; a backslash would begin an escape where an id is shown."""
    return f'"{_escaped(text)}"'


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')

"""A flow as a Mermaid flowchart: boxes, arrows, groups as frames, conditions in the boxes."""

from __future__ import annotations

from collections.abc import Iterator

from jupyter_flow.core.flow import Flow, Task

from .boxes import lines_of, nested

__all__ = ["to_mermaid"]

_ESCAPES = {ord(sign): f"#{ord(sign)};" for sign in '#"&<>`$'}
#: Escaped or not, Mermaid takes a backslash before an n for the end of a line: nothing parts them.
_ESCAPES[ord("\\")] = "#92;#8203;"


def to_mermaid(flow: Flow) -> str:
    """*flow* as text that Mermaid draws. Raises ValueError for a flow with a loop."""
    return "\n".join(_lines(flow)) + "\n"


def _lines(flow: Flow) -> Iterator[str]:
    ids = {task.name: f"t{number}" for number, task in enumerate(flow.tasks)}
    yield "---"
    yield f"title: {_yaml(flow.name)}"
    yield "---"
    yield "flowchart LR"
    frames = 0
    for depth, part in nested(flow):
        indent = "    " * (depth + 1)
        match part:
            case Task():
                yield f"{indent}{ids[part.name]}{_box(flow, part)}"
            case None:
                yield f"{indent}end"
            case _:
                yield f'{indent}subgraph g{frames}["{_escaped(part.name)}"]'
                frames += 1
    for name in flow.graph.order:
        downs = [ids[down] for down in flow.graph.downstream[name]]
        if downs:
            yield f"    {ids[name]} --> {' & '.join(downs)}"


def _box(flow: Flow, task: Task) -> str:
    """The text in its shape: a subroutine's for what is mapped, a hexagon for a condition."""
    text = "<br>".join(map(_escaped, lines_of(flow, task)))
    if task.when is not None:
        return f'{{{{"{text}"}}}}'
    return f'[["{text}"]]' if task.is_mapped else f'["{text}"]'


def _escaped(text: str) -> str:
    """*text* as it stands: no tags, no formula between dollars, no icon (``fa:fa-car``)."""
    return text.translate(_ESCAPES).replace(":fa-", "#58;fa-")


def _yaml(text: str) -> str:
    """*text* as a word of YAML: a flow's name may look like a number."""
    return f'"{text}"'

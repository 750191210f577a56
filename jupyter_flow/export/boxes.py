"""What pictures in the words of others have in common: the text of a box, and what is in what."""

from __future__ import annotations

from collections.abc import Iterator

from jupyter_flow.core.flow import Flow, Group, Task
from jupyter_flow.core.pictures.faces import face_of

#: A longer line is cut.
_LONGEST = 60


def lines_of(flow: Flow, task: Task) -> list[str]:
    """What the box of *task* says: its name, what it runs, when. No line is long or empty."""
    face = face_of(flow, task)
    lines = [f"{face.title} {face.badge}".strip(), face.what, *face.rules]
    return [_short(line) for line in map(_one_line, lines) if line]


def nested(flow: Flow) -> Iterator[tuple[int, Task | Group | None]]:
    """Tasks in their order, with depths; the group before those of a group, None behind them."""
    groups = {group.name: group for group in flow.groups}
    around: list[str] = []
    for task in flow.tasks:
        wanted = [group.name for group in flow.groups_of(task.name)][::-1]
        while around != wanted[: len(around)]:
            around.pop()
            yield len(around), None
        for name in wanted[len(around) :]:
            yield len(around), groups[name]
            around.append(name)
        yield len(around), task
    while around:
        around.pop()
        yield len(around), None


def _one_line(text: str) -> str:
    return "".join(each if each.isprintable() else " " for each in text).strip()


def _short(line: str) -> str:
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"

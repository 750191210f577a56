"""Where the frames of groups are drawn: around the boxes of their tasks, inner ones inside.

`jupyter_flow.core.pictures.bands` sees to it that nothing else is there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from jupyter_flow.core.flow import Flow

from .layout import Box

#: The room around what is in a frame, and above it for the name.
PAD, HEAD = 8.0, 20.0


@dataclass(frozen=True, slots=True)
class Frame:
    """A group in a picture."""

    name: str
    box: Box


def frames_of(flow: Flow, boxes: Mapping[str, Box]) -> list[Frame]:
    """The frames of all groups of *flow*, outer ones before the inner ones that lie on them."""
    frames: dict[str, Box] = {}
    for group in reversed(flow.groups):
        inside = [boxes[name] for name in group.members]
        inside += [frames[each.name] for each in flow.groups if each.parent == group.name]
        frames[group.name] = _around(inside)
    return [Frame(group.name, frames[group.name]) for group in flow.groups]


def room_for(frames: list[Frame]) -> tuple[float, float]:
    """How far *frames* reach to the left of, and above, what is in them."""
    return (
        max((-frame.box.x for frame in frames), default=0.0),
        max((-frame.box.y for frame in frames), default=0.0),
    )


def _around(boxes: list[Box]) -> Box:
    left, top = min(box.x for box in boxes) - PAD, min(box.y for box in boxes) - PAD - HEAD
    right = max(box.x + box.width for box in boxes) + PAD
    bottom = max(box.y + box.height for box in boxes) + PAD
    return Box(left, top, right - left, bottom - top)

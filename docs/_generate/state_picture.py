"""The states of a task as a picture, drawn from `jupyter_flow.core.states.MOVES` in plain SVG.

Live states stand in a row, in the order in which a task goes through them; final ones stand
below, each near the states that lead to it. What only people do (cancel, clear, mark) is left
out: the table beside the picture has it.
"""

from __future__ import annotations

from html import escape

from jupyter_flow.core.states import MOVES, Signal, TaskState

from .states import BY_HAND

WIDTH, HEIGHT, APART = 116, 34, 158
TOP, BOTTOM, MARGIN = 96, 300, 20

Moves = list[tuple[TaskState, Signal, TaskState]]


def picture() -> str:
    """The picture, as HTML."""
    moves: Moves = [
        (before, signal, after)
        for (before, signal), after in MOVES.items()
        if signal not in BY_HAND and signal is not Signal.REMOVE
    ]
    places = _places(moves)
    lines = [_line(places, *move) for move in moves]
    boxes = [_box(state, *place) for state, place in places.items()]
    width = max(x for x, _ in places.values()) + WIDTH / 2 + MARGIN
    height = BOTTOM + HEIGHT / 2 + MARGIN
    return (
        f'<div class="flow-picture"><svg viewBox="0 0 {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" role="img" aria-label="The states of a task and the moves between '
        'them; the table below says the same in words">'
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
        'markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" fill="currentColor"/></marker>'
        f"</defs>{''.join(lines)}{''.join(boxes)}</svg></div>"
    )


def _places(moves: Moves) -> dict[TaskState, tuple[float, float]]:
    """The middle of each state's box. Final states are ordered by where their moves come from."""
    shown = {state for before, _, after in moves for state in (before, after)}
    live = [state for state in TaskState if state in shown and not state.is_final]
    final = [state for state in TaskState if state in shown and state.is_final]

    def pull(state: TaskState) -> float:
        come_from = [live.index(before) for before, _, after in moves if after is state]
        return sum(come_from) / len(come_from)

    final.sort(key=pull)
    left = MARGIN + WIDTH / 2
    offset = (len(final) - len(live)) / 2 * APART
    places = {state: (left + max(0, offset) + i * APART, TOP) for i, state in enumerate(live)}
    places |= {state: (left + max(0, -offset) + i * APART, BOTTOM) for i, state in enumerate(final)}
    return {state: (float(x), float(y)) for state, (x, y) in places.items()}


def _box(state: TaskState, x: float, y: float) -> str:
    look = "good" if state.is_good else "bad" if state.is_bad else "live"
    look = look if look != "live" or not state.is_final else ""
    return (
        f'<rect class="box {look}" x="{x - WIDTH / 2:.0f}" y="{y - HEIGHT / 2:.0f}" '
        f'width="{WIDTH}" height="{HEIGHT}" rx="8"/>'
        f'<text x="{x:.0f}" y="{y + 4:.0f}" text-anchor="middle">{escape(state)}</text>'
    )


def _line(
    places: dict[TaskState, tuple[float, float]],
    before: TaskState,
    signal: Signal,
    after: TaskState,
) -> str:
    (x1, y1), (x2, y2) = places[before], places[after]
    if y1 != y2:
        y1, y2 = y1 + HEIGHT / 2, y2 - HEIGHT / 2
        bend = (y2 - y1) / 2
        pull = f"{x1:.0f} {y1 + bend:.0f} {x2:.0f} {y2 - bend:.0f}"
        path = f"M{x1:.0f} {y1:.0f}C{pull} {x2:.0f} {y2:.0f}"
        spot = (x1 + 3 * (x2 - x1) / 4, y2 - bend / 2.2)
    elif 0 < x2 - x1 <= APART:
        x1, x2 = x1 + WIDTH / 2, x2 - WIDTH / 2
        path = f"M{x1:.0f} {y1:.0f}H{x2:.0f}"
        spot = ((x1 + x2) / 2, y1 - 6)
    else:
        top = y1 - HEIGHT / 2
        rise = top - 22 - abs(x2 - x1) / 9
        path = f"M{x1:.0f} {top:.0f}C{x1:.0f} {rise:.0f} {x2:.0f} {rise:.0f} {x2:.0f} {top:.0f}"
        spot = ((x1 + x2) / 2, top + 0.75 * (rise - top) - 4)
    return (
        f'<path class="move" d="{path}" marker-end="url(#tip)"/>'
        f'<text class="signal" x="{spot[0]:.0f}" y="{spot[1]:.0f}" text-anchor="middle">'
        f"{escape(signal)}</text>"
    )

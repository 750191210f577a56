"""A flow as a picture: SVG text, of the definition or of a run as it stands.

Self-contained: no script, no network, no fonts of its own. Colours are JupyterLab's and VS Code's
variables where the page has them, else those of a light or a dark page. A state is shown by
colour, shape and word, so nothing is lost without colour. All text is escaped.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from hashlib import blake2s
from html import escape

from jupyter_flow.core.flow import Flow
from jupyter_flow.core.run import Run
from jupyter_flow.core.words import RUN_SIGNS, count

from .bands import in_bands
from .faces import Face, face_of, heading
from .frames import PAD as FRAME_PAD
from .frames import Frame, frames_of, room_for
from .layout import Box, Layout, Line, Size, Spacing, lay_out
from .signs import sign_shape, styles

MARGIN = 10
PAD = 12
LINE_HEIGHT = 16
MOST_LETTERS = 34
#: Average widths of a letter at the sizes used, with some room for wide ones.
TITLE_LETTER, SMALL_LETTER = 8.4, 6.4
SYMBOL_ROOM = 20
#: How long the line with the state may become.
STATE_LETTERS = 20


@dataclass(frozen=True, slots=True)
class Sheet:
    """A flow laid out and ready to be drawn any number of times. Make one with `sheet`.

    ``in_run`` says that the boxes have room for states.
    """

    flow: Flow
    layout: Layout
    in_run: bool
    frames: list[Frame]

    @property
    def margins(self) -> tuple[float, float]:
        """The room to the left and above."""
        left, top = room_for(self.frames)
        return MARGIN + max(0.0, left), MARGIN + max(0.0, top)

    @property
    def size(self) -> tuple[int, int]:
        """How much room all of it takes."""
        boxes = [frame.box for frame in self.frames]
        wide = max([self.layout.width, *(box.x + box.width for box in boxes)])
        high = max([self.layout.height, *(box.y + box.height for box in boxes)])
        left, top = self.margins
        return round(wide + left + MARGIN), round(high + top + MARGIN)


def sheet(flow: Flow, run: Run | None = None) -> Sheet:
    """Lay *flow* out, once for all pictures of the same run: boxes do not move as it goes on."""
    sizes = {}
    for task in flow.tasks:
        face = face_of(flow, task, run)
        lines = 1 + bool(face.what) + len(face.rules) + (run is not None)
        widest = max(
            TITLE_LETTER * (len(_cut(face.title)) + (len(face.badge) + 2 if face.badge else 0)),
            *(SMALL_LETTER * len(_cut(text)) for text in (face.what, *face.rules)),
            SMALL_LETTER * STATE_LETTERS if run is not None else 0.0,
        )
        sizes[task.name] = Size(
            width=max(84.0, round(widest + 2 * PAD + (SYMBOL_ROOM if run is not None else 0))),
            height=LINE_HEIGHT * lines + 15.0,
        )
    spacing = Spacing(layer=42, box=14, line=12)
    heights = {name: size.height for name, size in sizes.items()}
    bands = partial(in_bands, flow, heights=heights, gap=spacing.line) if flow.groups else None
    layout = lay_out(flow.graph, sizes, spacing=spacing, arrange=bands)
    return Sheet(flow, layout, run is not None, frames_of(flow, layout.boxes))


def picture(
    flow: Flow, run: Run | None = None, *, now: datetime | None = None, on: Sheet | None = None
) -> str:
    """The SVG of *flow*; with *run*, of how that stands at *now*. *on* saves laying it out again.

    Raises ValueError when the tasks wait for each other.
    """
    paper = on or sheet(flow, run)
    faces = {task.name: face_of(flow, task, run, now) for task in flow.tasks}
    return "".join(_document(flow, run, paper, faces))


def _document(flow: Flow, run: Run | None, paper: Sheet, faces: dict[str, Face]) -> Iterator[str]:
    width, height = paper.size
    left, top = paper.margins
    title, told = _title(flow, run), _told(flow, faces)
    # Unique in a page that holds several pictures, and the same for the same picture.
    ident = "jpf-" + blake2s(f"{title}\n{told}".encode(), digest_size=6).hexdigest()
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="jpf" role="img" width="{width}" '
        f'height="{height}" viewBox="0 0 {width} {height}" '
        f'aria-labelledby="{ident}-t {ident}-d">'
        f'<title id="{ident}-t">{clean(title)}</title><desc id="{ident}-d">{clean(told)}</desc>'
        f'<style>{styles()}</style><g transform="translate({_n(left)} {_n(top)})">'
    )
    for frame in paper.frames:
        yield _frame(frame)
    for line in paper.layout.lines:
        face = faces[line.upstream]
        tone = face.sign.tone.value if face.sign else "plain"
        yield _line(line, tone)
    for name, face in faces.items():
        yield from _box(paper.layout.boxes[name], face, in_run=paper.in_run)
    yield "</g></svg>"


def _title(flow: Flow, run: Run | None) -> str:
    if run is None:
        return f"Flow {flow.name}: {count(len(flow.tasks), 'task')}"
    return f"Run {run.id} of flow {flow.name}: {RUN_SIGNS[run.state].word}, {heading(run)}"


def _told(flow: Flow, faces: dict[str, Face]) -> str:
    """The picture in words, for those who listen to it."""
    told = []
    for name in flow.graph.order:
        after = flow.graph.upstream[name]
        needs = f" after {', '.join(after)}" if after else ""
        groups = [group.name for group in flow.groups_of(name)]
        where = f" in {' / '.join(reversed(groups))}" if groups else ""
        told.append(f"{faces[name].sentence()}{where}{needs}")
    return "; ".join(told) + "."


def _line(line: Line, tone: str) -> str:
    """A smooth way through all points, level at each, with a small head at its end."""
    (x, y), *rest = line.points
    way = f"M{_n(x)} {_n(y)}"
    for index, (to_x, to_y) in enumerate(rest):
        end = to_x - 5 if index == len(rest) - 1 else to_x
        if abs(to_y - y) < 0.5:
            way += f"H{_n(end)}"
        else:
            middle = _n((x + end) / 2)
            way += f"C{middle} {_n(y)} {middle} {_n(to_y)} {_n(end)} {_n(to_y)}"
        x, y = to_x, to_y
    head = f"M{_n(x)} {_n(y)}l-7 -3.5v7z"
    return f'<path class="jpf-line jpf-{tone}" d="{way}"/><path class="jpf-head" d="{head}"/>'


def _frame(frame: Frame) -> str:
    box, name = frame.box, clean(frame.name)
    size = f'width="{_n(box.width)}" height="{_n(box.height)}"'
    return (
        f'<g class="jpf-group" data-group="{name}" transform="translate({_n(box.x)} {_n(box.y)})">'
        f'<rect class="jpf-frame" {size} rx="7"/>'
        f'<text class="jpf-small" x="{FRAME_PAD:g}" y="15">{name}</text></g>'
    )


def _box(box: Box, face: Face, *, in_run: bool) -> Iterator[str]:
    tone = face.sign.tone.value if face.sign else "plain"
    state = f' data-state="{face.state.value}"' if face.state else ""
    yield (
        f'<g class="jpf-task jpf-{tone}" data-task="{clean(face.title)}"{state} '
        f'transform="translate({_n(box.x)} {_n(box.y)})"><title>{clean(face.sentence())}</title>'
    )
    width, height = _n(box.width), _n(box.height)
    if face.badge:
        yield f'<rect class="jpf-box" x="3" y="-3" width="{width}" height="{height}" rx="5"/>'
    yield f'<rect class="jpf-box" width="{width}" height="{height}" rx="5"/>'
    left = PAD + (SYMBOL_ROOM if in_run else 0)
    if face.state is not None:
        yield f'<rect class="jpf-bar" y="0" width="4" height="{height}" rx="2"/>'
        yield sign_shape(face.state, PAD + 7, 16, done=face.done)
    y = 20
    yield f'<text class="jpf-name" x="{left}" y="{y}">{clean(_cut(face.title))}'
    yield f'<tspan class="jpf-small" dx="6">{clean(face.badge)}</tspan>' if face.badge else ""
    yield "</text>"
    for text, style in [(face.what, "what"), *((rule, "rule") for rule in face.rules)]:
        if text:
            y += LINE_HEIGHT
            words = clean(_cut(text))
            yield f'<text class="jpf-small jpf-{style}" x="{left}" y="{y}">{words}</text>'
    if face.sign is not None:
        y += LINE_HEIGHT
        yield (
            f'<text class="jpf-small" x="{left}" y="{y}"><tspan class="jpf-state">'
            f"{clean(face.sign.word)}</tspan>{clean(_and(face))}</text>"
        )
    if face.done is not None:
        done = _n(max(0.0, min(1.0, face.done)) * (box.width - 8))
        yield f'<rect class="jpf-done" x="4" y="{_n(box.height - 4)}" width="{done}" height="3"/>'
    yield "</g>"


def _and(face: Face) -> str:
    """What stands behind the state's word, as far as there is room."""
    room = STATE_LETTERS - len(face.sign.word if face.sign else "")
    return f" · {_cut(face.progress, room)}" if face.progress else ""


def _cut(text: str, most: int = MOST_LETTERS) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _n(number: float) -> str:
    """A number as short as it goes, to a tenth of a pixel."""
    return f"{number:.1f}".removesuffix(".0")


def clean(text: str) -> str:
    """*text* made safe for XML: escaped, and without the characters that XML cannot hold."""
    allowed = (letter if _is_xml(letter) else " " for letter in text)
    return escape("".join(allowed), quote=True)


def _is_xml(letter: str) -> bool:
    return letter in "\t\n" or (
        letter >= " " and not "\ud800" <= letter <= "\udfff" and letter not in "\ufffe\uffff"
    )

"""A flow as text, as a person would write it; reading the text gives the same flow.

Chains come in the order of the tasks. What is said of a task stands where it is first named when
it is short, else on a line of its own before that. A group has all that is said of its tasks, and
stands for them in the chains around it where that comes to the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from textwrap import indent

from jupyter_flow.core.expressions import values_used
from jupyter_flow.core.flow import Flow

from .arrows import Arrows, End
from .checks import expressions_of
from .describing import WIDTH, Description, Part, describe, setups_of
from .levels import Levels
from .option_reading import write_flow_options, write_task_options
from .option_specs import FLOW_OPTIONS, TASK_OPTIONS, OptionSpec
from .shell_words import quote
from .writing import written_constant, written_text

#: What is said of a task stands within a chain, outside of lists, up to this length.
_INLINE = 64


def format_flow(flow: Flow) -> str:
    """The whole cell for *flow*, beginning with ``%%flow``.

    Raises ValueError when its tasks wait for each other.
    """
    head = [_line(flow)]
    if flow.description:
        head.append(_description(flow.description))
    if flow.params:
        said = tuple(f"{each.name}={written_constant(each.default)}" for each in flow.params)
        head.append(Description("", "params", (Part("", said),)).text())
    body = _body(flow)
    gap = [""] if len(head) > 1 and body else []
    return "\n".join([*head, *gap, *body])


def in_reading_order(flow: Flow) -> Flow:
    """*flow* with its tasks in the order in which its text names them anyway.

    For flows that nobody has put in an order yet: their text needs no list of tasks in front.
    """
    if flow.groups:
        return flow
    writer = _Writer(flow)
    writer.level(None)
    return replace(flow, tasks=tuple(flow[name] for name in writer.named))


def _body(flow: Flow) -> list[str]:
    writer = _Writer(flow)
    if not flow.groups:
        lines = writer.level(None)
        return [*writer.prelude(), *lines]
    lines = writer.level(None)
    if writer.is_in_order():
        return lines
    # The values that tasks use would name them in another order: first all by name alone.
    plain = _Writer(flow)
    return [*plain.skeleton(None), *plain.flat()]


@dataclass(frozen=True, slots=True)
class _Piece:
    """One place of a chain: its tasks, how they are written, and the names that are in that."""

    end: End
    texts: tuple[str, ...]
    names: tuple[str, ...]

    @property
    def is_plain(self) -> bool:
        return self.texts == self.end

    def text(self, *, is_broken: bool) -> str:
        if len(self.end) == 1:
            return self.texts[0]
        if is_broken:
            return "[\n" + "".join(f"    {text},\n" for text in self.texts) + "]"
        return f"[{', '.join(self.texts)}]"


class _Writer:
    """Writes each task, and each edge, once."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._described = {task.name: describe(task, flow) for task in flow.tasks}
        self._levels = Levels(flow)
        self._lines: list[str] = []
        self._said: set[str] = set()
        #: The tasks in the order in which the lines name them.
        self.named: dict[str, None] = {}

    def level(self, group: str | None) -> list[str]:
        """The lines of *group* (None: of the flow), those of the groups in it included."""
        outside, self._lines = self._lines, []
        within = self._levels.within(group)
        last = max(
            (at for at, name in enumerate(within) if name in self._levels.groups), default=-1
        )
        for name in within[: last + 1]:
            if name in self._levels.groups:
                lines = self.level(name)
                self._lines += [self._levels.head(name), *(indent(line, "    ") for line in lines)]
            else:
                self._alone(name)
        self._chains(*self._levels.edges(group))
        lines, self._lines = self._lines, outside
        return lines

    def skeleton(self, group: str | None) -> list[str]:
        """The tasks of *group* by name alone, in their order, and the groups in it so."""
        lines: list[str] = []
        for is_group, names in groupby(
            self._levels.within(group), self._levels.groups.__contains__
        ):
            if not is_group:
                lines.append(_listed(tuple(names)))
                continue
            for name in names:
                inner = self.skeleton(name)
                lines += [self._levels.head(name), *(indent(line, "    ") for line in inner)]
        return lines

    def flat(self) -> list[str]:
        """All that there is to say, the groups left aside."""
        self._chains([task.name for task in self._flow.tasks], self._levels.all_edges)
        return self._lines

    def is_in_order(self) -> bool:
        """Whether the lines name tasks and groups in the order in which the flow has them."""
        return self._levels.is_order(self.named)

    def prelude(self) -> list[str]:
        """The first tasks by name alone, if the lines would name them in another order."""
        wanted = [task.name for task in self._flow.tasks]
        pairs = enumerate(zip(wanted, self.named, strict=True), start=1)
        first = wanted[: max((place for place, (one, two) in pairs if one != two), default=0)]
        return [_listed(tuple(first))] if first else []

    def _chains(self, names: Sequence[str], edges: Iterable[tuple[str, str]]) -> None:
        arrows = Arrows(names, edges)
        for name in arrows.order:
            while chain := arrows.chain_from(name):
                self._chain(chain)
            if name not in self._said and name not in self._levels.groups:
                self._alone(name)

    def _chain(self, chain: list[End]) -> None:
        """One chain, in several lines where it is long or a task needs a line of its own."""
        pieces: list[_Piece] = []
        for end in chain:
            # The items of a list can have lines of their own within it.
            room = _INLINE if len(end) == 1 else WIDTH - len("    ,")
            apart = [name for name in end if self._is_apart(name, room)]
            if apart:
                pieces = self._break(pieces)
            for name in apart:
                self._alone(name)
            piece = self._piece(end)
            if len(pieces) > 1 and len(_joined([*pieces, piece])) > WIDTH:
                pieces = self._break(pieces)
            pieces.append(piece)
        self._write(pieces)

    def _break(self, pieces: list[_Piece]) -> list[_Piece]:
        """Write *pieces*; the chain goes on in another line, with the last of them by name."""
        if not pieces or (len(pieces) == 1 and pieces[0].is_plain):
            return pieces
        self._write(pieces)
        end = pieces[-1].end
        return [_Piece(end, end, end)]

    def _write(self, pieces: list[_Piece]) -> None:
        self._lines.append(_joined(pieces))
        names = (name for piece in pieces for name in piece.names)
        self.named |= dict.fromkeys(name for name in names if name not in self._levels.groups)

    def _piece(self, end: End) -> _Piece:
        texts, names = [], []
        for name in end:
            is_said = name in self._said or name in self._levels.groups
            texts.append(name if is_said else self._described[name].flat())
            names += [name] if is_said else [name, *self._used(name)]
            self._said.add(name)
        return _Piece(end, tuple(texts), tuple(names))

    def _is_apart(self, name: str, room: int) -> bool:
        """Whether what is said of the task needs a line of its own, and has none yet."""
        if name in self._levels.groups:
            return False
        described = self._described[name]
        is_long = bool(described.target) or len(described.flat()) > room
        return name not in self._said and not described.is_plain and is_long

    def _alone(self, name: str) -> None:
        self._said.add(name)
        self._lines.append(self._described[name].text())
        self.named |= dict.fromkeys([name, *self._used(name)])

    def _used(self, name: str) -> Iterator[str]:
        """The tasks that what is said of *name* names, in the order in which they are written."""
        task = self._flow[name]
        for expression in expressions_of(task):
            for ref in values_used(expression):
                yield ref.task
        yield from setups_of(task, self._flow)


def _listed(names: tuple[str, ...]) -> str:
    piece = _Piece(names, names, names)
    return piece.text(is_broken=len(piece.text(is_broken=False)) > WIDTH)


def _joined(pieces: list[_Piece]) -> str:
    flat = " >> ".join(piece.text(is_broken=False) for piece in pieces)
    if len(flat) <= WIDTH:
        return flat
    return " >> ".join(piece.text(is_broken=True) for piece in pieces)


def _description(text: str) -> str:
    is_plain = '"""' not in text and "\\" not in text and text.replace("\n", "").isprintable()
    if "\n" in text and is_plain:
        return f'"""\n{text}\n"""'
    return written_text(text)


def _line(flow: Flow) -> str:
    """The magic line."""
    words = ["%%flow", flow.name]
    for name, value in write_flow_options(flow.options).items():
        words += _option(FLOW_OPTIONS[name], value)
    for name, value in write_task_options(flow.defaults).items():
        words += _option(TASK_OPTIONS[name], value)
    return " ".join(words)


def _option(spec: OptionSpec, value: object) -> Iterator[str]:
    if isinstance(value, bool):
        yield spec.flag if value else spec.flag.replace("--", "--no-", 1)
        return
    if isinstance(value, dict):
        value = [f"{name}={item}" for name, item in value.items()]
    for each in value if isinstance(value, list) else [value]:
        text = str(each)
        # What begins with a hyphen would be taken for the next option.
        is_joined = text.startswith("-")
        yield quote(f"{spec.flag}={text}") if is_joined else f"{spec.flag} {quote(text)}"

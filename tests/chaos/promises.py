"""What the journal, the store and the ledger promise of a run; each breach in words.

Looks at what is left when everything is over, and at nothing else. Half of it knows nothing of the
machine and counts by itself, the other half tells the machine the whole story again.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from jupyter_flow.core.errors import FlowError
from jupyter_flow.core.events import (
    AttemptEnded,
    AttemptStarted,
    CancelRequested,
    ClearRequested,
    MarkRequested,
    RepairRequested,
    RunAdopted,
)
from jupyter_flow.core.ids import TaskKey
from jupyter_flow.core.machine import step
from jupyter_flow.core.run import Run
from jupyter_flow.core.states import MOVES, Outcome, RunState, TaskState
from jupyter_flow.ports.runs import Entry

from .making import Scheme

REDOING = (RepairRequested, ClearRequested, MarkRequested)

#: The ledger's name of an attempt.
Made = tuple[str, str, int | None, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """All that is left of one run."""

    run: Run
    entries: Sequence[Entry]
    scheme: Scheme

    @property
    def attempts(self) -> Iterator[tuple[Made, Outcome | None]]:
        for task_run in self.run.in_order():
            for attempt in task_run.attempts:
                key = task_run.key
                yield (self.run.id, key.task, key.index, attempt.number), attempt.outcome

    def count(self, *kinds: type) -> int:
        return sum(isinstance(entry.event, kinds) for entry in self.entries)


def breaches(story: Story, lines: Mapping[Made, Sequence[Mapping[str, Any]]]) -> Iterator[str]:
    """Everything that was promised about the run and is not so."""
    for breach in (
        *_of_the_end(story),
        *_of_the_journal(story),
        *_of_the_attempts(story),
        *_of_the_replay(story),
        *_of_the_ledger(story, lines),
        *_of_the_values(story),
    ):
        yield f"run {story.run.id}: {breach}"


def read_ledger(path: Path) -> dict[Made, list[dict[str, Any]]]:
    """The lines of the ledger by attempt."""
    found: dict[Made, list[dict[str, Any]]] = defaultdict(list)
    for text in path.read_text().splitlines():
        line = json.loads(text)
        index = None if line["index"] is None else int(line["index"])
        found[line["run"], line["task"], index, int(line["attempt"])].append(line)
    return dict(found)


def breaches_of_fire_times(runs: Iterable[Run], wanted: Sequence[datetime]) -> Iterator[str]:
    """Of a backfill: each of the times has one run."""
    counts = Counter(run.fired.at for run in runs if run.fired is not None)
    for at in sorted({*counts, *wanted}):
        if counts[at] != (at in wanted):
            yield f"fire time {at.isoformat()} has {counts[at]} runs"


def breaches_of_room(stories: Iterable[Story], most: int) -> Iterator[str]:
    """Of a backfill: no more than *most* of its runs were active at any moment."""
    changes = sorted(change for story in stories for change in _comings_and_goings(story))
    active = 0
    for at, change in changes:
        active += change
        if active > most:
            yield f"{active} runs of the backfill were active at {at.isoformat()}"


def _comings_and_goings(story: Story) -> Iterator[tuple[datetime, int]]:
    """When the run became active (1), and when it no longer was (-1)."""
    was_active = False
    for entry in story.entries:
        for move in entry.moves:
            if move.key is None:
                is_active = not RunState(move.state).is_final
                yield entry.at, is_active - was_active
                was_active = is_active


# -- each of them ------------------------------------------------------------------------------


def _of_the_end(story: Story) -> Iterator[str]:
    if not story.run.state.is_final:
        yield f"it has not ended: it is {story.run.state}"
    for task_run in story.run.in_order():
        if not task_run.state.is_final:
            yield f"{task_run.key} is still {task_run.state}"
        if task_run.is_open:
            yield f"an attempt of {task_run.key} has no end"


def _of_the_journal(story: Story) -> Iterator[str]:
    seqs = [entry.seq for entry in story.entries]
    if seqs != list(range(1, len(seqs) + 1)):
        yield f"the journal has gaps: {seqs}"
    known = {(state.value, after.value) for (state, _), after in MOVES.items()}
    states: dict[TaskKey, str] = {}
    for entry in story.entries:
        for move in entry.moves:
            if move.key is None:
                continue
            whole = TaskKey(move.key.task)
            before = states.get(move.key, states.get(whole, "pending"))
            if (before, move.state) not in known:
                yield f"entry {entry.seq} moves {move.key} from {before} to {move.state}"
            states[move.key] = move.state


@dataclass(slots=True)
class _Tries:
    """What a reader of the journal knows of one task run.

    ``is_void`` is an attempt that goes on although its task was cleared: its end means nothing.
    """

    number: int = 0
    is_open: bool = False
    is_void: bool = False
    has_succeeded: bool = False


def _of_the_attempts(story: Story) -> Iterator[str]:
    tries: dict[TaskKey, _Tries] = defaultdict(_Tries)
    redone = False
    for entry in story.entries:
        where = f"entry {entry.seq}"
        match entry.event:
            case AttemptStarted(key=key):
                yield from _started(tries[key], f"{where}: {key}")
            case AttemptEnded(key=key, number=number, outcome=outcome):
                yield from _ended(tries[key], number, outcome, f"{where}: {key}")
            case RunAdopted():
                for known in tries.values():
                    known.is_open = False
            case event:
                redone |= isinstance(event, REDOING)
        for move in entry.moves:
            if move.key is not None and move.state == TaskState.PENDING:
                if not redone:
                    yield f"{where}: {move.key} is to be done again, and nobody asked for it"
                tries[move.key].is_void = tries[move.key].is_open
                tries[move.key].has_succeeded = False


def _ended(known: _Tries, number: int, outcome: Outcome, where: str) -> Iterator[str]:
    if not known.is_open or known.number != number:
        yield f"{where} ends attempt {number}, which is not open"
    known.is_open = False
    known.has_succeeded |= outcome is Outcome.SUCCEEDED and not known.is_void


def _started(known: _Tries, where: str) -> Iterator[str]:
    if known.is_open:
        yield f"{where} starts while attempt {known.number} is open"
    if known.has_succeeded:
        yield f"{where} starts again although it succeeded"
    known.number += 1
    known.is_open, known.is_void = True, False


def _of_the_replay(story: Story) -> Iterator[str]:
    kept = story.run
    names = ("id", "plan", "params", "logical_date", "interval", "created_at", "fired")
    run = Run.of(**{name: getattr(kept, name) for name in names})
    for entry in story.entries:
        try:
            told = step(run, entry.event, now=entry.at)
        except FlowError as error:
            yield f"entry {entry.seq} cannot be: {error.what}"
            return
        if told.moves != entry.moves:
            yield f"entry {entry.seq} moves otherwise: {entry.moves}, told again {told.moves}"
        run = told.run
    if dict(run.task_runs) != dict(kept.task_runs):
        for key in {*run.task_runs, *kept.task_runs}:
            here, there = kept.task_runs.get(key), run.task_runs.get(key)
            if here != there:
                yield f"{key} is kept as {here}, told again it is {there}"
    for name in (each.name for each in fields(Run) if each.name != "task_runs"):
        here, there = _plain(getattr(kept, name)), _plain(getattr(run, name))
        if here != there:
            yield f"{name} is {here}, told again it is {there}"


def _plain(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else value


def _of_the_ledger(
    story: Story, lines: Mapping[Made, Sequence[Mapping[str, Any]]]
) -> Iterator[str]:
    made = dict(story.attempts)
    for attempt, outcome in made.items():
        found = len(lines.get(attempt, ()))
        if found > 1 or (outcome is Outcome.SUCCEEDED and not found):
            yield f"attempt {attempt[1:]} ({outcome}) is {found} times in the ledger"
    for attempt in lines:
        if attempt[0] == story.run.id and attempt not in made:
            yield f"attempt {attempt[1:]} is in the ledger and in no journal"
    for attempt, found_lines in lines.items():
        if attempt[0] == story.run.id:
            _, task, index, _ = attempt
            given = story.scheme.given_to(task, index)
            for line in found_lines:
                if line["got"] != given:
                    yield f"attempt {attempt[1:]} got {line['got']}, not {given}"


def _of_the_values(story: Story) -> Iterator[str]:
    for task_run in story.run.in_order():
        key = task_run.key
        if not task_run.state.is_good:
            continue
        wanted = story.scheme.handed_on(key.task, key.index)
        if dict(task_run.values) != wanted:
            yield f"{key} handed on {dict(task_run.values)}, not {wanted}"


@dataclass(slots=True)
class Figures:
    """What a round came to."""

    runs: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    take_overs: int = 0
    cancels: int = 0
    redone: int = 0
    repeated: int = 0
    late: int = 0

    def add(self, story: Story, lines: Mapping[Made, Sequence[Mapping[str, Any]]]) -> None:
        self.runs[story.run.state.value] += 1
        self.take_overs += story.count(RunAdopted)
        self.cancels += story.count(CancelRequested)
        self.redone += story.count(*REDOING)
        starts = _starts(story)
        for attempt, outcome in story.attempts:
            self.outcomes[str(outcome)] += 1
            found = lines.get(attempt, ())
            if outcome is not Outcome.SUCCEEDED:
                self.repeated += len(found)
            _, task, index, number = attempt
            following = starts.get((TaskKey(task, index), number + 1))
            self.late += any(
                following is not None and line["at"] > following.timestamp() for line in found
            )


def _starts(story: Story) -> dict[tuple[TaskKey, int], datetime]:
    """When each attempt began."""
    return {
        (task_run.key, attempt.number): attempt.started_at
        for task_run in story.run.in_order()
        for attempt in task_run.attempts
    }

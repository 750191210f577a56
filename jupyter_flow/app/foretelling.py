"""What the cache would do in a run that began now: which results are restored, and why not others.

Nothing is run or changed. What comes out of a task that would run is not known, so neither is what
becomes of those that depend on it.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from jupyter_flow.core.errors import FlowError
from jupyter_flow.core.flow import Plan
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.core.inputs import environment_of, files_of, inputs_of, upstream_of
from jupyter_flow.core.run import Interval, Run
from jupyter_flow.core.states import RunState, TaskState
from jupyter_flow.engine.assignments import Assignments
from jupyter_flow.ports.cache import Answer, Cache
from jupyter_flow.ports.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Foretold:
    """What would become of a cached task: a word about it, and in ``diff`` how its code changed."""

    is_restored: bool
    why: str
    diff: tuple[str, ...] = ()


class Foretelling:
    """Asks the cache about the tasks of a flow, upstream first."""

    def __init__(self, cache: Cache, assignments: Assignments, clock: Clock) -> None:
        self._cache = cache
        self._assignments = assignments
        self._clock = clock

    def of(self, plan: Plan) -> Mapping[str, Foretold]:
        """What would become of each cached task, with the parameters that the flow declares."""
        now = self._clock.now()
        run = Run.of(
            id=RunId("foretold"),
            plan=plan,
            state=RunState.RUNNING,
            params={each.name: each.default for each in plan.flow.params},
            logical_date=now,
            interval=Interval(start=now, end=now),
            created_at=now,
        )
        told: dict[str, Foretold] = {}
        for task in plan.flow.graph.order:
            policy = plan.policy(task)
            if not policy.is_cached or not plan.targets[task].has_notebook:
                continue
            told[task], run = self._one(run, task, told)
        return told

    def _one(self, run: Run, task: str, told: Mapping[str, Foretold]) -> tuple[Foretold, Run]:
        flow, key = run.plan.flow, TaskKey(task)
        if flow[task].is_mapped:
            return Foretold(is_restored=False, why="each of its instances is looked up"), run
        owed = flow[task].uses()
        if run.plan.policy(task).inputs is None:
            owed |= set(flow.graph.upstream[task])
        open_ones = [name for name in sorted(owed) if not _is_restored(told, name)]
        if open_ones:
            why = f"that depends on what comes from {', '.join(map(repr, open_ones))}"
            return Foretold(is_restored=False, why=why), run
        try:
            answer = self._answer(run, key)
        except FlowError as error:
            return Foretold(is_restored=False, why=f"it cannot be told: {error.what}"), run
        if answer.result is None:
            diff = tuple(self._diff(answer))
            return Foretold(is_restored=False, why=answer.why, diff=diff), run
        found = answer.result
        restored = replace(
            run.task_runs[key],
            state=TaskState.RESTORED,
            values=found.values,
            origin=found.origin,
        )
        return Foretold(is_restored=True, why=answer.why), run.with_task_run(restored)

    def _answer(self, run: Run, key: TaskKey) -> Answer:
        question = self._assignments.question(
            run,
            key,
            rule=run.plan.policy(key.task).cache,
            inputs=inputs_of(run, key, 1),
            env=environment_of(run, key, 1),
            files=files_of(run, key, 1),
            upstream=upstream_of(run, key.task),
        )
        return self._cache.answer(question)

    def _diff(self, answer: Answer) -> Iterator[str]:
        """The lines of code that differ from those of the result that came nearest."""
        before, after = answer.nearest, answer.fingerprint
        if before is None or after is None or before.code == after.code:
            return
        places = self._assignments.places
        old, new = places.snapshot(before.snapshot), places.snapshot(after.snapshot)
        if old.exists():
            lines = difflib.unified_diff(_code(old), _code(new), "then", "now", n=1, lineterm="")
            yield from lines


def _is_restored(told: Mapping[str, Foretold], task: str) -> bool:
    return task in told and told[task].is_restored


def _code(snapshot: Path) -> list[str]:
    """The lines of its code cells, each cell after a line that counts it."""
    cells = json.loads(snapshot.read_text(encoding="utf-8-sig")).get("cells", ())
    return [
        line
        for number, cell in enumerate(cells, start=1)
        if cell["cell_type"] == "code"
        for line in (f"# cell {number}", *"".join(cell["source"]).splitlines())
    ]

"""Looking for results before tasks get slots, and keeping what their attempts come to.

It asks, and holds what was asked until there is an answer or nobody wants it any more. What is
remembered, and where, is the cache's business.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import cache, partial

from jupyter_flow.core.commands import Enqueue
from jupyter_flow.core.errors import FlowError
from jupyter_flow.core.events import Restored
from jupyter_flow.core.ids import AttemptId, TaskKey
from jupyter_flow.core.inputs import environment_of, files_of, inputs_of, upstream_of
from jupyter_flow.core.run import Run
from jupyter_flow.core.states import TaskState
from jupyter_flow.ports.cache import Answer, Cache, Question

from .assignments import Assignments
from .messages import Recalled

log = logging.getLogger(__name__)


class Recall:
    """The questions of one run.

    *tell* takes the answers, from any thread. *prev_success* gives the logical time of the flow's
    last run that succeeded, to a task whose texts name it.
    """

    def __init__(
        self,
        remembered: Cache,
        assignments: Assignments,
        *,
        tell: Callable[[Recalled], None],
        prev_success: Callable[[str], datetime | None],
    ) -> None:
        self._cache = remembered
        self._assignments = assignments
        self._tell = tell
        self._prev_success = prev_success
        self._asked: dict[TaskKey, Enqueue] = {}
        self._answers: dict[TaskKey, Recalled] = {}

    def ask(self, run: Run, wanted: Iterable[Enqueue]) -> Iterator[Enqueue]:
        """Ask for those of *wanted* that may have results; the others are given back."""
        owed = cache(partial(upstream_of, run))
        for each in wanted:
            question = self._question(run, each, owed) if each.cache is not False else None
            if question is None:
                yield each
            else:
                self._asked[each.key] = each
                self._cache.ask(question, partial(self._answered, each, question))

    def take(self, recalled: Recalled) -> Enqueue | Restored | None:
        """What is to be done now; None when nobody waits for that answer any more."""
        wanted, answer = recalled.wanted, recalled.answer
        if self._asked.get(wanted.key) is not wanted:
            return None
        del self._asked[wanted.key]
        if answer.result is None:
            self._answers[wanted.key] = recalled
            return wanted
        found = answer.result
        return Restored(key=wanted.key, origin=found.origin, values=found.values, reason=answer.why)

    def forget(self, key: TaskKey) -> None:
        """Nobody wants to know about *key* any more."""
        self._asked.pop(key, None)

    def remarks(self, key: TaskKey) -> tuple[str, ...]:
        """Why *key* is attempted, in words for its log."""
        answered = self._answers.get(key)
        return () if answered is None else (f"not restored: {answered.answer.why}",)

    def keep(self, run: Run, key: TaskKey, number: int) -> None:
        """Attempt *number* of *key* has ended: if the task succeeded by it, it is remembered."""
        answered = self._answers.pop(key, None)
        task_run = run.task_runs.get(key)
        if answered is None or answered.answer.fingerprint is None or task_run is None:
            return
        if task_run.state is not TaskState.SUCCEEDED or task_run.reason:
            return
        origin = AttemptId(run=run.id, key=key, number=number)
        try:
            self._cache.remember(origin, answered.answer.fingerprint, answered.question)
        except (FlowError, OSError) as error:  # the task has succeeded all the same
            log.warning(
                "a result could not be kept",
                extra={"action": "result_lost", "run": run.id, "task": str(key), "why": str(error)},
            )

    def _answered(self, wanted: Enqueue, question: Question, answer: Answer) -> None:
        self._tell(Recalled(wanted, question, answer))

    def _question(
        self, run: Run, wanted: Enqueue, owed: Callable[[str], dict[str, object]]
    ) -> Question | None:
        """What to ask; None when the attempt cannot even start, which it will say itself."""
        key, attempt = wanted.key, run.task_runs[wanted.key].attempt
        number = 1 + (attempt.number if attempt else 0)
        prev_success = self._prev_success(key.task)
        try:
            return self._assignments.question(
                run,
                key,
                rule=wanted.cache,
                inputs=inputs_of(run, key, number, prev_success=prev_success),
                env=environment_of(run, key, number, prev_success=prev_success),
                files=files_of(run, key, number, prev_success=prev_success),
                upstream=owed(key.task),
            )
        except FlowError:
            return None

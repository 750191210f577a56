"""What a person is asked, and what one says to it: from a terminal, a panel, or a link."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from jupyter_flow.core.answers import form_of, values_of_answer
from jupyter_flow.core.commands import Word
from jupyter_flow.core.errors import ConflictError
from jupyter_flow.core.events import MarkRequested
from jupyter_flow.core.flow import FlowParameter, Kind, Task
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.core.inputs.waits import wait_of
from jupyter_flow.core.run import Run
from jupyter_flow.core.states import TaskState
from jupyter_flow.ports.clock import Clock
from jupyter_flow.ports.runs import RunStore

from .answer_links import AnswerLinks
from .naming import unknown_task

_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a task asks now: ``form`` has the values that an answer may have, with their defaults.

    ``until`` is when nobody need answer any more, None when that is never.
    """

    run: RunId
    flow: str
    key: TaskKey
    text: str
    form: tuple[FlowParameter, ...]
    until: datetime | None


class Answering:
    """The questions of the runs in *store*. *ask* leaves a request for whoever drives a run."""

    def __init__(
        self,
        store: Callable[[], RunStore],
        clock: Clock,
        links: AnswerLinks,
        ask: Callable[[RunId, MarkRequested], bool],
    ) -> None:
        self._store = store
        self._clock = clock
        self._links = links
        self._ask = ask

    def question(self, run: RunId, key: TaskKey) -> Question:
        """What *key* asks. Raises ConflictError when it asks nothing now (JF331)."""
        found = self._store().load(run)
        task = _asking(found, key)
        what = wait_of(found, key, now=self._clock.now()).what
        return Question(
            run=run,
            flow=found.flow_name,
            key=key,
            text=what.question if isinstance(what, Word) else str(key),
            form=form_of(task),
            until=found.task_runs[key].due_at,
        )

    def answer(
        self,
        run: RunId,
        key: TaskKey,
        *,
        yes: bool,
        by: str = "",
        values: Mapping[str, Any] = _NOTHING,
        texts: Mapping[str, str] = _NOTHING,
    ) -> bool:
        """Say yes or no to what *key* asks; False when `Flows.drive` has to be called next.

        With a yes its form is handed on: *values*, and *texts* as somebody typed them.

        Raises:
            NotFoundError: the run has no such task.
            ConflictError: it asks nothing now (JF331).
            UsageError: its form is filled in wrongly (JF332).
        """
        task = _asking(self._store().load(run), key)
        said = values_of_answer(task, by=by, given=values, texts=texts) if yes else {}
        state: Any = TaskState.SUCCEEDED if yes else TaskState.FAILED
        return self._ask(run, MarkRequested(key=key, state=state, by=by, values=said))

    def asked_by(self, link: Mapping[str, str]) -> tuple[RunId, TaskKey]:
        """What a link with these variables is about. Raises LinkError (JF333)."""
        return self._links.read(link, now=self._clock.now())


def _asking(run: Run, key: TaskKey) -> Task:
    task_run, flow = run.task_runs.get(key), run.plan.flow
    if key.task not in flow:
        raise unknown_task(key.task, run)
    is_waiting = task_run is not None and task_run.state is TaskState.WAITING
    if not is_waiting or flow[key.task].kind is not Kind.APPROVE:
        raise ConflictError(
            f"task '{key}' of run {run.id} asks nothing now",
            hint="`jupyter flow status` shows what is asked.",
            code="JF331",
        )
    return flow[key.task]

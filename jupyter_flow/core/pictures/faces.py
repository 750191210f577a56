"""What a picture says in each of its boxes: the lines of text for a task, planned or in a run.

Words only, already cut to length; `jupyter_flow.core.pictures.picture` puts them on paper.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from jupyter_flow.core.expressions import Constant, ListOf
from jupyter_flow.core.flow import Flow, Kind, Task
from jupyter_flow.core.language.writing import written
from jupyter_flow.core.options import TriggerRule
from jupyter_flow.core.run import Run, TaskRun
from jupyter_flow.core.states import TaskState
from jupyter_flow.core.words import (
    ROLE_WORDS,
    TASK_SIGNS,
    Sign,
    cells,
    count,
    duration,
    elapsed,
    overall,
    remark,
    tally,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """What one box says.

    ``title`` is the task's name, ``badge`` its width when it is mapped (``× 3``), ``what`` what it
    runs, ``rules`` its condition and trigger rule. In a run, ``state`` and ``progress`` (words) are
    set, ``done`` is the part of it that is done, from 0 to 1, and ``remark`` is what else there is
    to know, too long for the box.
    """

    title: str
    badge: str = ""
    what: str = ""
    rules: tuple[str, ...] = ()
    state: TaskState | None = None
    progress: str = ""
    done: float | None = None
    remark: str = ""

    @property
    def sign(self) -> Sign | None:
        """The symbol, word and tone of its state; None when there is no run."""
        return None if self.state is None else TASK_SIGNS[self.state]

    def sentence(self) -> str:
        """All of it in one line, for a tool tip and for those who listen."""
        state = [self.sign.word, self.progress, self.remark] if self.sign else []
        head = f"{self.title} {self.badge}".strip()
        return ", ".join(part for part in (head, self.what, *self.rules, *state) if part)


def face_of(flow: Flow, task: Task, run: Run | None = None, now: datetime | None = None) -> Face:
    """What the box of *task* says, and in *run*, how it is doing at *now*."""
    rules = rules_of(task, _trigger(flow, task, run))
    plain = Face(title=task.name, badge=_badge(task, run), what=what_runs(task), rules=tuple(rules))
    if run is None:
        return plain
    instances = list(run.runs_of(task.name))
    state = overall(each.state for each in instances)
    progress, done = _progress(instances, now)
    return Face(
        title=plain.title,
        badge=plain.badge,
        what=plain.what,
        rules=plain.rules,
        state=state,
        progress=progress,
        done=done,
        remark=remark(instances[0]) if len(instances) == 1 else "",
    )


def rules_of(task: Task, trigger: TriggerRule) -> list[str]:
    """When *task* runs, in words, or what it is for where that says when."""
    rules = [f"if {written(task.when)}"] if task.when is not None else []
    if task.role in ROLE_WORDS:
        rules.append(ROLE_WORDS[task.role])
    if trigger is not TriggerRule.ALL_SUCCESS and not task.is_teardown:
        rules.append(trigger.replace("_", " "))
    return rules


def what_runs(task: Task) -> str:
    """The notebook, or the kind of task and the heart of it. Empty when the name says it all."""
    if task.kind is Kind.NOTEBOOK:
        return task.notebook if task.notebook and task.notebook != task.name else ""
    for name in ("function", "query", "url", "command", "file", "flow", "question"):
        said = task.parameters.get(name)
        if isinstance(said, Constant) and isinstance(said.value, str):
            return f"{task.kind.value.replace('_', ' ')} {' '.join(said.value.split())}"
    return task.kind.value.replace("_", " ")


def _trigger(flow: Flow, task: Task, run: Run | None) -> TriggerRule:
    if run is not None and task.name in run.plan.targets:
        return run.plan.policy(task.name).trigger
    return flow.policy(task).trigger


def _badge(task: Task, run: Run | None) -> str:
    if not task.is_mapped:
        return ""
    width = run.widths.get(task.name) if run is not None else _known_width(task)
    return "× ?" if width is None else f"× {width}"


def _known_width(task: Task) -> int | None:
    """How many instances there will be, if the flow itself tells."""
    width = 1
    for values in task.expand.values():
        if isinstance(values, ListOf):
            width *= len(values.items)
        elif isinstance(values, Constant) and isinstance(values.value, Sequence):
            width *= len(values.value)
        else:
            return None
    return width


def _progress(instances: Sequence[TaskRun], now: datetime | None) -> tuple[str, float | None]:
    """How far it is, shortest and most telling first; and the part that is done."""
    if len(instances) != 1:
        return _together(instances)
    only = instances[0]
    attempt = only.attempt
    if only.due_at is not None and now is not None and only.due_at > now:
        word = "up to" if only.state is TaskState.WAITING else "in"
        return f"{word} {duration(only.due_at - now)}", None
    if attempt is None or only.state in (TaskState.PENDING, TaskState.SKIPPED):
        return "", None
    spent = duration(elapsed(attempt, now))
    if only.state is TaskState.SUCCEEDED:
        return spent, None
    done = None
    if only.state is TaskState.RUNNING and attempt.cell and attempt.cells:
        done = (attempt.cell - 1) / attempt.cells
    return ", ".join(part for part in (cells(only), spent) if part), done


def _together(instances: Sequence[TaskRun]) -> tuple[str, float | None]:
    """How far the instances of a mapped task are: ``2 of 5, 1 failed``."""
    if not instances:
        return "nothing to do", None
    states = [each.state for each in instances]
    ended = sum(state.is_final for state in states)
    bad = sum(state.is_bad for state in states)
    text = f"{ended} of {len(states)}" if ended < len(states) else f"all {len(states)}"
    if bad:
        text = f"{bad} of {len(states)}" if ended == len(states) else f"{text}, {bad} failed"
    return text, ended / len(states) if 0 < ended < len(states) else None


def heading(run: Run) -> str:
    """A run in a line: ``3 of 5 tasks done, 1 failed``."""
    states = [each.state for each in run.task_runs.values()]
    ended = sum(state.is_final for state in states)
    if ended == len(states):
        return tally(states)
    return f"{ended} of {count(len(states), 'task')} done"

"""Datasets: which there are, when they were updated, by whom, and what that was made from."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from jupyter_flow.core.datasets import Update
from jupyter_flow.core.errors import NotFoundError, UsageError, suggestion
from jupyter_flow.core.ids import RunId
from jupyter_flow.core.language.text_types import is_dataset
from jupyter_flow.core.run import Run, TaskRun
from jupyter_flow.ports.clock import Clock
from jupyter_flow.ports.stores import Stores

#: So many runs that led to one another are followed back.
_DEEPEST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """A dataset: its last update, None before the first, and the schedules that wait for it."""

    name: str
    last: Update | None = None
    consumers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A task run that something was made by, or from.

    ``source`` is its notebook and ``digest`` says which version of it; both are empty where there
    is none. ``attempt`` is the one that succeeded, 0 if none did; ``origin`` is the attempt of
    another run that its result was restored from, or "".
    """

    task: str
    source: str = ""
    digest: str = ""
    attempt: int = 0
    origin: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineage:
    """What led to ``update``: the task that made it, the tasks before that one in its run, and the
    updates that the run was made for. Without ``made`` nobody knows: it was said by hand."""

    update: Update
    flow: str = ""
    made: Made | None = None
    sources: tuple[Made, ...] = ()
    causes: tuple[Lineage, ...] = ()


class Datasets:
    """The use-cases about datasets. *stores* opens them at their first use."""

    def __init__(
        self, stores: Callable[[], Stores], clock: Clock, nudge: Callable[[], object]
    ) -> None:
        self._opened = stores
        self._clock = clock
        self._nudge = nudge

    def all(self) -> list[Dataset]:
        """All that were updated, or are waited for, by name."""
        stores = self._opened()
        last = {each.dataset: each for each in stores.datasets.latest()}
        waiting: dict[str, list[str]] = {}
        for schedule in stores.schedules.all():
            for name in schedule.on_update.names if schedule.on_update is not None else ():
                waiting.setdefault(name, []).append(schedule.name)
        return [
            Dataset(name=name, last=last.get(name), consumers=tuple(waiting.get(name, ())))
            for name in sorted({*last, *waiting})
        ]

    def history(self, name: str, *, limit: int = 20) -> list[Update]:
        """The updates of the dataset, the latest first. Raises NotFoundError (JF334)."""
        found = self._opened().datasets.history(name, limit=limit)
        known = [each.name for each in self.all()]
        if not found and name not in known:
            hint = suggestion(name, known, noun="dataset")
            hint = hint if known else 'A task has one with .options(produces="name").'
            raise NotFoundError(f"nothing is known of a dataset '{name}'", hint=hint, code="JF334")
        return found

    def touch(self, name: str, *, note: str = "") -> Update:
        """Say that *name* was updated, by something that is no task. Raises UsageError."""
        if not is_dataset(name):
            hint = "Letters, digits, _ - . / and : make a name."
            raise UsageError(f"{name!r} cannot be the name of a dataset", hint=hint)
        update = Update(dataset=name, at=self._clock.now(), note=note)
        kept = self._opened().datasets.touch(update)
        self._nudge()
        return kept

    def causes(self, run: Run) -> list[Update]:
        """The updates that *run* was made for; none when it was made for another reason."""
        fired, wanted = run.fired, run.plan.flow.options.on_update
        if fired is None or not fired.upto or wanted is None:
            return []
        return self._opened().datasets.between(fired.after, fired.upto, wanted.names)

    def made_by(self, run: RunId) -> list[Update]:
        """The updates that tasks of *run* made."""
        return self._opened().datasets.of_run(run)

    def lineage(self, update: Update) -> Lineage:
        """What *update* was made by and from, as far as the runs are kept."""
        return self._lineage(update, frozenset(), _DEEPEST)

    def _lineage(self, update: Update, seen: Collection[int], depth: int) -> Lineage:
        run = None if update.run is None else self._load(update.run)
        if run is None or update.key is None:
            return Lineage(update=update)
        followed = {*seen, update.id}
        causes = self.causes(run) if depth else []
        return Lineage(
            update=update,
            flow=run.flow_name,
            made=_made(run, update.key.task),
            sources=tuple(_before(run, update.key.task)),
            causes=tuple(
                self._lineage(each, followed, depth - 1)
                for each in _last_of_each(causes)
                if each.id not in followed
            ),
        )

    def _load(self, run: RunId) -> Run | None:
        try:
            return self._opened().runs.load(run)
        except NotFoundError:
            return None


def _last_of_each(updates: list[Update]) -> list[Update]:
    """Of several updates of one dataset the last is what was there to be read."""
    return list({each.dataset: each for each in updates}.values())


def _before(run: Run, task: str) -> Iterator[Made]:
    """All tasks upstream of *task* that came to something, the nearest last."""
    graph = run.plan.flow.graph
    upstream: set[str] = set()
    ahead = [task]
    while ahead:
        found = set(graph.upstream[ahead.pop()]) - upstream
        upstream |= found
        ahead += found
    for name in graph.order:
        if name in upstream and any(each.state.is_good for each in run.runs_of(name)):
            yield _made(run, name)


def _made(run: Run, task: str) -> Made:
    target = run.plan.targets[task]
    good: list[TaskRun] = [each for each in run.runs_of(task) if each.state.is_good]
    last = good[-1] if good else None
    return Made(
        task=task,
        source=target.path,
        digest=target.digest[:12],
        attempt=last.attempt.number if last is not None and last.attempt is not None else 0,
        origin=str(last.origin) if last is not None and last.origin is not None else "",
    )

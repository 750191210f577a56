"""The use-cases: everything that a face can ask for, in one object.

Faces (magic, cli) call `Flows` and show what it returns. It decides nothing about states
(`core.machine` does) and knows no concrete part (`app.wiring` does).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_flow.core.answers import addresses_of
from jupyter_flow.core.flow import Flow, Plan, Target
from jupyter_flow.core.ids import RunId
from jupyter_flow.core.options import KernelStart, Policy
from jupyter_flow.core.run import Interval, Run
from jupyter_flow.core.states import RunState
from jupyter_flow.engine.assignments import Assignments
from jupyter_flow.engine.outbox import Outbox
from jupyter_flow.engine.places import Places
from jupyter_flow.ports.alerts import Outgoing
from jupyter_flow.ports.artifacts import ArtifactStore
from jupyter_flow.ports.cache import Cache
from jupyter_flow.ports.clock import Clock
from jupyter_flow.ports.runs import Cursor, Entry, Past, RunStates, RunStore, RunSummary
from jupyter_flow.ports.shared_home import SharedHome
from jupyter_flow.ports.stores import Stores

from . import naming
from .answer_links import AnswerLinks
from .answering import Answering
from .asking import Asking
from .backfilling import Backfilling
from .bus import Bus
from .datasets import Datasets
from .definitions import CheckedFlow, Definitions
from .doctor import Finding, examine
from .explaining import explain
from .following import Following
from .foretelling import Foretelling
from .once import Once
from .pages import Pages
from .pruning import Pruning
from .run_files import RunFiles
from .running import Running
from .scheduling import Scheduling
from .services import Services
from .settings import Settings

if TYPE_CHECKING:
    from jupyter_flow.core.language.completing import Completion
    from jupyter_flow.core.notebooks.notebook import Notebook

#: How long a follower waits for a nudge before it looks by itself, in seconds.
_GLANCE = 2.0
#: What a run in the foreground waits for its alerts to be gone, in seconds.
_LAST_ALERTS = 30.0

__all__ = ["CheckedFlow", "Finding", "Flows"]


class Flows:
    """Everything that can be done with the flows and the runs of one project."""

    def __init__(
        self,
        *,
        settings: Settings,
        places: Places,
        clock: Clock,
        bus: Bus,
        tell: Callable[[str], None],
        open_stores: Callable[[], Stores],
        open_artifacts: Callable[[], ArtifactStore],
        shared: Callable[[], SharedHome],
        get_ready: Callable[[], None],
        make_running: Callable[[Stores], Running],
        make_cache: Callable[[Stores], Cache],
        make_outbox: Callable[[Stores], Outbox],
        try_address: Callable[[str], None],
    ) -> None:
        self.settings = settings
        self._places = places
        self._clock = clock
        self._bus = bus
        self._made_definitions = Once(lambda: Definitions(settings, shared))
        self._opened_stores = Once(open_stores)
        self._opened_artifacts = Once(open_artifacts)
        self._shared = shared
        self._made_running = Once(lambda: make_running(self.stores))
        self._get_ready, self._make_cache = get_ready, make_cache
        self._make_outbox, self._try_address = make_outbox, try_address
        self._held: dict[RunId, tuple[str, Plan]] = {}
        self._made_scheduling = Once(
            lambda: Scheduling(lambda: self.stores, self._definitions, clock)
        )
        self._made_backfilling = Once(
            lambda: Backfilling(
                lambda: self._store, self._definitions, clock, self.asking.to_do_again
            )
        )
        self.datasets = Datasets(lambda: self.stores, clock, lambda: self.services.nudge_all())
        links = AnswerLinks(settings.home, settings.lab_url, shared=shared)
        self.services = Services(settings, lambda: self.stores, clock, time.sleep, tell)
        self.asking = Asking(lambda: self._store, self._made_definitions, clock, self.services)
        self.answering = Answering(lambda: self._store, clock, links, self.asking.ask)
        self.following = Following(lambda: self._store, bus, settings.home)
        self.pages = Pages(self.following, self.services.is_left)

    @property
    def _definitions(self) -> Definitions:
        return self._made_definitions()

    @property
    def stores(self) -> Stores:
        """All that is kept; opened when it is first asked for."""
        return self._opened_stores()

    @property
    def artifacts(self) -> ArtifactStore:
        """The files that tasks handed on."""
        return self._opened_artifacts()

    @property
    def _store(self) -> RunStore:
        return self.stores.runs

    @property
    def scheduling(self) -> Scheduling:
        """What can be done with schedules."""
        return self._made_scheduling()

    @property
    def backfilling(self) -> Backfilling:
        """What can be done with times that passed."""
        return self._made_backfilling()

    @property
    def pruning(self) -> Pruning:
        """What can be done with old runs."""
        return Pruning(self._store, self._places, self._clock, self.artifacts, self._shared())

    @property
    def files(self) -> RunFiles:
        """What runs have written: executed notebooks, logs, folders."""
        return RunFiles(
            self._places,
            self.settings.folder,
            load=self._store.load,
            is_seen_to=self.services.sees_to,
            shared=self._shared(),
        )

    @property
    def _running(self) -> Running:
        return self._made_running()

    def close(self) -> None:
        """Wait for the runs in the background, and free everything."""
        self.following.close()
        if self._made_running.is_made:
            self._running.close()
        if self._opened_stores.is_made:
            self.stores.close()

    # -- definitions ---------------------------------------------------------------------------

    def find(self) -> list[CheckedFlow]:
        """All flows below the folder, by name, each resolved and checked."""
        return self._definitions.find()

    def flow(self, address: str) -> CheckedFlow:
        """The flow at ``NAME``, ``path.ipynb`` or ``path.ipynb::NAME``.

        Raises NotFoundError when there is none, UsageError when there are several.
        """
        return self._definitions.flow(address)

    def read(
        self, text: str, *, line: str = "", origin: str = "", cell: int | None = None
    ) -> CheckedFlow:
        """The flow in *text*, the body of a ``%%flow`` cell whose magic line was *line*.

        *origin* is the path of the notebook that it stands in, if there is one.
        """
        return self._definitions.read(text, line=line, path=origin or None, cell=cell)

    def completions(self, cell: str, cursor: int, *, origin: str = "") -> list[Completion]:
        """What could come next at the offset *cursor* of a ``%%flow`` cell. Runs nothing."""
        return self._definitions.completions(cell, cursor, path=origin or None)

    def check(self, flow: Flow) -> CheckedFlow:
        """A flow made with the Python API, resolved and checked."""
        return self._definitions.check(flow)

    def explain(self, checked: CheckedFlow) -> str:
        """In words: what each task runs, what it waits for, its policy and where that is from.

        Of a task that is cached also what would be restored now, and what has changed if nothing.
        """
        if checked.plan is None or not checked.plan.is_cached:
            return explain(checked)
        self._definitions.keep(checked.plan)
        assignments = Assignments(self._places, self._store)
        foretelling = Foretelling(self._make_cache(self.stores), assignments, self._clock)
        return explain(checked, foretelling.of(checked.plan))

    def notebook(self, path: Path) -> Notebook:
        """What the notebook at *path* says of itself: its tag, its parameters, its values.

        Raises NotFoundError when there is none, DefinitionError when it cannot be read.
        """
        return self._definitions.notebook(path)

    def tag(
        self,
        path: Path,
        *,
        name: str | None = None,
        options: Mapping[str, str] | None = None,
        description: str | None = None,
        remove: bool = False,
    ) -> str:
        """Tag the notebook as a task, or with *remove* take the tag away; the task's name."""
        return self._definitions.tag(
            path, name=name, options=options or {}, description=description, remove=remove
        )

    # -- runs ----------------------------------------------------------------------------------

    def start(
        self,
        checked: CheckedFlow,
        *,
        params: Mapping[str, Any] | None = None,
        params_text: Mapping[str, str] | None = None,
        logical_date: datetime | None = None,
        here: bool = False,
        anew: bool = False,
    ) -> RunId:
        """Take snapshots of the notebooks and record a new run, queued; nobody drives it yet.

        With *here* it is kept for this process, whose `drive` has to come next; otherwise any
        service takes it up (`Services.see_to`). With *anew* no earlier result is restored.

        *params* are typed values, *params_text* what somebody typed. Raises DefinitionError for a
        flow with errors and for parameters that it does not have or that have another type.
        """
        plan = checked.runnable().anew() if anew else checked.runnable()
        if here and any(_is_prepared(each) for each in plan.targets.values()):
            self._get_ready()
        bound = self._definitions.bind(plan.flow, params or {}, params_text or {})
        self._definitions.keep(plan)
        now = self._clock.now()
        logical = logical_date or now
        run = Run.of(
            id=naming.new_run_id(now),
            plan=plan,
            params=bound,
            logical_date=logical,
            interval=Interval(start=logical, end=logical),
            created_at=now,
        )
        if here:
            owner = self._running.owner()
            self._held[run.id] = owner, plan
            lease = timedelta(seconds=self.settings.lease)
            self._store.create(run, owner=owner, now=now, duration=lease)
        else:
            self._store.create(run)
        return run.id

    def drive(self, run: RunId) -> Run:
        """Carry *run* to its end in this process and return it. Blocks.

        The first Ctrl-C cancels the run and waits for its end; a second one leaves at once.
        Raises ConflictError while another process drives it.
        """
        owner, plan = self._held.pop(run, None) or (None, self._store.load(run).plan)
        outbox = self._make_outbox(self.stores) if _has_addresses(plan) else None
        if outbox is not None:
            outbox.start()
        try:
            written = outbox.wake if outbox is not None else None
            return self._running.drive(run, owner, written=written)
        finally:
            if any(each.produces for each in _policies(plan)):
                self.services.nudge_all()  # a flow may wait for that
            if outbox is not None:
                # What cannot be sent now is sent by the next process that drives or serves.
                outbox.finish(_LAST_ALERTS)

    def try_address(self, address: str) -> None:
        """Send a test message to *address*. Raises NotifyError."""
        self._try_address(address)

    def run(self, reference: str = "") -> Run:
        """The run with that id or unique part of it; the latest when *reference* is empty."""
        return self._store.load(naming.find_run(self._store, reference))

    def runs(
        self,
        *,
        flow: str | None = None,
        states: Sequence[RunState] = (),
        backfill: str | None = None,
        older_than: Cursor | None = None,
        limit: int = 20,
    ) -> list[RunSummary]:
        """The newest runs first; with *older_than*, those after that place in the list."""
        return self._store.summaries(
            flow=flow, states=states, backfill=backfill, older_than=older_than, limit=limit
        )

    def cursor(self, reference: str) -> Cursor:
        """The place after that run in a list of runs; *reference* as `run` takes it."""
        return self._store.summary(naming.find_run(self._store, reference)).cursor

    def past(
        self, flow: str, task: str, *, older_than: Cursor | None = None, limit: int = 20
    ) -> list[Past]:
        """What a task came to in the newest runs of its flow, the newest first."""
        return self._store.past(flow, task, older_than=older_than, limit=limit)

    def states(
        self, flow: str, *, older_than: Cursor | None = None, limit: int = 20
    ) -> list[RunStates]:
        """What all tasks came to in the newest runs of a flow, the newest first."""
        return self._store.states(flow, older_than=older_than, limit=limit)

    def is_crowded(self, run: RunId) -> bool:
        """Whether the run must wait for others of its flow, or of its backfill, to end."""
        return self._store.is_crowded(run, now=self._clock.now())

    def follow(self, run: RunId, *, after: int = 0) -> Iterator[Entry]:
        """The journal of *run* from *after* on, then each new entry as it comes.

        Ends when the run has ended, or when nobody sees to it any more.
        """
        self.following.watch()
        with self._bus.waking(run) as news:
            while True:
                # Cleared and asked before reading: what is written in between is then still read.
                news.clear()
                over = not self._goes_on(run)
                entries = self._store.journal(run, after=after)
                yield from entries
                if entries:
                    after = entries[-1].seq
                elif over:
                    return
                else:
                    news.wait(_GLANCE)

    def alerts(self, run: RunId) -> Sequence[Outgoing]:
        """Who was, or is to be, told about the run."""
        return self.stores.alerts.of_run(run)

    def _goes_on(self, run: RunId) -> bool:
        """Whether something may still be written about *run*."""
        if self.services.driver_of(run) is not None:
            return True
        state = self._store.summary(run).state
        if state.is_final and not self._store.requests(run):
            return False
        return bool(self.services.staying())

    # -- the machine that all this runs on -----------------------------------------------------

    def doctor(self) -> list[Finding]:
        """Whether this machine is ready: versions, kernels, store, disk and memory."""
        return examine(self.settings, lambda: self._store)


def _is_prepared(target: Target) -> bool:
    """Whether it is run, and its kernel may come from a prepared process."""
    return target.has_notebook and target.policy.kernel_start is KernelStart.PREPARED


def _policies(plan: Plan) -> Iterator[Policy]:
    """Those of all its tasks, and of those in the flows within it."""
    return (target.policy for each in plan.with_all_children() for target in each.targets.values())


def _has_addresses(plan: Plan) -> bool:
    """Whether somebody wants to be told of its runs, or of those within them."""
    return any(
        bool(each.flow.defaults.notify)
        or any(each.policy(task.name).notify or addresses_of(task) for task in each.flow.tasks)
        for each in plan.with_all_children()
    )

"""One round of chaos: flows from a seed, services, blows, the end; what was broken, and figures."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

import psutil

from jupyter_flow.app.clock import SystemClock
from jupyter_flow.core.errors import FlowError, StoreUnreachableError
from jupyter_flow.core.ids import RunId
from jupyter_flow.core.run import Run
from jupyter_flow.core.states import RunState

from .arena import Arena, Served, patiently, pause
from .blows import Blow, Dealer, Kind, StoreBlows, planned
from .making import Scheme, random_scheme, write_scheme
from .promises import (
    Figures,
    Story,
    breaches,
    breaches_of_fire_times,
    breaches_of_room,
    read_ledger,
)

FLOWS = 3
SERVICES = 3
#: The last flow's runs are a backfill of so many minutes, so many at a time.
MINUTES, PARALLEL = 2, 2
#: Seconds that everything may take to end when the blows have ended, whatever else runs here.
SETTLING = 240.0
#: Seconds that processes may take to be gone after the last service.
SWEEPING = 5.0
#: Actions in a log that tell of what nobody foresaw.
_UNFORESEEN = ("driver_failed", "look_failed", "fire_failed", "outbox_failed", "prune_failed")


@dataclass(slots=True)
class Round:
    """Chaos for so many *seconds* in *arena*, from *seed*."""

    seed: int
    seconds: float
    arena: Arena
    store: StoreBlows
    weights: dict[Kind, int]
    schemes: list[Scheme] = field(default_factory=list)
    figures: Figures = field(default_factory=Figures)
    broken: list[str] = field(default_factory=list)
    fires: list[datetime] = field(default_factory=list)

    def play(self) -> list[str]:
        """Everything; what was broken."""
        dice = Random(self.seed)
        self._make(dice)
        blows = planned(dice, self.seconds, self.weights)
        self.arena.serve_all(SERVICES)
        self._begin()
        dealer = Dealer(self.arena, self.store, self._ask)
        dealer.deal(blows)
        self._settle()
        self._check()
        self._tell(dealer)
        return self.broken

    # -- before --------------------------------------------------------------------------------

    def _make(self, dice: Random) -> None:
        for number in range(FLOWS):
            scheme = random_scheme(f"f{number}", dice)
            write_scheme(scheme, self.arena.folder, self.arena.ledger)
            self.schemes.append(scheme)

    def _begin(self) -> None:
        for scheme in self.schemes[:-1]:
            self._start(scheme)
        flows = self.arena.flows
        checked = flows.flow(str(self._notebook(self.schemes[-1])))
        timetable = flows.scheduling.timetable_of(checked, cron="* * * * *")
        until = SystemClock().now()
        since = until - timedelta(minutes=MINUTES)
        for _ in range(2):  # said twice, nothing is done twice
            fills = flows.backfilling.plan(checked, timetable, since=since, until=until)
            flows.backfilling.start(checked, fills, parallel=PARALLEL)
        self.fires = [fill.at for fill in fills.fills]
        flows.services.nudge_all()

    def _start(self, scheme: Scheme) -> None:
        flows = self.arena.flows
        run = flows.start(flows.flow(str(self._notebook(scheme))))
        flows.services.nudge(run)

    def _notebook(self, scheme: Scheme) -> object:
        return self.arena.folder / f"flow_{scheme.name}.ipynb"

    # -- meanwhile -----------------------------------------------------------------------------

    def _ask(self, blow: Blow) -> bool:
        """What people ask for; a store that is away, or a machine that says no, is no breach."""
        try:
            if blow.kind is Kind.START:
                self._start(self.schemes[0])
                return True
            runs = self._runs()
            asked = blow.of(runs)
            if asked is None:
                return False
            flows = self.arena.flows
            match blow.kind:
                case Kind.CANCEL:
                    flows.asking.cancel(asked)
                case Kind.REPAIR:
                    flows.asking.repair(asked)
                case _:
                    tasks = [task.name for task in flows.run(asked).plan.flow.tasks]
                    flows.asking.clear(asked, tasks[: 1 + int(blow.seconds)][-1:])
        except FlowError:
            return False
        return True

    def _runs(self, *states: RunState) -> list[RunId]:
        found = self.arena.flows.runs(states=states, limit=1000)
        return [each.id for each in reversed(found)]

    # -- after ---------------------------------------------------------------------------------

    def _settle(self) -> None:
        """One service that nobody hits any more; everything must end."""
        until = time.monotonic() + SETTLING
        while (unsettled := patiently(self._unsettled)) and time.monotonic() < until:
            if not self.arena.serving:
                self.arena.serve()
            pause(0.2)
        if unsettled:
            self.broken.append(f"after {SETTLING:g} seconds there are still {unsettled}")
        statuses = self.arena.end_gracefully()
        if any(statuses):
            self.broken.append(f"services that were asked to end left with {statuses}")
        _, alive = psutil.wait_procs(self.arena.left(), timeout=SWEEPING)
        self.broken += [f"still there: {_shown(each)}" for each in alive]

    def _unsettled(self) -> list[str]:
        """The runs that have not ended, or are asked for something; services still beginning."""
        store = self.arena.flows.stores.runs
        live = self._runs(*(state for state in RunState if not state.is_final))
        asked = [run for run in self._runs() if store.requests(run)]
        beginning = [each.log.name for each in self.arena.serving if not each.has_begun]
        return [*live, *asked, *beginning]

    def _check(self) -> None:
        store = self.arena.flows.stores.runs
        lines = read_ledger(self.arena.ledger)
        stories: list[Story] = []
        for run in patiently(self._runs):
            entries = patiently(lambda run=run: store.journal(run, limit=100_000))
            story = Story(
                run=store.load(run), entries=entries, scheme=self._scheme(store.load(run))
            )
            stories.append(story)
            self.broken += breaches(story, lines)
            self.figures.add(story, lines)
            if store.holder(run, now=SystemClock().now()) is not None:
                self.broken.append(f"run {run} is still held")
        filled = [story for story in stories if story.run.fired is not None]
        self.broken += breaches_of_fire_times([story.run for story in filled], self.fires)
        self.broken += breaches_of_room(filled, PARALLEL)
        for served in self.arena.served:
            self.broken += _unforeseen(served)

    def _scheme(self, run: Run) -> Scheme:
        return next(each for each in self.schemes if each.name == run.flow_name)

    def _tell(self, dealer: Dealer) -> None:
        figures = self.figures
        told = {
            "seed": self.seed,
            "blows": {kind.value: number for kind, number in sorted(dealer.dealt.items())},
            "services": len(self.arena.served),
            "runs": dict(figures.runs),
            "attempts": dict(figures.outcomes),
            "take-overs": figures.take_overs,
            "cancelled": figures.cancels,
            "done again on request": figures.redone,
            "done again although it may have been done": figures.repeated,
            "of these after the next attempt began": figures.late,
            "broken": len(self.broken),
        }
        print(json.dumps(told), flush=True)  # noqa: T201  figures are what a long run is for


def _unforeseen(served: Served) -> Iterator[str]:
    """What a service said that none should; why it ended, if nobody made it."""
    bare: list[str] = []
    for text in served.log.read_bytes().decode(errors="replace").splitlines():
        try:
            line = json.loads(text)
        except ValueError:
            bare.append(text)
            continue
        traceback = line.get("traceback", "")
        is_unforeseen = line.get("action", "") in _UNFORESEEN
        is_unforeseen |= "action" not in line and bool(traceback)
        if is_unforeseen and StoreUnreachableError.__name__ not in traceback:
            yield f"{served.log.name}: {line['message']}: {traceback}"
    # One that is killed stops in mid-word, and one that begins while the store is away says so.
    if not served.is_killed and not "".join(bare).startswith(StoreUnreachableError.code):
        yield from (f"{served.log.name}: {text}" for text in bare if text)


def _shown(process: psutil.Process) -> Sequence[str]:
    try:
        environ = process.environ()
        attempt = [environ.get(f"JUPYTER_FLOW_{each}", "") for each in ("RUN", "TASK", "ATTEMPT")]
        return [str(process.pid), str(process.ppid()), *process.cmdline(), *attempt]
    except psutil.Error:
        return [str(process)]

"""Schedules: made, shown, paused, taken away; and their flows, read when they fire.

When a schedule is due is `core.timetable`'s business, firing it `engine.scheduler`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from jupyter_flow.core.errors import (
    ConflictError,
    FlowError,
    NotFoundError,
    UsageError,
    raise_if_any,
    suggestion,
)
from jupyter_flow.core.flow import Flow
from jupyter_flow.core.language import read_flow_options
from jupyter_flow.core.options import Catchup, FlowOptions, Overlap
from jupyter_flow.core.schedule import Missed, Schedule
from jupyter_flow.core.timetable import Timetable, describe_oddity
from jupyter_flow.engine.scheduler import Prepared
from jupyter_flow.ports.clock import Clock
from jupyter_flow.ports.schedules import ScheduleStore
from jupyter_flow.ports.stores import Stores

from .definitions import CheckedFlow, Definitions

#: Changes of the clocks are looked for among so many fire times to come.
_LOOKED_AT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class FireTime:
    """A moment at which a schedule will fire. ``oddity`` says what the clocks do then, or ""."""

    at: datetime
    oddity: str = ""


class Scheduling:
    """The use-cases about schedules. *stores* opens them at their first use."""

    def __init__(
        self, stores: Callable[[], Stores], definitions: Definitions, clock: Clock
    ) -> None:
        self._opened = stores
        self._definitions = definitions
        self._clock = clock

    def add(
        self,
        checked: CheckedFlow,
        *,
        name: str = "",
        options: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        pin: bool = False,
    ) -> Schedule:
        """Run the flow by itself from now on, in place of a schedule of that name.

        *options* (``schedule``, ``tz``, ``start``, ``end``, ``catchup``, ``overlap``), as somebody
        typed them, go before those of the flow's line. With *pin*, the flow and its notebooks as
        they are now are run for ever.

        Raises:
            DefinitionError: the flow has errors, or an option or a parameter has.
            UsageError: nothing says when to run.
            ConflictError: a schedule of another flow has that name.
        """
        schedule = self.draft(checked, name=name, options=options, params=params, pin=pin)
        if schedule.plan is not None:
            self._definitions.keep(schedule.plan)
        is_there = any(each.name == schedule.name for each in self.all())
        self._store.put(schedule, replace=is_there)
        return schedule

    def draft(
        self,
        checked: CheckedFlow,
        *,
        name: str = "",
        options: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        pin: bool = False,
    ) -> Schedule:
        """The schedule that `add` would keep. Keeps nothing, and raises what `add` does."""
        plan = checked.runnable()
        self._definitions.bind(plan.flow, {}, params or {})
        own = self._own(options or {}, plan.flow)
        schedule = self._following(
            Schedule(
                name=name or plan.flow.name,
                flow=plan.flow.name,
                origin=checked.origin,
                timetable=_timetable(own if own.schedule else plan.flow.options, own),
                is_own=bool(options),
                params=dict(params or {}),
                plan=plan if pin or not checked.origin else None,
                created_at=self._clock.now(),
            ),
            plan.flow,
            own,
        )
        self._must_be_ours(schedule)
        # What was updated before is no reason to run.
        seen = self._opened().datasets.last() if schedule.on_update is not None else 0
        next_fire = schedule.timetable.next_after(self._clock.now())
        return replace(schedule, next_fire=next_fire, seen=seen)

    def timetable_of(
        self, checked: CheckedFlow, *, cron: str | None = None, tz: str | None = None
    ) -> Timetable:
        """When the flow is due: as given, else as its schedule has it, else as its line says.

        Raises DefinitionError and UsageError like `add`. Start and end are left out: what lies
        before them may be filled.
        """
        flow = checked.runnable().flow
        kept = next((each for each in self.all() if each.origin == checked.origin), None)
        given = {"schedule": cron, "tz": tz}
        said = {key: value for key, value in given.items() if value is not None}
        if cron is None and kept is not None:
            own, found = _read(said), kept.timetable
        else:
            own = self._own(said, flow)
            found = _timetable(own if own.schedule else flow.options, own)
        return Timetable(cron=found.cron, tz=own.tz or found.tz)

    def all(self) -> list[Schedule]:
        """All schedules, by name."""
        return self._store.all()

    def get(self, name: str) -> Schedule:
        """The schedule of that name. Raises NotFoundError."""
        self._must_know(name)
        return self._store.get(name)

    def missed(self, name: str, *, limit: int = 20) -> list[Missed]:
        """The fire times that got no run, the latest first."""
        return self._store.missed(name, limit=limit)

    def pause(self, name: str) -> Schedule:
        """Let the schedule rest."""
        found = self.get(name)
        self._store.set_paused(name, is_paused=True, next_fire=found.next_fire)
        return self.get(name)

    def resume(self, name: str) -> Schedule:
        """Let it go on; what passed meanwhile is made up for as its catchup says."""
        found, now = self.get(name), self._clock.now()
        next_fire = found.next_fire
        if found.catchup is Catchup.NONE and next_fire is not None and next_fire <= now:
            next_fire = found.timetable.next_after(now)
        self._store.set_paused(name, is_paused=False, next_fire=next_fire)
        return self.get(name)

    def remove(self, name: str) -> None:
        """Forget the schedule; its runs stay. Raises NotFoundError."""
        self._must_know(name)
        self._store.remove(name)

    def upcoming(self, schedule: Schedule, *, limit: int = 5) -> list[FireTime]:
        """The next fire times, and the next one beyond them that the clocks do something to."""
        if schedule.next_fire is None:
            return []
        timetable = schedule.timetable
        first = schedule.next_fire
        ahead = [first, *islice(timetable.after(first), _LOOKED_AT)]
        told = [
            FireTime(at=at, oddity=describe_oddity(timetable, at) or "") for at in ahead[:limit]
        ]
        if not any(each.oddity for each in told):
            odd = ((at, describe_oddity(timetable, at)) for at in ahead[limit:])
            told += [FireTime(at=at, oddity=text) for at, text in odd if text][:1]
        return told

    def prepare(self, schedule: Schedule) -> Prepared:
        """What *schedule* would run now; a flow that cannot be run is told, not raised."""
        try:
            return self._prepared(schedule)
        except FlowError as error:
            return Prepared(schedule=schedule, problem=f"the flow cannot be run: {error}")
        except OSError as error:
            return Prepared(schedule=schedule, problem=f"the flow cannot be read: {error}")

    # -- within --------------------------------------------------------------------------------

    @property
    def _store(self) -> ScheduleStore:
        return self._opened().schedules

    def _must_know(self, name: str) -> None:
        known = [each.name for each in self.all()]
        if known and name not in known:
            hint = suggestion(name, known, noun="schedule")
            raise NotFoundError(f"there is no schedule '{name}'", hint=hint, code="JF408")

    def _must_be_ours(self, schedule: Schedule) -> None:
        before = next((each for each in self.all() if each.name == schedule.name), None)
        if before is None or before.origin == schedule.origin:
            return
        whose = self._definitions.shown(before.origin) if before.origin else "a flow made in Python"
        raise ConflictError(
            f"there is a schedule '{schedule.name}' already, of {whose}",
            hint="Give this one a name of its own (--name), or take the other one away: "
            f"jupyter flow unschedule {schedule.name}",
            code="JF317",
        )

    def _prepared(self, schedule: Schedule) -> Prepared:
        plan, followed = schedule.plan, schedule
        if plan is None:
            checked = self._definitions.flow(schedule.origin)
            plan = checked.runnable()
            # It is due, and this service can run it: others may find the notebooks later.
            self._definitions.keep(plan, may_owe=True)
            followed = self._following(schedule, plan.flow, FlowOptions())
            if not schedule.is_own and plan.flow.options.schedule is not None:
                options = plan.flow.options
                followed = replace(followed, timetable=_timetable(options, options))
        params = self._definitions.bind(plan.flow, {}, dict(schedule.params))
        return Prepared(schedule=followed, plan=plan, params=params)

    @staticmethod
    def _following(schedule: Schedule, flow: Flow, own: FlowOptions) -> Schedule:
        """*schedule* with what else the flow's line says, unless it was told otherwise itself."""
        line = flow.options
        catchup, overlap = own.catchup or line.catchup, own.overlap or line.overlap
        if schedule.is_own and not own.said():
            catchup, overlap = schedule.catchup, schedule.overlap
        return replace(
            schedule,
            catchup=catchup or Catchup.NONE,
            overlap=overlap or Overlap.QUEUE,
            on_update=own.on_update or line.on_update,
            notify=flow.defaults.notify or (),
            on=flow.defaults.on or (),
        )

    @staticmethod
    def _own(options: Mapping[str, str], flow: Flow) -> FlowOptions:
        zone = {"tz": flow.options.tz} if flow.options.tz and "tz" not in options else {}
        own = _read({**options, **zone})
        line = flow.options
        if not any((own.schedule, line.schedule, own.on_update, line.on_update)):
            raise UsageError(
                f"nothing says when flow '{flow.name}' is to run",
                hint='Write it on its line (--schedule "0 6 * * *", or --on-update sales), or give '
                "--cron here.",
                code="JF407",
            )
        return own


def _read(options: Mapping[str, str]) -> FlowOptions:
    own, problems = read_flow_options(options, is_text=True)
    raise_if_any(problems)
    return own


def _timetable(when: FlowOptions, span: FlowOptions) -> Timetable:
    """The cron text and zone of *when*, from the start to the end of *span*, or else of *when*."""
    return Timetable(
        cron=when.schedule or "",
        tz=span.tz or when.tz or "UTC",
        start=span.start or when.start,
        end=span.end or when.end,
    )

"""What a terminal shows of services, schedules, backfills and old runs. Pure: values in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from jupyter_flow.core.artifacts import bytes_in_words as size
from jupyter_flow.core.schedule_words import ahead, both_zones, firing, missing, rules
from jupyter_flow.core.words import Tone, ago, count

from .console import STYLES, short

if TYPE_CHECKING:
    from datetime import tzinfo

    from jupyter_flow.app.backfilling import Backfill
    from jupyter_flow.app.pruning import DiskUse, Pruned
    from jupyter_flow.app.scheduling import FireTime
    from jupyter_flow.core.schedule import Missed, Schedule
    from jupyter_flow.ports.services import Load, Service

#: So many times of a backfill, or runs to be cleared away, are listed.
MOST_ROWS = 30


def _table(*titles: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    for title in titles:
        table.add_column(title, overflow="fold")
    return table


def schedule_table(found: Iterable[Schedule], now: datetime, here: tzinfo | None = None) -> Table:
    """The schedules, a row each, with when they fire next."""
    table = _table("schedule", "when", "next", "", "flow")
    for each in found:
        zone = ZoneInfo(each.timetable.tz)
        if each.is_paused:
            coming, left = Text("paused", style=STYLES[Tone.WARN]), ""
        elif each.is_over:
            coming, left = Text("over", style="dim"), ""
        elif each.next_fire is None:
            coming, left = Text(""), ""
        else:
            coming = Text(both_zones(each.next_fire, zone, here or _here(now)))
            left = ahead(each.next_fire, now)
        table.add_row(each.name, each.when, coming, left, Text(_place(each), style="dim"))
    return table


def schedule_text(
    schedule: Schedule,
    upcoming: Sequence[FireTime],
    missed: Sequence[Missed],
    now: datetime,
    here: tzinfo | None = None,
) -> RenderableType:
    """One schedule: its rules, its next fire times in both zones, and what is odd about them."""
    timetable = schedule.timetable
    head = Text(schedule.name, style="bold")
    head.append(f"  {schedule.when}", style="")
    lines: list[RenderableType] = [head, Text(f"  {_place(schedule)}", style="dim")]
    lines.append(Text(f"  {rules(schedule)}", style="dim"))
    if schedule.is_paused:
        lines.append(Text(f"  paused; go on with: jupyter flow resume {schedule.name}"))
    if schedule.is_over:
        lines.append(Text("  it will not fire again", style=STYLES[Tone.WARN]))
    times = [(each.at, each.oddity) for each in upcoming]
    for word, at, oddity in firing(schedule, times, now, here):
        lines.append(Text(f"  {word}  {at}"))
        if oddity:
            lines.append(Text(f"        {oddity}", style=STYLES[Tone.WARN]))
    zone = ZoneInfo(timetable.tz)
    lines += [Text(f"  missed  {missing(each, zone)}", style="dim") for each in missed]
    return Group(*lines)


def _place(schedule: Schedule) -> str:
    return short(schedule.origin.partition("::")[0]) if schedule.origin else "made in Python"


def _here(now: datetime) -> tzinfo:
    zone = now.astimezone().tzinfo
    if zone is None:
        raise ValueError("this machine has no time zone")
    return zone


def backfill_text(backfill: Backfill, tz: str, *, dry: bool) -> RenderableType:
    """What is done about each time, and a summary."""
    from jupyter_flow.app.backfilling import Action

    words = {
        Action.RUN: "new",
        Action.AGAIN: "done again",
        Action.KEEP: "kept",
    }
    table = _table("time", "", "run that is there")
    zone = ZoneInfo(tz)
    for fill in backfill.fills[:MOST_ROWS]:
        there = f"{fill.existing.id} {fill.existing.state}" if fill.existing else ""
        at = fill.at.astimezone(zone)
        table.add_row(f"{at:%Y-%m-%d %H:%M} {at.tzname()}", words[fill.action], there)
    rest = len(backfill.fills) - MOST_ROWS
    more = [Text(f"and {count(rest, 'more time')}", style="dim")] if rest > 0 else []
    told = ", ".join(
        f"{backfill.count(action)} {word}"
        for action, word in words.items()
        if backfill.count(action)
    )
    verb = "would be" if dry else "are" if len(backfill.fills) > 1 else "is"
    head = Text(f"{count(len(backfill.fills), 'time')} {verb} filled: {told}", style="bold")
    refusals = [
        Text(f"not done again: {each}", style=STYLES[Tone.WARN]) for each in backfill.refusals
    ]
    return Group(table, *more, Text(""), head, *refusals)


def service_table(
    services: Sequence[Service], load: Load, disk: DiskUse, now: datetime
) -> RenderableType:
    """The services, and what there is to do."""
    table = _table("service", "started", "version", "")
    for each in services:
        word = "is to end" if each.is_asked_to_stop else each.url
        table.add_row(f"{each.host} {each.pid}", ago(each.started_at, now), each.version, word)
    lines: list[RenderableType] = [table] if services else [Text("no service is there")]
    runs = ", ".join(f"{number} {state}" for state, number in load.runs.items() if number)
    lines += [Text(""), Text(f"runs       {runs or 'none'}")]
    paused = f", {load.paused} paused" if load.paused else ""
    lines.append(Text(f"schedules  {load.schedules}{paused}"))
    if load.unsent or load.given_up:
        lines.append(Text(f"alerts     {load.unsent} to be sent, {load.given_up} given up"))
    lines.append(Text(f"disk       {_disk(disk)}"))
    return Group(*lines)


def pruned_text(pruned: Pruned, disk: DiskUse, *, dry: bool) -> RenderableType:
    """What went, or would go."""
    table = _table("run", "flow", "size")
    for each in pruned.runs[:MOST_ROWS]:
        table.add_row(each.run, each.flow, size(each.size))
    rest = len(pruned.runs) - MOST_ROWS
    more = [Text(f"and {count(rest, 'more run')}", style="dim")] if rest > 0 else []
    verb = "would go" if dry else "is gone" if len(pruned.runs) == 1 else "are gone"
    told = f"{count(len(pruned.runs), 'run')} {verb}, {size(pruned.size)}"
    if pruned.artifacts:
        told += f", with {count(pruned.artifacts, 'artifact')} that nothing needs"
    rows: list[RenderableType] = [table] if pruned.runs else []
    return Group(*rows, *more, Text(told, style="bold"), Text(f"disk  {_disk(disk)}", style="dim"))


def _disk(disk: DiskUse) -> str:
    # A store that is a server takes its room elsewhere.
    store = f", {size(disk.store)} of store" if disk.store else ""
    artifacts = f", {size(disk.artifacts)} of artifacts" if disk.artifacts else ""
    return f"{size(disk.runs)} of runs, {size(disk.snapshots)} of snapshots{artifacts}{store}"

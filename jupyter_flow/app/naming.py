"""The ids of runs: how they are made, and how a person's short form of one is found again."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import datetime

from jupyter_flow.core.errors import NotFoundError, UsageError, suggestion
from jupyter_flow.core.ids import RunId
from jupyter_flow.core.run import Run
from jupyter_flow.ports.runs import RunStore, RunSummary

# No vowels and nothing that looks like something else: no words, no misreadings.
_ALPHABET = "bcdfghjkmnpqrstvwxz23456789"
#: How many runs are looked through for an end of an id.
_RECENT = 500
#: So many of them are read at first: mostly the run is among them.
_FEW = 20


def new_run_id(now: datetime) -> RunId:
    """``20260301-061500-k3f9``: sorts by time, and its last four characters name it among few."""
    return RunId(f"{now:%Y%m%d-%H%M%S}-{_end()}")


def new_run_ids(now: datetime) -> Iterator[RunId]:
    """Ids for runs that are made in numbers: longer, and no two alike."""
    made: set[str] = set()
    while True:
        end = _end(6)
        if end not in made:
            made.add(end)
            yield RunId(f"{now:%Y%m%d-%H%M%S}-{end}")


def new_backfill_id(now: datetime) -> str:
    """``b20260301-061500-k3f9``."""
    return f"b{now:%Y%m%d-%H%M%S}-{_end()}"


def _end(length: int = 4) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def find_run(store: RunStore, reference: str) -> RunId:
    """The run that *reference* means: an id, a unique beginning or end of one, "" for the latest.

    Raises NotFoundError when there is none, UsageError when it means several.
    """
    if not reference:
        latest = next(_recent(store), None)
        if latest is None:
            raise NotFoundError(
                "there is no run yet", hint="Start one: jupyter flow run FLOW", code="JF404"
            )
        whole = (each.id for each in _recent(store) if each.parent is None)
        return next(whole, latest.id)  # a part of a run is not what people mean
    found = store.named(reference, limit=3)
    if not found:
        found = [each.id for each in _recent(store) if each.id.endswith(reference)]
    if not found:
        raise NotFoundError(
            f"no run is called '{reference}'", hint="See them with: jupyter flow runs", code="JF404"
        )
    if len(found) > 1 and reference not in found:
        raise UsageError(
            f"several runs begin or end with '{reference}'",
            hint=f"Among them: {', '.join(found)}. Give more of the id.",
            code="JF406",
        )
    return RunId(reference if reference in found else found[0])


def _recent(store: RunStore) -> Iterator[RunSummary]:
    """The newest runs, the newest first; no more are read than are looked at."""
    cursor = None
    for limit in (_FEW, _RECENT - _FEW):
        page = store.summaries(older_than=cursor, limit=limit)
        yield from page
        if len(page) < limit:
            return
        cursor = page[-1].cursor


def unknown_task(task: str, run: Run) -> NotFoundError:
    """The error for a task that the run's flow does not have."""
    known = [each.name for each in run.plan.flow.tasks]
    return NotFoundError(
        f"flow '{run.flow_name}' has no task '{task}'",
        hint=suggestion(task, known, noun="task"),
        code="JF405",
    )

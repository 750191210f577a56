"""Requests about runs: see them, start them, and what a person may ask of one."""

from __future__ import annotations

from collections.abc import Sequence

from jupyter_flow.app.naming import unknown_task
from jupyter_flow.app.showing import summary_view
from jupyter_flow.app.showing_history import grid_column
from jupyter_flow.app.telling import event_view
from jupyter_flow.core.asking import choice, ending, moment, task_key
from jupyter_flow.core.errors import UsageError
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.core.run import Run
from jupyter_flow.core.states import RunState
from jupyter_flow.ports.runs import Cursor
from jupyter_flow.server.serving import Served
from jupyter_flow.wire import api, history

#: More runs than these are not held beside each other.
_MOST_COMPARED = 20


def runs(
    served: Served, *, flow: str, state: str, backfill: str, older_than: str, limit: int
) -> list[api.RunView]:
    """The newest runs first: of a flow, in some states (with commas between), of a backfill.

    The next page is asked for with ``older_than``: the ``created_at`` and the ``id`` of the last
    run of this one, with a comma between.
    """
    states = [choice(each, RunState, option="state") for each in state.split(",") if each]
    flows, below = served.flows, served.below
    found = flows.runs(
        flow=flow or None,
        states=states,
        backfill=backfill or None,
        older_than=cursor(older_than),
        limit=limit,
    )
    left = flows.services.left(found)
    return [summary_view(each, below, is_left=each.id in left) for each in found]


def start(served: Served, request: api.StartRequest) -> api.Asked:
    """Start a run of a flow."""
    checked = served.flow(request.flow)
    run = served.flows.start(
        checked,
        params=request.params,
        logical_date=moment(request.logical_date),
        anew=request.anew,
    )
    served.flows.services.see_to(run)
    return api.Asked(run=run)


def page(served: Served, *, run: str) -> api.RunPage:
    """A run with all there is to see of it."""
    return served.flows.pages.page(RunId(run), served.below)


def compare(served: Served, *, runs: str) -> list[api.RunPage]:
    """Some runs (with commas between) beside each other, in the order in which they are named."""
    named = list(dict.fromkeys(each for each in runs.split(",") if each))
    if len(named) > _MOST_COMPARED:
        raise UsageError(f"more than {_MOST_COMPARED} runs cannot be compared")
    return [page(served, run=each) for each in named]


def grid(served: Served, *, flow: str, older_than: str, limit: int) -> list[history.GridColumn]:
    """The newest runs of a flow with the states of all their tasks, the newest first."""
    flows, below = served.flows, served.below
    found = flows.states(flow, older_than=cursor(older_than), limit=limit)
    left = flows.services.left(each.run for each in found)
    return [grid_column(each, below, is_left=each.run.id in left) for each in found]


def events(served: Served, *, run: str, after: int, limit: int) -> list[api.RunEvent]:
    """The entries of a run's journal after one of them."""
    entries = served.flows.following.entries(RunId(run), after=after, limit=limit)
    found, below = read(served, run), served.below
    return [event_view(each, found, below) for each in entries]


def cancel(served: Served, request: api.TasksRequest, *, run: str) -> api.Asked:
    """Stop a run, or some tasks of it."""
    keys = known(read(served, run), request.tasks)
    return _asked(served, run, served.flows.asking.cancel(RunId(run), keys))


def repair(served: Served, *, run: str) -> api.Asked:
    """Do again what did not succeed, with the notebooks as they are now."""
    return _asked(served, run, served.flows.asking.repair(RunId(run)))


def clear(served: Served, request: api.TasksRequest, *, run: str) -> api.Asked:
    """Do some tasks again; all of them when none is named."""
    found = read(served, run)
    keys = known(found, request.tasks)
    tasks = [str(each) for each in keys] or [each.name for each in found.plan.flow.tasks]
    done = served.flows.asking.clear(found.id, tasks, downstream=request.downstream)
    return _asked(served, run, done)


def mark(served: Served, request: api.MarkRequest, *, run: str) -> api.Asked:
    """Say by hand how a task ended."""
    (key,) = known(read(served, run), [request.task])
    return _asked(served, run, served.flows.asking.mark(RunId(run), key, ending(request.state)))


def answer(served: Served, request: api.AnswerRequest, *, run: str, by: str) -> api.Asked:
    """Say yes or no to what a task asks, with the values of its form."""
    (key,) = known(read(served, run), [request.task])
    done = served.flows.answering.answer(
        RunId(run), key, yes=request.yes, by=by, values=request.values
    )
    return _asked(served, run, done)


def _asked(served: Served, run: str, is_told: bool) -> api.Asked:
    if not is_told:
        served.flows.services.see_to(RunId(run))
    return api.Asked(run=run)


def cursor(text: str) -> Cursor | None:
    """The place in a list that *text* tells: a moment and the id of a run; None for "".

    Raises UsageError.
    """
    at, _, run = text.partition(",")
    if not text:
        return None
    said = moment(at) if run else None
    if said is None:
        raise UsageError(
            f"'older_than' cannot be {text!r}",
            hint="It is the 'created_at' of a run and its 'id', with a comma between them.",
        )
    return Cursor(at=said, run=RunId(run))


def read(served: Served, run: str) -> Run:
    """The run of that id. Raises NotFoundError."""
    return served.flows.following.read(RunId(run))[0]


def known(run: Run, tasks: Sequence[str]) -> list[TaskKey]:
    """The keys of *tasks*. Raises NotFoundError for one that *run* does not have."""
    keys = [task_key(each) for each in tasks]
    for key in keys:
        if key.task not in run.plan.flow or (key.index is not None and key not in run.task_runs):
            raise unknown_task(str(key), run)
    return keys

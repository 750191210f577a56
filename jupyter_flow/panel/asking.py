"""What a person asks for by a button of the panel, handed to the use-cases.

A request is a name and a body in a shape of `jupyter_flow.wire.api`; the answer is JSON or nothing.
"""

from __future__ import annotations

import getpass
import json
from collections.abc import Callable, Mapping
from typing import Any

from jupyter_flow.app.flows import CheckedFlow, Flows
from jupyter_flow.app.showing import Below
from jupyter_flow.app.whys import why
from jupyter_flow.core.asking import ending, moment, task_key
from jupyter_flow.core.errors import ConflictError, FlowError, UsageError
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.wire import api
from jupyter_flow.wire.exchange import decode_request, encode_view

from .history import History
from .outputs import plain_cells


def error_body(error: FlowError) -> dict[str, Any]:
    """An error as the front end shows it."""
    view = api.ErrorView(code=error.code, message=error.what, hint=error.hint)
    body: dict[str, Any] = as_json(view)
    return body


def as_json(view: object) -> Any:
    """A view as the values of a widget's message."""
    return json.loads(encode_view(view))


def _as_json(act: Callable[[str], Any]) -> Callable[[str], Any]:
    return lambda body: as_json(act(body))


class Acts:
    """Does what is asked for about the run that *run* names at the time.

    *flow* is the flow that a new run is of; *chosen* hears of each run that was started.
    """

    def __init__(
        self,
        flows: Flows,
        below: Below,
        run: Callable[[], RunId | None],
        flow: Callable[[], CheckedFlow],
        chosen: Callable[[RunId], None],
    ) -> None:
        self._flows, self._run_now, self._flow, self._chosen = flows, run, flow, chosen
        self._acts: Mapping[str, Callable[[Any], Any]] = {
            "cancel": self._cancel,
            "repair": self._repair,
            "clear": self._clear,
            "mark": self._mark,
            "answer": self._answer,
            "start": self._start,
            "again": self._again,
            "why": self._why,
            "outputs": self._outputs,
            **{name: _as_json(act) for name, act in History(flows, below).acts.items()},
        }

    def answer(self, name: str, body: Any) -> Any:
        """What comes of it. Raises FlowError."""
        act = self._acts.get(name)
        if act is None:
            known = ", ".join(self._acts)
            raise UsageError(f"the panel cannot do {name!r}", hint=f"It can: {known}.")
        return act(json.dumps(body if body is not None else {}))

    def _run(self) -> RunId:
        run = self._run_now()
        if run is None:
            raise ConflictError("the panel shows no run", hint="Start one first.")
        return run

    def _driven(self, run: RunId, *, told: bool) -> None:
        if not told:
            self._flows.services.see_to(run)

    def _cancel(self, body: str) -> None:
        request, run = decode_request(body, api.TasksRequest), self._run()
        keys = [task_key(task) for task in request.tasks]
        self._driven(run, told=self._flows.asking.cancel(run, keys))

    def _repair(self, _: str) -> None:
        run = self._run()
        self._driven(run, told=self._flows.asking.repair(run))

    def _clear(self, body: str) -> None:
        request, run = decode_request(body, api.TasksRequest), self._run()
        tasks, downstream = request.tasks, request.downstream
        self._driven(run, told=self._flows.asking.clear(run, tasks, downstream=downstream))

    def _mark(self, body: str) -> None:
        request, run = decode_request(body, api.MarkRequest), self._run()
        told = self._flows.asking.mark(run, task_key(request.task), ending(request.state))
        self._driven(run, told=told)

    def _answer(self, body: str) -> None:
        request, run = decode_request(body, api.AnswerRequest), self._run()
        key, by = task_key(request.task), getpass.getuser()
        told = self._flows.answering.answer(run, key, yes=request.yes, by=by, values=request.values)
        self._driven(run, told=told)

    def _start(self, body: str) -> None:
        request = decode_request(body, api.StartRequest)
        self._begin(self._flow(), request.params, request.logical_date)

    def _again(self, _: str) -> None:
        before = self._flows.run(self._run())
        self._begin(self._flows.flow(before.plan.origin), before.params, None)

    def _begin(self, flow: CheckedFlow, params: Mapping[str, Any], logical: str | None) -> None:
        run = self._flows.start(flow, params=params, logical_date=moment(logical))
        self._flows.services.see_to(run)
        self._chosen(run)

    def _why(self, body: str) -> Any:
        (task,) = decode_request(body, api.TasksRequest).tasks
        return as_json(why(self._flows, self._flows.run(self._run()), task_key(task)))

    def _outputs(self, body: str) -> Any:
        request = decode_request(body, api.WatchAttempt)
        run = self._flows.run(RunId(request.run))
        key = TaskKey(request.task, request.index)
        path = self._flows.files.path_of(run, key, attempt=request.number)
        try:
            return plain_cells(path.read_text("utf-8"))
        except OSError:
            return []

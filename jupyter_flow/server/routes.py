"""All that can be asked for over HTTP, in one table. The handlers and OpenAPI are made from it.

A path has its variables in braces. A function of `jupyter_flow.server.acts` gets the variables and
the query as keywords and, where the route has a request, its body before them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from jupyter_flow.core.errors import UsageError
from jupyter_flow.wire import api, history, lineage

from .acts import looking, running, timing, tracing, writing

Method = Literal["GET", "POST", "DELETE"]
#: What one must be allowed to do: see, change files or plans, or have code run.
Action = Literal["read", "write", "execute"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A variable of the query. One without a default must be given."""

    name: str
    default: str | int | None = None
    least: int = 0
    most: int = 2**53

    @property
    def is_number(self) -> bool:
        return isinstance(self.default, int)

    def read(self, text: str | None) -> str | int:
        """What *text* means. Raises UsageError."""
        if text is None:
            if self.default is None:
                raise UsageError(f"the query must have '{self.name}'")
            return self.default
        if not self.is_number:
            return text
        is_short = text.isascii() and text.isdecimal() and len(text) <= 16
        if not is_short or not self.least <= int(text) <= self.most:
            raise UsageError(
                f"'{self.name}' cannot be {text!r}",
                hint=f"It is a whole number from {self.least} to {self.most}.",
            )
        return int(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One thing that can be asked for. Without an ``answer`` it is enough that it was done."""

    method: Method
    path: str
    act: Callable[..., Any]
    action: Action
    query: tuple[Asked, ...] = ()
    request: type[Any] | None = None
    answer: Any = None
    #: Whether the act is also told ``by`` whom it is asked.
    tells_who: bool = False


def _get(path: str, act: Callable[..., Any], answer: Any, *query: Asked) -> Route:
    return Route(method="GET", path=path, act=act, action="read", query=query, answer=answer)


def _post(
    path: str,
    act: Callable[..., Any],
    action: Action,
    answer: Any,
    request: type[Any] | None = None,
) -> Route:
    return Route(method="POST", path=path, act=act, action=action, request=request, answer=answer)


_OLDER_THAN = Asked("older_than", "")
_START = Asked("start", 0)
_LOG = Asked("limit", 2**18, least=4, most=2**22)

ROUTES: tuple[Route, ...] = (
    _get("status", writing.status, api.StatusView),
    _get("flows", writing.flows, list[api.FlowView]),
    _get("flows/one", writing.flow, api.FlowView, Asked("address")),
    _post("check", writing.check, "read", api.FlowView, api.CheckRequest),
    _get("contract", writing.contract, api.ContractView, Asked("path")),
    _post("tag", writing.tag, "write", api.ContractView, api.TagRequest),
    _get(
        "runs",
        running.runs,
        list[api.RunView],
        Asked("flow", ""),
        Asked("state", ""),
        Asked("backfill", ""),
        _OLDER_THAN,
        Asked("limit", 50, least=1, most=1000),
    ),
    _post("runs", running.start, "execute", api.Asked, api.StartRequest),
    _get("runs/{run}", running.page, api.RunPage),
    _get(
        "runs/{run}/events",
        running.events,
        list[api.RunEvent],
        Asked("after", 0),
        Asked("limit", 1000, least=1, most=10_000),
    ),
    _post("runs/{run}/cancel", running.cancel, "execute", api.Asked, api.TasksRequest),
    _post("runs/{run}/repair", running.repair, "execute", api.Asked),
    _post("runs/{run}/clear", running.clear, "execute", api.Asked, api.TasksRequest),
    _post("runs/{run}/mark", running.mark, "execute", api.Asked, api.MarkRequest),
    Route(
        method="POST",
        path="runs/{run}/answer",
        act=running.answer,
        action="execute",
        request=api.AnswerRequest,
        answer=api.Asked,
        tells_who=True,
    ),
    _get("runs/{run}/tasks/{key}/{number}/log", looking.log, api.LogPage, _START, _LOG),
    _get("runs/{run}/tasks/{key}/{number}/notebook", looking.notebook, looking.Document),
    _post("runs/{run}/tasks/{key}/{number}/debug", looking.debug, "write", api.DebugCopy),
    _get("runs/{run}/tasks/{key}/why", looking.why_not, api.WhyView),
    _get("artifacts/{file}", looking.artifact, looking.Download, Asked("name", "")),
    _get("compare", running.compare, list[api.RunPage], Asked("runs")),
    _get(
        "grid",
        running.grid,
        list[history.GridColumn],
        Asked("flow"),
        _OLDER_THAN,
        Asked("limit", 20, least=1, most=200),
    ),
    _get(
        "past",
        looking.past,
        list[history.PastView],
        Asked("flow"),
        Asked("task"),
        _OLDER_THAN,
        Asked("limit", 30, least=1, most=200),
    ),
    _get("datasets", tracing.datasets, list[lineage.DatasetView]),
    _get(
        "lineage",
        tracing.lines,
        list[lineage.LineageView],
        Asked("dataset"),
        Asked("limit", 5, least=1, most=100),
    ),
    _post("datasets/touch", tracing.touch, "execute", lineage.UpdateView, lineage.TouchRequest),
    _get("schedules", timing.schedules, list[api.ScheduleView]),
    _post("schedules", timing.schedule, "execute", api.ScheduleView, api.ScheduleRequest),
    Route(method="DELETE", path="schedules/{name}", act=timing.unschedule, action="write"),
    _post("schedules/{name}/pause", timing.pause, "write", api.ScheduleView),
    _post("schedules/{name}/resume", timing.resume, "execute", api.ScheduleView),
    _post("backfills", timing.backfill, "execute", api.BackfillView, api.BackfillRequest),
)

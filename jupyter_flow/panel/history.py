"""What the panel may be asked about other runs than its own: which there are, what came of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from jupyter_flow.app.flows import Flows
from jupyter_flow.app.showing import Below, summary_view
from jupyter_flow.app.showing_history import grid_column, past_view
from jupyter_flow.core.ids import RunId
from jupyter_flow.wire import api, history
from jupyter_flow.wire.exchange import decode_request


class History:
    """Answers with views. A body is the JSON of a request of `jupyter_flow.wire.history`."""

    def __init__(self, flows: Flows, below: Below) -> None:
        self._flows, self._below = flows, below

    @property
    def acts(self) -> Mapping[str, Callable[[str], Any]]:
        """By what they are asked for."""
        return {"runs": self.runs, "grid": self.grid, "past": self.past, "pages": self.pages}

    def runs(self, body: str) -> list[api.RunView]:
        """The newest runs of a flow."""
        asked = decode_request(body, history.LastRunsRequest)
        found = self._flows.runs(flow=asked.flow, limit=asked.limit)
        left = self._flows.services.left(found)
        return [summary_view(each, self._below, is_left=each.id in left) for each in found]

    def grid(self, body: str) -> list[history.GridColumn]:
        """The same with the states of all their tasks."""
        asked = decode_request(body, history.LastRunsRequest)
        found = self._flows.states(asked.flow, limit=asked.limit)
        left = self._flows.services.left(each.run for each in found)
        return [grid_column(each, self._below, is_left=each.run.id in left) for each in found]

    def past(self, body: str) -> list[history.PastView]:
        """What a task came to in them."""
        asked = decode_request(body, history.LastRunsRequest)
        found = self._flows.past(asked.flow, asked.task, limit=asked.limit)
        left = self._flows.services.left(each.run for each in found)
        return [past_view(each, self._below, is_left=each.run.id in left) for each in found]

    def pages(self, body: str) -> list[api.RunPage]:
        """Some runs with all there is to see of them."""
        named = decode_request(body, history.PagesRequest).runs
        return [self._flows.pages.page(RunId(each), self._below) for each in named]

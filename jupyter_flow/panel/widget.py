"""`FlowPanel`: a run as a widget under a cell, in JupyterLab, Notebook, VS Code and Colab.

The page of the run goes to the browser once and then what happens in it, from a thread: it moves
while a cell runs. What a person asks for comes over the comm; where comms have no subshell
(ipykernel before 7, JupyterLab before 4.4), it waits until the kernel is idle.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import anywidget
import traitlets

from jupyter_flow.app.clock import SystemClock
from jupyter_flow.app.flows import CheckedFlow, Flows
from jupyter_flow.app.settings import Settings
from jupyter_flow.app.showing import Below, flow_view
from jupyter_flow.app.wiring import wire
from jupyter_flow.core.errors import FlowError, UsageError
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.wire import api
from jupyter_flow.wire.exchange import decode_request

from .asking import Acts, as_json, error_body
from .feed import RunFeed
from .log_feed import LogFeed
from .still import flow_still, run_still

__all__ = ["FlowPanel"]

log = logging.getLogger(__name__)

STATIC = Path(__file__).parent / "static"
#: So many events stay in ``events``: a browser that misses some finds them in the next ones.
_LATEST = 20


def _built(name: str) -> Path:
    path = STATIC / name
    if not path.is_file():
        raise ImportError(
            "the panel's front end is not built; in a checkout: npm ci && npm run build:panel"
        )
    return path


def _as_sent(comm: Any) -> None:
    """Have each message handled in the subshell that the browser sent it to.

    Some ipykernels route it to the one that the comm spoke from last instead. A panel speaks from
    a thread, all the time: its buttons would wait for the cell that runs.
    """
    if hasattr(comm, "_reply_subshell_for"):
        comm._reply_subshell_for = lambda _, chosen: chosen  # noqa: SLF001  there is no other way


def _fresh(page: dict[str, Any], panel: FlowPanel) -> dict[str, Any]:
    """The page as it is sent: as the run stands now, also to a browser that comes later."""
    return panel._page() or page  # noqa: SLF001  a trait's serializer belongs to its class


class FlowPanel(anywidget.AnyWidget):
    """A run, live: `FlowPanel()` shows the latest, `FlowPanel("churn-7f3a")` that one.

    ``FlowPanel(flow="churn")`` shows the newest run of a flow, or a form to start one.
    """

    _esm = _built("panel.js")
    _css = _built("panel.css")

    page = traitlets.Dict().tag(sync=True, to_json=_fresh)
    events: traitlets.List[Any] = traitlets.List().tag(sync=True)
    flow = traitlets.Dict().tag(sync=True)
    selected_task = traitlets.Unicode("").tag(sync=True)
    selected_run = traitlets.Unicode("").tag(sync=True)
    tab = traitlets.Unicode("graph").tag(sync=True)
    height = traitlets.Unicode("480px").tag(sync=True)
    #: Where the Jupyter server is that shows files, when the settings say so.
    lab_url = traitlets.Unicode("").tag(sync=True)
    #: By this the views of one panel in one browser find each other.
    token = traitlets.Unicode("").tag(sync=True)

    def __init__(
        self,
        run_id: str = "",
        *,
        flow: str = "",
        folder: str | Path | None = None,
        flows: Flows | None = None,
        **traits: Any,
    ) -> None:
        self._flows = flows or wire(Settings.read(None if folder is None else Path(folder)))
        self._owns = flows is None
        settings = self._flows.settings
        root = Path(settings.lab_root) if settings.lab_root else settings.folder
        self._below = Below(root=root, home=settings.home)
        self._clock = SystemClock()
        self._feed: RunFeed | None = None
        self._log_feed: LogFeed | None = None
        self._checked: CheckedFlow | None = self._flows.flow(flow) if flow else None
        self._acts = Acts(self._flows, self._below, self._run, self._meant, self._choose)
        shown = self._first(run_id)
        super().__init__(token=uuid4().hex, lab_url=settings.lab_url, **traits)
        _as_sent(self.comm)
        self.on_msg(self._heard)
        if self._checked is not None:
            self.flow = as_json(flow_view(self._checked, self._below))
        self.observe(self._changed, "selected_run")
        self.selected_run = shown

    def _first(self, run_id: str) -> str:
        """The run that is shown first; "" when the flow has none."""
        if self._checked is None or run_id:
            return self._flows.run(run_id).id
        newest = self._flows.runs(flow=self._checked.name, limit=1)
        return newest[0].id if newest else ""

    # -- what is shown -------------------------------------------------------------------------

    def _run(self) -> RunId | None:
        return RunId(self.selected_run) if self.selected_run else None

    def _meant(self) -> CheckedFlow:
        if self._checked is None:
            raise UsageError("the panel shows a run, not a flow", hint="FlowPanel(flow='NAME')")
        return self._checked

    def _choose(self, run: RunId) -> None:
        self.selected_run = run

    def _page(self) -> dict[str, Any]:
        run = self._run()
        if run is None:
            return {}
        page: dict[str, Any] = as_json(self._flows.pages.page(run, self._below))
        return page

    def _changed(self, _: object) -> None:
        """Another run is to be shown."""
        if self._feed is not None:
            self._feed.stop()
        self._unwatch()
        run = self._run()
        self.events = []
        if run is None:
            return
        try:
            self.page = self._page()
        except FlowError as error:
            self._say({"problem": error_body(error)})
            return
        self._feed = RunFeed(
            self._flows, run, self._below, after=self.page["seq"], told=self._happened
        )
        self._feed.start()

    def _happened(self, events: Sequence[api.RunEvent]) -> None:
        """Some entries were written: told from the feed's thread."""
        new = [as_json(each) for each in events]
        if new[0]["run"] != self.selected_run:
            return
        kept = max(0, _LATEST - len(new))
        self.events = [*(self.events[-kept:] if kept else ()), *new]
        if any(each.reload for each in events):
            self.send_state("page")

    def close(self) -> None:
        """Show nothing any more."""
        if self._feed is not None:
            self._feed.stop()
        self._unwatch()
        super().close()
        if self._owns:
            self._flows.close()

    # -- what is asked for ---------------------------------------------------------------------

    def _say(self, content: dict[str, Any]) -> None:
        self.send(content)

    def _heard(self, _: object, content: Any, __: object) -> None:
        """A message of the browser: ``ask`` is what, ``id`` comes back with the answer."""
        number, name = content.get("id"), content.get("ask", "")
        try:
            answer = self._answer(name, content.get("body"))
            self._say({"answer": number, "body": answer})
        except FlowError as error:
            self._say({"answer": number, "error": error_body(error)})
        except Exception as error:  # the boundary: a button must not break the kernel's log
            log.exception("the panel could not", extra={"action": "ask_failed", "asked": name})
            body = {"code": "JF500", "message": str(error), "hint": "The kernel's log has more."}
            self._say({"answer": number, "error": body})

    def _answer(self, name: str, body: Any) -> Any:
        if name == "watch":
            return self._watch(body)
        if name == "unwatch":
            return self._unwatch()
        if name == "reload":
            return self.send_state("page")
        return self._acts.answer(name, body)

    def _watch(self, body: Any) -> None:
        """Send the log of an attempt, and what comes to it."""
        request = decode_request(json.dumps(body), api.WatchAttempt)
        self._unwatch()
        key = TaskKey(request.task, request.index)
        self._log_feed = LogFeed(
            self._flows, RunId(request.run), key, request.number, told=self._logged
        )
        self._log_feed.start()

    def _logged(self, event: api.LogEvent) -> None:
        self._say({"log": as_json(event)})

    def _unwatch(self) -> None:
        if self._log_feed is not None:
            self._log_feed.stop()
            self._log_feed = None

    # -- where there are no widgets ------------------------------------------------------------

    def _repr_mimebundle_(self, **options: Any) -> Any:
        """The widget, and for front ends that have none a picture and text of the moment."""
        shown: Any = super()._repr_mimebundle_(**options)
        bundle, metadata = shown if isinstance(shown, tuple) else (shown, {})
        return {**bundle, **self._still()}, metadata

    def _still(self) -> dict[str, str]:
        run = self._run()
        if run is not None:
            return run_still(self._flows.run(run), self._clock.now())
        if self._checked is not None and self._checked.flow is not None:
            return flow_still(self._checked.flow)
        return {"text/plain": "no run yet"}

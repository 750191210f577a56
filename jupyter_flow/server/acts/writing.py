"""Requests about flows and notebooks as they are written, and about the project as a whole."""

from __future__ import annotations

from importlib import metadata

from jupyter_flow.app.showing import contract_view, flow_view
from jupyter_flow.core.states import RunState
from jupyter_flow.server.serving import Served
from jupyter_flow.wire import api


def status(served: Served) -> api.StatusView:
    """The project, its services, and what there is to do."""
    services = served.flows.services
    load = services.load()
    return api.StatusView(
        version=metadata.version("jupyterlab-flow"),
        root=str(served.root.folder),
        services=len(services.alive()),
        running=load.runs.get(RunState.RUNNING, 0) + load.runs.get(RunState.CANCELLING, 0),
        queued=load.runs.get(RunState.QUEUED, 0),
        schedules=load.schedules,
        ailments=services.ailments(),
    )


def flows(served: Served) -> list[api.FlowView]:
    """All flows of the project, with what is wrong with each."""
    found = served.flows.find()
    return [flow_view(each, served.below) for each in found if served.shows(each)]


def flow(served: Served, *, address: str) -> api.FlowView:
    """One flow: NAME, path.ipynb or path.ipynb::NAME."""
    return flow_view(served.flow(address), served.below)


def check(served: Served, request: api.CheckRequest) -> api.FlowView:
    """A flow as it stands in an editor, with what is wrong with it; nothing is kept or run."""
    origin = str(served.notebook(request.path)) if request.path else ""
    checked = served.flows.read(request.body, line=request.line, origin=origin, cell=request.cell)
    return flow_view(checked, served.below)


def contract(served: Served, *, path: str) -> api.ContractView:
    """A notebook as a task: its tag and its parameters."""
    return contract_view(served.flows.notebook(served.notebook(path)), served.below)


def tag(served: Served, request: api.TagRequest) -> api.ContractView:
    """Tag a notebook as a task, or take its tag away."""
    path = served.notebook(request.path)
    served.flows.tag(
        path,
        name=request.name,
        options=request.options,
        description=request.description,
        remove=request.remove,
    )
    return contract_view(served.flows.notebook(path), served.below)

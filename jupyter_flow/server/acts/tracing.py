"""Requests about datasets: when they were updated, and what that was made from."""

from __future__ import annotations

from jupyter_flow.app.showing_lineage import dataset_view, lineage_view, update_view
from jupyter_flow.server.serving import Served
from jupyter_flow.wire import lineage


def datasets(served: Served) -> list[lineage.DatasetView]:
    """All that were updated or are waited for, by name."""
    return [dataset_view(each) for each in served.flows.datasets.all()]


def lines(served: Served, *, dataset: str, limit: int) -> list[lineage.LineageView]:
    """The last updates of a dataset, the latest first, each with what it was made from."""
    found = served.flows.datasets
    below = served.below
    return [lineage_view(found.lineage(u), below) for u in found.history(dataset, limit=limit)]


def touch(served: Served, request: lineage.TouchRequest) -> lineage.UpdateView:
    """Say that a dataset was updated, by something that is no task."""
    return update_view(served.flows.datasets.touch(request.dataset, note=request.note))

"""Datasets, their updates and what these were made from, as browsers are shown them. Pure."""

from __future__ import annotations

from jupyter_flow.core.datasets import Update
from jupyter_flow.wire import lineage

from .datasets import Dataset, Lineage, Made
from .showing import Below, moment


def dataset_view(dataset: Dataset) -> lineage.DatasetView:
    """A dataset, its last update, and who waits for it."""
    return lineage.DatasetView(
        name=dataset.name,
        last=None if dataset.last is None else update_view(dataset.last),
        consumers=list(dataset.consumers),
    )


def update_view(update: Update) -> lineage.UpdateView:
    """One update."""
    return lineage.UpdateView(
        dataset=update.dataset,
        at=moment(update.at),
        run=update.run,
        task=None if update.key is None else str(update.key),
        note=update.note,
    )


def lineage_view(line: Lineage, below: Below) -> lineage.LineageView:
    """What led to an update."""
    return lineage.LineageView(
        update=update_view(line.update),
        flow=line.flow,
        made=None if line.made is None else _made(line.made, below),
        sources=[_made(each, below) for each in line.sources],
        causes=[lineage_view(each, below) for each in line.causes],
    )


def _made(made: Made, below: Below) -> lineage.MadeView:
    return lineage.MadeView(
        task=made.task,
        source=below.shown(made.source) if made.source else "",
        digest=made.digest,
        origin=made.origin,
    )

"""Updates of datasets in a database: `jupyter_flow.ports.datasets.DatasetStore`.

Knows names and moments; what a dataset is, and who may update it, is not its business.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from jupyter_flow.core.datasets import Update
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.core.options import OnUpdate
from jupyter_flow.wire.codec import decode

from .database import SqlPart
from .statements import datasets as sql


class SqlDatasetStore(SqlPart):
    """Keeps updates in its database."""

    def touch(self, update: Update) -> Update:
        """Keep an update that no task made; it gets its id."""
        with self._database.writing() as db:
            (kept,) = keep_updates(db, [update])
        return kept

    def last(self) -> int:
        """The id of the last update of any dataset; 0 when there is none."""
        with self._database.reading() as db:
            return db.execute(sql.LAST).scalar_one() or 0

    def latest(self) -> list[Update]:
        """The last update of each dataset, by name."""
        return self._found(sql.LATEST)

    def history(self, dataset: str, *, limit: int = 20) -> list[Update]:
        """The updates of *dataset*, the latest first."""
        return self._found(sql.HISTORY, the_dataset=dataset, at_most=limit)

    def between(self, after: int, upto: int, datasets: Collection[str]) -> list[Update]:
        """The updates of *datasets* with ids from *after* (without it) to *upto*, in order."""
        wanted = {"after": after, "upto": upto, "the_datasets": sorted(datasets)}
        return self._found(sql.BETWEEN, **wanted)

    def of_run(self, run: RunId) -> list[Update]:
        """The updates that tasks of *run* made, in order."""
        return self._found(sql.OF_RUN, the_run=run)

    def _found(self, statement: Any, **wanted: Any) -> list[Update]:
        with self._database.reading() as db:
            return [_update_of(row) for row in db.execute(statement, wanted)]


def keep_updates(db: Connection, updates: Sequence[Update]) -> list[Update]:
    """Keep *updates*, each with its id, in the transaction of *db*."""
    if updates and db.dialect.name == "postgresql":
        db.execute(sql.IN_ORDER)
    return [
        replace(each, id=db.execute(sql.INSERT, _row_of(each)).scalar_one()) for each in updates
    ]


def notice_updates(db: Connection) -> None:
    """Note which schedules have the updates that they wait for, and since when."""
    for row in db.execute(sql.WAITING).all():
        wanted = decode(row.on_update, OnUpdate)
        given = {"after": row.seen or 0, "the_datasets": list(wanted.names)}
        found = db.execute(sql.SINCE, given).all()
        if found and wanted.is_met({each.dataset for each in found}):
            moment, last = max(each.at for each in found), max(each.last for each in found)
            db.execute(sql.HAS_THEM, {"the_name": row.name, "new_at": moment, "new_to": last})


def _row_of(update: Update) -> dict[str, Any]:
    return {
        "dataset": update.dataset,
        "at": update.at,
        "run": update.run,
        "task": None if update.key is None else update.key.task,
        "number": update.number,
        "note": update.note,
    }


def _update_of(row: Any) -> Update:
    return Update(
        id=row.id,
        dataset=row.dataset,
        at=row.at,
        run=None if row.run is None else RunId(row.run),
        key=None if row.task is None else TaskKey(row.task),
        number=row.number,
        note=row.note,
    )

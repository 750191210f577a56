"""Results of attempts in a database, by the fingerprints of what they depend on.

`SqlResultStore` keeps the promises of `jupyter_flow.ports.cache.ResultStore`. What an attempt
handed on stays where it is, with its task run.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from jupyter_flow.core.fingerprints import Fingerprint
from jupyter_flow.core.ids import AttemptId, RunId
from jupyter_flow.ports.cache import Result
from jupyter_flow.wire.codec import decode, encode

from . import rows, tables
from .database import Database, SqlPart
from .statements import results as sql
from .statements.dialects import upsert


class SqlResultStore(SqlPart):
    """Keeps results in *database*."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._put = upsert(tables.results, database.dialect)

    def keep(self, origin: AttemptId, fingerprint: Fingerprint, *, now: datetime) -> None:
        """From now on, what *origin* came to is the result for this fingerprint."""
        row = {
            **rows.key_row(origin.run, origin.key),
            "number": origin.number,
            "key": fingerprint.key,
            "gist": fingerprint.gist,
            "notebook": fingerprint.notebook,
            "fingerprint": encode(fingerprint, Fingerprint),
            "ended_at": now,
        }
        with self._database.writing() as db:
            if db.execute(sql.RUN_IS_THERE, {"the_run": origin.run}).first() is not None:
                db.execute(self._put, row)

    def find(self, key: str) -> Result | None:
        """The result for the fingerprint with that key."""
        return self._ask(sql.FIND, key)

    def newest(self, gist: str) -> Result | None:
        """The latest result for fingerprints with that gist."""
        return self._ask(sql.NEWEST, gist)

    def latest(self, notebook: str) -> Result | None:
        """The latest result of that notebook, whatever its fingerprint."""
        return self._ask(sql.LATEST, notebook)

    def _ask(self, statement: Any, wanted: str) -> Result | None:
        with self._database.reading() as db:
            row = db.execute(statement, {"wanted": wanted}).first()
        if row is None:
            return None
        key = rows.key_of(row.task, row.map_index)
        return Result(
            origin=AttemptId(run=RunId(row.run), key=key, number=row.number),
            fingerprint=decode(row.fingerprint, Fingerprint),
            ended_at=row.ended_at,
            values=rows.values_of(row.handed_on),
        )

"""The plans of runs, each kept once for all runs that were made from it, and read once.

A plan is found by the digest of its text. It goes when the last run made from it is deleted.
`Plans` works within the transaction that it is given, and knows no run but by its id.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from threading import Lock

from sqlalchemy import Connection

from jupyter_flow.core.flow import Plan
from jupyter_flow.core.ids import RunId

from . import rows, tables
from .database import Database, SqlPart, execute_all
from .statements import plans as sql
from .statements.dialects import insert_or, upsert
from .statements.runs import DIGEST

#: So many plans are remembered, those asked for latest.
_REMEMBERED = 16


class Plans:
    """Keeps and finds plans; any number of threads may share one."""

    def __init__(self, dialect: str) -> None:
        self._put_text = insert_or(tables.plan_texts, dialect, {"digest": None})
        self._put = upsert(tables.run_plans, dialect)
        self._known: dict[str, Plan] = {}
        self._lock = Lock()

    def keep(self, db: Connection, plans: Iterable[tuple[RunId, Plan]]) -> None:
        """From now on, each of these runs has this plan."""
        texts, kept = _written(plans)
        # In one order, whoever keeps the same ones: so no two wait for each other.
        for digest in sorted(texts):
            self._hold(db, digest, texts[digest])
        execute_all(db, self._put, kept)

    def replace(self, db: Connection, run: RunId, plan: Plan) -> None:
        """From now on, *run* has this plan instead of the one that it had."""
        old = db.execute(DIGEST, {"the_run": run}).scalar_one()
        texts, kept = _written([(run, plan)])
        # In the order in which all lock them: two that change places must not wait for each other.
        is_unused = False
        for digest in sorted({old, *texts}):
            if digest in texts:
                self._hold(db, digest, texts[digest])
            else:
                is_unused = _take_turn(db, digest, but=run)
        execute_all(db, self._put, kept)
        if is_unused:
            db.execute(sql.DROP_UNUSED, {"the_digest": old})

    def _hold(self, db: Connection, digest: str, text: str) -> None:
        """Locked or written, it is not taken away before there is a run that has it."""
        if db.execute(sql.HOLD_TEXT, {"the_digest": digest}).first() is None:
            db.execute(self._put_text, {"digest": digest, "plan": text})

    def of(self, db: Connection, digest: str) -> Plan:
        """The plan with that *digest*, which a run in *db* has."""
        with self._lock:
            plan = self._known.pop(digest, None)
            if plan is not None:
                self._known[digest] = plan
        if plan is None:
            plan = rows.plan_of(db.execute(sql.TEXT, {"the_digest": digest}).scalar_one())
            with self._lock:
                self._known[digest] = plan
                while len(self._known) > _REMEMBERED:
                    del self._known[next(iter(self._known))]
        return plan

    def drop_unused(self, db: Connection, digests: Sequence[str]) -> None:
        """Take those of these plans away that no run has any more."""
        for digest in sorted(set(digests)):
            if _take_turn(db, digest):
                db.execute(sql.DROP_UNUSED, {"the_digest": digest})


def _take_turn(db: Connection, digest: str, *, but: str = "") -> bool:
    """Be the only one who may drop that plan; whether no run has it *but* perhaps that one.

    One after the other: two who each take away one of its last two runs would both see the other's,
    and leave it to each other.
    """
    db.execute(sql.TURN_TO_DROP, {"the_digest": digest})
    if db.execute(sql.IS_USED, {"the_digest": digest, "but_run": but}).first() is not None:
        return False
    # Somebody may be making a run from it: whoever holds it is waited for.
    db.execute(sql.LOCK_TEXT, {"the_digest": digest})
    return True


def _written(plans: Iterable[tuple[RunId, Plan]]) -> tuple[dict[str, str], list[dict[str, str]]]:
    """The texts of the plans by their digests; and which of them each run has."""
    texts: dict[str, str] = {}
    digests: dict[int, str] = {}
    kept = []
    for run, plan in plans:
        if id(plan) not in digests:
            text = rows.plan_text(plan)
            digests[id(plan)] = digest = _digest(text)
            texts[digest] = text
        kept.append({"run": run, "digest": digests[id(plan)]})
    return texts, kept


class WithPlans(SqlPart):
    """A part of a store that keeps or finds plans."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._plans = Plans(database.dialect)


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=16).hexdigest()

"""The migrations make exactly the tables that the store uses, on both databases."""

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from jupyter_flow.core.events import RunStarted
from jupyter_flow.core.run import Run
from jupyter_flow.core.states import RunState
from jupyter_flow.ports.runs import Entry
from jupyter_flow.store import migrations, rows
from jupyter_flow.store.engines import writing
from jupyter_flow.store.migrations import HEAD
from jupyter_flow.store.opening import _use_wal, open_store
from jupyter_flow.store.partial_indexes import metadata
from jupyter_flow.testing.samples import (
    LOAD,
    MINUTE,
    NOON,
    failed_attempt,
    run_of,
    task_run_of,
)

from .test_opening import engine_on

FOLDER = Path(migrations.__file__).parent


def test_the_migrated_tables_are_the_tables(where: str) -> None:
    open_store(where).close()
    engine = engine_on(where)
    with engine.connect() as db:
        context = MigrationContext.configure(
            db, opts={"compare_type": True, "compare_server_default": True}
        )
        differences = compare_metadata(context, metadata)
    engine.dispose()

    assert differences == [], (
        "a migration is missing: see jupyter_flow/store/migrations/__init__.py"
    )


def test_the_migrated_tables_are_word_for_word_those_that_the_metadata_make(tmp_path: Path) -> None:
    """Alembic compares neither WITHOUT ROWID nor the order and names of keys."""
    migrated, made = (engine_on(f"sqlite:///{tmp_path / name}") for name in ("a.db", "b.db"))
    open_store(tmp_path / "a.db").close()
    metadata.create_all(made)

    assert schema_of(migrated) == schema_of(made)


def schema_of(engine: sa.Engine) -> dict[str, list[str]]:
    """The statement that made each table, by its parts."""
    with engine.connect() as db:
        rows = db.execute(sa.text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
        made = {
            # A column that was added later stands on the line of the one before it.
            name: sorted(
                part.strip(" ()") for part in re.split(r"[,\n\t]", sql) if part.strip(" ()")
            )
            for name, sql in rows
            if not name.startswith(("alembic", "sqlite"))
        }
    engine.dispose()
    return made


def test_head_is_the_last_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))

    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_all_migrations_can_be_taken_back(where: str) -> None:
    open_store(where).close()
    engine = engine_on(where)
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    with writing(engine).begin() as db:
        config.attributes["connection"] = db
        command.downgrade(config, "base")
        left = set(sa.inspect(db).get_table_names())
    engine.dispose()

    assert left == {"alembic_version"}
    open_store(where).close()


def test_a_store_of_the_first_version_keeps_its_runs(where: str) -> None:
    """What hangs on a run is still there when its table got new columns."""
    attempt = replace(failed_attempt(), cluster="")  # there were none
    load, done = task_run_of(LOAD, attempt), run_of("done", state=RunState.SUCCEEDED)
    before = run_of(state=RunState.RUNNING, started_at=NOON, task_runs=[load])
    make_first_version(where, [before, done])

    with closing(open_store(where)) as stores:
        assert [stores.runs.load(run.id) for run in (before, done)] == [before, done]
        assert stores.runs.last_entry(before.id) == 1
        assert [entry.event for entry in stores.runs.journal(before.id)] == [RunStarted()]
        assert [waiting.run for waiting in stores.runs.waiting(now=NOON)] == [before.id]
        assert stores.runs.lease(before.id, "ada", now=NOON, duration=MINUTE) is not None
        stores.runs.delete(done.id, now=NOON)
        assert stores.services.load(now=NOON).runs == {"running": 1}


def make_first_version(where: str, runs: list[Run]) -> None:
    """A store as it was before there were services, with *runs* and an entry in each journal."""
    engine, tables = engine_on(where), sa.MetaData()
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    if engine.dialect.name == "sqlite":
        _use_wal(engine)
    with writing(engine).begin() as db:
        config.attributes["connection"] = db
        command.upgrade(config, "0001")
        tables.reflect(db)

        def insert(table: str, row: dict[str, Any]) -> None:
            known = tables.tables[table]
            db.execute(sa.insert(known), {name: row[name] for name in row if name in known.c})

        for run in runs:
            insert("runs", rows.run_row(run) | {"seq": 1})
            insert("plans", {"run": run.id, "plan": rows.plan_text(run.plan)})
            for each in run.task_runs.values():
                insert("task_runs", rows.task_run_row(run.id, each))
                for attempt in each.attempts:
                    insert("attempts", rows.attempt_row(run.id, each.key, attempt))
            entry = Entry(run=run.id, seq=1, at=NOON, event=RunStarted(), moves=())
            insert("journal", rows.entry_row(entry))
    engine.dispose()

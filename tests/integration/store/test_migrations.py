"""The migrations make exactly the tables that the store uses, on both databases."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from jupyter_flow.store import migrations
from jupyter_flow.store.engines import writing
from jupyter_flow.store.migrations import HEAD
from jupyter_flow.store.opening import open_store
from jupyter_flow.store.tables import metadata

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
            name: sorted(line.strip().rstrip(",") for line in sql.splitlines() if line.strip())
            for name, sql in rows
            if not name.startswith(("alembic", "sqlite"))
        }
    engine.dispose()
    return made


def test_head_is_the_last_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))

    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_the_first_migration_can_be_taken_back(where: str) -> None:
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

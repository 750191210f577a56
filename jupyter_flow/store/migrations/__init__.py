"""How a store's tables came to be: one file a change, in ``versions``, run in order by Alembic.

A migration is never edited once it was released. To add one, put a file into ``versions`` whose
``down_revision`` is `HEAD`, change `jupyter_flow.store.tables` (or `partial_indexes`) alike and set
`HEAD` to its ``revision``; it must run on SQLite and on PostgreSQL. Tests hold the tables, the
migrations and `HEAD` together.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection

#: The last migration. Said here so that opening a store need not load Alembic.
HEAD = "0007"


def upgrade(db: Connection, *, since: str | None) -> bool:
    """Make the migrations that *db* lacks, within its transaction.

    False, and nothing done, when *since*, its version now, is not among those known here.
    """
    if since == HEAD:
        return True
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = db
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if since is not None and since not in known:
        return False
    command.upgrade(config, HEAD)
    return True

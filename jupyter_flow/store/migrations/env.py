"""What Alembic runs for each command: the migrations, on the connection that it was given."""

from __future__ import annotations

from alembic import context

from jupyter_flow.store.partial_indexes import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite alters a table by making it anew.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()

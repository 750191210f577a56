"""Where runs and their journals are kept: in SQLite or PostgreSQL, or in memory for tests.

`jupyter_flow.store.opening.open_store` opens a database, `jupyter_flow.store.memory` is the
reference. Importing this package loads neither.
"""

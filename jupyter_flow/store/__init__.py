"""Where runs, schedules, alerts and services are kept: in SQLite or PostgreSQL, or in memory.

`jupyter_flow.store.opening.open_store` opens a database, `jupyter_flow.store.memory` is the
reference. Importing this package loads neither.
"""

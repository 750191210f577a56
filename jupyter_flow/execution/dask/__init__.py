"""Attempts on the workers of a Dask cluster, made there as `LocalExecutor` makes them here.

    executor    begins attempts, follows them, stops them: an `Executor`
    followed    whom it follows, and what is known of each
    hands       what is to be done about them is done in threads, later if need be
    ears        what is told of them is taken in by one
    sending     how an attempt is given to the cluster
    clusters    how the cluster is found or made
    parcels     what travels: an attempt to its worker, what came of it back
    worker      what happens there
    making      what a worker makes at present

Loaded only where it is asked for: `distributed` is an optional dependency. Dask chooses the
worker, moves the bytes and tells when one is gone; nothing of that is done here.
"""

from __future__ import annotations

from jupyter_flow.core.errors import FlowError


def needs_dask() -> None:
    """Raises FlowError (JF616) when `distributed` is not installed."""
    try:
        import distributed  # noqa: F401
    except ImportError as error:
        raise FlowError(
            f"the executor 'dask' needs a library that is not installed: {error}",
            hint="pip install 'jupyterlab-flow[dask]', here and on the workers.",
            code="JF616",
        ) from error

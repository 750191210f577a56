"""What a request means for a store. Whether it can be granted is decided elsewhere."""

from __future__ import annotations

from jupyter_flow.core.events import CancelRequested, Request


def is_to_stop(request: Request) -> bool:
    """Whether the run as a whole is to be stopped."""
    return isinstance(request, CancelRequested) and not request.keys

"""Loads what attempts are made with, which takes a while: once, and in one thread at a time.

Two threads that load packages which import each other in a circle may come to wait for each other;
Python then lets one of them fail.
"""

from __future__ import annotations

import importlib
import threading

_ONE_AT_A_TIME = threading.Lock()
_MODULES = (
    "jupyter_client.kernelspec",
    "jupyter_flow.execution.attempt",
    "jupyter_flow.execution.requests",
)


def load() -> None:
    """Have all of it loaded. Call it before importing any of it in a thread."""
    with _ONE_AT_A_TIME:
        for each in _MODULES:
            importlib.import_module(each)

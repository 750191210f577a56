"""Pipelines for people who live in notebooks.

In a notebook that is a task: `output`, `artifact`, `load`, `secret`. In a notebook that holds a
flow: ``%load_ext jupyter_flow``, then a ``%%flow`` cell. In a script: `Flow`, `notebook`,
`open_flows`.

Every name is loaded at its first use, so importing this package costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .app.loading import load as load
    from .app.wiring import open_flows as open_flows
    from .core.build import Flow as Flow
    from .core.build import expect as expect
    from .core.build import http as http
    from .core.build import notebook as notebook
    from .core.build import params as params
    from .core.build import python as python
    from .core.build import shell as shell
    from .core.build import sql as sql
    from .core.errors import FlowError as FlowError
    from .handoff import artifact as artifact
    from .handoff import output as output
    from .panel.widget import FlowPanel as FlowPanel
    from .secrets import secret as secret
    from .serializers.loading import Artifact as Artifact
    from .serializers.loading import load_artifact as load_artifact

_HOMES = {
    "Artifact": "serializers.loading",
    "Flow": "core.build",
    "FlowError": "core.errors",
    "FlowPanel": "panel.widget",
    "artifact": "handoff",
    "approve": "core.build",
    "expect": "core.build",
    "http": "core.build",
    "load": "app.loading",
    "load_artifact": "serializers.loading",
    "notebook": "core.build",
    "open_flows": "app.wiring",
    "output": "handoff",
    "params": "core.build",
    "python": "core.build",
    "secret": "secrets",
    "shell": "core.build",
    "sql": "core.build",
}

__all__ = sorted([*_HOMES, "load_ipython_extension"])


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    """Where JupyterLab's development tools find the built front end."""
    return [{"src": "labextension", "dest": "jupyter-flow"}]


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """Where Jupyter Server finds what it is to load."""
    return [{"module": "jupyter_flow.server"}]


def load_ipython_extension(ipython: Any) -> None:
    """``%load_ext jupyter_flow``: make ``%%flow`` and ``%flow`` known to *ipython*."""
    from .magic import load

    load(ipython, panel=_panel)


def _panel(flows: Any, run: str) -> Any:
    """The panel that the magics show; faces do not know each other, so it is handed to them."""
    from .panel.widget import FlowPanel

    return FlowPanel(run, flows=flows)


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("jupyterlab-flow")
    if name not in _HOMES:
        raise AttributeError(f"module 'jupyter_flow' has no attribute {name!r}")
    value = getattr(import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]

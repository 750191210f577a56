"""The face for browsers: REST and a stream in the Jupyter server, under ``/jupyter-flow/``.

Each handler reads a request, calls one use-case in a thread, and sends what it gives. All are made
from one table (`jupyter_flow.server.routes`), which also describes them as OpenAPI.
"""

from .extension import _jupyter_server_extension_points, _load_jupyter_server_extension

__all__ = ["_jupyter_server_extension_points", "_load_jupyter_server_extension"]

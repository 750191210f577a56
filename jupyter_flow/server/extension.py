"""How the Jupyter server finds and loads this face."""

from __future__ import annotations

import atexit
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

    from .attaching import Attaching


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    return [{"module": "jupyter_flow.server"}]


def _load_jupyter_server_extension(server: ServerApp) -> None:
    """Add the handlers to *server*. Its root folder is the one project that it serves."""
    from .handlers import handlers
    from .serving import KEY, Served

    allow_hidden = bool(getattr(server.contents_manager, "allow_hidden", False))
    served = Served(Path(server.root_dir), allow_hidden=allow_hidden, attaching=_attaching(server))
    server.web_app.settings[KEY] = served
    server.web_app.add_handlers(".*$", handlers(server.base_url))  # type: ignore[no-untyped-call]
    atexit.register(served.close)


def _attaching(server: ServerApp) -> Attaching | None:
    """What takes kept kernels in, unless all kernels of *server* are on other machines."""
    from .attaching import Attaching

    is_elsewhere = server.gateway_config.gateway_enabled
    return None if is_elsewhere else Attaching(server.kernel_manager)

"""What all handlers of a server share: the flows below its root, and threads that ask for them.

One project is served: the folder that the Jupyter server shows. Its settings are read, and its
store opened, when somebody first asks.
"""

from __future__ import annotations

import asyncio
import atexit
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from jupyter_flow.app.flows import CheckedFlow, Flows
from jupyter_flow.app.once import Once
from jupyter_flow.app.settings import Settings
from jupyter_flow.app.showing import Below
from jupyter_flow.app.wiring import wire
from jupyter_flow.core.errors import NotFoundError, UsageError

from .confining import Root

if TYPE_CHECKING:
    from .attaching import Attaching

#: Where the server's settings have it.
KEY = "jupyter_flow"
#: So many use-cases are under way at once; starting a service takes its time.
_THREADS = 16
_NOTEBOOKS = (".ipynb", ".py", ".md")
#: The code of an address that could be several flows.
_SEVERAL = "JF403"

P = ParamSpec("P")
T = TypeVar("T")


class Served:
    """The project below the folder of a server; `close` it.

    *attaching* takes kept kernels in; without it none is (the server's kernels are elsewhere).
    """

    def __init__(
        self, folder: Path, *, allow_hidden: bool = False, attaching: Attaching | None = None
    ) -> None:
        self.attaching = attaching
        self.root = Root(folder, allow_hidden=allow_hidden)
        self._wired = Once(lambda: wire(Settings.read(self.root.folder)))
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="jupyter_flow")

    @property
    def flows(self) -> Flows:
        """The use-cases. May block, and raise UsageError for settings that make no sense."""
        return self._wired()

    @property
    def below(self) -> Below:
        """What paths are shown below."""
        return Below(root=self.root.folder, home=self.flows.settings.home)

    async def call(self, act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What *act* gives, called in a thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, partial(act, *args, **kwargs))

    def close(self) -> None:
        """Wait for what is under way, and free everything."""
        atexit.unregister(self.close)
        self._threads.shutdown(cancel_futures=True)
        if self._wired.is_made:
            self._wired().close()

    # -- what a browser may name ---------------------------------------------------------------

    def flow(self, address: str) -> CheckedFlow:
        """The flow at *address*. Raises NotFoundError for one that may not be named."""
        path, _, name = address.rpartition("::")
        if path or name.endswith(_NOTEBOOKS):
            self.root.path(path or name)
        try:
            checked = self.flows.flow(address)
        except UsageError as error:
            if path or error.code != _SEVERAL:
                raise
            return self._only(address, error)
        if not self.shows(checked):
            raise _no_flow(address)
        return checked

    def _only(self, name: str, error: UsageError) -> CheckedFlow:
        """Of several flows called *name*, the only one that may be named."""
        found = [each for each in self.flows.find() if each.name == name and self.shows(each)]
        if not found:
            raise _no_flow(name)
        if len(found) > 1:
            places = ", ".join(self.below.address(each.origin) for each in found)
            raise UsageError(error.what, hint=f"Name one: {places}.", code=error.code)
        return found[0]

    def shows(self, checked: CheckedFlow) -> bool:
        """Whether a browser may see the flow: one through a link out of the root may it not."""
        path = checked.origin.rpartition("::")[0]
        return not path or self.root.holds(Path(path))

    def notebook(self, path: str) -> Path:
        """The path of a notebook that may be named."""
        found = self.root.path(path)
        if found.suffix not in _NOTEBOOKS:
            raise NotFoundError(f"{path!r} is no notebook", code="JF402")
        return found


def _no_flow(address: str) -> NotFoundError:
    return NotFoundError(f"there is no flow {address!r} here", code="JF402")


def served_by(settings: dict[str, Any]) -> Served:
    """What the application with these *settings* serves."""
    found: Served = settings[KEY]
    return found

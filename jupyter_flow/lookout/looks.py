"""What a look is: something that can be awaited, and gives a sight."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor

from jupyter_flow.ports.lookout import Sight

Look = Callable[[], Awaitable[Sight]]


def in_pool(pool: Executor, look: Callable[[], Sight]) -> Look:
    """A *look* that blocks, made in a thread of *pool*."""
    return lambda: asyncio.get_running_loop().run_in_executor(pool, look)


def first_line(text: str, length: int = 200) -> str:
    """What of an error's text goes into a sight."""
    line = text.strip().partition("\n")[0]
    return line if len(line) <= length else f"{line[: length - 1]}…"

"""The lookout that is shipped keeps the promises of its port."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from jupyter_flow.app.clock import SystemClock
from jupyter_flow.lookout.tower import Tower
from jupyter_flow.ports.lookout import Lookout
from jupyter_flow.testing.lookouts import LookoutContract


class TestTower(LookoutContract):
    @pytest.fixture
    def lookout(self) -> Iterator[Lookout]:
        tower = Tower(SystemClock())
        yield tower
        tower.close()

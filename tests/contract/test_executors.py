"""Every executor keeps the promises of the port."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from jupyter_flow.execution.local import LocalExecutor
from jupyter_flow.execution.stopping import Graces
from jupyter_flow.testing.executors import ExecutorContract, ScriptedExecutor, play_scene


class TestScriptedExecutor(ExecutorContract):
    @pytest.fixture
    def executor(self) -> Iterator[ScriptedExecutor]:
        made = ScriptedExecutor(play_scene)
        yield made
        made.close()


class TestLocalExecutor(ExecutorContract):
    @pytest.fixture
    def executor(self) -> Iterator[LocalExecutor]:
        made = LocalExecutor(graces=Graces(interrupt=2.0, terminate=2.0))
        yield made
        made.close()

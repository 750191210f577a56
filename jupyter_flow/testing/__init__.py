"""For tests: of notebooks, with `run_task`; of ours and of plug-ins, with fakes and contracts.

    from jupyter_flow.testing import run_task

    def test_a_good_model_is_found():
        assert run_task("train", {"model": "logit"})["auc"] > 0.8

Beside that there are

    clocks         FakeClock: an hour's delay takes a millisecond
    luck           a run carried to its end with nothing but the machine
    executors      ExecutorContract, ScriptedExecutor
    contracts      RunStoreContract
    secrets        SecretSourceContract
    strategies     Hypothesis: any flow
    samples        runs with everything in them
    notebooks      notebooks made in a line
    postgres       a PostgreSQL server that is gone after the test

Import those from their modules: some of them need pytest or Hypothesis.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_flow.app.alone import TaskFailedError as TaskFailedError
    from jupyter_flow.app.alone import TaskResult as TaskResult
    from jupyter_flow.app.alone import run_task as run_task

__all__ = ["TaskFailedError", "TaskResult", "run_task"]


def __getattr__(name: str) -> Any:
    # Executing a task takes what is made of the parts that are tested with the rest of this.
    if name not in __all__:
        raise AttributeError(f"module 'jupyter_flow.testing' has no attribute {name!r}")
    return getattr(import_module("jupyter_flow.app.alone"), name)

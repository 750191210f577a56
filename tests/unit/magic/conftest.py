"""Flows as the use-cases hand them to the magic."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from jupyter_flow.core.errors import Problem
from jupyter_flow.core.flow import Flow


@pytest.fixture
def checked_flow() -> Callable[..., object]:
    from jupyter_flow.app.flows import CheckedFlow

    def check(flow: Flow, *problems: Problem) -> CheckedFlow:
        return CheckedFlow(
            name=flow.name, origin="f.ipynb::x", flow=flow, plan=None, problems=problems
        )

    return check

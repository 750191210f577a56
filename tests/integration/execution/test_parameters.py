"""Parameters arrive as they are, or not at all."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from jupyter_flow.core.run import Cause
from jupyter_flow.core.states import Outcome

from .conftest import Attempt


def test_every_value_arrives_as_it_is(attempt: Attempt) -> None:
    values: dict[str, Any] = {
        "moment": datetime(2026, 3, 1, 12, 30, tzinfo=timezone(timedelta(hours=2))),
        "utc": datetime(2026, 3, 1, tzinfo=UTC),
        "naive": datetime(2026, 3, 1, 1, 2, 3, 4),  # noqa: DTZ001
        "day": date(2026, 1, 1),
        "pair": (1, "two"),
        "one": (1,),
        "path": Path("a/b c"),
        "none": None,
        "flag": True,
        "text": 'it\'s "quoted"\n\\n {x}',
        "nested": {"a": [1, 2.5, None], 3: (4,)},
        "infinite": -math.inf,
        "missing": math.nan,
    }
    trial = attempt(
        "print(repr({n: globals()[n] for n in names}))",
        parameters={**values, "names": list(values)},
    )
    assert trial.end.outcome is Outcome.SUCCEEDED, trial.log
    import datetime as module
    from pathlib import PosixPath

    scope = {"datetime": module, "PosixPath": PosixPath, "inf": math.inf, "nan": math.nan}
    arrived = eval(trial.text(1), scope)
    assert math.isnan(arrived.pop("missing"))
    values.pop("missing")
    assert arrived == values
    assert {name: type(value) for name, value in arrived.items()} == {
        name: type(value) for name, value in values.items()
    }


def test_texts_become_what_the_notebook_declares(attempt: Attempt) -> None:
    cell = (
        "from datetime import date\nfrom pathlib import Path\n"
        "day: date\npath: Path = Path('x')\nx: float = 1"
    )
    trial = attempt(
        (cell, "parameters"),
        "print(repr((day, path, x)), date)",
        parameters={"day": "2026-01-01", "path": "a/b", "x": 2},
    )
    assert trial.end.outcome is Outcome.SUCCEEDED, trial.log
    printed = "(datetime.date(2026, 1, 1), PosixPath('a/b'), 2.0) <class 'datetime.date'>\n"
    assert trial.text(2) == printed


@pytest.mark.parametrize(
    "name",
    ["x=1;import os;os.system('touch hacked')#", "x\nhacked", "class", "a.b", "", "1x", "a b"],
)
def test_a_hostile_name_is_refused(attempt: Attempt, tmp_path: Path, name: str) -> None:
    trial = attempt("print('ran')", parameters={name: 1})
    assert (trial.failure.cause, trial.failure.name) == (Cause.START_FAILED, "JF221")
    assert not (tmp_path / "hacked").exists()


def test_a_value_that_cannot_be_passed_is_refused(attempt: Attempt) -> None:
    trial = attempt("1", parameters={"thing": object(), "n": 1})
    assert trial.failure.name == "JF223"
    assert "'thing' cannot be passed" in trial.failure.message


def test_without_a_parameters_cell_they_come_first(attempt: Attempt) -> None:
    trial = attempt("print(n)", parameters={"n": 5})
    cells = trial.executed.cells
    assert cells[0].metadata.tags == ["injected-parameters"]
    assert cells[0].source == "# Parameters\nn = 5"
    assert trial.text(1) == "5\n"
    assert trial.executed.metadata.papermill.parameters == {"n": 5}


def test_an_injected_cell_of_an_earlier_run_is_replaced(attempt: Attempt) -> None:
    cells = ("n = 1", "parameters"), ("n = 2", "injected-parameters"), "print(n)"
    trial = attempt(*cells, parameters={"n": 3})
    assert trial.text(2) == "3\n"
    assert len(trial.executed.cells) == 3


def test_no_parameters_add_no_cell(attempt: Attempt) -> None:
    trial = attempt(("n = 1", "parameters"), "print(n)")
    assert trial.text(1) == "1\n"
    assert len(trial.executed.cells) == 2

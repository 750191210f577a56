"""What is said of a failure."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jupyter_flow.core.flow import Kind
from jupyter_flow.core.report import MOST_LINES, failures, in_words, trimmed
from jupyter_flow.core.run import Cause, Failure
from jupyter_flow.core.states import Outcome
from jupyter_flow.testing.luck import Fate, flow_of, rehearse, run_of
from jupyter_flow.testing.samples import failure_of

TRACEBACK = """\
---------------------------------------------------------------------------
KeyError                                  Traceback (most recent call last)
File /venv/lib/python3.11/site-packages/pandas/core/indexes/base.py:3641, in get_loc(self, key)
   3640 try:
-> 3641     return self._engine.get_loc(casted_key)

File pandas/_libs/index.pyx:168, in pandas._libs.index.IndexEngine.get_loc()

KeyError: 'price'

The above exception was the direct cause of the following exception:

KeyError                                  Traceback (most recent call last)
Cell In[2], line 3
      1 import pandas
----> 3 total(frame)

File /home/ada/project/sums.py:7, in total(frame)
      5 def total(frame):

----> 7     return frame["price"].sum()

File /venv/lib/python3.11/site-packages/pandas/core/frame.py:4378, in __getitem__(self, key)
-> 4378     indexer = self.columns.get_loc(key)

File /venv/lib/python3.11/site-packages/pandas/core/indexes/base.py:3648, in get_loc(self, key)
-> 3648     raise KeyError(key) from err

KeyError: 'price'
"""


def test_libraries_are_folded_and_the_own_code_stays() -> None:
    text = "\n".join(trimmed(TRACEBACK, cell=5))

    assert "site-packages" not in text
    assert "Traceback" not in text
    assert "---------" not in text
    assert "Cell 5, line 3\n" in text
    assert '----> 7     return frame["price"].sum()' in text
    assert "… 2 calls inside pandas …" in text
    assert text.endswith("KeyError: 'price'")


def test_compiled_libraries_are_folded_too() -> None:
    frame = "File pandas/_libs/table.pxi:7726, in get_item()\n-> 7726 'Could not get source'\n"

    assert trimmed(f"{frame}\n{frame}\nKeyError: 1") == [
        "… 2 calls inside pandas …",
        "",
        "KeyError: 1",
    ]


def test_a_long_traceback_is_shortened_in_the_middle() -> None:
    lines = trimmed("\n".join(f"line {i}" for i in range(500)))

    assert len(lines) == MOST_LINES
    assert lines[0] == "line 0"
    assert lines[-1] == "line 499"
    assert any("461 lines left out" in line for line in lines)


@pytest.mark.parametrize("text", ["", "\n\n", "Error in f(): no\n", "  odd\n\n\n  odd\n"])
def test_any_traceback_can_be_trimmed(text: str) -> None:
    assert [line for line in trimmed(text) if line] == [
        line.rstrip() for line in text.splitlines() if line.strip()
    ]


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (Failure(cause=Cause.CELL_ERROR, name="ValueError", message="no\nrows"), "ValueError: no"),
        (Failure(cause=Cause.CELL_ERROR, name="AssertionError"), "AssertionError"),
        (Failure(cause=Cause.OUT_OF_MEMORY), "the kernel ran out of memory"),
        (Failure(cause=Cause.TIMEOUT, message="longer than 20 min"), "longer than 20 min"),
    ],
)
def test_a_failure_is_one_line(failure: Failure, words: str) -> None:
    assert in_words(failure) == words


def test_a_report_tells_notebook_cell_line_and_source() -> None:
    fate = Fate(outcome=Outcome.FAILED, failure=failure_of())
    run = rehearse(run_of(flow_of("load > train")), {"train": fate})
    (report,) = failures(run)

    assert str(report.key) == "train"
    assert report.place == "train.ipynb, cell 4, line 2"
    assert report.what == "ValueError: could not convert string to float: 'n/a'"
    assert report.attempts == 1


def test_only_what_failed_itself_is_reported() -> None:
    run = rehearse(run_of(flow_of("a > b > c", "d")), {"a": Outcome.FAILED})

    assert [str(report.key) for report in failures(run)] == ["a"]


SHIPPED = """\
---------------------------------------------------------------------------
ZeroDivisionError                         Traceback (most recent call last)
Cell In[3], line 21
     18     exec(compile(source, place, "exec"), names)
---> 21 result = called(**arguments)
     22 if inspect.isawaitable(result):

File /home/ada/project/sums.py:3, in halve(x)
----> 3     return x / 0

ZeroDivisionError: division by zero
"""


@pytest.mark.parametrize(
    ("kind", "message", "trace"),
    [
        (
            Kind.PYTHON,
            "division by zero",
            [
                "File /home/ada/project/sums.py:3, in halve(x)",
                "----> 3     return x / 0",
                "",
                "ZeroDivisionError: division by zero",
            ],
        ),
        (Kind.SHELL, "division by zero", []),
        (Kind.SQL, "no such table\n[SQL: select 1]", ["no such table", "[SQL: select 1]"]),
    ],
)
def test_a_kind_that_ships_is_told_of_without_its_notebook(
    kind: Kind, message: str, trace: list[str]
) -> None:
    flow = flow_of("load > train")
    tasks = tuple(replace(task, kind=kind) if task.name == "train" else task for task in flow.tasks)
    failure = replace(failure_of(message), traceback=SHIPPED)
    fate = Fate(outcome=Outcome.FAILED, failure=failure)
    run = rehearse(run_of(replace(flow, tasks=tasks)), {"train": fate})
    (report,) = failures(run)

    assert (report.place, report.line_text) == ("", "")
    assert report.what == f"ValueError: {message.splitlines()[0]}"
    assert list(report.trace) == trace

"""A forked kernel makes of a notebook what a started one makes of it, and what papermill does."""

from __future__ import annotations

import dataclasses
import json
import os
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest
from nbclient.exceptions import CellTimeoutError

from jupyter_flow.core.run import Failure
from jupyter_flow.execution.local import LocalExecutor
from jupyter_flow.execution.outputs import collapse

from .conftest import Attempt, launcher_of, notebook_of
from .corpus import CORPUS

#: What differs from one execution to the next.
_CHANGING = (
    (re.compile(r"0x[0-9a-f]{6,}"), "0x…"),
    (re.compile(r"[0-9a-f]{32}"), "id"),
    (re.compile(r"/tmp/ipykernel_\d+/\d+\.py"), "cell"),
    (re.compile(r"-[0-9a-f-]{36}"), "uuid"),
)


@pytest.fixture(scope="module")
def started() -> Any:
    executor = LocalExecutor(launcher=launcher_of("started"))
    yield executor
    executor.close()


@pytest.mark.parametrize("name", CORPUS)
def test_both_ways_to_a_kernel_make_the_same_of_it(
    attempt: Attempt, started: LocalExecutor, name: str
) -> None:
    os.environ.pop("PYTEST_CURRENT_TEST")  # with it, ipykernel does not watch its descriptors
    forked = attempt(*CORPUS[name])
    other = attempt(*CORPUS[name], on=started)
    assert forked.end.outcome is other.end.outcome
    assert _told(forked.end.failure) == _told(other.end.failure)
    assert forked.end.values == other.end.values
    assert forked.statuses == other.statuses
    assert _cells(forked.executed) == _cells(other.executed)
    assert _about(forked.executed) == _about(other.executed)
    assert "the kernel is forked" in forked.log
    assert "the kernel is started" in other.log


@pytest.mark.parametrize("name", [name for name in CORPUS if ":" not in name])
def test_papermill_makes_the_same_of_it(attempt: Attempt, tmp_path: Path, name: str) -> None:
    os.environ.pop("PYTEST_CURRENT_TEST")  # with it, ipykernel does not watch its descriptors
    forked = attempt(*CORPUS[name])
    source = tmp_path / "stock.ipynb"
    nbformat.write(notebook_of(*CORPUS[name]), source)
    stock = _by_papermill(source, forked.assignment.folder)
    ours = _cells(forked.executed)
    assert ours == _with_what_came_late(_cells(stock), ours)
    assert _about(forked.executed) == _about(stock)


def _by_papermill(source: Path, folder: Path) -> nbformat.NotebookNode:
    """The notebook as papermill alone executes it.

    Once in a long while its client waits for ever for a kernel; that is tried again, as what is
    compared is what comes of it.
    """
    target = source.with_name("stock-out.ipynb")
    given = {"kernel_name": "python3", "progress_bar": False, "cwd": folder}
    for _ in range(3):
        with suppress(CellTimeoutError):
            papermill.execute_notebook(source, target, execution_timeout=80, **given)
            return nbformat.read(target, as_version=4)
    raise AssertionError(f"papermill waited three times for a kernel, at {source}")


def _told(failure: Failure | None) -> Any:
    return None if failure is None else _plain(dataclasses.asdict(failure))


def _cells(notebook: nbformat.NotebookNode) -> list[Any]:
    return [
        (cell.source, cell.get("execution_count"), _plain(_merged(cell.get("outputs", []))))
        for cell in notebook.cells
    ]


def _with_what_came_late(stock: list[Any], ours: list[Any]) -> list[Any]:
    """`stock`, made whole where papermill's client may lose lines, by luck.

    ipykernel reads what a cell writes past Python from a pipe, in a thread of its own, and may
    publish it after the cell's idle, where nbclient does not listen any more.
    """
    return [
        (*theirs[:2], [_made_whole(*pair) for pair in zip(theirs[2], own[2], strict=True)])
        if theirs[0].endswith("# past Python") and len(theirs[2]) == len(own[2])
        else theirs
        for theirs, own in zip(stock, ours, strict=True)
    ]


def _made_whole(stock: Any, ours: Any) -> Any:
    if isinstance(stock, dict) or not set(stock[1].splitlines()) <= set(ours[1].splitlines()):
        return stock
    return ours


def _about(notebook: nbformat.NotebookNode) -> Any:
    """What the notebook says of its language and of its widgets."""
    widgets = notebook.metadata.get("widgets", {}).values()
    states = [
        json.dumps(_plain(state), sort_keys=True)
        for each in widgets
        for state in each["state"].values()
    ]
    return notebook.metadata.get("language_info"), sorted(states)


def _merged(outputs: list[Any]) -> list[Any]:
    """Neighbouring texts of one stream as one, and stderr apart: their order is anybody's."""
    texts = {"stdout": "", "stderr": ""}
    others = []
    for each in outputs:
        if each["output_type"] == "stream":
            texts[each["name"]] += each["text"]
        else:
            others.append(each)
    return [*((name, collapse(text)) for name, text in texts.items()), *others]


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        for pattern, stand_in in _CHANGING:
            value = pattern.sub(stand_in, value)
        return value
    if isinstance(value, dict):
        return {_plain(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value

"""The log, the executed notebook, the memory watch: files in a temporary folder."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from jupyter_flow.execution.document import CellStatus, ExecutedNotebook
from jupyter_flow.execution.log import AttemptLog
from jupyter_flow.execution.memory import MemoryWatch
from jupyter_flow.execution.processes import exit_of
from jupyter_flow.ports.kernels import KernelExit

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Ticking:
    """A clock that a second passes on with every look."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at


def test_a_line_of_the_log_has_moment_cell_kind_and_text(tmp_path: Path) -> None:
    log = AttemptLog(tmp_path / "a" / "1.log", now=lambda: START)
    log.cell, log.cells = 3, 7
    log.stream("out", "one\ntw")
    log.stream("err", "other\n")
    log.stream("out", "o\n")
    log.stream("out", "unfinished")
    log.end_cell()
    log.say("done")
    log.close()
    assert (tmp_path / "a" / "1.log").read_text() == (
        "2026-03-01T12:00:00.000Z  [3/7] out | one\n"
        "2026-03-01T12:00:00.000Z  [3/7] err | other\n"
        "2026-03-01T12:00:00.000Z  [3/7] out | two\n"
        "2026-03-01T12:00:00.000Z  [3/7] out | unfinished\n"
        "2026-03-01T12:00:00.000Z  [3/7] --  | done\n"
    )


def test_a_line_before_the_first_cell_has_none(tmp_path: Path) -> None:
    log = AttemptLog(tmp_path / "1.log", now=lambda: START)
    log.cells = 7
    log.say("begins")
    log.close()
    assert (tmp_path / "1.log").read_text() == "2026-03-01T12:00:00.000Z  --  | begins\n"


def test_a_reader_sees_what_was_flushed(tmp_path: Path) -> None:
    log = AttemptLog(tmp_path / "1.log", now=lambda: START)
    log.say("here")
    log.flush()
    assert "here" in (tmp_path / "1.log").read_text()
    log.close()


def test_a_full_log_still_says_what_matters(tmp_path: Path) -> None:
    log = AttemptLog(tmp_path / "1.log", now=lambda: START, limit=1000)
    for n in range(1000):
        log.stream("out", f"{n}\n")
    log.traceback("why")
    log.close()
    lines = (tmp_path / "1.log").read_text().splitlines()
    assert any("the log is full" in line for line in lines)
    assert any(line.endswith("tb  | why") for line in lines)
    assert "left out of this log" in lines[-1]
    assert len(lines) < 40


def executed(path: Path) -> ExecutedNotebook:
    cells = [new_code_cell(str(n)) for n in range(3)]
    return ExecutedNotebook(new_notebook(cells=cells), path, now=Ticking())


def test_cells_that_were_never_reached_stay_pending(tmp_path: Path) -> None:
    document = executed(tmp_path / "1.ipynb")
    document.begin()
    document.cell_began(0)
    document.cell_ended(0, CellStatus.COMPLETED)
    document.cell_began(1)
    document.end(failed=True)
    saved = json.loads((tmp_path / "1.ipynb").read_text())
    about = [cell["metadata"]["papermill"] for cell in saved["cells"]]
    assert [each["status"] for each in about] == ["completed", "failed", "pending"]
    assert [each["exception"] for each in about] == [False, True, None]
    assert about[0]["duration"] == 1.0
    assert saved["metadata"]["papermill"]["exception"] is True


def test_a_save_is_due_only_when_something_changed(tmp_path: Path) -> None:
    document = executed(tmp_path / "1.ipynb")
    assert document.save_due_in(0.0) is None
    document.touch()
    assert document.save_due_in(0.0) == 0.0
    document.save()
    document.touch()
    assert document.save_due_in(0.0) is not None
    assert document.save_due_in(1e12) == 0.0


@pytest.mark.parametrize(
    ("cgroup", "counter", "text"),
    [
        ("0::/user/k", "sys/fs/cgroup/user/k/memory.events", "low 0\noom 4\noom_kill {}\n"),
        ("4:memory:/k", "sys/fs/cgroup/memory/k/memory.oom_control", "under_oom 0\noom_kill {}\n"),
        ("0::/hosts/path", "sys/fs/cgroup/memory.events", "oom_kill {}\n"),
        ("0::/", "proc/vmstat", "nr_free 1\noom_kill {}\n"),
    ],
)
def test_a_kill_for_want_of_memory_is_known_by_its_count(
    tmp_path: Path, cgroup: str, counter: str, text: str
) -> None:
    for name, content in (("proc/42/cgroup", cgroup), (counter, text.format(1))):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    watch = MemoryWatch.of(42, root=tmp_path)
    assert not watch.killed(KernelExit(signal=9))
    (tmp_path / counter).write_text(text.format(2))
    assert watch.killed(KernelExit(signal=9))
    assert watch.killed(exit_of(137))
    assert not watch.killed(KernelExit(signal=11))
    assert not watch.killed(KernelExit(status=1))


def test_where_nothing_is_counted_a_kill_is_a_kill(tmp_path: Path) -> None:
    assert not MemoryWatch.of(42, root=tmp_path).killed(KernelExit(signal=9))

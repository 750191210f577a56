"""What an attempt leaves: outputs, log, values, artifacts; and that they can be read meanwhile."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path

import nbformat
import pytest

from jupyter_flow.core.events import AttemptEnded
from jupyter_flow.core.run import Cause
from jupyter_flow.core.states import Outcome
from jupyter_flow.execution.local import LocalExecutor
from jupyter_flow.execution.outputs import Bounds

from .conftest import Attempt, notebook_of


@pytest.mark.slow
def test_a_hundred_thousand_flushed_prints_pass(attempt: Attempt) -> None:
    trial = attempt("for i in range(100_000): print('line', i, flush=True)", "print('after')")
    assert trial.end.outcome is Outcome.SUCCEEDED
    assert trial.text(0) == "".join(f"line {i}\n" for i in range(100_000))
    assert len(trial.executed.cells[0].outputs) == 1
    assert trial.text(1) == "after\n"


def test_two_hundred_cells_with_five_megabytes_are_saved_few_times(
    attempt: Attempt, monkeypatch
) -> None:
    from jupyter_flow.execution import document

    saves: list[int] = []
    write = document.write_whole

    def counted(path: Path, content: bytes) -> None:
        saves.append(len(content))
        write(path, content)

    monkeypatch.setattr(document, "write_whole", counted)
    began = time.monotonic()
    trial = attempt(*["print('x' * 25_000)"] * 200)
    assert trial.end.outcome is Outcome.SUCCEEDED
    assert trial.assignment.executed.stat().st_size > 5_000_000
    assert len(saves) <= 2 + (time.monotonic() - began) / 2.0


def test_a_reader_never_sees_a_torn_notebook(attempt: Attempt, monkeypatch) -> None:
    from jupyter_flow.execution import document

    monkeypatch.setattr(document, "_EVERY", 0.0)
    monkeypatch.setattr(document, "_TIMES", 0.0)
    trial = attempt(*["print('x' * 20_000)"] * 40)
    seen: list[int] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            try:
                text = trial.assignment.executed.read_text()
            except FileNotFoundError:
                continue
            notebook = nbformat.from_dict(json.loads(text))
            seen.append(sum(bool(cell.outputs) for cell in notebook.cells))

    reader = threading.Thread(target=read)
    reader.start()
    trial.end  # noqa: B018 - wait for it
    done.set()
    reader.join()
    assert seen == sorted(seen)
    assert len(set(seen)) > 1
    assert list(trial.assignment.executed.parent.glob(".*")) == []


def test_a_silent_cell_is_saved_while_it_runs(attempt: Attempt, tmp_path: Path) -> None:
    """What it printed first is on disk long before its end: the cell waits to see it there."""
    wait = f"""
print('begun', flush=True)
import pathlib, time
executed = pathlib.Path({str(tmp_path / "runs" / "1.ipynb")!r})
end = time.monotonic() + 60
while 'begun\\\\n' not in executed.read_text() and time.monotonic() < end:
    time.sleep(0.05)
assert time.monotonic() < end
assert '"status": "running"' in executed.read_text()
"""
    trial = attempt(wait)
    assert trial.end.outcome is Outcome.SUCCEEDED, trial.log


def test_progress_counts_all_cells_as_people_see_them(attempt: Attempt) -> None:
    note = nbformat.v4.new_markdown_cell("# A title")
    trial = attempt(note, "1", "", "2", ("3", "skip-execution"), "4")
    assert trial.end.outcome is Outcome.SUCCEEDED
    assert trial.progress == [(2, 6), (4, 6), (6, 6)]
    assert trial.statuses[0] == "completed"


def test_progress_failure_and_log_name_one_cell_alike(attempt: Attempt) -> None:
    note = nbformat.v4.new_markdown_cell("# A title")
    trial = attempt(note, ("n = 1", "parameters"), "", "1 / 0", parameters={"n": 2})
    assert trial.failure.cell == 4
    assert trial.progress == [(2, 4), (4, 4)]
    assert "[4/4] tb  | ZeroDivisionError" in trial.log


def test_the_log_is_in_order_with_the_cell_of_each_line(attempt: Attempt) -> None:
    code = (
        "import sys\nprint('one', flush=True)\nprint('two', file=sys.stderr, flush=True)\n"
        "print('three')"
    )
    trial = attempt("1 + 1", code, "1 / 0")
    lines = [line.partition("Z  ")[2] for line in (trial.failure, trial.log)[1].splitlines()]
    assert "[1/3] res | 2" in lines
    wanted = [f"[2/3] {each}" for each in ("out | one", "err | two", "out | three")]
    assert [line for line in lines if line in wanted] == wanted
    assert any(line == "[3/3] tb  | ZeroDivisionError: division by zero" for line in lines)
    assert lines[-1] == "[3/3] --  | failed"


def test_progress_bars_are_collapsed(attempt: Attempt) -> None:
    bar = "for i in range(1000): print(f'\\r{i:4d}/1000', end='', flush=True)\nprint(' done')"
    trial = attempt(bar)
    assert trial.text(0) == " 999/1000 done\n"
    assert trial.log.count("/1000") <= 2


def test_a_flood_is_cut_and_says_how_much(attempt: Attempt) -> None:
    executor = LocalExecutor(
        bounds=Bounds(cell=10_000, notebook=100_000, tail=1_000), log_limit=20_000
    )
    flood = "for i in range(20_000): print(i)\nprint('the end')"
    trial = attempt(flood, "print('next')", on=executor)
    assert trial.end.outcome is Outcome.SUCCEEDED
    assert trial.text(0).startswith("0\n1\n2\n")
    assert trial.text(0).endswith("19999\nthe end\n")
    assert "of output left out" in trial.text(0)
    assert len(trial.text(0)) < 12_000
    assert trial.text(1) == "next\n"
    assert len(trial.log) < 25_000
    assert "were left out of this log" in trial.log
    executor.close()


def test_output_of_a_thread_is_not_lost(attempt: Attempt) -> None:
    start = """
import threading
go = threading.Event()
def work():
    go.wait()
    print('from the thread', flush=True)
worker = threading.Thread(target=work)
worker.start()
"""
    trial = attempt(start, "go.set(); worker.join(); print('from the cell')")
    assert "from the thread" in trial.text(0) + trial.text(1)
    assert "from the cell" in trial.text(1)


def test_displays_are_updated_and_cleared(attempt: Attempt) -> None:
    show = "from IPython.display import clear_output, display\nh = display('old', display_id=True)"
    clear = "print('gone')\nclear_output(wait=True)\nprint('kept')"
    trial = attempt(show, "h.update('new')", clear)
    assert trial.executed.cells[0].outputs[0].data["text/plain"] == "'new'"
    assert trial.text(2) == "kept\n"


def test_widgets_keep_their_state(attempt: Attempt) -> None:
    code = """
import ipywidgets as widgets
out = widgets.Output()
with out:
    print('inside')
display(out, widgets.IntSlider(7))
"""
    trial = attempt(code)
    assert trial.end.outcome is Outcome.SUCCEEDED, trial.log
    state = trial.executed.metadata.widgets["application/vnd.jupyter.widget-state+json"]["state"]
    values = [each["state"] for each in state.values()]
    assert any(each.get("value") == 7 for each in values)
    assert any("inside" in str(each.get("outputs")) for each in values)


def test_values_are_handed_on_and_the_last_of_a_name_counts(attempt: Attempt) -> None:
    first = "import jupyter_flow.handoff as h\nh.output(auc=0.5, names=['a', 'b'])"
    trial = attempt(first, "h.output(auc=0.9)")
    assert trial.end.values == {"auc": 0.9, "names": ["a", "b"]}


def test_values_of_a_failed_attempt_are_told(attempt: Attempt) -> None:
    trial = attempt("import jupyter_flow.handoff as h\nh.output(n=1)\n1 / 0")
    assert trial.end.outcome is Outcome.FAILED
    assert trial.end.values == {"n": 1}


def test_what_is_no_json_is_refused_where_it_is_handed_on(attempt: Attempt) -> None:
    trial = attempt("import jupyter_flow.handoff as h\nh.output(f=lambda: 1)")
    assert trial.failure.name == "TypeError"
    assert "artifact('f')" in trial.failure.message


def test_a_value_that_is_too_big_fails_the_cell_that_displays_it(attempt: Attempt) -> None:
    """Other languages display the bundle themselves, so it is checked here too."""
    mime = "application/vnd.jupyter-flow.value+json"
    trial = attempt(f"display({{'{mime}': {{'big': 'x' * 70_000}}}}, raw=True)", "2")
    assert (trial.failure.cause, trial.failure.cell) == (Cause.CELL_ERROR, 1)
    assert "'big' has 70,002 bytes" in trial.failure.message
    assert trial.end.values == {}


def test_artifacts_have_a_folder_of_the_attempt(attempt: Attempt) -> None:
    trial = attempt(
        "from jupyter_flow.handoff import artifact\nartifact('plots/a.txt').write_text('hi')"
    )
    assert trial.end.outcome is Outcome.SUCCEEDED, trial.log
    assert (trial.assignment.artifacts / "plots" / "a.txt").read_text() == "hi"


def test_braces_and_odd_characters_in_paths_are_only_characters(
    attempt: Attempt, tmp_path: Path
) -> None:
    odd = tmp_path / "{day} -x {{pm}} 'q' ünï"
    odd.mkdir()
    source = odd / "-{n}.ipynb"
    nbformat.write(notebook_of("import os; print(os.getcwd())"), source)
    trial = attempt(source=source, folder=odd, home=odd / "runs", parameters={"n": 1})
    assert trial.end.outcome is Outcome.SUCCEEDED, trial.log
    assert trial.text(1) == f"{odd}\n"


def test_unicode_goes_through(attempt: Attempt) -> None:
    text = "žluťoučký 漢字 🚀 \u202e"
    trial = attempt(
        "print(s)", "assert s == input_s", "'\\udcff'", parameters={"s": text, "input_s": text}
    )
    assert trial.end.outcome is Outcome.SUCCEEDED, trial.log
    assert trial.text(1) == f"{text}\n"


def test_a_notebook_of_version_3_runs(attempt: Attempt, tmp_path: Path) -> None:
    cells = [
        {"cell_type": "heading", "level": 1, "source": ["Old"], "metadata": {}},
        {
            "cell_type": "code",
            "input": ["print('old')"],
            "language": "python",
            "outputs": [],
            "collapsed": False,
            "metadata": {},
        },
    ]
    old = {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {"name": "old"},
        "worksheets": [{"cells": cells, "metadata": {}}],
    }
    source = tmp_path / "old.ipynb"
    source.write_text(json.dumps(old))
    trial = attempt(source=source)
    assert trial.end.outcome is Outcome.SUCCEEDED, trial.log
    assert trial.text(1) == "old\n"
    assert trial.executed.nbformat == 4


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"nbformat": 4}'])
def test_what_is_no_notebook_fails_and_says_so(attempt: Attempt, tmp_path: Path, text: str) -> None:
    source = tmp_path / "broken.ipynb"
    source.write_text(text)
    trial = attempt(source=source)
    assert (trial.failure.cause, trial.failure.name) == (Cause.START_FAILED, "JF605")


def test_closing_the_executor_ends_what_runs(attempt: Attempt) -> None:
    executor = LocalExecutor()
    trials = [attempt("import time; time.sleep(60)", on=executor) for _ in range(2)]
    for trial in trials:
        trial.next()
    executor.close()
    ends = [trial.reports.get_nowait() for trial in trials]
    assert all(isinstance(end, AttemptEnded) for end in ends)
    assert {end.outcome for end in ends} == {Outcome.CANCELLED}

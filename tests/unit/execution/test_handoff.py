"""What a notebook calls, when a person runs it by hand."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jupyter_flow.execution.values import Values
from jupyter_flow.handoff import VALUE_MIME, artifact, output


def test_outside_a_kernel_values_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    output(auc=np.float64(0.5), n=np.int64(3), ok=np.bool_(True), where=Path("a/b"))
    output(day=date(2026, 1, 1), pair=(1, None), nested={"a": [np.int8(1)]})
    assert capsys.readouterr().out == (
        'auc = 0.5\nn = 3\nok = true\nwhere = "a/b"\n'
        'day = "2026-01-01"\npair = [1, null]\nnested = {"a": [1]}\n'
    )


@pytest.mark.parametrize(
    "value",
    [object(), {1, 2}, range(3), np.array([object()]), {1: 2}, [{"a": object()}]],
)
def test_what_is_no_json_is_refused_with_a_way_out(value: Any) -> None:
    with pytest.raises(TypeError, match=r"artifact|items\(\)"):
        output(thing=value)


@pytest.mark.parametrize("value", [math.nan, math.inf, [np.float32("nan")], [b"x"] * 400])
def test_what_no_store_could_keep_is_refused(value: Any, project: Path) -> None:
    with pytest.raises(ValueError, match=r"JSON does not know|may have"):
        output(thing=value)


def test_a_value_that_could_be_taken_for_a_file_is_refused() -> None:
    with pytest.raises(ValueError, match=r"x\['a'\]\[0\] has the key '\$artifact'"):
        output(x={"a": [{"$artifact": 1}]})


@pytest.mark.parametrize(
    ("value", "line", "content"),
    [
        (b"\x00\xff", "bin, bytes, 2 B", b"\x00\xff"),
        ("ä" * 40_000, "txt, 40,000 characters, 80 kB", "ä".encode() * 40_000),
        (list(range(20_000)), "json, 20,000 items, 129 kB", None),
        ({str(n): n for n in range(9_000)}, "json, 9,000 entries, 124 kB", None),
    ],
)
def test_what_is_too_large_or_no_json_becomes_a_file(
    value: Any, line: str, content: bytes | None, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output(thing=value)
    assert capsys.readouterr().out == f"thing = {line}\n"
    (file,) = (project / ".jupyter_flow" / "scratch" / "values").iterdir()
    found = file.read_bytes()
    assert found == content if content is not None else json.loads(found) == value


def test_what_fails_while_it_is_written_leaves_no_file(project: Path) -> None:
    with pytest.raises(ValueError, match="surrogates"):
        output(thing="\ud800" * 70_000)
    assert list((project / ".jupyter_flow" / "scratch" / "values").iterdir()) == []


def test_by_hand_an_artifact_is_a_scratch_file(project: Path) -> None:
    path = artifact("plots/roc.png")
    assert path == project / ".jupyter_flow" / "scratch" / "plots" / "roc.png"
    assert path.parent.is_dir()


def test_in_a_task_it_is_in_the_folder_of_the_attempt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_FLOW_ARTIFACTS", str(tmp_path / "1"))
    assert artifact("m.pkl") == tmp_path / "1" / "m.pkl"


@pytest.mark.parametrize("name", ["", ".", "/etc/passwd", "../up", "a/../../b", "C:/x"])
def test_an_artifact_cannot_lead_out(name: str) -> None:
    with pytest.raises(ValueError, match="no name of an artifact"):
        artifact(name)


def test_it_imports_nothing_heavy() -> None:
    code = "import sys, jupyter_flow.handoff; print([m for m in sys.modules if m in %r])"
    heavy = ["IPython", "numpy", "papermill", "zmq", "pydantic", "sqlalchemy", "nbformat"]
    done = subprocess.run([sys.executable, "-c", code % heavy], capture_output=True, text=True)
    assert done.stdout == "[]\n"


def test_values_come_from_any_kernels_bundle() -> None:
    values = Values()
    assert values.take({VALUE_MIME: {"a": 1}, "text/plain": "…"}) is None
    assert values.take({VALUE_MIME: json.dumps({"b": 2, "a": 3})}) is None
    assert values.take({"text/plain": "nothing"}) is None
    assert values.taken == {"a": 3, "b": 2}


@pytest.mark.parametrize("content", [[1], "no json", 3, {"x": "y" * 70_000}])
def test_values_that_are_none_are_refused(content: Any) -> None:
    values = Values()
    assert values.take({VALUE_MIME: content}) is not None
    assert values.taken == {}

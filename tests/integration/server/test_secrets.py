"""What a page can ask of a run tells no secret that the run was given."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyter_flow.testing.notebooks import write_notebook
from jupyter_flow.testing.traces import files_with, found_in

if TYPE_CHECKING:
    from conftest import Asking

TOKEN = "Pa$$ wort/1234+x"


async def test_a_secret_is_in_no_answer(
    ask: Asking, jp_root_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_FLOW_SECRET_TOKEN", TOKEN)
    write_notebook(
        jp_root_dir / "leak.ipynb",
        "import jupyter_flow",
        "print(token, headers)",
        "jupyter_flow.output(said=token)\ntoken",
        "raise ValueError(token)",
        parameters="token: str = ''\nheaders: dict = {}",
        task="leak",
    )
    bearer = '{"Authorization": "Bearer {{ secret(\'TOKEN\') }}"}'
    cell = f'%%flow leaks\nleak(token=secret("TOKEN"), headers={bearer})'
    write_notebook(jp_root_dir / "leaks.ipynb", cell)

    run = (await ask.post("runs", body={"flow": "leaks"}))["run"]
    page = await ask.end_of(run)

    assert page["run"]["state"] == "failed"
    parameters = page["task_runs"][0]["attempts"][0]["parameters"]
    assert parameters["token"] == {"$secret": ["", "TOKEN", ""]}
    task = ("runs", run, "tasks", "leak")
    asked = [(*task, "1", "log"), (*task, "1", "notebook"), (*task, "why"), ("runs",), ("flows",)]
    answers = [(await ask.fetch(*path)).body for path in asked]
    assert b"***" in answers[0]
    assert b"***" in answers[1]
    for answer in (json.dumps(page).encode(), *answers):
        assert not found_in(answer, TOKEN)
    assert not dict(files_with(TOKEN, jp_root_dir))


async def test_a_run_cannot_be_given_a_secret_as_a_parameter(ask: Asking) -> None:
    body = {"flow": "churn", "params": {"n": {"$secret": ["", "TOKEN", ""]}}}

    status, said = await ask.refusal(ask.post("runs", body=body))

    assert status == 422
    assert "JF241" in json.dumps(said)

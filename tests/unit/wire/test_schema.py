"""The shapes and words that the front end has are those that Python has."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from jupyter_flow.core.states import TaskState
from jupyter_flow.core.words import ago, duration, overall, tally
from jupyter_flow.wire import schema

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def definitions() -> dict[str, Any]:
    definitions: dict[str, Any] = schema.api_schema()["$defs"]
    return definitions


@pytest.fixture(scope="module")
def words(repository: Path) -> dict[str, Any]:
    """What the front end's words are held to."""
    table = repository / "labextension" / "src" / "core" / "__tests__" / "words.json"
    words: dict[str, Any] = json.loads(table.read_text(encoding="utf-8"))
    return words


@pytest.mark.parametrize("name", sorted(schema.files()))
def test_the_committed_schemas_are_those_of_the_code(name: str) -> None:
    committed = schema.FOLDER / name

    assert committed.read_text(encoding="utf-8") == schema.files()[name], (
        "run: python -m jupyter_flow.wire.schema && npm run schema"
    )


def test_the_front_ends_types_are_those_of_the_schemas(repository: Path) -> None:
    if shutil.which("node") is None or not (repository / "node_modules").exists():
        pytest.skip("needs Node.js, and what npm install brings")
    command = ["node", "labextension/schema.mjs", "--check"]
    answer = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False)

    assert answer.returncode == 0, answer.stderr


def test_main_writes_the_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "FOLDER", tmp_path / "schemas")
    schema.main()

    written = {path.name: path.read_text("utf-8") for path in (tmp_path / "schemas").iterdir()}
    assert written == schema.files()


def test_what_is_sent_is_always_there(definitions: dict[str, Any]) -> None:
    event = definitions["RunEvent"]

    assert set(event["required"]) == set(event["properties"])
    assert event["properties"]["kind"]["const"] == "run_event"


def test_a_request_may_leave_out_what_has_a_default_but_for_its_kind(
    definitions: dict[str, Any],
) -> None:
    assert definitions["StartRequest"]["required"] == ["flow"]
    assert definitions["WatchRun"]["required"] == ["kind", "run"]


def test_every_shape_is_explained_and_its_fields_have_no_titles(
    definitions: dict[str, Any],
) -> None:
    for name, each in definitions.items():
        if name in schema.UNIONS:
            continue
        assert each["description"], name
        assert not [field for field in each["properties"].values() if "title" in field], name


def test_durations_and_moments_are_told_as_the_front_end_tells_them(words: dict[str, Any]) -> None:
    assert [[span, duration(span)] for span, _ in words["durations"]] == words["durations"]
    agos = [[span, ago(NOON - timedelta(seconds=span), NOON)] for span, _ in words["agos"]]
    assert agos == words["agos"]


def test_states_are_summed_up_as_the_front_end_sums_them_up(words: dict[str, Any]) -> None:
    for states, whole in words["overalls"]:
        assert overall(map(TaskState, states)) == whole
    for counts, told in words["tallies"]:
        states = [TaskState(state) for state, count in counts.items() for _ in range(count)]
        assert tally(states) == told

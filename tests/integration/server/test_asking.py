"""All that a browser can ask for over HTTP, answered by a real server about real runs."""

from __future__ import annotations

import gzip
import json
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_flow.app.flows import Flows
from jupyter_flow.app.wiring import open_flows
from jupyter_flow.testing.notebooks import write_notebook

if TYPE_CHECKING:
    from conftest import Asking

TRAIN = {"line": "churn", "body": "load >> train", "path": "flow.ipynb", "cell": 1}


async def ended(ask: Asking, flow: str = "churn", **params: Any) -> dict[str, Any]:
    """The page of a run that was started as a browser does, once it has ended."""
    run = (await ask.post("runs", body={"flow": flow, "params": params}))["run"]
    return await ask.end_of(run)


def task_of(page: dict[str, Any], task: str) -> dict[str, Any]:
    return next(each for each in page["task_runs"] if each["task"] == task)


async def test_a_large_answer_is_packed_for_whoever_can_unpack_it(
    ask: Asking, project: Path
) -> None:
    body = "\n".join(["wide", *(f"t{number} = load(n={number})" for number in range(500))])
    write_notebook(project / "wide.ipynb", f"%%flow {body}")
    there = {"params": {"address": "wide"}, "decompress_response": False}
    plain = await ask.fetch("flows", "one", **there)
    packed = await ask.fetch("flows", "one", **there, headers={"Accept-Encoding": "gzip, br"})
    again = await ask.fetch("flows", "one", **there, headers={"Accept-Encoding": "gzip, br"})
    small = await ask.fetch("status", headers={"Accept-Encoding": "gzip"})

    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) < len(plain.body) / 10
    assert again.headers["Etag"] == packed.headers["Etag"] != plain.headers["Etag"]
    assert "Content-Encoding" not in small.headers


# -- flows and notebooks -----------------------------------------------------------------------


async def test_the_project_says_how_it_is(ask: Asking, project: Path) -> None:
    status = await ask.get("status")

    assert status["version"] == metadata.version("jupyterlab-flow")
    assert status["root"] == str(project.resolve())
    assert (status["services"], status["running"], status["ailments"]) == (0, 0, [])


async def test_flows_are_listed_with_their_tasks(ask: Asking) -> None:
    (flow,) = await ask.get("flows")

    assert (flow["address"], flow["source"]) == ("flow.ipynb::churn", "flow.ipynb")
    assert flow["description"] == "Counts and trains"
    assert flow["params"] == [
        {"name": "n", "type": "int", "default": 3, "is_required": False, "help": ""}
    ]
    assert {each["name"]: each["upstream"] for each in flow["tasks"]} == {
        "load": [],
        "train": ["load"],
        "report": ["train"],
        "side": ["load"],
    }
    assert {each["source"] for each in flow["tasks"]} == {
        f"{name}.ipynb" for name in ("load", "train", "report", "side")
    }


async def test_a_flow_is_found_by_any_of_its_addresses(ask: Asking) -> None:
    for address in ("churn", "flow.ipynb", "flow.ipynb::churn"):
        assert (await ask.get("flows", "one", address=address))["name"] == "churn"


async def test_a_flow_in_an_editor_is_checked_with_places(ask: Asking) -> None:
    good = await ask.post("check", body=TRAIN)
    bad = await ask.post("check", body=TRAIN | {"body": "load >> trian"})

    assert good["problems"] == []
    (problem,) = bad["problems"]
    assert "trian" in problem["what"]
    assert "train" in problem["hint"]
    place = (problem["path"], problem["cell"], problem["line"], problem["column"])
    assert place == ("flow.ipynb", 1, 2, 8)


async def test_a_flow_that_goes_in_circles_is_shown_all_the_same(ask: Asking) -> None:
    flow = await ask.post("check", body=TRAIN | {"body": "load >> train >> load"})

    assert any(each["severity"] == "error" for each in flow["problems"])


async def test_a_notebook_is_tagged_and_untagged(ask: Asking, project: Path) -> None:
    write_notebook(project / "sub" / "02 new one.ipynb", parameters="k: int\nname: str = 'x'")
    before = await ask.get("contract", path="sub/02 new one.ipynb")
    tagged = await ask.post(
        "tag",
        body={
            "path": "sub/02 new one.ipynb",
            "options": {"retries": "2"},
            "description": "Something new",
        },
    )
    untagged = await ask.post("tag", body={"path": "sub/02 new one.ipynb", "remove": True})

    assert (before["task"], before["suggested"]) == (None, "new_one")
    assert [(each["name"], each["is_required"]) for each in before["parameters"]] == [
        ("k", True),
        ("name", False),
    ]
    assert (tagged["task"], tagged["description"]) == ("new_one", "Something new")
    assert tagged["options"] == {"retries": 2}
    assert untagged["task"] is None


async def test_a_wrong_option_is_refused_with_what_to_do(ask: Asking) -> None:
    tag = {"path": "load.ipynb", "options": {"retires": "2"}}

    status, error = await ask.refusal(ask.post("tag", body=tag))

    assert status == 422
    assert "retries" in error["hint"]
    assert error["problems"][0]["path"] == "load.ipynb"


async def test_a_notebook_that_is_none_is_refused(ask: Asking, project: Path) -> None:
    (project / "broken.ipynb").write_text('{"jupyter_flow": ')

    assert (await ask.refusal(ask.get("contract", path="broken.ipynb")))[0] == 422
    assert (await ask.refusal(ask.get("contract", path="nowhere.ipynb")))[0] == 404


# -- runs --------------------------------------------------------------------------------------


async def test_a_run_is_started_and_seen_to_its_end(ask: Asking) -> None:
    page = await ended(ask, n=5)
    (listed,) = await ask.get("runs", flow="churn", state="succeeded,failed")
    events = await ask.get("runs", page["run"]["id"], "events", after=2)

    assert page["run"]["state"] == "succeeded"
    assert page["params"] == {"n": 5}
    assert task_of(page, "load")["values"] == {"rows": 10}
    (attempt,) = task_of(page, "train")["attempts"]
    assert attempt["parameters"] == {"rows": 10}
    assert listed == page["run"]
    assert listed["tasks"] == {"succeeded": 4}
    assert await ask.get("runs", state="failed") == []
    assert [each["seq"] for each in events] == list(range(3, page["seq"] + 1))


async def test_an_attempt_shows_its_log_and_its_notebook(ask: Asking) -> None:
    page = await ended(ask)
    place = ("runs", page["run"]["id"], "tasks", "train", "1")

    log = await ask.get(*place, "log")
    parts = [await ask.get(*place, "log", limit=4)]
    while not parts[-1]["is_over"]:
        parts.append(await ask.get(*place, "log", limit=4, start=parts[-1]["next"]))
    document = await ask.fetch(*place, "notebook")
    again = await ask.fetch(
        *place, "notebook", headers={"If-None-Match": document.headers["Etag"]}, raise_error=False
    )

    assert "training on 6" in log["text"]
    assert (log["next"], log["is_over"]) == (log["size"], True)
    assert "".join(each["text"] for each in parts) == log["text"]
    assert json.loads(document.body)["nbformat"] == 4
    assert (again.code, again.body) == (304, b"")


async def test_what_failed_is_told_repaired_and_compared(ask: Asking, project: Path) -> None:
    (project / "broken").touch()
    failed = await ended(ask)
    run = failed["run"]["id"]
    failure = task_of(failed, "train")["attempts"][0]["failure"]
    copy = await ask.post("runs", run, "tasks", "train", "1", "debug")
    second = await ask.post("runs", run, "tasks", "train", "1", "debug")
    (project / "broken").unlink()
    await ask.post("runs", run, "repair")
    repaired = await ask.end_of(run, after=failed["seq"])
    pages = await ask.get("compare", runs=f"{run},{run}")

    assert failed["run"]["state"] == "failed"
    assert (failure["name"], failure["message"]) == ("ValueError", "no rows today")
    assert (copy["path"], second["path"]) == ("train-debug.ipynb", "train-debug-2.ipynb")
    cells = json.loads((project / copy["path"]).read_text())["cells"]
    assert "no rows today" in "".join(cells[copy["cell"] - 1]["source"])
    assert repaired["run"]["state"] == "succeeded"
    assert len(task_of(repaired, "train")["attempts"]) == 2
    assert pages == [repaired]


async def test_what_came_of_a_flow_is_told_run_by_run(ask: Asking) -> None:
    first, second = await ended(ask), await ended(ask, n=4)
    grid = await ask.get("grid", flow="churn")
    past = await ask.get("past", flow="churn", task="train")

    assert [each["run"] for each in grid] == [second["run"], first["run"]]
    assert [each["run"] for each in past] == [second["run"], first["run"]]
    assert [each["task_runs"] for each in past] == [
        [task_of(each, "train")] for each in (second, first)
    ]
    states = {each["task"]: each["state"] for each in grid[0]["tasks"]}
    assert states == {each["task"]: each["state"] for each in second["task_runs"]}
    assert len(await ask.get("grid", flow="churn", limit="1")) == 1


async def test_lists_go_on_after_the_last_run_of_a_page(ask: Asking) -> None:
    first, second = await ended(ask), await ended(ask, n=4)
    (newest,) = await ask.get("runs", limit=1)
    after = {"older_than": f"{newest['created_at']},{newest['id']}"}

    assert newest["id"] == second["run"]["id"]
    assert await ask.get("runs", **after) == [first["run"]]
    assert await ask.get("runs", flow="churn", state="failed", **after) == []
    assert [each["run"] for each in await ask.get("grid", flow="churn", **after)] == [first["run"]]
    past = await ask.get("past", flow="churn", task="train", **after)
    assert [each["run"] for each in past] == [first["run"]]
    for wrong in ("yesterday,x", newest["id"], f"{newest['created_at']},"):
        status, view = await ask.refusal(ask.get("runs", older_than=wrong))
        assert status == 400, view


async def test_tasks_are_cleared_and_marked(ask: Asking) -> None:
    page = await ended(ask)
    run = page["run"]["id"]

    await ask.post("runs", run, "clear", body={"tasks": ["side"]})
    cleared = await ask.end_of(run, after=page["seq"])
    await ask.post("runs", run, "mark", body={"task": "side", "state": "failed"})
    marked = await ask.end_of(run, after=cleared["seq"])

    assert len(task_of(cleared, "side")["attempts"]) == 2
    assert len(task_of(cleared, "train")["attempts"]) == 1
    assert marked["run"]["state"] == "failed"
    assert task_of(marked, "side")["state"] == "failed"


async def test_a_run_is_cancelled_and_says_why_a_task_does_not_run(
    ask: Asking, project: Path
) -> None:
    write_notebook(project / "load.ipynb", "import time\ntime.sleep(300)", task="load")
    flow = "%%flow slow\nload >> train"
    write_notebook(project / "slow.ipynb", flow)
    run = (await ask.post("runs", body={"flow": "slow"}))["run"]
    await ask.until(run, lambda page: task_of(page, "load")["state"] == "running")

    why = await ask.get("runs", run, "tasks", "train", "why")
    active = await ask.get("runs", run, "tasks", "load", "why")
    await ask.post("runs", run, "cancel")
    page = await ask.end_of(run)

    assert why["reasons"] == ["it waits for 'load', which is running"]
    assert active["state"] == "running"
    assert page["run"]["state"] == "cancelled"
    assert {each["state"] for each in page["task_runs"]} == {"cancelled"}


async def test_a_run_that_nobody_drives_says_so(ask: Asking, project: Path) -> None:
    with open_flows(project) as flows:
        run = flows.start(flows.flow("churn"))

    page = await ask.get("runs", run)
    why = await ask.get("runs", run, "tasks", "load", "why")

    assert page["run"]["is_left"]
    assert "no service is there" in why["reasons"][0]


async def test_a_flow_with_a_mistake_is_not_run(ask: Asking, project: Path) -> None:
    write_notebook(project / "bad.ipynb", "%%flow bad\nload >> trian")

    status, error = await ask.refusal(ask.post("runs", body={"flow": "bad"}))

    assert status == 422
    assert error["problems"][0]["path"] == "bad.ipynb"
    assert await ask.get("runs") == []


# -- times -------------------------------------------------------------------------------------


async def test_a_schedule_is_made_paused_resumed_and_taken_away(ask: Asking) -> None:
    made = await ask.post(
        "schedules", body={"flow": "churn", "options": {"schedule": "0 6 * * *", "tz": "UTC"}}
    )
    paused = await ask.post("schedules", "churn", "pause")
    resumed = await ask.post("schedules", "churn", "resume")
    (listed,) = await ask.get("schedules")
    gone = await ask.delete("schedules", "churn")

    assert (made["name"], made["source"], made["cron"]) == ("churn", "flow.ipynb", "0 6 * * *")
    assert datetime.fromisoformat(made["next_fire"]).hour == 6
    assert len(made["upcoming"]) == 5
    assert (paused["is_paused"], resumed["is_paused"]) == (True, False)
    assert listed == resumed
    assert (gone.code, gone.body) == (204, b"")
    assert await ask.get("schedules") == []
    assert (await ask.refusal(ask.post("schedules", "churn", "pause")))[0] == 404


async def test_a_schedule_is_told_before_it_is_made(ask: Asking) -> None:
    asked = {"flow": "churn", "options": {"schedule": "0 6 * * *", "tz": "Asia/Tokyo"}}
    wrong = {"flow": "churn", "options": {"schedule": "0 6 * *", "tz": "Asia/Tokio"}}

    told = await ask.post("schedules", body=asked | {"dry_run": True})
    none = await ask.get("schedules")
    status, error = await ask.refusal(ask.post("schedules", body=wrong | {"dry_run": True}))
    made = await ask.post("schedules", body=asked)

    assert (none, told) == ([], made)
    assert [datetime.fromisoformat(each["at"]).hour for each in told["upcoming"]] == [21] * 5
    assert status == 422
    assert sorted(each["code"] for each in error["problems"]) == ["JF124", "JF125"]


async def test_a_backfill_is_told_then_made(ask: Asking) -> None:
    asked = {"flow": "churn", "since": "2026-01-01", "until": "2026-01-02", "cron": "0 6 * * *"}

    told = await ask.post("backfills", body=asked | {"dry_run": True})
    none = await ask.get("runs")
    made = await ask.post("backfills", body=asked)
    found = await ask.get("runs", backfill=made["id"])

    assert [each["action"] for each in told["fills"]] == ["run", "run"]
    assert (told["created"], none) == ([], [])
    assert sorted(each["id"] for each in found) == sorted(made["created"])
    for run in made["created"]:
        assert (await ask.end_of(run))["run"]["state"] == "succeeded"


# -- what cannot be done -----------------------------------------------------------------------


async def test_what_is_not_there_is_told_as_an_error_with_a_code(ask: Asking) -> None:
    for path in (
        ("runs", "nope"),
        ("runs", "nope", "events"),
        ("runs", "nope", "tasks", "a", "why"),
        ("runs", "nope", "tasks", "a", "1", "log"),
        ("runs", "nope", "tasks", "a[2]", "1", "notebook"),
    ):
        status, error = await ask.refusal(ask.get(*path))
        assert (status, error["code"]) == (404, "JF404"), path


async def test_requests_that_make_no_sense_are_told_what_is_wrong(ask: Asking) -> None:
    for request, word in (
        (ask.post("runs", body={}), "flow"),
        (ask.post("runs", body={"flow": "churn", "parms": {}}), "params"),
        (ask.post("runs", body={"flow": 3}), "flow"),
        (ask.post("runs", body=["churn"]), "StartRequest"),
        (ask.get("runs", limit="many"), "many"),
        (ask.get("runs", state="broken"), "broken"),
        (ask.get("flows", "one"), "address"),
    ):
        status, error = await ask.refusal(request)
        assert status == 400
        assert word in error["message"] + error["hint"]


async def test_settings_that_make_no_sense_are_told_and_can_be_mended(
    ask: Asking, project: Path
) -> None:
    (project / "jupyter_flow.toml").write_text("max_parallel = 'many'")
    status, error = await ask.refusal(ask.get("flows"))
    (project / "jupyter_flow.toml").unlink()

    assert (status, error["code"]) == (400, "JF410")
    assert len(await ask.get("flows")) == 1


async def test_an_address_that_is_not_there_has_the_same_kind_of_error(ask: Asking) -> None:
    status, error = await ask.refusal(ask.delete("flows"))

    assert status == 405
    assert set(error) == {"code", "message", "hint", "problems"}


def test_the_server_opens_nothing_before_it_is_asked(ask: Asking, project: Path) -> None:
    assert not (project / ".jupyter_flow").exists()
    assert isinstance(ask.served.flows, Flows)


async def test_a_file_that_was_handed_on_is_downloaded(ask: Asking, jp_root_dir: Path) -> None:
    text = "x" * 3_000_000
    cell = f"import jupyter_flow\njupyter_flow.output(text='x' * {len(text)})"
    write_notebook(jp_root_dir / "side.ipynb", cell, task="side")
    run = (await ask.post("runs", body={"flow": "churn"}))["run"]
    page = await ask.end_of(run)
    side = next(each for each in page["task_runs"] if each["task"] == "side")
    ref = side["values"]["text"]["$artifact"]
    file = f"{ref['digest']}.{ref['format']}"

    answer = await ask.fetch("artifacts", file, params={"name": 'a "b"\r\n.txt'})

    assert answer.body.decode() == text
    assert answer.headers["Content-Type"] == "application/octet-stream"
    said = "attachment; filename*=UTF-8''a%20%22b%22%0D%0A.txt"
    assert answer.headers["Content-Disposition"] == said
    for other in ("0" * 64 + ".txt", "flow.db", "..%2F..%2Fflow.db"):
        status, error = await ask.refusal(ask.fetch("artifacts", other))
        assert (status, error["code"]) == (404, "JF608")

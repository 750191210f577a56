"""The stream tells of real runs as they go on: everything, once, in order, also after a break."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tornado.websocket import WebSocketClientConnection

from jupyter_flow.server import stream
from jupyter_flow.testing.notebooks import write_notebook

if TYPE_CHECKING:
    from conftest import Asking


class Stream:
    """A page's end of the stream."""

    def __init__(self, socket: WebSocketClientConnection) -> None:
        self.socket = socket

    async def say(self, kind: str, **request: Any) -> None:
        await self.socket.write_message(json.dumps({"kind": kind, **request}))

    async def hear(self) -> dict[str, Any]:
        message = await asyncio.wait_for(self.socket.read_message(), 60)
        assert message is not None, "the stream has ended"
        return json.loads(message)

    async def hear_until(self, is_last: Callable[[dict[str, Any]], bool]) -> list[dict[str, Any]]:
        heard = [await self.hear()]
        while not is_last(heard[-1]):
            heard.append(await self.hear())
        return heard


Opening = Callable[[], AbstractAsyncContextManager[Stream]]


@pytest.fixture
def opened(
    ask: Asking, jp_ws_fetch: Callable[..., Awaitable[WebSocketClientConnection]]
) -> Opening:
    @asynccontextmanager
    async def opening() -> AsyncIterator[Stream]:
        socket = await jp_ws_fetch("jupyter-flow", "stream")
        yield Stream(socket)
        socket.close()
        while await socket.read_message() is not None:
            pass

    return opening


def ends_run(event: dict[str, Any]) -> bool:
    final = ("succeeded", "failed", "cancelled")
    moves = event.get("moves", ())
    return any(move["task"] is None and move["state"] in final for move in moves)


async def test_no_event_is_missed_or_repeated_across_breaks(ask: Asking, opened: Opening) -> None:
    run = (await ask.post("runs", body={"flow": "churn"}))["run"]
    heard: list[dict[str, Any]] = []
    while not heard or not ends_run(heard[-1]):
        async with opened() as stream:
            await stream.say("watch_run", run=run, after=heard[-1]["seq"] if heard else 0)
            for _ in range(3):
                heard.append(await stream.hear())
                if ends_run(heard[-1]):
                    break
    page = await ask.get("runs", run)

    assert [each["seq"] for each in heard] == list(range(1, page["seq"] + 1))
    assert [each["what"] for each in heard].count("attempt_ended") == 4
    ends = [each for each in heard if each["what"] == "attempt_ended"]
    assert ends[0]["attempt"]["attempt"] == page["task_runs"][0]["attempts"][0]
    assert ends[0]["values"] == {"rows": 6}


async def test_what_was_repaired_goes_on_being_told(
    ask: Asking, opened: Opening, project: Path
) -> None:
    (project / "broken").touch()
    run = (await ask.post("runs", body={"flow": "churn"}))["run"]
    async with opened() as stream:
        await stream.say("watch_run", run=run)
        await stream.hear_until(ends_run)
        (project / "broken").unlink()
        await ask.post("runs", run, "repair")
        heard = await stream.hear_until(ends_run)

    assert heard[0]["what"] == "repair_requested"
    assert heard[0]["reload"]
    assert heard[-1]["moves"][-1]["state"] == "succeeded"


async def test_two_views_of_a_page_may_watch_one_run_from_different_places(
    ask: Asking, opened: Opening
) -> None:
    run = (await ask.post("runs", body={"flow": "churn"}))["run"]
    page = await ask.end_of(run)
    async with opened() as stream:
        await stream.say("watch_run", run=run, after=page["seq"])
        await stream.say("watch_run", run=run, after=2)
        await stream.say("watch_run", run=run, after=page["seq"] - 1)
        heard = await stream.hear_until(ends_run)

    seen = {each["seq"] for each in heard}
    assert seen == set(range(3, page["seq"] + 1)), "the furthest behind misses nothing"


async def test_the_list_of_runs_is_told_as_it_changes(ask: Asking, opened: Opening) -> None:
    async with opened() as stream:
        await stream.say("watch_runs")
        first = await stream.hear()
        run = (await ask.post("runs", body={"flow": "churn"}))["run"]
        heard = await stream.hear_until(lambda e: e["runs"][0]["state"] == "succeeded")

    assert first == {"kind": "runs_event", "runs": []}
    assert {view["id"] for event in heard for view in event["runs"]} == {run}
    assert all(a != b for a, b in pairwise(heard)), "each one brings news"


async def test_a_log_is_followed_and_saves_of_the_notebook_are_told(
    ask: Asking, opened: Opening, project: Path
) -> None:
    wait = "import pathlib, time\nprint('begun')\nwhile not pathlib.Path('go').exists():\n"
    write_notebook(
        project / "load.ipynb", wait + "    time.sleep(0.02)", "print('thé end')", task="load"
    )
    write_notebook(project / "one.ipynb", "%%flow one\nload")
    run = (await ask.post("runs", body={"flow": "one"}))["run"]
    await ask.until(run, lambda page: page["task_runs"][0]["state"] == "running")
    async with opened() as stream:
        await stream.say("watch_attempt", run=run, task="load", number=1)
        heard = await stream.hear_until(lambda e: "begun" in e.get("text", ""))
        (project / "go").touch()
        heard += await stream.hear_until(lambda e: e.get("is_over", False))

    logs = [each for each in heard if each["kind"] == "log_event"]
    saves = [each["tag"] for each in heard if each["kind"] == "notebook_event"]
    whole = await ask.get("runs", run, "tasks", "load", "1", "log")
    assert "".join(each["text"] for each in logs) == whole["text"]
    assert [each["start"] for each in logs] == [0, *(each["next"] for each in logs[:-1])]
    assert "thé end" in whole["text"]
    assert len(saves) == len(set(saves))


async def test_what_is_not_watched_any_more_is_not_sent(ask: Asking, opened: Opening) -> None:
    run = (await ask.post("runs", body={"flow": "churn"}))["run"]
    async with opened() as stream:
        await stream.say("watch_run", run=run)
        await stream.hear()
        await stream.say("unwatch", run=run)
        await ask.end_of(run)
        # What was on its way comes before the answers to these.
        await stream.say("watch_runs")
        heard = await stream.hear_until(lambda event: event["kind"] == "runs_event")
        await stream.say("watch_run", run="no-such-run")
        heard += await stream.hear_until(lambda event: event["kind"] == "problem_event")

    assert not any(ends_run(event) for event in heard)


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("no json", "JF414"),
        ('{"kind": "watch_all"}', "JF414"),
        ('{"kind": "watch_run"}', "JF414"),
        ('{"kind": "watch_run", "run": "nope"}', "JF404"),
        ('{"kind": "watch_attempt", "run": "nope", "task": "a", "number": 1}', "JF404"),
        ("[]", "JF414"),
    ],
)
async def test_what_cannot_be_watched_is_told_and_the_rest_goes_on(
    ask: Asking, opened: Opening, message: str, code: str
) -> None:
    async with opened() as stream:
        await stream.socket.write_message(message)
        problem = await stream.hear()
        await stream.say("watch_runs")
        after = await stream.hear()

    assert (problem["kind"], problem["code"]) == ("problem_event", code)
    assert after["kind"] == "runs_event"


async def test_a_page_cannot_watch_without_end(ask: Asking, opened: Opening) -> None:
    run = (await ask.post("runs", body={"flow": "churn"}))["run"]
    await ask.end_of(run)
    async with opened() as stream:
        await stream.say("watch_run", run=run, after=10**30)
        for number in range(70):
            await stream.say("watch_run", run=f"{run}", after=10**9)
            await stream.say("watch_attempt", run=run, task="load", number=1, start=number - 5)
        for index in range(70):
            await stream.say("watch_attempt", run=run, task="load", index=index, number=1)
        heard = await stream.hear_until(lambda event: event["kind"] == "problem_event")

    assert heard[-1]["kind"] == "problem_event"


async def test_nobody_is_listened_for_when_a_page_is_gone(ask: Asking, opened: Opening) -> None:
    async with opened() as stream:
        await stream.say("watch_runs")
        await stream.hear()
    bus = ask.served.flows._bus
    async with asyncio.timeout(10):
        while bus._listeners:
            await asyncio.sleep(0)

    assert not bus._listeners


async def test_a_page_that_takes_nothing_is_dropped(
    ask: Asking,
    opened: Opening,
    project: Path,
    jp_ws_fetch: Callable[..., Awaitable[WebSocketClientConnection]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stream, "_PATIENCE", 0.5)
    run = (await ask.post("runs", body={"flow": "churn"}))["run"]
    await ask.end_of(run)
    (log,) = project.glob(".jupyter_flow/runs/churn/*/load/1.log")
    with log.open("a") as file:
        file.writelines("x" * 1000 + "\n" for _ in range(50_000))
    slow = await jp_ws_fetch("jupyter-flow", "stream")
    await slow.write_message(
        json.dumps({"kind": "watch_attempt", "run": run, "task": "load", "number": 1})
    )
    assert '"log_event"' in str(await slow.read_message())

    async with asyncio.timeout(60):
        while ask.served.flows._bus._listeners:
            await asyncio.sleep(0.05)
    async with opened() as other:
        await other.say("watch_runs")
        assert (await other.hear())["kind"] == "runs_event", "others are served"
    slow.close()

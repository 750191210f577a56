"""People answer the questions of tasks: by the routes, or by a link that they have."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from jupyter_server.serverapp import ServerApp
from tornado.httpclient import AsyncHTTPClient, HTTPResponse

from jupyter_flow.app.answer_links import AnswerLinks
from jupyter_flow.app.clock import SystemClock
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.testing.notebooks import write_notebook

if TYPE_CHECKING:
    from conftest import Asking

FLOW = """%%flow ships
ok = approve("Ship <it>?", form={"share": 0.1, "note": "", "now": False}, timeout="1h")
ok >> after(share=ok.share)
"""


@pytest.fixture
def flow(jp_root_dir: Path) -> Path:
    write_notebook(jp_root_dir / "ships.ipynb", FLOW)
    write_notebook(
        jp_root_dir / "after.ipynb", "print(share)", parameters="share: float = 0.0", task="after"
    )
    return jp_root_dir


async def asked(ask: Asking) -> str:
    """A run that has come to its question."""
    run: str = (await ask.post("runs", body={"flow": "ships"}))["run"]
    await ask.until(run, lambda page: page["task_runs"][0]["state"] == "waiting")
    return run


def values(page: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = page["task_runs"][0]["values"]
    return found


class Reader:
    """Somebody with a link, whom the server does not know."""

    def __init__(self, app: ServerApp, home: Path) -> None:
        base = app.connection_url.rstrip("/")
        self._links = AnswerLinks(home, base)
        self.link = ""

    def gets(self, run: str) -> None:
        self.link = self._links.link(RunId(run), TaskKey("ok"), now=SystemClock().now())

    async def opens(self, **said: str) -> HTTPResponse:
        client = AsyncHTTPClient()
        about = {"method": "POST", "body": urlencode(said)} if said else {}
        return await client.fetch(self.link, raise_error=False, follow_redirects=False, **about)


@pytest.fixture
def reader(jp_serverapp: ServerApp, flow: Path) -> Reader:
    return Reader(jp_serverapp, flow / ".jupyter_flow")


async def test_a_known_person_answers_with_the_form(ask: Asking, flow: Path) -> None:
    run = await asked(ask)
    page = await ask.get("runs", run)
    assert [each["name"] for each in page["flow"]["tasks"][0]["form"]] == ["share", "note", "now"]

    body = {"task": "ok", "yes": True, "values": {"share": "x"}}
    status, said = await ask.refusal(ask.post("runs", run, "answer", body=body))
    assert (status, said["code"]) == (400, "JF332")
    await ask.post("runs", run, "answer", body={"task": "ok", "yes": True, "values": {"share": 1}})
    page = await ask.end_of(run)

    assert page["run"]["state"] == "succeeded"
    assert values(page) | {"by": ""} == {"share": 1.0, "note": "", "now": False, "by": ""}
    assert values(page)["by"]
    assert page["task_runs"][0]["reason"].startswith("approved by ")
    status, said = await ask.refusal(ask.post("runs", run, "answer", body=body))
    assert (status, said["code"]) == (409, "JF331")
    status, said = await ask.refusal(ask.post("runs", run, "answer", body={**body, "task": "okk"}))
    assert (status, said["code"]) == (404, "JF405")


async def test_a_link_is_enough_and_opening_it_answers_nothing(ask: Asking, reader: Reader) -> None:
    run = await asked(ask)
    reader.gets(run)

    shown = await reader.opens()
    text = shown.body.decode()
    assert shown.code == 200
    assert "Ship &lt;it&gt;?" in text
    assert 'name="f-share" value="0.1" type="number"' in text
    assert "default-src 'none'" in shown.headers["Content-Security-Policy"]
    assert (await ask.get("runs", run))["task_runs"][0]["state"] == "waiting"

    wrong = await reader.opens(answer="yes", **{"f-share": "much"})
    assert wrong.code == 400
    assert "must be float" in wrong.body.decode()
    assert "much" in wrong.body.decode()

    done = await reader.opens(
        answer="yes", **{"f-share": "0.5", "f-note": "as said", "f-now": "true"}
    )
    assert done.code == 200
    page = await ask.end_of(run)
    assert values(page) == {"share": 0.5, "note": "as said", "now": True, "by": "a link"}

    again = await reader.opens(answer="no")
    assert again.code == 409
    assert "asks nothing now" in again.body.decode()


async def test_a_no_by_a_link_fails_the_task(ask: Asking, reader: Reader) -> None:
    run = await asked(ask)
    reader.gets(run)

    await reader.opens(answer="no")
    page = await ask.end_of(run)

    assert page["run"]["state"] == "failed"
    assert page["task_runs"][0]["reason"] == "rejected by a link"


async def test_a_link_that_was_changed_is_none(ask: Asking, reader: Reader) -> None:
    run = await asked(ask)
    reader.gets(run)
    reader.link = reader.link.replace("task=ok", "task=after")

    assert (await reader.opens()).code == 403
    assert (await reader.opens(answer="yes")).code == 403
    assert (await ask.get("runs", run))["task_runs"][0]["state"] == "waiting"

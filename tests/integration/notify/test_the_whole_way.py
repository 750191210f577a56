"""From a flow that says whom to tell, run by the command or by a service, to the mail itself."""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_flow.testing.notebooks import write_notebook

if TYPE_CHECKING:
    from conftest import MailServer

pytestmark = pytest.mark.slow


def flow(*words: str, folder: Path, status: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "jupyter_flow", *words],
        cwd=folder,
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout


@contextmanager
def service(folder: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "jupyter_flow", "serve", "--log-json", *words],
        cwd=folder,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        wait_for(process, "service_started")
        yield process
    finally:
        flow("serve", "--stop", "--now", folder=folder)
        process.wait(timeout=60)
        assert process.stderr is not None
        process.stderr.close()


def wait_for(process: subprocess.Popen[str], action: str) -> dict[str, Any]:
    assert process.stderr is not None
    for line in process.stderr:
        said: dict[str, Any] = json.loads(line)
        if said.get("action") == action:
            return said
    raise AssertionError(f"it ended without {action}")


def define(folder: Path, address: str, options: str = "") -> None:
    write_notebook(folder / "load.ipynb", "1", task="load")
    for name in ("clean", "check"):
        write_notebook(folder / f"{name}.ipynb", "prices = {}", "prices['price']", task=name)
    line = f'%%flow churn --notify "{address}" {options}'
    write_notebook(folder / "flow.ipynb", f"{line}\nload >> [clean, check]")


def part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    content: str = body.get_content()
    return content


def test_a_run_in_the_foreground_has_mailed_before_it_leaves(
    tmp_path: Path, mail_server: MailServer
) -> None:
    mail_server.start()
    define(tmp_path, mail_server.address(), "--attach")

    flow("run", "churn", "--quiet", folder=tmp_path, status=1)

    mail = mail_server.inbox.mails.get(timeout=1)
    assert mail_server.inbox.mails.empty(), "one message, however many tasks failed"
    assert re.search(r"churn failed: .*KeyError", mail["Subject"])
    for kind in ("plain", "html"):
        told = part(mail, kind)
        assert "price" in told
        assert "jupyter flow repair" in told
    attached = [str(each.get_filename()) for each in mail.iter_attachments()]
    assert sorted(attached) == ["check.html", "clean.html"]


def test_a_service_mails_when_the_server_is_back(tmp_path: Path, mail_server: MailServer) -> None:
    define(tmp_path, mail_server.address())
    with service(tmp_path, "--metrics", "0") as process:
        url = json.loads(flow("serve", "--status", "--json", folder=tmp_path))["services"][0]["url"]
        run = json.loads(flow("run", "--detach", "churn", "--json", folder=tmp_path))["id"]

        put_off = wait_for(process, "alert_put_off")
        assert (put_off["run"], put_off["occasion"]) == (run, "failure")
        assert "could not be sent yet" in flow("status", run, folder=tmp_path)
        with urllib.request.urlopen(url, timeout=10) as answer:
            figures = answer.read().decode()
        assert 'jupyter_flow_alerts{state="unsent"} 1.0' in figures
        assert 'jupyter_flow_runs{state="failed"} 1.0' in figures
        mail_server.start()

        assert wait_for(process, "alert_sent")["run"] == run
    mail = mail_server.inbox.mails.get(timeout=1)
    assert run in part(mail, "plain")
    assert mail_server.inbox.mails.empty()


def test_a_secret_goes_to_the_mail_server_and_nowhere_else(
    tmp_path: Path, mail_server_with_login: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, password = mail_server_with_login, "hun/ter 2%"
    server.start()
    monkeypatch.setenv("JUPYTER_FLOW_SECRET_MAIL", password)
    define(tmp_path, server.address("ada:{{ secret('MAIL') }}@"))

    flow("run", "churn", "--quiet", folder=tmp_path, status=1)

    assert server.inbox.mails.get(timeout=1)["Subject"]
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(path.name == "flow.db" for path in written)
    for path in written:
        assert password.encode() not in path.read_bytes(), path


def test_somebody_is_asked_by_mail(tmp_path: Path, mail_server: MailServer) -> None:
    mail_server.start()
    (tmp_path / "jupyter_flow.toml").write_text('lab_url = "https://lab.example.com/ada/"\n')
    write_notebook(tmp_path / "ship.ipynb", "share", parameters="share: float = 0.0", task="ship")
    line = f'ok = approve("Ship it?", to="{mail_server.address()}", form={{"share": 0.1}})'
    write_notebook(tmp_path / "flow.ipynb", f"%%flow asks\n{line}\nok >> ship(share=ok.share)")
    with service(tmp_path) as process:
        run = json.loads(flow("run", "--detach", "asks", "--json", folder=tmp_path))["id"]

        mail = mail_server.inbox.mails.get(timeout=60)
        flow("approve", "ok", "--run", run, "-v", "share=0.4", folder=tmp_path)
        assert wait_for(process, "run_ended")["state"] == "succeeded"

    assert "Ship it?" in mail["Subject"]
    for kind in ("plain", "html"):
        told = html.unescape(part(mail, kind))
        assert f"jupyter flow approve ok --run {run}" in told
        assert f"https://lab.example.com/ada/jupyter-flow/answer?run={run}&task=ok&" in told
    assert mail_server.inbox.mails.empty()
    assert "0.4" in flow("status", run, "--json", folder=tmp_path)


def test_an_address_is_tried(tmp_path: Path, mail_server: MailServer) -> None:
    mail_server.start()
    assert "sent" in flow("notify", "--test", mail_server.address(), folder=tmp_path)

    assert "test" in mail_server.inbox.mails.get(timeout=1)["Subject"]
    mail_server.stop()
    flow("notify", "--test", mail_server.address(), folder=tmp_path, status=1)


def test_health_tells_of_what_nobody_runs(tmp_path: Path) -> None:
    define(tmp_path, "mailto://me@example.com")
    words = ["schedule", "churn", "--cron", "0 6 * * *", "--no-service"]

    assert "well" in flow("health", folder=tmp_path)
    flow(*words, folder=tmp_path)
    assert "no service is there" in flow("health", folder=tmp_path, status=1)
    with service(tmp_path):
        assert "well" in flow("health", folder=tmp_path)

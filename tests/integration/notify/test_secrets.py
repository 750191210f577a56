"""A secret that a flow names is nowhere: not in a file, a mail, a command line or an answer."""

from __future__ import annotations

import os
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from jupyter_flow.testing.notebooks import write_notebook
from jupyter_flow.testing.traces import files_with, found_in

if TYPE_CHECKING:
    from conftest import MailServer

pytestmark = pytest.mark.slow

TOKEN, OTHER = "Pa$$ wort/1234+x", "zweites geheimnis"

#: What a careless notebook does with a token.
CARELESS = (
    "import base64, os, subprocess, sys, time, urllib.parse",
    "print(token, repr(token), token.encode(), headers)",
    "for each in token:\n    sys.stdout.write(each); sys.stdout.flush(); time.sleep(0.005)",
    "for rest in (b'', b'a', b'ab'):\n    print(base64.b64encode(rest + token.encode() + rest))",
    "print(urllib.parse.quote(token), urllib.parse.quote_plus(token), token.encode().hex())",
    "print(token, file=sys.stderr)",
    "os.write(1, token[:7].encode()); os.write(1, token[7:].encode())",
    "_ = subprocess.run('echo raw $JUPYTER_FLOW_SECRET_TOKEN $API', shell=True)",
    "{token: [token]}",
    "from IPython.display import HTML, JSON, Markdown, display",
    "display(HTML(f'<b>{token}</b>'), JSON({token: token}), Markdown(token))",
    "handle = display(token, display_id=True); handle.update({'now': token})",
    "import ipywidgets\nbox = ipywidgets.Text(token); display(box); box.value = token + '!'",
    "out = ipywidgets.Output(); display(out)\nwith out:\n    print(token)",
    "import jupyter_flow\nprint(jupyter_flow.secret('OTHER'))",
    "jupyter_flow.output(said=token, many={'a': [token]}, size=len(token))",
    "lines = subprocess.getoutput('cat /proc/[0-9]*/cmdline 2>/dev/null | tr -d \\\\0')",
    "jupyter_flow.output(on_command_lines=lines.count(token))",
)

FLOW = """
careless(token=secret("TOKEN"), headers={"Authorization": "Bearer {{ secret('TOKEN') }}"})
again = notebook("careless.ipynb", token=secret("TOKEN"), headers={}).options(
    kernel_start="fresh", retries=1, retry_delay="0s", env={"API": secret("OTHER"), "BROKEN": "1"}
)
command = shell("echo $T; exit 3").options(env={"T": "x{{ secret('TOKEN') }}"})
post = http("POST", params.url, headers={"X-Token": secret("TOKEN")}, json={"key": secret("OTHER")})
look = wait_for(http=params.url, headers={"X-Token": secret("TOKEN")}, timeout="20s")
"""


class Echo:
    """A server that says back what it is told, and keeps it."""

    def __init__(self) -> None:
        self.got: SimpleQueue[str] = SimpleQueue()
        got = self.got

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                got.put(self.headers.get("X-Token", ""))
                self.send_response(200)
                self.end_headers()
                self.wfile.write(self.headers.get("X-Token", "").encode() + b" " + body)

            def do_GET(self) -> None:
                self.do_POST()

            def log_message(self, *_: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = Thread(target=self.server.serve_forever)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


def test_a_secret_is_nowhere_to_be_found(tmp_path: Path, mail_server: MailServer) -> None:
    echo = Echo()
    mail_server.start()
    project, home, temporary = (tmp_path / name for name in ("project", "home", "temporary"))
    for folder in (project, home, temporary):
        folder.mkdir()
    write_notebook(
        project / "careless.ipynb",
        *CARELESS,
        "def break_it(key):\n    raise ValueError(f'no {key}', key)",
        "if os.environ.get('BROKEN'):\n    break_it(token + os.environ['API'])",
        parameters="token: str = ''\nheaders: dict = {}",
        task="careless",
    )
    line = f'%%flow leaks --notify "{mail_server.address()}" --attach'
    params = f'params(url="http://127.0.0.1:{echo.server.server_port}/")'
    write_notebook(project / "flow.ipynb", f"{line}\n{params}{FLOW}")
    environment = {
        **os.environ,
        "HOME": str(home),
        "TMPDIR": str(temporary),
        "JUPYTER_FLOW_SECRET_TOKEN": TOKEN,
        "JUPYTER_FLOW_SECRET_OTHER": OTHER,
    }
    said = b""

    def flow(*words: str) -> bytes:
        nonlocal said
        command = [sys.executable, "-m", "jupyter_flow", *words]
        done = subprocess.run(
            command, cwd=project, env=environment, check=False, capture_output=True, timeout=180
        )
        said += done.stdout + done.stderr
        return done.stdout

    try:
        flow("check")
        flow("run", "leaks")
        for words in (("status",), ("logs", "--task", "careless"), ("explain", "leaks"), ("runs",)):
            flow(*words)
        told = flow("status", "--json")
    finally:
        echo.close()

    assert b'"on_command_lines": 0' in told, said.decode()
    assert {echo.got.get(timeout=1) for _ in range(2)} == {TOKEN}, said.decode()
    mail = mail_server.inbox.envelopes[0].content
    assert isinstance(mail, bytes)
    decoded = b"".join(
        part.get_payload(decode=True) or b""
        for part in mail_server.inbox.mails.get(timeout=1).walk()
        if not part.is_multipart()
    )
    written = [path.name for path in project.rglob("*")]
    assert {"flow.db", "1.log", "2.log", "1.ipynb", "2.ipynb"} <= set(written)
    for secret in (TOKEN, OTHER):
        for what in (said, mail, decoded):
            assert not found_in(what, secret)
        assert not dict(files_with(secret, project, home, temporary))

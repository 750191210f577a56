"""A JupyterLab server with the extension, on a folder of its own; gates, at which tasks wait."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from jupyter_flow.testing.notebooks import write_notebook

TOKEN = "only-for-these-tests"
#: As behind JupyterHub: nothing is at the root of the host.
BASE = "/user/ada"
BUILT = Path(__file__).parents[1] / "jupyter_flow" / "labextension"


@dataclass
class Lab:
    """A JupyterLab server on a folder of its own."""

    folder: Path
    port: int = 0
    process: subprocess.Popen[str] | None = None
    errors: list[str] = field(default_factory=list)
    _kept: socket.socket = field(default_factory=socket.socket)
    _listening: threading.Thread | None = None

    @property
    def root(self) -> Path:
        return self.folder / "root"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{BASE}"

    @property
    def environment(self) -> dict[str, str]:
        places = {
            "HOME": "home",
            "JUPYTER_CONFIG_DIR": "config",
            "JUPYTER_DATA_DIR": "share",
            "JUPYTER_RUNTIME_DIR": "runtime",
            "IPYTHONDIR": "ipython",
            "JUPYTERLAB_SETTINGS_DIR": "settings",
            "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        }
        kept = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")}
        own = {name: str(self.folder / place) for name, place in places.items()}
        # What was built last is shown, whatever was installed beside this Python before.
        own |= {"JUPYTER_PREFER_ENV_PATH": "0", "MPLCONFIGDIR": str(self.folder / "matplotlib")}
        own |= {"JUPYTER_FLOW_SECRET_SHIPPING": "one two three"}
        return kept | own | {"JUPYTER_FLOW_IDLE": "60", "JUPYTER_FLOW_LEASE": "5"}

    def prepare(self, *, without: Sequence[str] = ()) -> None:
        """Make its folders. *without* names plugins and extensions that are not to be loaded."""
        for name in ("root", "home", "config/labconfig", "share/labextensions"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        link = self.folder / "share" / "labextensions" / "jupyter-flow"
        if not link.is_symlink():
            link.symlink_to(BUILT)
        off = dict.fromkeys(["@jupyterlab/apputils-extension:announcements", *without], True)
        settings = self.folder / "config" / "labconfig" / "page_config.json"
        settings.write_text(json.dumps({"disabledExtensions": off}))
        # However busy the machine is, what is offered while somebody types is not given up.
        patient = {"@jupyterlab/completer-extension:manager": {"providerTimeout": 30_000}}
        settings.with_name("default_setting_overrides.json").write_text(json.dumps(patient))

    def start(self) -> None:
        """Start the server, on the port that it had, and wait until it answers."""
        self.port = self.port or self._keep_port()
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
                *("--ip=127.0.0.1", f"--port={self.port}", "--ServerApp.port_retries=0"),
                *(f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={self.root}"),
                f"--ServerApp.base_url={BASE}/",
                "--ServerApp.jpserver_extensions=jupyter_flow.server=True",
                *("--expose-app-in-browser", "--JupyterNotebookApp.expose_app_in_browser=True"),
                # No traffic out: extension list, update check, news.
                *("--LabApp.extension_manager=readonly", "--LabApp.news_url=None"),
                "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
            ],
            env=self.environment,
            cwd=self.root,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        ready = threading.Event()
        self._listening = threading.Thread(
            target=self._listen, args=(self.process, ready), daemon=True
        )
        self._listening.start()
        assert ready.wait(90), "".join(self.errors[-40:])
        self._wait_until_it_listens()

    def _keep_port(self) -> int:
        """A port that nobody else is given, also while the server is away."""
        self._kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._kept.bind(("127.0.0.1", 0))
        port: int = self._kept.getsockname()[1]
        return port

    def _wait_until_it_listens(self) -> None:
        """It says that it runs a moment before it does."""
        last = time.monotonic() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=30).close()
            except ConnectionRefusedError:
                assert time.monotonic() < last, "".join(self.errors[-40:])
                time.sleep(0.05)
            else:
                return

    def _listen(self, process: subprocess.Popen[str], ready: threading.Event) -> None:
        assert process.stderr is not None
        for line in process.stderr:
            self.errors.append(line)
            if "is running at" in line:
                ready.set()

    def stop(self) -> None:
        """End the server and its kernels, but not the service that drives runs."""
        if self.process is None:
            return
        process, self.process = self.process, None
        group = psutil.Process(process.pid).children()
        group = [each for each in group if not _is_service(each)]
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for each in psutil.wait_procs(group, timeout=5)[1]:
            each.kill()
        if process.stderr is not None and self._listening is not None:
            self._listening.join()
            process.stderr.close()

    def close(self) -> None:
        """End all that it started."""
        self.stop()
        self.flow("serve", "--stop", "--now", check=False)
        self._kept.close()

    def flow(self, *words: str, folder: str = "", check: bool = True) -> str:
        """``jupyter flow …`` in the server's folder, as a person with a terminal."""
        done = subprocess.run(
            [sys.executable, "-m", "jupyter_flow", *words],
            cwd=self.root / folder,
            env=self.environment,
            check=False,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def write(self, name: str, *cells: str, **said: Any) -> Path:
        """A notebook in the server's folder."""
        return write_notebook(self.root / name, *cells, **said)

    def gate(self, name: str) -> Gate:
        """A named pipe in the server's folder, at which tasks wait."""
        return Gate(self.root / name)


class Gate:
    """A named pipe at which a task waits until it is opened; it prints what it hears till then."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.mkfifo(path)
        self._path = path
        # For reading as well: then it does not matter whether the task has come yet.
        self._pipe = os.open(path, os.O_RDWR)

    @property
    def cell(self) -> str:
        """The source of a cell that waits here."""
        lines = f'iter(open("{self._path}").readline, "open\\n")'
        return f'for line in {lines}:\n    print("heard", line.strip(), flush=True)'

    def say(self, line: str) -> None:
        """Hand a line to the task that waits, or will."""
        os.write(self._pipe, f"{line}\n".encode())

    def open(self) -> None:
        """Let the task go on."""
        self.say("open")


def _is_service(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):  # it has just ended
        return "serve" in process.cmdline()
    return False

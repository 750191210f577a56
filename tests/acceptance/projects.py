"""A project with services as their users have them: real processes, and the command line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil

LEASE = 2.0


class Project:
    """A project folder, its services, and the command line in it."""

    def __init__(self, folder: Path, env: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        own = {"JUPYTER_FLOW_LEASE": str(LEASE), "JUPYTER_FLOW_IDLE": "10"}
        self.env = os.environ | own | (env or {})
        self.services: list[subprocess.Popen[str]] = []

    def flow(self, *words: str, check: bool = True) -> str:
        return self.python("-m", "jupyter_flow", *words, check=check)

    def python(self, *words: str, check: bool = True) -> str:
        done = subprocess.run(
            [sys.executable, *words],
            cwd=self.folder,
            env=self.env,
            check=False,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def json(self, *words: str) -> Any:
        return json.loads(self.flow(*words, "--json"))

    def serve(self, *words: str) -> subprocess.Popen[str]:
        """A service in the foreground, from when it says that it has started."""
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyter_flow", "serve", "--log-json", *words],
            cwd=self.folder,
            env=self.env,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.services.append(process)
        self.wait_for(process, "service_started")
        return process

    def wait_for(self, process: subprocess.Popen[str], action: str) -> dict[str, Any]:
        """The next line of its log about *action*; blocks."""
        assert process.stderr is not None
        for line in process.stderr:
            said: dict[str, Any] = json.loads(line)
            if said.get("action") == action:
                return said
        raise AssertionError(f"it ended without {action}")

    def left(self) -> list[psutil.Process]:
        """The living processes that some attempt of this project started."""
        home = str(self.folder / ".jupyter_flow")
        found = []
        for process in psutil.process_iter():
            try:
                environ = process.environ()
                is_ours = environ.get("JUPYTER_FLOW_HOME") == home
                if is_ours and "JUPYTER_FLOW_RUN" in environ:
                    found.append(process)
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
        return [each for each in found if each.status() != psutil.STATUS_ZOMBIE]

    def close(self) -> None:
        for process in self.services:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
            process.wait()
            if process.stderr is not None:
                process.stderr.close()
        self.flow("serve", "--stop", "--now")
        _, alive = psutil.wait_procs(self.left(), timeout=10)
        for each in alive:
            each.kill()


def outcomes(run: dict[str, Any], task: str) -> list[str]:
    (found,) = (each for each in run["tasks"] if each["task"] == task)
    return [each["outcome"] for each in found["attempts"]]


def the_end_of(project: Project, run: str) -> dict[str, Any]:
    """The run at its end: its log is followed until nobody sees to it any more."""
    project.flow("logs", run, "--follow")
    found: dict[str, Any] = project.json("status", run)
    return found

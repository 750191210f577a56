"""Where the time of a cold start goes: the stages of the command line, and what it imports."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from .meters import measure, middle
from .rows import Row
from .ways import BIN, call

_MOST = 40


def profile_imports(row: Row, rounds: int) -> None:
    """Print what the stages of the command cost, and its dearest imports."""
    work = row.work()
    with TemporaryDirectory() as name:
        folder = Path(name)
        work.write_flow(folder)
        flow, script = work.line.split()[0], BIN / "jupyter-flow"
        stages: dict[str, list[object]] = {
            "python -c pass": [sys.executable, "-c", "pass"],
            "jupyter-flow --help": [script, "--help"],
            f"jupyter-flow check {flow}": [script, "check", flow],
            f"jupyter-flow run {flow}": [script, "run", flow, "--quiet"],
            f"jupyter flow run {flow}": [BIN / "jupyter", "flow", "run", flow, "--quiet"],
        }
        print(f"{row.title}: {rounds} rounds\n{'stage':36} {'wall ms':>9} {'CPU ms':>9}")
        for stage, command in stages.items():
            act = lambda command=command: call(command, folder)  # noqa: E731
            cost = middle([measure(act) for _ in range(rounds)])
            print(f"{stage:36} {cost.wall * 1000:9.1f} {cost.cpu * 1000:9.1f}")
        words = [sys.executable, "-X", "importtime", str(script), "run", flow, "--quiet"]
        told = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=True).stderr
    _show(told)


def _show(told: str) -> None:
    """The imports with all that they import; the zygote's are not among them."""
    lines = [each.removeprefix("import time:").split("|") for each in told.splitlines()]
    found = [
        (int(whole), int(own), name.strip())
        for own, whole, name in (each for each in lines if len(each) == 3)
        if whole.strip().isdigit()
    ]
    print(f"\n{len(found)} modules, {sum(own for _, own, _ in found) / 1000:.0f} ms of imports")
    for whole, own, name in sorted(found, reverse=True)[:_MOST]:
        print(f"{whole / 1000:9.1f} ms, itself {own / 1000:7.1f}  {name}")

"""What ours is measured against: papermill, and a plain ``exec`` of the cells as the limit."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from .ways import BIN, Doing, Way, call
from .works import Sheet, Work


@contextmanager
def _papermill(work: Work, threads: int) -> Iterator[Doing]:
    from papermill.execute import execute_notebook

    with TemporaryDirectory() as name, ThreadPoolExecutor(threads) as pool:
        folder = Path(name)
        sources = [(each, each.write(folder, task=False)) for each in work.sheets]

        def execute(pair: tuple[Sheet, Path]) -> None:
            sheet, source = pair
            execute_notebook(
                str(source),
                str(folder / f"{sheet.name}-done.ipynb"),
                parameters=dict(sheet.given),
                progress_bar=False,
                cwd=str(folder) if work.by_hand else None,
            )

        def act() -> None:
            with _quiet():
                list((pool.map if threads > 1 else map)(execute, sources))

        yield Doing(act)


@contextmanager
def _quiet() -> Iterator[None]:
    """Let the kernels that papermill starts warn of their sockets to nobody."""
    stderr = os.dup(2)
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)


def papermill(threads: int = 1) -> Way:
    name = "papermill API" + (f", {threads} threads" if threads > 1 else "")
    return Way(name, lambda work: _papermill(work, threads))


#: The command of papermill; another environment's may have less to load.
PAPERMILL = [str(BIN / "papermill")]


def papermill_version() -> str:
    """What the command says of itself, and where it is."""
    if PAPERMILL[0].startswith(sys.prefix):
        return "of this environment"
    asked = [*PAPERMILL, "--version"]
    said = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    return f"{said.split()[0]} in {Path(PAPERMILL[0]).parent}"


@contextmanager
def _papermill_command(work: Work, most: int) -> Iterator[Doing]:
    with TemporaryDirectory() as name:
        folder = Path(name)
        sources = [(each, each.write(folder, task=False)) for each in work.sheets[:most]]

        def act() -> None:
            for sheet, source in sources:
                given = [
                    part for name, value in sheet.given.items() for part in ("-p", name, value)
                ]
                done = folder / f"{sheet.name}-done.ipynb"
                call([*PAPERMILL, source, done, *given, "--no-progress-bar"], folder)

        yield Doing(act)


def papermill_command(most: int = 1) -> Way:
    """The command line, as a fresh process for each of the first *most* notebooks."""
    return Way("papermill CLI", lambda work: _papermill_command(work, most))


@contextmanager
def _plain(work: Work) -> Iterator[Doing]:
    with TemporaryDirectory() as name:
        process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.execution.plain", name],
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        to, of = process.stdin, process.stdout
        assert to is not None
        assert of is not None
        to.write(json.dumps([[each.parameters, each.given, each.cells] for each in work.sheets]))
        to.write("\n")
        told: list[float] = []

        def act() -> None:
            to.write("go\n")
            to.flush()
            told[:] = [float(of.readline())]

        yield Doing(act, elsewhere=lambda: told[0])
        to.close()
        of.close()
        process.wait()


def plain() -> Way:
    """One process for everything, which has been warm for long: no kernel, no output, no file."""
    return Way("plain exec", _plain, warm_up=2)

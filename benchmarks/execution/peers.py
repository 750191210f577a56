"""Other tools that run notebooks in a graph, each as its own command in an environment of its own.

Installed when they are asked for, from the package index that pip knows; one that cannot be had is
told and left out.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

from . import works
from .rows import Row
from .running import run
from .table import Result
from .ways import Doing, Way, call, command
from .works import Work

_HOME = Path(gettempdir()) / "jupyter_flow-peers"


@dataclass(frozen=True)
class Peer:
    """*write* makes a project of the work in a folder, *prepare* is done there once, *command* runs
    all of it anew each time.
    """

    packages: Sequence[str]
    write: Callable[[Work, Path], None]
    command: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    prepare: Sequence[str] = ()


def against(name: str, rounds: int) -> Iterator[Result]:
    """The rows of one peer beside our command; none when it cannot be installed."""
    peer, folder = PEERS[name], _HOME / name
    refusal = _install(folder, peer.packages)
    if refusal:
        print(f"{name} cannot be installed from this package index: {refusal}", file=sys.stderr)
        return
    ways = (command(), Way(name, lambda work: _command(peer, folder / "bin", work)))
    several = {
        "a cold start: a chain of 10 trivial notebooks": lambda: works.chain(10),
        "a cold start: 20 side by side, 0.1 s of work each": lambda: works.fan(20, works.COUNTING),
    }
    for title, work in several.items():
        try:
            yield run(Row(name, title, work, ways, rounds=3), rounds)
        except SystemExit as failed:  # what another tool cannot do here is no reason to stop
            print(f"{name} failed: {failed}", file=sys.stderr)


def _install(folder: Path, packages: Sequence[str]) -> str:
    """Why it cannot be; empty when it is there."""
    mark = folder / "installed"
    if mark.exists():
        return ""
    venv.create(folder, with_pip=True, clear=True)
    words = [str(folder / "bin" / "pip"), "install", "-q", "--disable-pip-version-check", *packages]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        return (done.stderr.strip().splitlines() or ["pip says nothing"])[-1]
    mark.touch()
    return ""


@contextmanager
def _command(peer: Peer, bin_: Path, work: Work) -> Iterator[Doing]:
    with TemporaryDirectory() as name:
        folder = Path(name)
        peer.write(work, folder)
        first, *rest = peer.command
        env = {key: value.format(folder=folder) for key, value in peer.env.items()}
        env["PATH"] = f"{bin_}{os.pathsep}{os.environ['PATH']}"
        if peer.prepare:
            call([bin_ / peer.prepare[0], *peer.prepare[1:]], folder, env)
        yield Doing(lambda: call([bin_ / first, *rest], folder, env))


# -- ploomber --------------------------------------------------------------------------------------


def _ploomber(work: Work, folder: Path) -> None:
    """A notebook declares what it waits for in its cell of parameters."""
    tasks = []
    for place, sheet in enumerate(work.sheets):
        above = [work.sheets[place - 1].name] if work.is_chain and place else None
        parameters = f"upstream = {above!r}\nproduct = None"
        works.Sheet(sheet.name, sheet.cells, parameters).write(folder, task=False)
        tasks.append(
            {"source": f"{sheet.name}.ipynb", "product": {"nb": f"done/{sheet.name}.ipynb"}}
        )
    executor = "serial" if work.is_chain else "parallel"
    (folder / "pipeline.yaml").write_text(json.dumps({"executor": executor, "tasks": tasks}))


# -- snakemake -------------------------------------------------------------------------------------


def _snakemake(work: Work, folder: Path) -> None:
    """A rule for each notebook, with papermill's command as its documentation has it."""
    done = [f"done/{each.name}.ipynb" for each in work.sheets]
    rules = [f"rule all:\n    input: {done!r}\n"]
    for place, sheet in enumerate(work.sheets):
        sheet.write(folder, task=False)
        above = [done[place - 1]] if work.is_chain and place else []
        rules.append(
            f"rule {sheet.name}:\n    input: {[f'{sheet.name}.ipynb', *above]!r}\n"
            f"    output: {done[place]!r}\n"
            '    shell: "papermill --no-progress-bar {input[0]} {output}"\n'
        )
    (folder / "Snakefile").write_text("\n".join(rules))


# -- dagster ---------------------------------------------------------------------------------------


def _dagster(work: Work, folder: Path) -> None:
    """An op of dagstermill for each notebook, in one job."""
    text = [
        "from dagster import In, Nothing, job",
        "from dagstermill import define_dagstermill_op, local_output_notebook_io_manager as io",
    ]
    calls = []
    for place, sheet in enumerate(work.sheets):
        path = str(sheet.write(folder, task=False))
        is_first = not (work.is_chain and place)
        above = "" if is_first else ", ins={'above': In(Nothing)}"
        made = (
            f"define_dagstermill_op({sheet.name!r}, {path!r}, output_notebook_name='done'{above})"
        )
        text.append(f"{sheet.name} = {made}")
        before = "" if is_first else f"done_{work.sheets[place - 1].name}"
        calls.append(f"    done_{sheet.name} = {sheet.name}({before})")
    text += ["@job(resource_defs={'output_notebook_io_manager': io})", "def work():", *calls]
    (folder / "work.py").write_text("\n".join(text) + "\n")


# -- airflow ---------------------------------------------------------------------------------------


def _airflow(work: Work, folder: Path) -> None:
    """A PapermillOperator for each notebook; the whole graph is run as `airflow dags test` does."""
    text = [
        "from datetime import datetime",
        "from airflow import DAG",
        "from airflow.providers.papermill.operators.papermill import PapermillOperator",
        "with DAG('work', schedule=None, start_date=datetime(2024, 1, 1), catchup=False):",
    ]
    for sheet in work.sheets:
        source, done = sheet.write(folder, task=False), folder / f"{sheet.name}-done.ipynb"
        given = f"task_id={sheet.name!r}, input_nb={str(source)!r}, output_nb={str(done)!r}"
        text.append(f"    {sheet.name} = PapermillOperator({given})")
    if work.is_chain:
        text.append("    " + " >> ".join(each.name for each in work.sheets))
    (folder / "dags").mkdir()
    (folder / "dags" / "work.py").write_text("\n".join(text) + "\n")


PEERS = {
    "ploomber": Peer(("ploomber", "ipykernel"), _ploomber, ("ploomber", "build", "--force")),
    "snakemake": Peer(
        ("snakemake", "papermill", "ipykernel"),
        _snakemake,
        ("snakemake", "--cores", "all", "--forceall"),
    ),
    "dagster": Peer(
        ("dagster", "dagstermill", "ipykernel"),
        _dagster,
        ("dagster", "job", "execute", "-f", "work.py", "-j", "work"),
        {"DAGSTER_HOME": "{folder}"},
    ),
    "airflow": Peer(
        ("apache-airflow", "apache-airflow-providers-papermill", "ipykernel"),
        _airflow,
        ("airflow", "dags", "test", "work"),
        {"AIRFLOW_HOME": "{folder}", "AIRFLOW__CORE__LOAD_EXAMPLES": "False"},
        prepare=("airflow", "db", "migrate"),
    ),
}

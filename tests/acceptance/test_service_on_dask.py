"""Services that have a Dask cluster make attempts: they die, stop, and give way to others."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_flow.testing.dask import DaskCluster, dask_cluster
from jupyter_flow.testing.notebooks import write_notebook

from .projects import Project, outcomes, the_end_of

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's process groups"),
]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaskCluster]:
    with dask_cluster(tmp_path_factory.mktemp("cluster"), workers=2) as made:
        yield made


@pytest.fixture
def project(tmp_path: Path, cluster: DaskCluster) -> Iterator[Project]:
    """``first >> second``; the second tells through a pipe that it runs, and waits at another.

    The workers see nothing of it but the pipes.
    """
    for name in ("told", "go"):
        os.mkfifo(tmp_path / name)
    write_notebook(
        tmp_path / "first.ipynb",
        f"from jupyter_flow import output\nopen({str(tmp_path / 'times')!r}, 'a').write('x')",
        "output(n=1)",
        task="first",
    )
    write_notebook(
        tmp_path / "second.ipynb",
        f"open({str(tmp_path / 'told')!r}, 'w').write('running')",
        f"print('waits')\nopen({str(tmp_path / 'go')!r}).read()",
        "from jupyter_flow import output\noutput(twice=2 * n)",
        parameters="n: int",
        task="second",
    )
    write_notebook(tmp_path / "flow.ipynb", "%%flow two --retries 1\nfirst >> second(n=first.n)")
    (tmp_path / "jupyter_flow.toml").write_text(
        f'executor = "dask"\n[dask]\nscheduler = "{cluster.address}"\nshared_disk = false\n'
    )
    project = Project(tmp_path)
    yield project
    project.close()


def begin(project: Project) -> str:
    """A run whose second task runs; its id."""
    run: str = project.json("run", "--detach", "two")["id"]
    with (project.folder / "told").open() as told:
        assert told.read() == "running"
    return run


def test_an_attempt_outlives_its_service_and_the_next_gets_its_result(project: Project) -> None:
    first = project.serve()
    run = begin(project)
    second = project.serve()

    first.kill()
    first.wait()
    assert project.wait_for(second, "run_taken_up")["run"] == run
    (project.folder / "go").write_text("go")

    done = the_end_of(project, run)
    assert done["state"] == "succeeded"
    assert outcomes(done, "second") == ["succeeded"]
    assert (project.folder / "times").read_text() == "x"
    assert "made by the worker" in project.flow("logs", run, "second")


def test_stopping_at_once_leaves_an_attempt_to_the_next_service(project: Project) -> None:
    first = project.serve()
    run = begin(project)

    project.flow("serve", "--stop", "--now")
    assert first.wait(timeout=60) == 0
    project.serve()
    (project.folder / "go").write_text("go")

    done = the_end_of(project, run)
    assert (done["state"], outcomes(done, "second")) == ("succeeded", ["succeeded"])


def test_stopping_waits_for_no_attempt_that_goes_on_without_it(project: Project) -> None:
    first = project.serve()
    run = begin(project)

    first.send_signal(signal.SIGTERM)
    assert first.wait(timeout=60) == 0
    assert project.json("status", run)["state"] == "running"
    project.serve()
    project.flow("cancel", run)

    assert the_end_of(project, run)["state"] == "cancelled"


def test_who_has_no_cluster_leaves_it_to_those_who_have(project: Project) -> None:
    first = project.serve()
    run = begin(project)
    other = project.serve("--executor", "local")

    first.kill()
    first.wait()
    assert project.wait_for(other, "another_cluster")["run"] == run
    project.serve()
    (project.folder / "go").write_text("go")

    done = the_end_of(project, run)
    assert (done["state"], outcomes(done, "second")) == ("succeeded", ["succeeded"])


def test_a_cluster_that_is_given_up_is_not_waited_for(project: Project) -> None:
    first = project.serve()
    run = begin(project)
    project.serve("--executor", "local")
    first.kill()
    first.wait()

    project.flow("cancel", run)

    assert the_end_of(project, run)["state"] == "cancelled"


def test_a_time_limit_ends_what_a_worker_makes(project: Project) -> None:
    write_notebook(
        project.folder / "flow.ipynb",
        "%%flow two\nfirst >> second(n=first.n).options(timeout='3s')",
    )
    project.serve()
    # Nobody reads what it tells: it may be over before it can be told.
    run = project.json("run", "--detach", "two")["id"]

    done = the_end_of(project, run)

    assert (done["state"], outcomes(done, "second")) == ("failed", ["timed_out"])

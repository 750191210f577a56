"""A team's machines: a folder of its own on each, one PostgreSQL, and one place in S3."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from uuid import uuid4

import pytest
import s3fs

from jupyter_flow.testing.notebooks import write_notebook
from jupyter_flow.testing.postgres import Postgres, binaries, postgres
from jupyter_flow.testing.s3 import s3_server

from .projects import Project, outcomes, the_end_of

pytestmark = [
    pytest.mark.slow,
    pytest.mark.postgres,
    pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's process groups"),
]


@pytest.fixture(scope="module")
def database_server() -> Iterator[Postgres]:
    if binaries() is None:
        pytest.skip("there are no PostgreSQL server binaries: apt install postgresql")
    with postgres() as server:
        yield server


@pytest.fixture(scope="module")
def s3() -> Iterator[Mapping[str, str]]:
    with s3_server() as environ:
        yield environ


def s3_system(s3: Mapping[str, str]) -> s3fs.S3FileSystem:
    return s3fs.S3FileSystem(
        key=s3["AWS_ACCESS_KEY_ID"],
        secret=s3["AWS_SECRET_ACCESS_KEY"],
        endpoint_url=s3["AWS_ENDPOINT_URL"],
        use_listings_cache=False,
    )


@pytest.fixture
def environ(database_server: Postgres, s3: Mapping[str, str]) -> dict[str, str]:
    """What is said to every machine of the team."""
    bucket = f"team-{uuid4().hex}"
    s3_system(s3).mkdir(bucket)
    return {
        **s3,
        "JUPYTER_FLOW_DATABASE": database_server.url(database_server.create()),
        "JUPYTER_FLOW_SHARED_HOME": f"s3://{bucket}/flows",
    }


class Machine(Project):
    """A checkout of ``first >> second`` in the folder *name*; the second waits at a pipe."""

    def __init__(self, root: Path, name: str, environ: Mapping[str, str]) -> None:
        folder = root / name
        folder.mkdir()
        write_notebook(
            folder / "first.ipynb",
            "from jupyter_flow import artifact, output\ntable = artifact('t.csv')",
            "table.write_text('a,b')\noutput(words=['ab'] * 100_000, table=table)",
            task="first",
        )
        write_notebook(
            folder / "steps" / "second.ipynb",
            "import os, pathlib",
            f"open({str(root / 'told')!r}, 'w').write(pathlib.Path.cwd().parent.name)\n"
            f"open({str(root / 'go')!r}).read()",
            "print(len(words), 'words in', os.getcwd(), 'and', pathlib.Path(table).read_text())",
            parameters="words: list\ntable: str",
            task="second",
        )
        flow = "%%flow two --retries 1\nfirst >> second(words=first.words, table=first.table)"
        write_notebook(folder / "flow.ipynb", flow)
        self.home = folder / ".jupyter_flow"
        super().__init__(folder, environ)


@pytest.fixture
def machines(tmp_path: Path, environ: Mapping[str, str]) -> Iterator[tuple[Machine, Machine]]:
    for name in ("told", "go"):
        os.mkfifo(tmp_path / name)
    here, there = (Machine(tmp_path, name, environ) for name in ("here", "there"))
    yield here, there
    here.close()
    there.close()


def who_runs_it(root: Path) -> str:
    with (root / "told").open() as told:
        return told.read()


def test_a_machine_carries_on_what_another_left(
    machines: tuple[Machine, Machine], tmp_path: Path
) -> None:
    here, there = machines
    first = here.serve()
    run = here.json("run", "--detach", "two")["id"]
    assert who_runs_it(tmp_path) == "here"
    second = there.serve()
    first.kill()
    first.wait()
    assert there.wait_for(second, "run_taken_up")["run"] == run
    assert who_runs_it(tmp_path) == "there"
    (tmp_path / "go").write_text("go")

    done = the_end_of(here, run)

    assert (done["state"], outcomes(done, "second")) == ("succeeded", ["lost", "succeeded"])
    said = f"100000 words in {there.folder / 'steps'} and a,b"
    assert said in here.flow("logs", run, "second"), "what was made there is read here"
    assert "first" in there.flow("logs", run, "first")
    code = "import jupyter_flow as f; print(f.load('second').notebook.read_text())"
    code += "; print('loaded', len(f.load('first')['words']))"
    shown = here.python("-c", code)
    assert said in shown
    assert "loaded 100000" in shown
    for machine in machines:
        (listed,) = machine.json("runs")
        assert listed["origin"] == f"{machine.folder}/flow.ipynb::two"


def shared_files(s3: Mapping[str, str], environ: Mapping[str, str], name: str) -> list[str]:
    """What is shared in that folder of the home."""
    found: list[str] = s3_system(s3).find(f"{environ['JUPYTER_FLOW_SHARED_HOME']}/{name}")
    return found


def test_a_run_that_one_asks_for_is_made_by_another(
    machines: tuple[Machine, Machine], s3: Mapping[str, str], tmp_path: Path
) -> None:
    here, there = machines
    there.serve()

    run = here.json("run", "--detach", "two")["id"]
    assert who_runs_it(tmp_path) == "there"
    (tmp_path / "go").write_text("go")

    for machine in machines:
        assert the_end_of(machine, run)["state"] == "succeeded"
        machine.flow("logs", run)
        assert list(machine.home.glob("runs/two/*/*/*.log"))

    there.flow("prune", "--keep-runs", "0")
    assert not shared_files(s3, here.env, "runs"), "what is shared goes"
    here.flow("prune", "--keep-runs", "0")
    assert not list(here.home.glob("runs/two/*"))


def test_a_schedule_that_one_makes_is_fired_by_another(
    machines: tuple[Machine, Machine], tmp_path: Path
) -> None:
    here, there = machines
    for machine in machines:
        flow = "%%flow two --on_update sales\nfirst >> second(words=first.words, table=first.table)"
        write_notebook(machine.folder / "flow.ipynb", flow)
    here.flow("schedule", "two", "--no-service")
    there.serve()

    here.flow("datasets", "sales", "--touch")
    assert who_runs_it(tmp_path) == "there"
    (tmp_path / "go").write_text("go")

    for machine in machines:
        (run,) = machine.json("runs")
        assert run["origin"] == f"{machine.folder}/flow.ipynb::two"
    assert the_end_of(here, run["id"])["state"] == "succeeded"

"""A store is made where there is none, by one of many, and says what is wrong with it."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from jupyter_flow.core.errors import FlowError, UsageError
from jupyter_flow.store.engines import postgres_engine, sqlite_engine
from jupyter_flow.store.locking import alone
from jupyter_flow.store.migrations import HEAD
from jupyter_flow.store.opening import open_store
from jupyter_flow.testing.postgres import Postgres
from jupyter_flow.testing.samples import run_of

OPEN = """
import sys
from jupyter_flow.store.opening import open_store
open_store(sys.argv[1]).close()
"""


def engine_on(where: str) -> sa.Engine:
    if where.startswith("sqlite:///"):
        return sqlite_engine(Path(where.removeprefix("sqlite:///")))
    return postgres_engine(sa.make_url(where).set(drivername="postgresql+psycopg"))


def version_of(where: str) -> str:
    engine = engine_on(where)
    with engine.connect() as db:
        (version,) = db.execute(sa.text("SELECT version_num FROM alembic_version")).scalars()
    engine.dispose()
    return str(version)


def test_a_store_is_made_with_its_folder(path: Path) -> None:
    with closing(open_store(path)) as stores:
        stores.runs.create(run_of())

    with closing(open_store(f"sqlite:///{path}")) as stores:
        assert stores.runs.load(run_of().id) == run_of()


def test_a_path_may_have_any_characters(tmp_path: Path) -> None:
    path = tmp_path / "what? 100%20 #1 {x}" / "ünïcode flow.db"
    open_store(f"sqlite:///{path}").close()

    assert path.exists()


def test_a_relative_path_stays_where_it_was_opened(project: Path, tmp_path: Path) -> None:
    with closing(open_store("sqlite:///home/flow.db")) as stores:
        os.chdir(tmp_path)
        stores.runs.create(run_of())

    assert (project / "home" / "flow.db").exists()


def test_opening_again_loads_no_alembic(where: str) -> None:
    open_store(where).close()
    program = f"{OPEN}\nassert 'alembic' not in sys.modules, 'alembic was loaded'"

    subprocess.run([sys.executable, "-c", program, where], check=True)


def test_of_many_processes_that_open_a_new_store_one_makes_it(where: str) -> None:
    command = [sys.executable, "-c", OPEN, where]
    processes = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(5)]
    errors = [process.communicate()[1] for process in processes]

    assert errors == [""] * 5
    assert version_of(where) == HEAD


def test_a_store_of_a_newer_version_is_left_alone(where: str) -> None:
    open_store(where).close()
    engine = engine_on(where)
    with engine.begin() as db:
        db.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()

    with pytest.raises(FlowError, match="is newer than this package") as caught:
        open_store(where)
    assert caught.value.code == "JF502"
    assert "pip install --upgrade jupyterlab-flow" in caught.value.hint
    assert version_of(where) == "9999"


def test_a_store_whose_making_was_cut_short_is_made_anew(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.touch()

    with closing(open_store(path)) as stores:
        assert stores.runs.summaries() == []


def test_a_file_that_is_no_store_is_named(tmp_path: Path) -> None:
    path = tmp_path / "flow.db"
    path.write_text("this is a text, and quite a long one at that" * 100)

    with pytest.raises(FlowError, match="file is not a database") as caught:
        open_store(path)
    assert caught.value.code == "JF503"
    assert str(path) in caught.value.what


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(FlowError) as caught:
        open_store(tmp_path / "file" / "flow.db")
    assert caught.value.code == "JF503"


def test_a_server_that_does_not_answer_is_named_without_its_password() -> None:
    with pytest.raises(FlowError) as caught:
        open_store("postgresql://ada:secret@127.0.0.1:9/flow")

    assert caught.value.code == "JF503"
    assert "postgresql+psycopg://ada:***@127.0.0.1:9/flow cannot be used" in caught.value.what
    assert "secret" not in str(caught.value)
    with pytest.raises(FlowError, match="JF503") as caught:
        open_store("postgresql://ada@127.0.0.1:9/flow?password=secret&sslpassword=secret")
    assert "secret" not in str(caught.value)


@pytest.mark.postgres
def test_a_user_who_may_make_no_tables_is_told_so(postgres_server: Postgres) -> None:
    url = postgres_server.url(postgres_server.create())
    engine = engine_on(url)
    with engine.begin() as db:
        db.execute(sa.text("CREATE ROLE guest LOGIN"))
    engine.dispose()

    with pytest.raises(FlowError, match="permission denied for schema public") as caught:
        open_store(url.replace("postgres@", "guest@"))
    assert caught.value.code == "JF503"
    assert "a user who may log in and make tables" in caught.value.hint


@pytest.mark.parametrize(
    ("where", "why"),
    [
        ("postgresql://ada:secret@host:port/flow", "its port is no number"),
        ("postgresql://ada:top@secret@host/flow", "its host has an @"),
        ("postgresql://ada:top@x:secret@host/flow", "its port is no number"),
    ],
)
def test_an_address_that_cannot_be_read_is_told_without_its_password(where: str, why: str) -> None:
    with pytest.raises(FlowError, match=why) as caught:
        open_store(where)

    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "where", ["mysql://x:secret@y/z", "flow.db", "what://", "sqlite:///:memory:"]
)
def test_no_store_is_kept_in_what_cannot_keep_one(where: str) -> None:
    with pytest.raises(UsageError) as caught:
        open_store(where)

    assert caught.value.code == "JF504"
    assert "secret" not in str(caught.value)


def test_the_lock_is_given_back_when_its_process_dies(tmp_path: Path) -> None:
    program = (
        "import sys, time, pathlib; from jupyter_flow.store.locking import alone\n"
        "with alone(pathlib.Path(sys.argv[1])):\n"
        "    print('locked', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "flow.db")]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "locked\n"
        process.kill()

    with alone(tmp_path / "flow.db"):
        pass

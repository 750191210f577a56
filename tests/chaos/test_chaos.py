"""Services are killed, stopped and cut off at random, and every promise of the journal holds.

What is dealt comes from a seed. ``CHAOS_SEED=7`` plays that one; ``CHAOS_SECONDS=600`` goes on for
ten minutes, one seed after the other. The figures of each round are printed (``pytest -s``).
"""

from __future__ import annotations

import os
import secrets
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_flow.testing.postgres import Postgres, binaries, postgres

from .arena import Arena
from .blows import SERVER_WEIGHTS, WEIGHTS
from .databases import PostgresBlows, SqliteBlows
from .rounds import Round

pytestmark = [
    pytest.mark.chaos,
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's process groups"),
    pytest.mark.timeout(float(os.environ.get("CHAOS_SECONDS") or 0) + 600),
]

#: How long to go on, in seconds; without, for one round.
SECONDS = float(os.environ.get("CHAOS_SECONDS") or 0)
#: One round is the same every time, unless another is asked for; a long time is for new ones.
SEED = int(os.environ.get("CHAOS_SEED") or (secrets.randbelow(10**6) if SECONDS else 1))
#: How long blows are dealt in one round.
ROUND = 15.0


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """A server of our own, which nobody else is hit with."""
    if binaries() is None:
        pytest.skip("there are no PostgreSQL server binaries: apt install postgresql")
    with postgres() as server:
        yield server


def play_sqlite(folder: Path, seed: int) -> list[str]:
    path = folder / "flow.db"
    arena = Arena(folder, f"sqlite:///{path}")
    try:
        return Round(seed, ROUND, arena, SqliteBlows(path), WEIGHTS).play()
    finally:
        arena.close()


def play_postgres(folder: Path, seed: int, server: Postgres) -> list[str]:
    blows = PostgresBlows.on(server)
    arena = Arena(folder, blows.url, blows.watched)
    try:
        return Round(seed, ROUND, arena, blows, SERVER_WEIGHTS).play()
    finally:
        arena.close()


def seeds() -> Iterator[int]:
    """One seed, and the following ones while there is time."""
    until, seed = time.monotonic() + SECONDS, SEED
    yield seed
    while time.monotonic() < until:
        yield (seed := seed + 1)


def told(seed: int, broken: list[str]) -> str:
    return "\n".join([f"repeat it with CHAOS_SEED={seed}", *broken])


def test_nothing_is_broken_on_sqlite(tmp_path: Path) -> None:
    for seed in seeds():
        broken = play_sqlite(tmp_path / str(seed), seed)
        assert not broken, told(seed, broken)


@pytest.mark.postgres
def test_nothing_is_broken_on_postgresql(tmp_path: Path, server: Postgres) -> None:
    for seed in seeds():
        broken = play_postgres(tmp_path / str(seed), seed, server)
        assert not broken, told(seed, broken)

"""Reads what is asked for, and prints."""

from __future__ import annotations

import argparse
import os

from . import __doc__ as about
from .meters import adopt_orphans
from .others import PAPERMILL
from .peers import PEERS, against
from .rows import COLD, MEMORY, ROWS
from .running import choose, run
from .table import Table

#: One thread for each library: several wait for each other by turning in a circle, and where cores
#: are busy that is most of their CPU.
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_KEYS = [*(each.key for each in ROWS), MEMORY]


def main() -> None:
    """Print what is asked for."""
    asked = _asked()
    if asked.papermill:
        PAPERMILL[:] = [asked.papermill]
    for name in _THREADS:
        os.environ[name] = "1"
    # What is installed is compiled, and so is papermill; a checkout is when Python may keep it.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    adopt_orphans()
    if asked.profile:
        from .imports import profile_imports
        from .profiling import profile

        for row in choose(ROWS, asked.profile.split(",")):
            (profile_imports if row.ways[0].name == COLD else profile)(row, asked.rounds)
    else:
        _compare(asked)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.execution", description=about)
    parser.add_argument("--rounds", type=int, default=7, help="how often each way is measured")
    parser.add_argument("--only", metavar="ROW,…", help=", ".join(_KEYS))
    parser.add_argument("--small", action="store_true", help="one round of few rows, to see it run")
    parser.add_argument("--markdown", action="store_true", help="for the documentation")
    parser.add_argument("--profile", metavar="ROW", help="where our time goes in that row")
    parser.add_argument("--papermill", metavar="PATH", help="the command of another environment")
    parser.add_argument("--peers", metavar="NAME,…", help="beside others: " + ", ".join(PEERS))
    return parser.parse_args()


def _compare(asked: argparse.Namespace) -> None:
    keys = asked.only.split(",") if asked.only else _KEYS
    rows = choose(ROWS, [each for each in keys if each != MEMORY])
    peers = asked.peers.split(",") if asked.peers else []
    if unknown := set(peers) - PEERS.keys():
        raise SystemExit(f"no peer {', '.join(sorted(unknown))}; known: {', '.join(PEERS)}")
    if asked.small:
        print("One round without warming up: it runs, and the figures say nothing.\n")
    table = Table(markdown=asked.markdown)
    table.begin()
    for row in rows:
        if row.is_small or not asked.small:
            table.add(run(row, 1 if asked.small else asked.rounds, small=asked.small))
    if MEMORY in keys and not asked.small:
        from .memory import of_ours, of_stock

        table.add_memory(of_ours(), of_stock())
    for name in peers:
        for result in against(name, asked.rounds):
            table.add(result)
    table.end()


if __name__ == "__main__":
    main()

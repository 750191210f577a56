"""A process that executes the cells of notebooks and nothing else: no kernel, no outputs, no files.

Run as ``python -m benchmarks.execution.plain FOLDER``. The first line that it reads has the
notebooks, every further one is a wish to do them all; it answers with the seconds of CPU.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from contextlib import redirect_stdout
from typing import Any


def main(folder: str) -> None:
    os.chdir(folder)
    os.environ["MPLBACKEND"] = "Agg"
    notebooks = json.loads(sys.stdin.readline())
    for _ in sys.stdin:
        before = _usage()
        with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere):  # noqa: PTH123
            for parameters, given, cells in notebooks:
                _execute(parameters, given, cells)
        print(_usage() - before, flush=True)


def _execute(parameters: str | None, given: dict[str, Any], cells: list[str]) -> None:
    space: dict[str, Any] = {"__name__": "__main__"}
    if parameters is not None:
        exec(parameters, space)
    space.update(given)
    for cell in cells:
        exec(cell, space)


def _usage() -> float:
    both = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return sum(each.ru_utime + each.ru_stime for each in both)


if __name__ == "__main__":
    main(sys.argv[1])

"""Where our time goes in a row: the steps of a run, and the functions of the orchestrator.

A step is a function of the product with all that it calls; the indented ones are within those
above. The figures of functions are of all threads of this process, and larger than without the
profiler: their order is what counts.
"""

from __future__ import annotations

import cProfile
import importlib
import pstats
import statistics
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import wraps
from time import perf_counter, thread_time
from typing import Any
from unittest.mock import patch

from .meters import middle
from .rows import Row
from .running import repeat

#: Where a step is, and what it is.
_STEPS = (
    ("app.flows:Flows.flow", "the flow found, read and checked"),
    ("app.flows:Flows.start", "the run made"),
    ("store.runs:SqlRunStore.create", "  written"),
    ("app.running:Running.drive", "the run driven"),
    ("app.running:Running._wait_for_turn", "  its lease taken"),
    ("engine.driver:Driver.drive", "  its tasks done"),
    ("engine.driver:step", "    decided"),
    ("store.runs:SqlRunStore.record", "    written in the journal"),
    ("engine.assignments:Assignments.make", "    an assignment made"),
    ("store.runs:SqlRunStore.load", "  loaded"),
    ("execution.attempt:RunningAttempt.make", "the attempt, in its thread"),
    ("execution.attempt:read_notebook", "  the notebook read"),
    ("execution.attempt:choose_kernel", "  the kernel chosen"),
    ("execution.attempt:inject", "  parameters put in"),
    ("execution.requests:libraries_of", "  its libraries seen"),
    ("execution.routes:KernelRoutes.launch", "  a kernel asked for"),
    ("execution.attempt:_execute_with_papermill", "  papermill"),
    ("execution.undertaking:Undertaking.execute", "    its engine: ours"),
    ("execution.document:ExecutedNotebook.begin", "      saved at first"),
    ("execution.conversation:Conversation.boot", "      the kernel booted"),
    ("execution.client:CellRunner._visit", "      a cell run"),
    ("execution.client:CellRunner.let_go", "      the kernel told to end"),
    ("execution.forked.kernels:ForkedKernel.close", "      the kernel closed"),
    ("execution.document:ExecutedNotebook.end", "      saved at last"),
)


def profile(row: Row, rounds: int) -> None:
    """Print where the time of the row's first way goes."""
    way, work, rounds = row.ways[0], row.work(), min(rounds, row.rounds)
    print(f"{row.title.format(count=len(work.sheets))}, by {way.name}: {rounds} rounds")
    steps = _Steps()
    with way.open(work) as doing:
        repeat(doing, way.warm_up)
        bare = middle([doing.measure() for _ in range(rounds)])
        print(
            f"wall {bare.wall * 1000:.1f} ms; CPU {bare.cpu * 1000:.1f} ms, of that this process "
            f"{bare.own * 1000:.1f}, zygotes {bare.zygotes * 1000:.1f}, all else kernels"
        )
        moments = _Moments()
        with steps.watched(), moments.watched():
            repeat(doing, rounds)
        steps.show(rounds)
        moments.show()
        with _all_threads() as profiles:
            repeat(doing, rounds)
    _show(profiles, rounds)


class _Steps:
    """How often each step was done, and what it took: wall, and CPU of its own thread."""

    def __init__(self) -> None:
        self._spans: dict[str, list[tuple[float, float]]] = defaultdict(list)
        self._gone: list[str] = []

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Watch all steps that the product has."""
        with ExitStack() as stack:
            for where, _ in _STEPS:
                module, _, path = where.partition(":")
                owner: Any = importlib.import_module(f"jupyter_flow.{module}")
                *above, name = path.split(".")
                for each in above:
                    owner = getattr(owner, each)
                act = getattr(owner, name, None)
                if act is None:
                    self._gone.append(where)
                else:
                    stack.enter_context(patch.object(owner, name, self._timed(where, act)))
            yield

    def _timed(self, where: str, act: Any) -> Any:
        @wraps(act)
        def timed(*args: Any, **kwargs: Any) -> Any:
            wall, cpu = perf_counter(), thread_time()
            try:
                return act(*args, **kwargs)
            finally:
                self._spans[where].append((perf_counter() - wall, thread_time() - cpu))

        return timed

    def show(self, rounds: int) -> None:
        print(f"\n{'step':36} {'times':>7} {'wall ms':>9} {'CPU ms':>9}   for one run")
        for where, about in _STEPS:
            spans = self._spans[where]
            if spans:
                wall, cpu = (sum(each) * 1000 / rounds for each in zip(*spans, strict=True))
                print(f"{about:36} {len(spans) / rounds:7.1f} {wall:9.2f} {cpu:9.2f}")
        if self._gone:
            print("These are not there any more: " + ", ".join(self._gone))


class _Moments:
    """When a forked kernel does what, as its user sees it: seconds from when it was asked for."""

    def __init__(self) -> None:
        self._seen: dict[str, list[float]] = defaultdict(list)
        self._libraries: Counter[int] = Counter()

    @contextmanager
    def watched(self) -> Iterator[None]:
        from jupyter_flow.execution.forked.nursery import Birth, Nursery

        bear = Nursery.bear

        def timed(nursery: Nursery, birth: Birth) -> None:
            begun = perf_counter()
            self._libraries[len(nursery.modules)] += 1

            def marked(name: str, tell: Callable[..., None]) -> Callable[..., None]:
                def told(*args: Any) -> None:
                    self._seen[name].append(perf_counter() - begun)
                    tell(*args)

                return told

            born, ended = marked("is forked", birth.born), marked("has ended", birth.ended)
            bear(nursery, replace(birth, born=born, ended=ended))

        with patch.object(Nursery, "bear", timed):
            yield

    def show(self) -> None:
        for name, found in self._seen.items():
            print(f"a kernel {name} {statistics.median(found) * 1000:.2f} ms after it is asked for")
        for libraries, number in self._libraries.items():
            print(f"{number} kernels were forked with {libraries} libraries ready")


@contextmanager
def _all_threads() -> Iterator[list[cProfile.Profile]]:
    """Profile this thread, and those that are started from now on."""
    profiles: list[cProfile.Profile] = []

    def begin() -> cProfile.Profile:
        found = cProfile.Profile()
        profiles.append(found)
        found.enable()
        return found

    run = threading.Thread.run

    def profiled(thread: threading.Thread) -> None:
        found = begin()
        try:
            run(thread)
        finally:
            found.disable()

    with patch.object(threading.Thread, "run", profiled):
        ours = begin()
        try:
            yield profiles
        finally:
            ours.disable()


def _show(profiles: list[cProfile.Profile], rounds: int) -> None:
    threads = []
    for each in profiles:
        each.disable()
        each.create_stats()
        if each.stats:
            threads.append(each)
    together = pstats.Stats(*threads)
    print(f"\nfunctions, by their own time, over {rounds} runs")
    together.strip_dirs().sort_stats("tottime").print_stats(30)
    print("functions, with what they call")
    together.sort_stats("cumtime").print_stats("jupyter_flow|[(]", 45)

"""Every option there is: its name, where it may stand, its type and what it means.

The only list of them. Reading, writing, the reference and the help of commands are made from it.
"""

from __future__ import annotations

from ast import literal_eval
from dataclasses import dataclass
from typing import Literal

from . import option_types as types
from . import text_types as texts
from .option_type import OptionType
from .shell_words import quote

Level = Literal["task", "flow"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionSpec:
    """One option. Those of level ``task`` may also stand on the flow's line, for all its tasks.

    ``example`` is a value as Python writes it; ``default`` says in words what holds without it.
    """

    name: str
    level: Level
    type: OptionType
    meaning: str
    example: str
    default: str

    @property
    def flag(self) -> str:
        """The option as it stands on a line: ``--max-active-tasks``."""
        return f"--{self.name.replace('_', '-')}"

    @property
    def line_example(self) -> str:
        """The example as it stands on a line: ``--retry-on ConnectionError,KernelDied``."""
        value = literal_eval(self.example)
        if isinstance(value, dict):
            value = " ".join(f"{name}={item}" for name, item in value.items())
        text = ",".join(value) if isinstance(value, list) else str(value)
        return f"{self.flag} {quote(text)}"

    @property
    def type_text(self) -> str:
        return self.type.text


def _task(name: str, type_: OptionType, meaning: str, example: str, default: str) -> OptionSpec:
    return OptionSpec(
        name=name, level="task", type=type_, meaning=meaning, example=example, default=default
    )


def _flow(name: str, type_: OptionType, meaning: str, example: str, default: str) -> OptionSpec:
    return OptionSpec(
        name=name, level="flow", type=type_, meaning=meaning, example=example, default=default
    )


OPTIONS: tuple[OptionSpec, ...] = (
    _task("retries", types.FROM_ZERO, "how often a failed task is tried again", "2", "0"),
    _task("retry_delay", types.DELAY, "how long to wait before trying again", '"5m"', "0"),
    _task(
        "backoff",
        types.FACTOR,
        "by how much the delay grows with each attempt: 2 doubles it",
        "2",
        "1, the delay stays the same",
    ),
    _task(
        "max_retry_delay", types.LIMIT, "the longest that a delay may grow to", '"1h"', "no limit"
    ),
    _task(
        "jitter",
        types.SHARE,
        "how much of the delay is added by chance at most, so that not all try again at once; "
        "the chance is the same for the same attempt",
        "0.1",
        "0",
    ),
    _task(
        "retry_on",
        texts.EXCEPTIONS,
        "try again only after these exception classes (or those derived from them) and causes: "
        "CellError, KernelDied, OutOfMemory, Timeout, CellTimeout, StoreFailed, Lost",
        '["ConnectionError", "KernelDied"]',
        "after any",
    ),
    _task("no_retry_on", texts.EXCEPTIONS, "never try again after these", '"ValueError"', "none"),
    _task("timeout", types.LIMIT, "how long an attempt may take", '"20m"', "no limit"),
    _task("cell_timeout", types.LIMIT, "how long a cell may take", '"5m"', "no limit"),
    _task(
        "trigger",
        types.TRIGGER,
        "when the task may start, given how what it needs has ended",
        '"all_done"',
        "all_success",
    ),
    _task("pool", texts.TEXT, "the pool whose slots the task takes", '"gpu"', "the common one"),
    _task("slots", types.FROM_ONE, "how many slots the task takes", "2", "1"),
    _task("priority", types.WHOLE, "of tasks that wait for a slot the highest first", "10", "0"),
    _task(
        "kernel", texts.TEXT, "the kernelspec that executes the notebook", '"ir"', "the notebook's"
    ),
    _task(
        "env",
        texts.ENVIRONMENT,
        "variables of the kernel's environment; the layers are merged name by name",
        '{"OMP_NUM_THREADS": "1"}',
        "nothing is added",
    ),
    _task(
        "cwd",
        texts.TEXT,
        "the folder in which the kernel runs, from the flow's",
        '"work"',
        "the notebook's own",
    ),
    _task(
        "cache",
        types.CACHE,
        "restore the result of an earlier run instead of running: while nothing that it depends on "
        "has changed (True), for so long at most (a length of time), or for the same parameters "
        "whatever else has changed (always)",
        "True",
        "False",
    ),
    _task(
        "inputs",
        texts.FILES,
        "the files that a cached task reads: paths or patterns, from the folder where it runs",
        '["data/*.csv"]',
        "none",
    ),
    _task(
        "keep_kernel",
        types.KEEP_KERNEL,
        "when the kernel of an attempt stays for a while, with its variables, to be looked into: "
        "never or on_failure (a cell raised, or took too long)",
        '"on_failure"',
        "never",
    ),
    _task(
        "kernel_start",
        types.KERNEL_START,
        "prepared (from a process that has loaded what kernels need, where that makes no "
        "difference) or fresh (as a process of its own)",
        '"fresh"',
        "prepared",
    ),
    _task(
        "preload",
        texts.MODULES,
        "the installed libraries that are loaded before a prepared kernel starts: these, or none",
        '["pandas", "sklearn.linear_model"]',
        "those that several notebooks import",
    ),
    _task("notify", texts.ADDRESSES, "whom to tell, by URL", '"mailto://me@example.com"', "nobody"),
    _task(
        "on",
        texts.OCCASIONS,
        f"about what to tell them: {', '.join(texts.EVENTS)}",
        '["failure", "late"]',
        "failure",
    ),
    _task(
        "attach",
        types.FLAG,
        "attach the executed notebook, as a page of HTML, to what is told about it",
        "True",
        "False",
    ),
    _task(
        "expected",
        types.LIMIT,
        "how long an attempt is expected to take; one that takes longer is slow, which those who "
        "listen for it are told",
        '"10m"',
        "nothing is expected",
    ),
    _task(
        "depends_on_past",
        types.FLAG,
        "start only when the same task succeeded, or was skipped, in the run before",
        "True",
        "False",
    ),
    _task(
        "produces",
        texts.DATASETS,
        "the datasets that are updated when it has succeeded",
        '"sales"',
        "none",
    ),
    _flow(
        "max_active_tasks",
        types.FROM_ONE,
        "how many tasks of a run may run at a time",
        "4",
        "as many as the machine allows",
    ),
    _flow(
        "max_active_runs",
        types.FROM_ONE,
        "how many runs of the flow may run at a time",
        "1",
        "no limit",
    ),
    _flow("run_timeout", types.LIMIT, "how long a run may take", '"2h"', "no limit"),
    _flow(
        "deadline",
        types.LIMIT,
        "how long after its fire time (or after a person made it) a run must have ended; later it "
        "is late, which those who listen for it are told",
        '"45m"',
        "no deadline",
    ),
    _flow("schedule", types.CRON, "when to run, as cron has it", '"0 6 * * 1-5"', "when asked to"),
    _flow(
        "on_update",
        texts.ON_UPDATE,
        "run when all of these datasets were updated, or with | any of them",
        '"sales & prices"',
        "when asked to",
    ),
    _flow("tz", types.ZONE, "the time zone of schedule, start and end", '"Europe/Berlin"', "UTC"),
    _flow("start", types.MOMENT, "the schedule is not due before", '"2026-01-31"', "no limit"),
    _flow("end", types.MOMENT, "the schedule is not due after", '"2026-12-31"', "no limit"),
    _flow(
        "catchup",
        types.CATCHUP,
        "which of the times that passed while nothing was running to make up for: "
        "none, latest or all",
        '"latest"',
        "none",
    ),
    _flow(
        "overlap",
        types.OVERLAP,
        "what becomes of a fire time while max_active_runs runs are active: "
        "queue (its run waits) or skip",
        '"skip"',
        "queue",
    ),
)

TASK_OPTIONS = {spec.name: spec for spec in OPTIONS if spec.level == "task"}
FLOW_OPTIONS = {spec.name: spec for spec in OPTIONS if spec.level == "flow"}
#: All that may stand on a magic line.
LINE_OPTIONS = {**FLOW_OPTIONS, **TASK_OPTIONS}

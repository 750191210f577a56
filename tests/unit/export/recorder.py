"""Plans without notebooks, and what a DAG file says when it is executed without Airflow."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import pytest

from jupyter_flow.core.flow import Flow, Kind, Plan, Target
from jupyter_flow.core.language import read

MODULES = (
    "airflow",
    "airflow.providers",
    "airflow.providers.papermill",
    "airflow.providers.papermill.operators",
    "airflow.providers.papermill.operators.papermill",
    "airflow.providers.standard",
    "airflow.providers.standard.hooks",
    "airflow.providers.standard.hooks.subprocess",
    "airflow.providers.standard.operators",
    "airflow.providers.standard.operators.hitl",
    "airflow.providers.standard.sensors",
    "airflow.providers.standard.sensors.external_task",
    "airflow.sdk",
    "airflow.sdk.exceptions",
)


@dataclass
class Recorded:
    """What a DAG file said: its arguments, and of each task the arguments, upstreams, group."""

    dag: dict[str, Any] = field(default_factory=dict)
    tasks: dict[str, dict[str, Any]] = field(default_factory=dict)
    upstream: dict[str, set[str]] = field(default_factory=dict)
    groups: dict[str, tuple[str, ...]] = field(default_factory=dict)
    made: dict[str, Any] = field(default_factory=dict)
    around: list[str] = field(default_factory=list)

    @property
    def listers(self) -> set[str]:
        """The tasks that only make what others are mapped over."""
        return {name for name, said in self.tasks.items() if said.get("only_items")}

    @property
    def graph(self) -> dict[str, set[str]]:
        """The upstreams of each task, listers aside."""
        aside = self.listers
        return {k: ups - aside for k, ups in self.upstream.items() if k not in aside}


def play(text: str) -> Recorded:
    """Execute a DAG file with stand-ins for Airflow's classes that write down what they are told.

    Airflow itself reads such files in tests/airflow.
    """
    told = Recorded()
    operator, dag, group = _operator(told), _dag(told), _group(told)
    special: dict[str, Any] = {"BaseOperator": operator, "PapermillOperator": operator}
    special |= {"DAG": dag, "TaskGroup": group}
    for name in ("ApprovalOperator", "ExternalTaskSensor"):
        special[name] = type(name, (operator,), {})
    for name in ("AirflowException", "AirflowFailException", "AirflowSkipException"):
        special[name] = type(name, (Exception,), {})

    class Fake(ModuleType):
        __path__: list[str] = []  # noqa: RUF012

        def __getattr__(self, name: str) -> Any:
            if name.startswith("__"):
                raise AttributeError(name)
            return special.get(name, name_of_call(name))

    with pytest.MonkeyPatch.context() as patch:
        for name in MODULES:
            patch.setitem(sys.modules, name, Fake(name))
        exec(compile(text, "dag.py", "exec"), {"__name__": "dag"})
    for task, made in told.made.items():
        for name in ("flow_task", "values_of", "lists_of", "only_items"):
            told.tasks[task][name] = getattr(made, name, None)
    return told


def name_of_call(name: str) -> Any:
    """What stands for ``name(...)``: an object that can be joined with others of its sort."""

    @dataclass
    class Said:
        arguments: tuple[Any, ...]
        keywords: dict[str, Any]

        def __and__(self, other: Any) -> Any:
            return ("and", self, other)

        __or__ = __and__

    return lambda *arguments, **keywords: Said((name, *arguments), keywords)


@dataclass(frozen=True)
class Output:
    """What a task hands on, before there is anything."""

    task: str


def _operator(told: Recorded) -> type:
    class Operator:
        def __init__(self, **said: Any) -> None:
            self.task_id = said["task_id"]
            assert self.task_id not in told.made, f"{self.task_id} is made twice"
            told.made[self.task_id] = self
            told.tasks[self.task_id] = dict(said)
            told.upstream[self.task_id] = set()
            told.groups[self.task_id] = tuple(told.around)

        @classmethod
        def partial(cls, **said: Any) -> Partial:
            return Partial(cls, said)

        @property
        def output(self) -> Output:
            return Output(self.task_id)

        def as_setup(self) -> Operator:
            told.tasks[self.task_id]["role"] = "setup"
            return self

        def as_teardown(self, *, on_failure_fail_dagrun: bool = False) -> Operator:
            told.tasks[self.task_id] |= {"role": "teardown", "fails": on_failure_fail_dagrun}
            return self

        def __rshift__(self, others: Any) -> Any:
            for other in others if isinstance(others, list) else [others]:
                told.upstream[other.task_id].add(self.task_id)
            return others

    @dataclass
    class Partial:
        operator: type
        said: dict[str, Any]

        def expand(self, *, item: Any) -> Any:
            made = self.operator(**self.said)
            told.tasks[made.task_id]["item"] = item
            if isinstance(item, Output):
                told.upstream[made.task_id].add(item.task)
            return made

    return Operator


def _dag(told: Recorded) -> type:
    class Dag:
        def __init__(self, **said: Any) -> None:
            told.dag |= said

        def __enter__(self) -> None:
            pass

        def __exit__(self, *_: object) -> None:
            pass

    return Dag


def _group(told: Recorded) -> type:
    class Group:
        def __init__(self, name: str, *, prefix_group_id: bool) -> None:
            assert not prefix_group_id
            self.name = name

        def __enter__(self) -> None:
            told.around.append(self.name)

        def __exit__(self, *_: object) -> None:
            told.around.pop()

    return Group


def plan_of(flow: Flow) -> Plan:
    """*flow* with a notebook for each task that runs one."""
    return Plan(
        flow=flow,
        origin=f"/lab/flow.ipynb::{flow.name}",
        targets={
            task.name: Target(
                path=f"/lab/{task.name}.ipynb" if task.kind in _RUN else "",
                digest="a" * 64,
                folder="/lab",
                kernel="python3",
                policy=flow.policy(task),
            )
            for task in flow.tasks
        },
    )


_RUN = (Kind.NOTEBOOK, Kind.PYTHON, Kind.SQL, Kind.HTTP, Kind.SHELL)


def plan_in(cell: str) -> Plan:
    """The plan of the flow that *cell* defines."""
    reading = read(cell)
    assert reading.flow is not None
    assert not [each for each in reading.problems if each.is_error], reading.problems
    return plan_of(reading.flow)

"""The body of a DAG file: the lines that make the tasks, and those that say their order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from jupyter_flow.core.flow import Group, Plan, Task
from jupyter_flow.export.boxes import nested

from .python import Call, literal, variables
from .tasks import Lister, Placing, Translated, translated

__all__ = ["Body"]

#: Names that the file uses itself.
_TAKEN = (
    *("ApprovalOperator", "Asset", "AssetOrTimeSchedule", "BaseOperator", "COMMAND", "DAG"),
    *("AirflowException", "AirflowFailException", "AirflowSkipException", "CronTriggerTimetable"),
    *("DIGEST", "EXECUTED", "ExternalTaskSensor", "FLOW", "FlowApproval", "FlowTask", "GRACE"),
    *("OtherFlow", "PROJECT", "PapermillOperator", "Param", "Path", "SubprocessHook", "TaskGroup"),
    *("TemporaryDirectory", "annotations", "dag", "datetime", "dict", "json", "literal", "os"),
    *("shlex", "str", "super", "timedelta", "within"),
)


class Body:
    """The tasks of *plan* as operators; ``lines`` is what makes them and puts them in order."""

    def __init__(self, plan: Plan, placing: Placing) -> None:
        names = [task.name for task in plan.flow.tasks]
        self._flow = plan.flow
        self._listers = _lister_ids(names)
        self._variables = variables([*names, *self._listers.values()], _TAKEN)
        self._translated: Mapping[str, Translated] = {
            task.name: translated(plan, task, placing, self._lister(task.name))
            for task in plan.flow.tasks
        }

    @property
    def remarks(self) -> Iterator[str]:
        """What of the tasks does not arrive as it is here."""
        return (remark for each in self._translated.values() for remark in each.remarks)

    @property
    def classes(self) -> frozenset[str]:
        """The names of the classes of operators that it uses."""
        calls = (each.call.name for each in self._translated.values())
        return frozenset(name.removesuffix(".partial") for name in calls)

    @property
    def lines(self) -> list[str]:
        return [*self._made(), *self._order()]

    def _lister(self, task: str) -> Lister:
        name = self._listers[task]
        return Lister(name, self._variables[name])

    def _made(self) -> Iterator[str]:
        """Those of groups stand within these."""
        for depth, part in nested(self._flow):
            match part:
                case Task():
                    lines = list(self._calls(part.name))
                case Group():
                    lines = [f"with TaskGroup({literal(part.name)}, prefix_group_id=False):"]
                case None:
                    lines = []
            yield from ("    " * depth + line for line in lines)
        if not self._flow.tasks:
            yield "pass"

    def _calls(self, task: str) -> Iterator[str]:
        made = self._translated[task]
        if made.lister is not None:
            yield from _assigned(self._lister(task).variable, made.lister)
        yield from _assigned(self._variables[task], made.call)

    def _order(self) -> Iterator[str]:
        flow = self._flow
        if any(flow.graph.downstream.values()):
            yield ""
        for name in flow.graph.order:
            downs = flow.graph.downstream[name]
            after = [self._variables[down] for down in downs]
            after += [
                self._lister(down).variable
                for down in downs
                if self._translated[down].lister is not None and name in flow[down].uses()
            ]
            if after:
                many = f"[{', '.join(after)}]" if len(after) > 1 else after[0]
                yield f"{self._variables[name]} >> {many}"


def _assigned(variable: str, call: Call) -> list[str]:
    head = f"{variable} = "
    return f"{head}{call.text(before=len(head))}".split("\n")


def _lister_ids(names: list[str]) -> dict[str, str]:
    """For each task the id of one that makes the list which it is mapped over."""
    taken = set(names)
    found: dict[str, str] = {}
    for name in names:
        lister = f"{name}__items"
        while lister in taken:
            lister += "_"
        taken.add(lister)
        found[name] = lister
    return found

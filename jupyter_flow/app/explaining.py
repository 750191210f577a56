"""A flow in words, for people who want to know what would happen and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from jupyter_flow.core.flow import Flow, Kind, Plan, Task
from jupyter_flow.core.language.wait_checks import WAYS_TO_WAIT
from jupyter_flow.core.language.writing import written
from jupyter_flow.core.options import Policy, TriggerRule

from .definitions import CheckedFlow
from .foretelling import Foretold


def explain(checked: CheckedFlow, foretold: Mapping[str, Foretold] = MappingProxyType({})) -> str:
    """Each task in order: what it runs, what it waits for, its policy and where that is from.

    *foretold* says of the cached ones what would become of them.
    """
    if checked.flow is None or checked.plan is None:
        return "\n\n".join(str(problem) for problem in checked.problems)
    flow, plan = checked.flow, checked.plan
    lines = [f"{flow.name}: {flow.description}" if flow.description else flow.name]
    lines += [f"  {name} = {value!r}" for name, value in _params(flow)]
    for name in flow.graph.order:
        lines += ["", *_task(flow, plan, flow[name])]
        if name in foretold:
            lines += _foretold(foretold[name])
    return "\n".join(lines)


def _params(flow: Flow) -> Iterator[tuple[str, object]]:
    return ((param.name, param.default) for param in flow.params)


def _task(flow: Flow, plan: Plan, task: Task) -> Iterator[str]:
    target = plan.targets[task.name]
    yield f"{task.name}"
    groups = [group.name for group in flow.groups_of(task.name)]
    if groups:
        yield f"  group    {' / '.join(reversed(groups))}"
    yield f"  runs     {task.kind}: {target.path}" if target.has_notebook else _waits(task)
    yield f"  when     {_when(flow, task, target.policy)}"
    if task.is_mapped:
        yield f"  mapped   once for each of {', '.join(task.expand)}"
    for option, value in _said(target.policy):
        shown = (", ".join(value) or "none") if isinstance(value, tuple) else value
        yield f"  {option:<8} {shown}  ({_origin(flow, task, option, target.policy)})"


def _foretold(told: Foretold) -> Iterator[str]:
    yield f"  now      {'restored' if told.is_restored else 'runs'}: {told.why}"
    yield from (f"           {line}" for line in told.diff)


def _waits(task: Task) -> str:
    if task.kind is Kind.EXPECT:
        return f"  expects  {written(task.parameters['condition'])}"
    given = {**task.parameters, **task.expand}
    if task.kind is Kind.APPROVE:
        return f"  asks     {written(given['question'])}"
    if task.kind is Kind.FLOW:
        return f"  runs     the flow {written(given['flow'])}"
    way = next(name for name in WAYS_TO_WAIT if name in given)
    return f"  waits    {_AWAITED[way]} {written(given[way])}"


_AWAITED = {
    "file": "for the file",
    "http": "for an answer from",
    "sql": "for a row of",
    "flow": "for a run of",
    "until": "until",
}


def _when(flow: Flow, task: Task, policy: Policy) -> str:
    upstream = flow.graph.upstream[task.name]
    if not upstream or policy.trigger is TriggerRule.ALWAYS:
        start = "at once"
    else:
        start = f"{policy.trigger} of {', '.join(upstream)}"
    return f"{start}, if its condition holds" if task.when is not None else start


def _said(policy: Policy) -> Iterator[tuple[str, object]]:
    """The parts of a policy that are not as they are by default."""
    default = Policy()
    retry, none = policy.retry, default.retry
    if retry.retries:
        yield "retries", retry.retries
    if retry.delay != none.delay:
        yield "retry_delay", retry.delay
    for option in (
        *("timeout", "cell_timeout", "pool", "slots", "priority", "kernel", "cwd"),
        *("cache", "inputs"),
        *("keep_kernel", "kernel_start", "preload", "expected", "depends_on_past"),
    ):
        value = getattr(policy, option)
        if value != getattr(default, option):
            yield option, value


def _origin(flow: Flow, task: Task, option: str, policy: Policy) -> str:
    """Where an option that is not as by default was said: the most specific layer wins."""
    if getattr(task.options, option) is not None:
        return "said in the flow"
    for group in flow.groups_of(task.name):
        said = getattr(group.options, option)
        if said is not None and said == _value(policy, option):
            return f"said of the group {group.name!r}"
    on_line = getattr(flow.defaults, option)
    value = _value(policy, option)
    return "said on the flow's line" if on_line == value else "said in the notebook's tag"


def _value(policy: Policy, option: str) -> object:
    if option == "retry_delay":
        return policy.retry.delay
    return getattr(policy.retry if hasattr(policy.retry, option) else policy, option)

"""The policy of a task as arguments of an operator: retries, limits, pool, rule, datasets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jupyter_flow.core.flow import Kind, Task
from jupyter_flow.core.options import Policy, RetryPolicy, TriggerRule

from .python import Call, Code, literal

#: What makes no attempts is not tried again, takes no slot and has no time limit of attempts.
_NO_ATTEMPTS = (Kind.WAIT_FOR, Kind.EXPECT, Kind.APPROVE)


def rules_of(policy: Policy, task: Task, *, grace: str = " + GRACE") -> dict[str, Any]:
    """The arguments; what is as Airflow has it is left out. *grace* is added to a time limit."""
    rules: dict[str, Any] = {}
    if task.kind not in _NO_ATTEMPTS:
        rules |= dict(_retries(policy.retry)) | dict(_limits(policy, grace))
    if policy.trigger is not TriggerRule.ALL_SUCCESS and not task.is_teardown:
        rules["trigger_rule"] = policy.trigger.value
    if policy.depends_on_past:
        rules["depends_on_past"] = True
    if policy.produces:
        rules["outlets"] = [Call("Asset", (name,)) for name in policy.produces]
    return rules


def _retries(retry: RetryPolicy) -> Iterator[tuple[str, Any]]:
    if not retry.retries:
        return
    yield "retries", retry.retries
    if retry.backoff > 1:
        yield "retry_delay", retry.delay
        yield "retry_exponential_backoff", float(retry.backoff)
        if retry.max_delay is not None:
            yield "max_retry_delay", retry.max_delay
    else:  # Airflow looks at the longest delay only where delays grow
        yield "retry_delay", min(retry.delay, retry.max_delay or retry.delay)


def _limits(policy: Policy, grace: str) -> Iterator[tuple[str, Any]]:
    if policy.timeout is not None:
        yield "execution_timeout", Code(literal(policy.timeout) + grace)
    if policy.pool is not None:
        yield "pool", policy.pool
    if policy.slots > 1:
        yield "pool_slots", policy.slots
    if policy.priority:
        yield "priority_weight", policy.priority

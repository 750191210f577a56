"""The trigger rules, and what each says of one upstream task in each state."""

from __future__ import annotations

from jupyter_flow.core.machine.rules import Verdict, judge
from jupyter_flow.core.options import TriggerRule
from jupyter_flow.core.states import TaskState
from jupyter_flow.core.tally import Tally

from .tables import members, table

ENDS = (
    TaskState.SUCCEEDED,
    TaskState.FAILED,
    TaskState.UPSTREAM_FAILED,
    TaskState.SKIPPED,
    TaskState.REMOVED,
    TaskState.RUNNING,
)
WORDS = {
    Verdict.RUN: "**runs**",
    Verdict.WAIT: "waits",
    Verdict.SKIP: "skipped",
    Verdict.BLOCK: "blocked",
}


def trigger_rules() -> str:
    """All rules and what they mean."""
    return members(TriggerRule, ("rule", "when a task starts"))


def verdicts() -> str:
    """What each rule says of one upstream task, by the state of that one."""
    rows = (
        [f"`{rule}`", *(WORDS[judge(rule, Tally().plus(end, 1))] for end in ENDS)]
        for rule in TriggerRule
    )
    return table(["rule", *(f"`{end}`" for end in ENDS)], rows)

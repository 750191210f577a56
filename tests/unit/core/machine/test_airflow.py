"""Trigger rules mean what they mean in Airflow, in every mixture of up to five upstream tasks.

The verdicts beside this file were written down from Airflow's own evaluation (its version is in
the file): one letter for each mixture, in the order of `mixtures`. "Blocked" is its
``upstream_failed``.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from itertools import combinations_with_replacement
from pathlib import Path

import pytest

from jupyter_flow.core.machine.rules import Verdict, judge
from jupyter_flow.core.options import TriggerRule
from jupyter_flow.core.tally import Tally

AIRFLOW = json.loads(Path(__file__).with_name("airflow_verdicts.json").read_text())["verdicts"]
LETTERS = {"r": Verdict.RUN, "w": Verdict.WAIT, "s": Verdict.SKIP, "b": Verdict.BLOCK}
STATES = ("succeeded", "failed", "upstream_failed", "skipped", "removed", "pending")


def mixtures() -> Iterator[Tally]:
    """Every mixture of the states of one to five upstream tasks."""
    for size in range(1, 6):
        for states in combinations_with_replacement(STATES, size):
            counts = Counter(states)
            del counts["pending"]
            yield Tally(total=size, **counts)


def test_airflow_was_asked_about_every_rule() -> None:
    assert set(AIRFLOW) == {rule.value for rule in TriggerRule}


@pytest.mark.parametrize("rule", TriggerRule)
def test_a_rule_judges_as_airflow_does(rule: TriggerRule) -> None:
    expected = [LETTERS[letter] for letter in AIRFLOW[rule.value]]

    assert [judge(rule, tally) for tally in mixtures()] == expected

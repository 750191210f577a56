"""Whether a failed attempt is made again, and when."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_flow.core.machine.retry import LONGEST_DELAY, wait_before_next
from jupyter_flow.core.options import RetryPolicy
from jupyter_flow.core.run import Cause, Failure
from jupyter_flow.core.states import Outcome

MINUTE = timedelta(minutes=1)


def wait(
    policy: RetryPolicy,
    tries: int = 1,
    failure: Failure | None = None,
    outcome: Outcome = Outcome.FAILED,
    seed: str = "run#task",
) -> timedelta | None:
    return wait_before_next(policy, tries, failure, outcome, seed)


@pytest.mark.parametrize("retries", [0, 1, 3])
def test_there_is_one_attempt_more_than_retries(retries: int) -> None:
    policy = RetryPolicy(retries=retries)

    made = 1
    while wait(policy, made) is not None:
        made += 1

    assert made == retries + 1


@pytest.mark.parametrize(
    ("outcome", "is_retried"),
    [
        (Outcome.FAILED, True),
        (Outcome.TIMED_OUT, True),
        (Outcome.KERNEL_DIED, True),
        (Outcome.LOST, True),
        (Outcome.CANCELLED, False),
        (Outcome.SUCCEEDED, False),
    ],
)
def test_what_nobody_wanted_is_retried(outcome: Outcome, is_retried: bool) -> None:
    assert (wait(RetryPolicy(retries=1), outcome=outcome) is not None) is is_retried


@pytest.mark.parametrize(
    ("policy", "tries", "minutes"),
    [
        (RetryPolicy(delay=MINUTE), 1, 1),
        (RetryPolicy(delay=MINUTE), 5, 1),  # constant without backoff
        (RetryPolicy(delay=MINUTE, backoff=2), 1, 1),
        (RetryPolicy(delay=MINUTE, backoff=2), 4, 8),
        (RetryPolicy(delay=MINUTE, backoff=2, max_delay=5 * MINUTE), 4, 5),
        (RetryPolicy(delay=MINUTE, backoff=0.5), 3, 0.25),  # it may also grow less
        (RetryPolicy(), 1, 0),
        (RetryPolicy(delay=MINUTE, backoff=10), 9, 24 * 60),  # a day is enough
        (RetryPolicy(delay=MINUTE, backoff=10, max_delay=48 * 60 * MINUTE), 9, 48 * 60),
        (RetryPolicy(delay=48 * 60 * MINUTE), 3, 48 * 60),  # what was said is kept
    ],
)
def test_the_delay_grows_by_the_backoff_to_its_ceiling(
    policy: RetryPolicy, tries: int, minutes: float
) -> None:
    policy = RetryPolicy(
        retries=9, delay=policy.delay, backoff=policy.backoff, max_delay=policy.max_delay
    )

    assert wait(policy, tries) == minutes * MINUTE


def test_a_delay_beyond_all_numbers_is_the_longest() -> None:
    policy = RetryPolicy(retries=10**6, delay=MINUTE, backoff=10.0)

    assert wait(policy, 10**6) == LONGEST_DELAY


@given(tries=st.integers(1, 20), jitter=st.floats(0, 2), seed=st.text())
def test_jitter_only_adds_at_most_its_share_and_is_always_the_same(
    tries: int, jitter: float, seed: str
) -> None:
    policy = RetryPolicy(retries=20, delay=MINUTE, jitter=jitter)

    waits = {wait(policy, tries, seed=seed) for _ in range(3)}

    (only,) = waits
    assert only is not None
    assert MINUTE <= only <= MINUTE * (1 + jitter) + timedelta(microseconds=1)


def test_jitter_tells_tasks_and_tries_apart() -> None:
    policy = RetryPolicy(retries=9, delay=MINUTE, jitter=1)

    waits = {wait(policy, tries, seed=seed) for tries in (1, 2, 3) for seed in "abcde"}

    assert len(waits) == 15


def test_jitter_stays_below_the_ceiling() -> None:
    policy = RetryPolicy(retries=9, delay=MINUTE, jitter=1, max_delay=MINUTE)

    assert wait(policy) == MINUTE


VALUE_ERROR = Failure(
    cause=Cause.CELL_ERROR, name="UnicodeError", bases=("ValueError", "Exception")
)
R_ERROR = Failure(cause=Cause.CELL_ERROR, name="simpleError")
OUT_OF_MEMORY = Failure(cause=Cause.OUT_OF_MEMORY)
CELL_TIMEOUT = Failure(cause=Cause.CELL_TIMEOUT)
QUALIFIED = Failure(cause=Cause.CELL_ERROR, name="ReadTimeout", bases=("RequestException",))


@pytest.mark.parametrize(
    ("failure", "name", "is_meant"),
    [
        (VALUE_ERROR, "UnicodeError", True),
        (VALUE_ERROR, "ValueError", True),
        (VALUE_ERROR, "Exception", True),
        (VALUE_ERROR, "CellError", True),
        (VALUE_ERROR, "KeyError", False),
        (VALUE_ERROR, "KernelDied", False),
        (R_ERROR, "Exception", True),  # a kernel that tells no bases
        (OUT_OF_MEMORY, "OutOfMemory", True),
        (OUT_OF_MEMORY, "KernelDied", True),
        (OUT_OF_MEMORY, "Exception", False),
        (CELL_TIMEOUT, "Timeout", True),
        (CELL_TIMEOUT, "CellTimeout", True),
        (QUALIFIED, "requests.exceptions.ReadTimeout", True),
        (QUALIFIED, "requests.RequestException", True),
    ],
)
def test_rules_name_classes_bases_and_causes(failure: Failure, name: str, is_meant: bool) -> None:
    only = RetryPolicy(retries=1, retry_on=(name,))
    never = RetryPolicy(retries=1, no_retry_on=(name,))

    assert (wait(only, failure=failure) is not None) is is_meant
    assert (wait(never, failure=failure) is None) is is_meant


def test_what_must_not_be_retried_wins_over_what_may() -> None:
    policy = RetryPolicy(retries=1, retry_on=("Exception",), no_retry_on=("ValueError",))

    assert wait(policy, failure=VALUE_ERROR) is None
    assert wait(policy, failure=R_ERROR) is not None


@pytest.mark.parametrize(
    ("outcome", "cause"),
    [
        (Outcome.TIMED_OUT, "Timeout"),
        (Outcome.KERNEL_DIED, "KernelDied"),
        (Outcome.LOST, "Lost"),
    ],
)
def test_an_outcome_without_a_failure_has_its_cause(outcome: Outcome, cause: str) -> None:
    assert wait(RetryPolicy(retries=1, no_retry_on=(cause,)), outcome=outcome) is None
    assert wait(RetryPolicy(retries=1, no_retry_on=("CellError",)), outcome=outcome) is not None

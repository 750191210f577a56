"""Whether a failed attempt is made again, and how long to wait before that.

Pure arithmetic on a `RetryPolicy`: no clock and no dice. Jitter is drawn from a hash of the seed
and the number of tries, so the same attempt of the same run always waits the same time, and a
hundred tasks that failed in one second do not come back in one second.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256

from jupyter_flow.core.attempt import Cause, Failure
from jupyter_flow.core.options import RetryPolicy
from jupyter_flow.core.states import Outcome

#: A delay that grows stops growing here, unless ``max_retry_delay`` says otherwise.
LONGEST_DELAY = timedelta(days=1)

#: What the cause is when an outcome comes without a failure that tells it.
_CAUSE_OF: Mapping[Outcome, Cause] = {
    Outcome.FAILED: Cause.CELL_ERROR,
    Outcome.TIMED_OUT: Cause.TIMEOUT,
    Outcome.KERNEL_DIED: Cause.KERNEL_DIED,
    Outcome.LOST: Cause.LOST,
}

#: Causes that are a case of another one, as exception classes have bases.
_BASE_OF: Mapping[Cause, Cause] = {
    Cause.OUT_OF_MEMORY: Cause.KERNEL_DIED,
    Cause.CELL_TIMEOUT: Cause.TIMEOUT,
}


def wait_before_next(
    policy: RetryPolicy, tries: int, failure: Failure | None, outcome: Outcome, seed: str
) -> timedelta | None:
    """How long to wait before the next attempt; None when there is none.

    *tries* is the number of attempts made so far, the failed one included.
    """
    if outcome not in _CAUSE_OF or tries > policy.retries:
        return None
    if not _is_retried(policy, _names(failure, outcome)):
        return None
    return _delay(policy, tries, seed)


def _is_retried(policy: RetryPolicy, names: frozenset[str]) -> bool:
    if any(_bare(name) in names or name in names for name in policy.no_retry_on):
        return False
    wanted = policy.retry_on
    return not wanted or any(_bare(name) in names or name in names for name in wanted)


def _names(failure: Failure | None, outcome: Outcome) -> frozenset[str]:
    """All names by which a policy may mean this failure."""
    cause = failure.cause if failure is not None else _CAUSE_OF[outcome]
    names = {cause.value, _BASE_OF.get(cause, cause).value}
    if failure is not None and failure.name:
        # A kernel that tells no bases still tells that something was raised.
        raised = (failure.name, *(failure.bases or ("Exception",)))
        names |= {*raised, *map(_bare, raised)}
    return frozenset(names)


def _bare(name: str) -> str:
    """``Timeout`` of ``requests.exceptions.Timeout``: kernels tell the class, not its module."""
    return name.rpartition(".")[2]


def _delay(policy: RetryPolicy, tries: int, seed: str) -> timedelta:
    longest = policy.max_delay
    if longest is None and policy.backoff > 1:
        longest = max(LONGEST_DELAY, policy.delay)
    if longest is None:
        longest = timedelta.max
    try:
        delay = policy.delay * policy.backoff ** (tries - 1)
        delay += delay * (policy.jitter * _roll(f"{seed}#{tries}"))
    except OverflowError:
        return longest
    return max(timedelta(0), min(delay, longest))


def _roll(seed: str) -> float:
    """A number in [0, 1) that looks like chance and is always the same for *seed*."""
    return int.from_bytes(sha256(seed.encode()).digest()[:6]) / 2**48

"""The promises of the stores in `jupyter_flow.ports` as tests, by what they are about."""

import pytest

# So that a promise that is not kept shows the values, as in any test.
_PARTS = (
    *("alerts", "base", "clearing", "crowding", "fired", "history", "journals"),
    *("leases", "loans", "requests", "runs", "schedules", "services", "sharing", "waiting"),
)
pytest.register_assert_rewrite(*(f"{__name__}.{part}" for part in _PARTS))

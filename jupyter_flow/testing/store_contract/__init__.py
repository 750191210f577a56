"""The promises of `jupyter_flow.ports.runs.RunStore` as tests, by what they are about."""

import pytest

# So that a promise that is not kept shows the values, as in any test.
_PARTS = ("journals", "leases", "requests", "runs", "sharing")
pytest.register_assert_rewrite(*(f"{__name__}.{part}" for part in _PARTS))

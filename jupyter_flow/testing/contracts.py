"""What every store of runs must keep: subclass `RunStoreContract` and say how to open one.

    class TestMine(RunStoreContract):
        @pytest.fixture
        def open_store(self, tmp_path):
            return lambda: MyStore(tmp_path / "runs")

The tests are in `jupyter_flow.testing.store_contract`, a file for each sort of promise. They need
pytest; nothing else in the package does.
"""

from __future__ import annotations

from .store_contract.journals import JournalPromises
from .store_contract.leases import LeasePromises
from .store_contract.requests import RequestPromises
from .store_contract.runs import RunPromises
from .store_contract.sharing import SharingPromises

__all__ = ["RunStoreContract"]


class RunStoreContract(
    RunPromises, LeasePromises, JournalPromises, RequestPromises, SharingPromises
):
    """The promises of `jupyter_flow.ports.runs.RunStore`.

    Override the fixture ``open_store``: a function of which each call opens the same store (empty
    at first) once more, as another process would.
    """

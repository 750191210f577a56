"""What every store must keep: subclass a contract and say how to open the stores under test.

    class TestMine(RunStoreContract):
        @pytest.fixture
        def open_stores(self, tmp_path):
            return lambda: my_stores(tmp_path / "flow")

Each call of the function opens the same `jupyter_flow.ports.stores.Stores` (empty at first) once
more, as another process would. The tests are in `jupyter_flow.testing.store_contract`, a file for
each sort of promise. They need pytest; nothing else in the package does.
"""

from __future__ import annotations

from .store_contract.alerts import AlertPromises, LatePromises
from .store_contract.clearing import ClearingPromises
from .store_contract.crowding import CrowdingPromises, HoldingPromises
from .store_contract.datasets import DatasetPromises
from .store_contract.fired import FiredPromises
from .store_contract.history import HistoryPromises
from .store_contract.journals import JournalPromises
from .store_contract.leases import LeasePromises
from .store_contract.loans import LoanPromises
from .store_contract.pages import PagePromises
from .store_contract.requests import RequestPromises
from .store_contract.results import ResultPromises
from .store_contract.runs import RunPromises
from .store_contract.schedules import SchedulePromises
from .store_contract.services import ServicePromises
from .store_contract.sharing import SharingPromises
from .store_contract.waiting import FindingPromises, WaitingPromises

__all__ = [
    "AlertStoreContract",
    "DatasetStoreContract",
    "ResultStoreContract",
    "RunStoreContract",
    "ScheduleStoreContract",
    "ServiceStoreContract",
]


class RunStoreContract(
    RunPromises,
    HistoryPromises,
    PagePromises,
    LeasePromises,
    CrowdingPromises,
    HoldingPromises,
    WaitingPromises,
    JournalPromises,
    RequestPromises,
    FiredPromises,
    FindingPromises,
    ClearingPromises,
    SharingPromises,
):
    """The promises of `jupyter_flow.ports.runs.RunStore`."""


class ScheduleStoreContract(SchedulePromises, LoanPromises):
    """The promises of `jupyter_flow.ports.schedules.ScheduleStore`."""


class AlertStoreContract(AlertPromises, LatePromises):
    """The promises of `jupyter_flow.ports.alerts.AlertStore`."""


class ServiceStoreContract(ServicePromises):
    """The promises of `jupyter_flow.ports.services.ServiceStore`."""


class ResultStoreContract(ResultPromises):
    """The promises of `jupyter_flow.ports.cache.ResultStore`."""


class DatasetStoreContract(DatasetPromises):
    """The promises of `jupyter_flow.ports.datasets.DatasetStore`."""

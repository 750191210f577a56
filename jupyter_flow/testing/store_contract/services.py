"""Promises about services: who is there, what is asked of them, and what there is to do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from jupyter_flow.core.ids import TaskKey
from jupyter_flow.core.run import Run
from jupyter_flow.core.states import RunState, TaskState
from jupyter_flow.ports.runs import Lease
from jupyter_flow.ports.services import Load, Service, ServiceStore
from jupyter_flow.ports.stores import Stores
from jupyter_flow.testing.samples import (
    LOAD,
    MINUTE,
    NOON,
    SECOND,
    alert_of,
    run_of,
    schedule_of,
    task_run_of,
)

from .base import OpenStores, StorePromises, leased, recorded
from .sharing import at_once

_LATER = NOON + MINUTE


def service_of(owner: str = "host:17:4711", **fields: Any) -> Service:
    """A service called *owner*."""
    known: dict[str, Any] = {"host": "hôst", "pid": 17, "version": "1.0", "started_at": NOON}
    return Service(owner=owner, **(known | fields))


class ServicePromises(StorePromises):
    """The register, and the counts."""

    @pytest.fixture
    def register(self, stores: Stores) -> ServiceStore:
        """The register under test, empty."""
        return stores.services

    def test_who_announces_itself_is_there_for_as_long_as_it_said(
        self, register: ServiceStore
    ) -> None:
        service = service_of(url="http://host:9/metrics")

        assert announce(register, service) == service
        assert register.alive(now=_LATER - SECOND) == [service]
        assert register.alive(now=_LATER) == []

    def test_who_announces_itself_again_stays_with_what_is_true_now(
        self, register: ServiceStore
    ) -> None:
        announce(register, service_of())
        changed = service_of(url="http://host:9/metrics")
        announce(register, changed, now=NOON + 59 * SECOND)

        assert register.alive(now=_LATER) == [changed]

    def test_who_left_is_gone(self, register: ServiceStore) -> None:
        announce(register, service_of())
        register.leave("host:17:4711")
        register.leave("nobody")

        assert register.alive(now=NOON) == []

    def test_services_are_told_the_oldest_first(self, register: ServiceStore) -> None:
        for owner, age in {"b": 1, "c": 2, "a": 1}.items():
            announce(register, service_of(owner, started_at=NOON - age * MINUTE))

        assert [service.owner for service in register.alive(now=NOON)] == ["c", "a", "b"]

    @pytest.mark.parametrize(
        ("asked", "hurries"),
        [([False], False), ([True], True), ([False, True], True), ([True, False], True)],
    )
    def test_what_a_service_was_asked_it_is_told_and_it_stays(
        self, register: ServiceStore, asked: list[bool], hurries: bool
    ) -> None:
        other = announce(register, service_of("other"))
        announce(register, service_of())
        for hurry in asked:
            register.ask_to_stop("host:17:4711", hurry=hurry)
        told = replace(service_of(), is_asked_to_stop=True, is_asked_to_hurry=hurries)

        assert announce(register, service_of(), now=NOON + SECOND) == told
        assert announce(register, service_of(), now=_LATER + MINUTE) == told, "it was long silent"
        assert register.alive(now=NOON) == [told, other]

    def test_who_left_and_comes_back_is_asked_nothing(self, register: ServiceStore) -> None:
        announce(register, service_of())
        register.ask_to_stop("host:17:4711")
        register.ask_to_stop("nobody")
        register.leave("host:17:4711")

        assert announce(register, service_of()) == service_of()

    def test_many_announce_themselves_at_once(self, open_stores: OpenStores) -> None:
        registers = [open_stores().services for _ in range(6)]
        at_once(lambda number: announce(registers[number], service_of(f"{number}")))
        at_once(lambda number: announce(registers[number], service_of("same")))

        assert len(registers[0].alive(now=NOON)) == 7

    # -- what there is to do -------------------------------------------------------------------

    def test_there_is_nothing_to_do_in_an_empty_store(self, register: ServiceStore) -> None:
        assert register.load(now=NOON) == Load()

    def test_runs_are_counted_by_state_and_tasks_of_those_that_live(self, stores: Stores) -> None:
        instances = [task_run_of(TaskKey("train", index)) for index in range(3)]
        done = task_run_of(LOAD, state=TaskState.SUCCEEDED)
        stores.runs.create(run_of("a", state=RunState.RUNNING, task_runs=[done, *instances]))
        stores.runs.create(run_of("b"))
        for name in ("c", "d"):
            stores.runs.create(run_of(name, state=RunState.FAILED, ended_at=NOON))

        load = stores.services.load(now=NOON, with_ended=True)
        assert load.runs == {"running": 1, "queued": 1, "failed": 2}
        assert stores.services.load(now=NOON).runs == {"running": 1, "queued": 1}
        assert load.tasks == {"succeeded": 1, "running": 3, "pending": 3}

    def test_the_oldest_run_that_nobody_took_up_is_told(self, stores: Stores) -> None:
        for age, name in enumerate("abc"):
            stores.runs.create(run_of(name, created_at=NOON - age * MINUTE))
        stores.runs.create(run_of("d", created_at=NOON - 9 * MINUTE, state=RunState.RUNNING))
        leased(stores.runs, run_of("c"), "ada")

        since = [stores.services.load(now=now).queued_since for now in (NOON, _LATER)]
        assert since == [NOON - MINUTE, NOON - 2 * MINUTE]

    def test_schedules_are_counted_and_the_longest_overdue_is_told(self, stores: Stores) -> None:
        for name, late in {"a": 1, "b": 2, "c": -1}.items():
            stores.schedules.put(schedule_of(name, next_fire=NOON - late * MINUTE))
        stores.schedules.put(schedule_of("d", next_fire=NOON - 9 * MINUTE, is_paused=True))

        load = stores.services.load(now=NOON)
        assert (load.schedules, load.paused) == (4, 1)
        assert load.overdue == NOON - 2 * MINUTE
        assert stores.services.load(now=NOON - 5 * MINUTE).overdue is None

    def test_alerts_are_counted(self, stores: Stores, run: Run, lease: Lease) -> None:
        recorded(stores.runs, lease, run, alerts=[alert_of(address=each) for each in "abcde"])
        first, second, third, *_ = stores.alerts.take_due("ada", now=NOON, duration=MINUTE)
        stores.alerts.sent(first.id, "ada", now=NOON)
        stores.alerts.give_up(second.id, "ada", error="?", now=NOON)
        stores.alerts.put_off(third.id, "ada", until=_LATER, error="?")

        load = stores.services.load(now=NOON)
        assert (load.unsent, load.given_up) == (3, 1)


def announce(register: ServiceStore, service: Service, *, now: Any = NOON) -> Service:
    """What *service* is told that says it is there for another minute."""
    return register.announce(service, now=now, duration=MINUTE)

"""Alerts and services as rows, and back. No queries."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from jupyter_flow.core.alerts import Alert, Occasion
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.ports.alerts import Outgoing
from jupyter_flow.ports.services import Service

from .tables import NOT_MAPPED

_Row = Any
_Cells = dict[str, Any]


def alert_row(alert: Alert, now: datetime) -> _Cells:
    """The row of a new alert, to be sent at once."""
    key = alert.key
    return {
        "run": alert.run,
        "occasion": alert.occasion.value,
        "address": alert.address,
        "task": key.task if key else None,
        "map_index": NOT_MAPPED if key is None or key.index is None else key.index,
        "number": alert.number,
        "created_at": now,
        "next_try_at": now,
        "tries": 0,
        "error": "",
    }


def outgoing_of(row: _Row) -> Outgoing:
    """The alert in *row*."""
    index = None if row.map_index == NOT_MAPPED else row.map_index
    alert = Alert(
        run=RunId(row.run),
        occasion=Occasion(row.occasion),
        address=row.address,
        key=None if row.task is None else TaskKey(row.task, index),
        number=row.number,
    )
    return Outgoing(
        id=row.id,
        alert=alert,
        created_at=row.created_at,
        tries=row.tries,
        error=row.error,
        sent_at=row.sent_at,
        given_up_at=row.given_up_at,
    )


def service_row(service: Service, until: datetime) -> _Cells:
    """The row of *service*, registered *until* then."""
    return {
        "owner": service.owner,
        "host": service.host,
        "pid": service.pid,
        "version": service.version,
        "started_at": service.started_at,
        "url": service.url,
        "is_asked_to_stop": service.is_asked_to_stop,
        "is_asked_to_hurry": service.is_asked_to_hurry,
        "until": until,
    }


def service_of(row: _Row) -> Service:
    """The service in *row*."""
    return Service(
        owner=row.owner,
        host=row.host,
        pid=row.pid,
        version=row.version,
        started_at=row.started_at,
        url=row.url,
        is_asked_to_stop=row.is_asked_to_stop,
        is_asked_to_hurry=row.is_asked_to_hurry,
    )

"""What an Elyra pipeline says of a task, whatever version wrote it: variables, secrets, settings.

Older versions write ``"A=b"`` where newer ones write objects, and leave nulls in lists; controls
of components wrap what was typed into them. Knows nothing of flows.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .imported import as_it_is, list_in, object_in


def variables(said: Any) -> dict[str, str]:
    """The environment variables in *said*, with their values."""
    return dict(_pairs(said, "value"))


def plain(said: Mapping[str, Any]) -> dict[str, str]:
    """The variables whose values stand in the pipeline itself, as an option of a flow."""
    return {key: as_it_is(value) for key, value in variables(said.get("env_vars")).items()}


def secrets(said: Any) -> dict[str, str]:
    """By each variable that comes from a Kubernetes secret: the secret's name."""
    return {name: value.partition(":")[0] for name, value in _pairs(said, "name")}


def _pairs(said: Any, key: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for each in list_in(said):
        if isinstance(each, dict):
            name, value = str(each.get("env_var") or ""), str(each.get(key) or "")
        else:
            name, _, value = str(each or "").partition("=")
        found.append((name.strip(), value.strip()))
    return [pair for pair in found if pair[0]]


def settings(said: Mapping[str, Any]) -> dict[str, Any]:
    """What a component is given: no empty values, and those of controls without the control."""
    plain = {key: _typed(value) for key, value in said.items()}
    return {key: value for key, value in plain.items() if not is_empty(value)}


def _typed(value: Any) -> Any:
    if isinstance(value, dict) and "activeControl" in value:
        return value.get(str(value["activeControl"]))
    if isinstance(value, dict) and "widget" in value:
        return value.get("value")
    return value


def bash_command(said: Mapping[str, Any]) -> str:
    """What Airflow's BashOperator runs; empty for every other component, and without a text."""
    command = _typed(said.get("bash_command"))
    return command if isinstance(command, str) else ""


def is_empty(value: Any) -> bool:
    """Whether *value* says nothing: editors keep a place for everything that may be said."""
    return value is None or value is False or value in ("", [], {})


def shown(value: Any) -> str:
    """*value* as a note shows it."""
    return json.dumps(value, ensure_ascii=False)


def files(said: Any) -> list[str]:
    """The paths and patterns in a list of files, which may have nulls and empty texts in it."""
    return [str(each) for each in list_in(said) if each]


def described(said: Any) -> list[str]:
    """What people wrote about parameters of the pipeline, as texts to read."""
    parameters = map(object_in, list_in(said))
    return [
        f"`{each.get('name')}`: {each['description']}"
        for each in parameters
        if each.get("description")
    ]

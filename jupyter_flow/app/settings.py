"""Settings: where a project keeps its runs, and how much it may use of the machine.

Read once, from the environment (``JUPYTER_FLOW_…``), then from ``jupyter_flow.toml`` or the
``[tool.jupyter_flow]`` table of ``pyproject.toml`` in the project folder, then the defaults.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from jupyter_flow.core.errors import UsageError

HOME = ".jupyter_flow"
#: What is no setting, but where they were looked for and found.
FOUND = frozenset({"folder", "project"})
#: Who may make attempts.
EXECUTORS = ("local", "dask")
#: How many attempts a process has made at a time by a cluster: there are workers, or it waits.
_MANY = 1000
#: A URL that lacks a slash would be taken for a folder. A drive is one letter.
_HALF_URL = re.compile(r"[a-z][a-z0-9+]+:(?!//)")
#: The words of the table ``dask``, and what each of them has to be.
_DASK: Mapping[str, type] = {
    "scheduler": str,
    "cluster": str,
    "arguments": dict,
    "workers": int,
    "adapt": dict,
    "shared_disk": bool,
    "resources": list,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that can be configured.

    ``folder`` is where flows and notebooks are looked for, ``project`` the folder of the project
    that it is in (None: itself). ``database`` is a SQLAlchemy URL.
    ``max_parallel`` bounds the kernels of one process; ``memory_reserve`` is in bytes.

    ``lease`` is how many seconds a run belongs to a process that says nothing; ``idle`` how many a
    service in the background stays when there is nothing to do. ``keep_runs`` (of each flow) and
    ``keep_days`` say what a service keeps; without them it keeps all. ``keep_kernels`` is how many
    kernels of failed attempts stay at once, ``keep_kernel_minutes`` how long each does. ``lab_url``
    is the address of the Jupyter server whose root is ``lab_root``, for links;
    ``alert_templates`` is a folder. ``artifact_store`` is a folder or a URL of fsspec, "" for
    ``<home>/artifacts``; ``shared_home`` is where other machines find what is in the home, "" for
    nowhere: a folder or a URL as well. Artifacts of more than ``load_limit`` bytes reach a notebook
    unloaded.

    ``executor`` says who makes attempts, ``dask`` which cluster: an address (``scheduler``) or the
    class of a ``cluster`` with its ``arguments``, the ``workers`` that it has or between how many
    it may ``adapt``; whether they have a ``shared_disk``, and which pools are their ``resources``.
    """

    folder: Path
    home: Path
    database: str
    max_parallel: int = field(default_factory=lambda: os.cpu_count() or 2)
    pools: Mapping[str, int] = field(default_factory=dict)
    memory_reserve: int = 256 * 1024 * 1024
    lease: float = 15.0
    idle: float = 60.0
    keep_runs: int | None = None
    keep_days: float | None = None
    keep_kernels: int = 2
    keep_kernel_minutes: float = 30.0
    lab_url: str = ""
    lab_root: str = ""
    alert_templates: str = ""
    artifact_store: str = ""
    shared_home: str = ""
    project: Path | None = None
    load_limit: int = 256 * 1024 * 1024
    executor: str = "local"
    dask: Mapping[str, Any] = field(default_factory=dict)

    @property
    def kept(self) -> tuple[Path, ...]:
        """The folders here that hold what runs leave behind; no notebook there is the project's."""
        said = (self.shared_home, self.artifact_store)
        places = [each.removeprefix("file://") for each in said]
        return (self.home, *(Path(each) for each in places if each and "://" not in each))

    @classmethod
    def read(cls, folder: Path | None = None, environ: Mapping[str, str] = os.environ) -> Settings:
        """The settings for the project around *folder* (the current one, unless given).

        Raises UsageError when a setting cannot be understood.
        """
        folder = (folder or Path.cwd()).resolve()
        project = _project_of(folder)
        said = _from_files(project) | _from_environment(environ)
        home = project / said.pop("home", HOME)
        is_here = _check_executor(said) == "local"
        most = os.cpu_count() or 2 if is_here else _MANY
        said["max_parallel"] = said.get("max_parallel") or most
        if shared := said.get("shared_home", ""):
            is_url = "://" in shared
            shared = said["shared_home"] = shared if is_url else f"file://{project / shared}"
            said.setdefault("artifact_store", f"{shared.rstrip('/')}/artifacts")
        store = said.get("artifact_store", "")
        if store and "://" not in store:
            said["artifact_store"] = str(project / store)
        database = said.pop("database", f"sqlite:///{home / 'flow.db'}")
        return cls(folder=folder, project=project, home=home, database=database, **said)


def _check_executor(said: dict[str, Any]) -> str:
    """Who makes attempts. Raises UsageError when it is a cluster and nobody says which."""
    dask = said.get("dask", {})
    executor = said["executor"] = said.get("executor", "local")
    if executor == "dask" and bool(dask.get("scheduler")) == bool(dask.get("cluster")):
        raise UsageError(
            "the executor 'dask' needs a cluster, at an address or of a class",
            hint="Say --dask-scheduler tcp://host:8786; or, in the table [dask] of the settings, "
            'scheduler = "tcp://host:8786" or cluster = "dask_jobqueue.SLURMCluster".',
            code="JF410",
        )
    return str(executor)


def _project_of(folder: Path) -> Path:
    """The nearest folder, from *folder* upwards, that has runs or settings; else *folder*."""
    for candidate in (folder, *folder.parents):
        if candidate == Path.home() and candidate != folder:
            break
        if (candidate / HOME / "snapshots").is_dir() or (candidate / "jupyter_flow.toml").is_file():
            return candidate
    return folder


def _from_files(project: Path) -> dict[str, Any]:
    own, shared = project / "jupyter_flow.toml", project / "pyproject.toml"
    source = own if own.is_file() else shared
    if not source.is_file():
        return {}
    try:
        said = tomllib.loads(source.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{source} is no TOML: {error}",
            hint='Texts stand in quotes there: executor = "dask".',
            code="JF410",
        ) from error
    if source == shared:
        said = said.get("tool", {}).get("jupyter_flow", {})
    return {name: _read(name, value, str(source)) for name, value in said.items()}


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    names = [each.name for each in fields(Settings) if each.name not in FOUND]
    said = {name: environ.get(f"JUPYTER_FLOW_{name.upper()}") for name in names}
    return {
        name: _read(name, value, f"JUPYTER_FLOW_{name.upper()}")
        for name, value in said.items()
        if value
    }


def _read(name: str, value: Any, source: str) -> Any:
    known = {each.name for each in fields(Settings)} - FOUND
    if name not in known:
        raise UsageError(
            f"there is no setting called '{name}'",
            hint=f"It is in {source}. Known settings: {', '.join(sorted(known))}.",
            code="JF410",
        )
    try:
        if name in ("max_parallel", "memory_reserve", "keep_runs", "keep_kernels", "load_limit"):
            return _number(value)
        if name in ("lease", "idle", "keep_days", "keep_kernel_minutes"):
            return _seconds(value, least=1.0 if name == "lease" else 0.0)
        if name == "pools":
            return _pools(value)
        if name == "dask":
            return _dask(value)
        if name in ("shared_home", "artifact_store") and _HALF_URL.match(str(value)):
            raise ValueError("Write a folder, or a URL with two slashes: s3://bucket/folder.")
        if name == "executor" and value not in EXECUTORS:
            raise ValueError(f"It is one of: {', '.join(EXECUTORS)}.")
        return str(value)
    except (TypeError, ValueError) as error:
        raise UsageError(
            f"the setting '{name}' cannot be {value!r}", hint=f"{error} ({source})", code="JF410"
        ) from error


def _number(value: Any) -> int:
    number = int(value)
    if number < 0 or isinstance(value, float | bool):
        raise ValueError("It must be a whole number, not below 0.")
    return number


def _seconds(value: Any, *, least: float) -> float:
    number = float(value)
    if not least <= number < 1e9 or isinstance(value, bool):
        raise ValueError(f"It must be a number, not below {least:g}.")
    return number


def _pools(value: Any) -> dict[str, int]:
    if isinstance(value, str):
        pairs = (part.partition("=") for part in value.split(",") if part.strip())
        value = {name.strip(): slots for name, _, slots in pairs}
    if not isinstance(value, dict):
        raise TypeError('Write pools as "gpu=1,db=4", or as a table in the file.')
    return {name: _number(slots) for name, slots in value.items()}


def _dask(value: Any) -> dict[str, Any]:
    if isinstance(value, str):
        value = json.loads(value) if value.lstrip().startswith("{") else {"scheduler": value}
    if not isinstance(value, dict):
        raise TypeError("Write the address of a scheduler, or a table.")
    for name, each in value.items():
        wanted = _DASK.get(name)
        if wanted is None:
            raise ValueError(f"'dask' has no {name!r}; it has {', '.join(_DASK)}.")
        if not isinstance(each, wanted):
            raise TypeError(f"'{name}' is a {wanted.__name__}.")
        if name == "cluster" and "." not in str(each):
            raise ValueError("'cluster' is written as module.Class: distributed.LocalCluster.")
    return value

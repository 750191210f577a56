"""Every option, from the table that the language reads them by; and the settings of a project."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path

from jupyter_flow.app.settings import FOUND, HOME, Settings
from jupyter_flow.core.language.option_specs import FLOW_OPTIONS, TASK_OPTIONS, OptionSpec

from .tables import table

_DEFAULT = Settings(folder=Path(), home=Path(), database="")

#: What a setting means, and its default as people would say it. A new setting needs its line.
SETTINGS = {
    "home": ("where runs are kept, from the project folder on", f"`{HOME}`"),
    "database": ("the store, as a SQLAlchemy URL", "`flow.db` in the home folder"),
    "max_parallel": ("how many notebooks one process executes at a time", "the machine's cores"),
    "pools": ("how many slots each pool has; in the environment `gpu=1,db=4`", "none"),
    "memory_reserve": (
        "how many bytes of memory stay free: with less, no further kernel is started",
        f"{_DEFAULT.memory_reserve:,}",
    ),
    "lease": (
        "after how many seconds of silence a process is taken for dead and its runs taken over",
        f"{_DEFAULT.lease:g}",
    ),
    "idle": (
        "how many seconds a service in the background stays when there is nothing to do",
        f"{_DEFAULT.idle:g}",
    ),
    "keep_runs": ("how many ended runs of each flow a service keeps", "all"),
    "keep_days": ("for how many days a service keeps ended runs", "for ever"),
    "keep_kernels": (
        "how many kernels of failed tasks one process keeps at a time, where a task wants that",
        f"{_DEFAULT.keep_kernels}",
    ),
    "keep_kernel_minutes": (
        "for how many minutes a kernel is kept",
        f"{_DEFAULT.keep_kernel_minutes:g}",
    ),
    "lab_url": ("the address of the Jupyter server, for the links in messages", "no links"),
    "lab_root": ("the folder that is that server's root", "the project folder"),
    "alert_templates": ("a folder with templates of messages of your own", "none"),
    "artifact_store": (
        "where files that tasks hand on are kept: a folder, or a URL as `s3://bucket/folder`",
        "`artifacts` in the home folder",
    ),
    "shared_home": (
        "where other machines find what is in the home folder: a folder, or a URL as `s3://…`",
        "nowhere",
    ),
    "executor": ("who makes attempts: `local` or `dask`", f"`{_DEFAULT.executor}`"),
    "dask": (
        "which cluster, if it is Dask: the address of its scheduler, or a table",
        "none",
    ),
    "load_limit": (
        "artifacts of more bytes than this reach a notebook unloaded",
        f"{_DEFAULT.load_limit:,}",
    ),
}


def task_options() -> str:
    """The options of a task."""
    return _options(TASK_OPTIONS.values())


def flow_options() -> str:
    """The options of a flow."""
    return _options(FLOW_OPTIONS.values())


def settings() -> str:
    """The settings of a project, each with its environment variable."""
    rows = (
        (f"`{name}`", f"`JUPYTER_FLOW_{name.upper()}`", *SETTINGS[name])
        for name in (each.name for each in fields(Settings))
        if name not in FOUND
    )
    return table(("in the file", "in the environment", "meaning", "default"), rows)


def _options(specs: Iterable[OptionSpec]) -> str:
    rows = (
        (
            f"`{spec.name}`",
            f"{spec.meaning} (default: {spec.default})",
            f"{spec.type_text}: `{spec.example}`",
        )
        for spec in specs
    )
    return table(("option", "meaning", "values, with an example"), rows)

"""The tag of a notebook: the entry ``jupyter_flow`` in its metadata, read.

    {"task": "train", "description": "…", "retries": 2, "timeout": "20m"}

Everything but the task and the description is an option, written as on a flow's line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jupyter_flow.core.errors import Problem, Where
from jupyter_flow.core.language.option_reading import read_task_options
from jupyter_flow.core.options import TaskOptions
from jupyter_flow.core.task_names import wrong_with

KEY = "jupyter_flow"
_NO_OPTIONS = frozenset({"task", "description"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A tag as it was read. ``task`` is None when there is none, or when its name is impossible."""

    task: str | None = None
    description: str = ""
    options: TaskOptions = TaskOptions()
    problems: tuple[Problem, ...] = ()


def read_tag(metadata: Mapping[str, Any], *, shown: str) -> Tag:
    """The tag in a notebook's *metadata*; *shown* is the place that problems name."""
    raw, where = metadata.get(KEY, {}), Where(path=shown)
    if not isinstance(raw, Mapping):
        problem = Problem(
            code="JF231",
            what=f"the notebook's tag is {raw!r}, which is no object",
            hint=f"Tag it anew: jupyter flow tag '{shown}'",
            where=where,
        )
        return Tag(problems=(problem,))
    if "task" not in raw:
        return Tag()
    name, wrong = raw["task"], None
    if not isinstance(name, str) or (wrong := wrong_with(name)) is not None:
        problem = Problem(
            code="JF230",
            what=f"the notebook is tagged {name!r}, which {wrong or 'is no text'}",
            hint=f"Tag it anew: jupyter flow tag '{shown}' --name NAME",
            where=where,
        )
        return Tag(problems=(problem,))
    said = {option: value for option, value in raw.items() if option not in _NO_OPTIONS}
    options, problems = read_task_options(said, where=where)
    return Tag(
        task=name,
        description=str(raw.get("description") or ""),
        options=options,
        problems=tuple(problems),
    )

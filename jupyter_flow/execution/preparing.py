"""What comes before the first cell: the notebook in memory, its kernel, its environment.

Reads the snapshot and never writes it.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Mapping
from functools import cache

from nbformat import NotebookNode, ValidationError

from jupyter_flow.core.errors import FlowError
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.ports.executor import Assignment, Prospect

from .kernelspecs import Kernelspec, find_kernelspec
from .parts import part, read

#: The tag of the cells in which papermill writes that an earlier execution failed.
_MARKER = "papermill-error-cell-tag"


def read_notebook(assignment: Assignment) -> NotebookNode:
    """The snapshot as a notebook of today's format, whatever version it was written in.

    Raises FlowError (JF605) when it cannot be read.
    """
    try:
        text = assignment.notebook.read_text(encoding="utf-8-sig")
        notebook = read(text)
    except (OSError, ValueError, KeyError, AttributeError, ValidationError) as error:
        raise FlowError(
            f"the notebook cannot be read: {error}",
            hint=f"Open {assignment.source} in JupyterLab and save it again.",
            code="JF605",
        ) from error
    notebook.cells = [
        each for each in notebook.cells if _MARKER not in each.metadata.get("tags", ())
    ]
    notebook.metadata["papermill"] = part(
        default_parameters={},
        environment_variables={},
        parameters={},
        version=_papermill_version(),
    )
    return notebook


def choose_kernel(notebook: NotebookNode, wanted: str | None) -> Kernelspec:
    """The kernel that was *wanted*, else the one the notebook names, else this Python.

    The notebook's metadata then say which. Raises FlowError (JF601, JF602, and JF604 for a
    notebook in another language that names no kernel).
    """
    about = notebook.metadata
    named = about.get("kernelspec", {}).get("name")
    language = about.get("language_info", {}).get("name") or about.get("kernelspec", {}).get(
        "language"
    )
    if not (wanted or named) and str(language or "python").lower() not in ("python", "ipython"):
        raise FlowError(
            f"the notebook is written in {language} and names no kernel",
            hint="Choose a kernel in JupyterLab, or with the option kernel=.",
            code="JF604",
        )
    spec = find_kernelspec(wanted or named or None)
    if spec.name != named:
        about["kernelspec"] = part(
            name=spec.name or "python3",
            display_name=spec.display_name,
            language=spec.language,
        )
        about.pop("language_info", None)
    # the kernel says more of it when it answers; until then it is enough to show code in colours
    about.setdefault("language_info", part(name=spec.language))
    return spec


def environment_of(assignment: Assignment | Prospect, *, home: str | None) -> Mapping[str, str]:
    """What is added to the environment: the task's own, and who and where it is."""
    env = {
        **assignment.env,
        **environment_naming(assignment.run, assignment.key, assignment.number),
        "JUPYTER_FLOW_FLOW": assignment.flow,
        "JUPYTER_FLOW_ARTIFACTS": str(assignment.artifacts.absolute()),
    }
    if home is not None:
        env["JUPYTER_FLOW_HOME"] = home
    return env


def environment_naming(run: RunId, key: TaskKey, number: int) -> dict[str, str]:
    """The variables that tell which attempt a process serves; `leftovers` finds it by them."""
    env = {
        "JUPYTER_FLOW_RUN": run,
        "JUPYTER_FLOW_TASK": key.task,
        "JUPYTER_FLOW_ATTEMPT": str(number),
    }
    return env if key.index is None else env | {"JUPYTER_FLOW_INDEX": str(key.index)}


@cache
def _papermill_version() -> str:
    return importlib.metadata.version("papermill")

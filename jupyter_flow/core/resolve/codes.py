"""The codes of everything that can be wrong with notebooks and their parameters.

The documentation's table is made from this one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """What a code stands for: a title, and what to know about it."""

    title: str
    explanation: str


CODES: Mapping[str, Code] = {
    "JF200": Code(
        "unreadable notebook",
        "The file is no notebook: broken JSON, a merge conflict, another kind of file. Open it in "
        "JupyterLab; what opens there can be read here.",
    ),
    "JF201": Code(
        "unknown task",
        "A bare name in a flow is the name in the tag of a notebook below the flow's folder. No "
        "notebook there has this one.",
    ),
    "JF202": Code(
        "notebook not tagged",
        "There is a notebook whose file name suggests this task, but it is not tagged. Tag it with "
        "the button in JupyterLab or with `jupyter flow tag`.",
    ),
    "JF203": Code(
        "two notebooks of one name",
        "Two notebooks below the flow's folder have the same name in their tags, so the flow does "
        'not say which is meant. Rename one, or name the file: `notebook("sub/train.ipynb")`.',
    ),
    "JF204": Code(
        "no such notebook",
        "A flow may name a notebook by its path from the flow's folder. No file is there.",
    ),
    "JF205": Code(
        "jupytext is not installed",
        "Notebooks that are kept as .py or .md files are read by jupytext: "
        "`pip install 'jupyterlab-flow[jupytext]'`.",
    ),
    "JF206": Code(
        "two flows of one name",
        "A notebook has two `%%flow` cells of the same name, so neither can be asked for. Give one "
        "of them another name.",
    ),
    "JF207": Code(
        "unknown flow",
        "A task runs another flow, and no notebook below the project's folder has it.",
    ),
    "JF208": Code(
        "flow within itself",
        "A flow runs another one that, in the end, runs the first: that would never end.",
    ),
    "JF209": Code(
        "flow with mistakes in a flow",
        "A task runs another flow, which has mistakes itself. They are mended there.",
    ),
    "JF210": Code(
        "unknown parameter",
        "The cell tagged `parameters` assigns no such name, so the value would have no effect.",
    ),
    "JF211": Code(
        "required parameter missing",
        "A parameter with a type and without a value (`day: date`) must be given by the flow.",
    ),
    "JF212": Code(
        "wrong type",
        "The value is not of the type that the notebook declares, or that its default shows. "
        "Nothing is converted in silence; annotate the parameter to say what it takes.",
    ),
    "JF213": Code(
        "cannot be expanded",
        "`.expand` maps a task over a list: one written out, a parameter that holds one, or a "
        "value of another task.",
    ),
    "JF214": Code(
        "value nobody outputs",
        "No cell of the notebook passes this name to `jupyter_flow.output()`, as far as reading "
        "can tell. The task that uses it will fail if that is so.",
    ),
    "JF215": Code(
        "no parameters cell",
        "No cell of the notebook is tagged `parameters`. The values are put at its very top, and "
        "what its cells assign later wins.",
    ),
    "JF216": Code(
        "unreadable parameters cell",
        "The cell tagged `parameters` is no Python, so it is not known what the notebook takes.",
    ),
    "JF217": Code(
        "template that cannot be rendered",
        "Strings in a flow are Jinja templates. This one is not written as one, or it uses a name "
        "that no run has: see the names in the reference of the language.",
    ),
    "JF218": Code(
        "unknown flow",
        "A task waits for a run of a flow that is not in this project. That is no mistake when "
        "another project keeps its runs in the same store.",
    ),
    "JF219": Code(
        "unknown secret",
        "The secret is in no variable, file or keyring of this machine. A service elsewhere may "
        "know it, so it is a warning; the task fails where it is not known.",
    ),
    "JF220": Code(
        "kernel not installed",
        "The notebook, its tag or the flow wants a kernel for which no kernelspec is installed "
        "where the flow runs. `jupyter kernelspec list` shows those that are.",
    ),
    "JF221": Code(
        "impossible parameter name",
        "A parameter becomes a variable of the notebook, so its name must be one of a variable.",
    ),
    "JF222": Code(
        "wrong type at the start of an attempt",
        "A value that was known only in the run (a template, a value of another task) is not of "
        "the type that the notebook declares.",
    ),
    "JF223": Code(
        "value cannot be passed",
        "A notebook is given numbers, texts, true or false, None, dates, paths, and lists and "
        "dicts of those. Anything bigger is handed on as a file.",
    ),
    "JF224": Code(
        "value cannot be passed in this language",
        "Notebooks in other languages than Python are given what papermill can write in theirs.",
    ),
    "JF225": Code(
        "unknown pool",
        "Pools and their sizes are declared in the project's settings.",
    ),
    "JF226": Code(
        "more slots than the pool has",
        "The task would wait for ever.",
    ),
    "JF227": Code(
        "option without effect",
        "It speaks of something that cannot come about, because another option is missing: a task "
        "is slow only against what is `expected` of it, a run is late only after its `deadline`, "
        "and runs overlap too much only where `max_active_runs` says how many may.",
    ),
    "JF228": Code(
        "unknown connection",
        "The connection is in no variable, file or keyring of this machine. A service elsewhere "
        "may know it, so it is a warning; the task fails where it is not known.",
    ),
    "JF229": Code(
        "secret out of place",
        "A secret can stand in the parameters and the environment of what runs a notebook, in the "
        "headers of a look, in connections and in addresses to notify. It cannot be compared, and "
        "nothing that is shown to people can have one: the parameters of a run, a command, a path.",
    ),
    "JF230": Code(
        "impossible task name",
        "The name of a task is used in flows, paths and templates: letters, digits and "
        "underscores, and no word that Python or the language of flows needs.",
    ),
    "JF231": Code(
        "unreadable tag",
        "The entry `jupyter_flow` in the notebook's metadata is not what a tag is. It is written "
        "by the button in JupyterLab and by `jupyter flow tag`, not by hand.",
    ),
    "JF232": Code(
        "name taken",
        "Another notebook of the project has this name in its tag.",
    ),
    "JF240": Code(
        "unknown run parameter",
        "A run can be given the parameters that the flow declares with `params(...)`.",
    ),
    "JF241": Code(
        "run parameter of another type",
        "The default that `params(...)` declares gives the parameter its type.",
    ),
    "JF242": Code(
        "unknown dataset",
        "A flow runs when a dataset was updated that no task of the project produces. Another "
        "project, or a program, may update it, so it is a warning.",
    ),
    "JF243": Code(
        "flow that starts itself",
        "A task of the flow produces the dataset that the flow waits for: each run would make the "
        "next.",
    ),
    "JF901": Code(
        "not available yet",
        "The language knows this kind of task; this version cannot run it.",
    ),
}

"""What can be known of a notebook by reading it: its tag, its parameters, its values.

Made by `jupyter_flow.project` from a file, used to resolve and to check flows. A value: holds
no cells.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from jupyter_flow.core.errors import Problem
from jupyter_flow.core.options import TaskOptions

from .contract import Contract

#: The suffixes of files that are notebooks; all but the first need jupytext.
SUFFIXES = (".ipynb", ".py", ".md")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notebook:
    """A notebook on disk, as it was when it was read.

    ``path`` is absolute, with forward slashes; ``digest`` is the SHA-256 of the file's bytes, in
    hexadecimal. ``task`` is the name in its tag, None when it is not tagged. ``kernel`` and
    ``language`` are what its metadata say. ``values`` are the names that its cells pass to
    ``output()``; None when that cannot be told by reading (another language, a computed name).
    ``problems`` is what is wrong with it: a file that is no notebook, a tag or a parameters cell
    that cannot be read.
    """

    path: str
    digest: str
    task: str | None = None
    description: str = ""
    options: TaskOptions = TaskOptions()
    kernel: str | None = None
    language: str = "python"
    contract: Contract = Contract()
    values: frozenset[str] | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """The notebooks that a flow can name: all below its folder, and those that ship with us.

    ``notebooks`` go by absolute path: the tagged ones, and those that the flow names by a path.
    ``shipped`` go by the kind of task that they execute. ``named`` has the absolute path for each
    path as the flow writes it, where such a file is there. ``untagged`` are the paths of the
    notebooks without a tag; they are not read, only known to be there. ``root`` is the folder that
    people work in, the flow's own unless given.
    """

    folder: str
    notebooks: Mapping[str, Notebook]
    shipped: Mapping[str, Notebook] = field(default_factory=dict)
    named: Mapping[str, str] = field(default_factory=dict)
    untagged: tuple[str, ...] = ()
    root: str = ""

    def shown(self, path: str) -> str:
        """*path* as people write it in a command: from the folder that they work in."""
        return path.removeprefix((self.root or self.folder).rstrip("/") + "/")

    def written(self, path: str) -> str:
        """*path* as the flow would write it: from its own folder."""
        return path.removeprefix(self.folder.rstrip("/") + "/")

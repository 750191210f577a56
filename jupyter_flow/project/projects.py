"""A project: a folder with notebooks in it. Scanned, put on a shelf, tagged.

Knows files; what they mean together is decided in `jupyter_flow.core.resolve`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from jupyter_flow.core.errors import Problem, raise_if_any
from jupyter_flow.core.notebooks.notebook import Notebook, Shelf

from . import tagging
from .finding import notebook_files
from .reading import FlowCell, NotebookReader, Reading, absolute


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What is below a folder. ``notebooks`` speak of this package; ``untagged`` are the others.

    ``problems`` are those of files that cannot be read at all although they speak of flows.
    """

    notebooks: tuple[Notebook, ...]
    untagged: tuple[str, ...]
    flows: tuple[FlowCell, ...]
    problems: tuple[Problem, ...]


class Project:
    """The notebooks below one folder. Files are read again only when they have changed."""

    def __init__(
        self, folder: Path, *, kept: Iterable[Path] = (), shipped: Mapping[str, Path] | None = None
    ) -> None:
        """*kept* are the folders that runs are kept in, *shipped* the notebooks of the kinds."""
        self.folder = absolute(folder)
        self._leave_out = frozenset(map(absolute, kept))
        self._shipped = dict(shipped or {})
        self._reader = NotebookReader(self.shown)

    def shown(self, path: Path) -> str:
        """*path* as people write it: from the project's folder where it is below that."""
        path = absolute(path)
        is_below = path.is_relative_to(self.folder)
        return (path.relative_to(self.folder) if is_below else path).as_posix()

    def read(self, path: Path) -> Notebook:
        """The notebook at *path*. Raises OSError when there is none."""
        return self._reader.read(absolute(path))

    def scan(self, folder: Path | None = None) -> Scan:
        """Everything below *folder* (the project's, unless given), each file at most once."""
        notebooks: list[Notebook] = []
        untagged: list[str] = []
        flows: list[FlowCell] = []
        for path, reading in self._readings(absolute(folder or self.folder)):
            flows += reading.flows
            if reading.notebook is not None:
                notebooks.append(reading.notebook)
            else:
                untagged.append(path.as_posix())
        unreadable = [each for each in notebooks if any(p.code in _FATAL for p in each.problems)]
        return Scan(
            notebooks=tuple(notebooks),
            untagged=tuple(untagged),
            flows=tuple(flows),
            problems=tuple(problem for each in unreadable for problem in each.problems),
        )

    def flow_cells(self, path: Path) -> tuple[FlowCell, ...]:
        """The flows in the one notebook at *path*.

        Raises OSError when there is none, DefinitionError when it cannot be read.
        """
        reading = self._reader.glance(absolute(path))
        fatal = [p for p in (reading.notebook.problems if reading.notebook else ()) if p.is_error]
        raise_if_any(problem for problem in fatal if problem.code in _FATAL)
        return reading.flows

    def shelf(self, folder: Path | None = None, *, named: Iterable[str] = ()) -> Shelf:
        """The notebooks that a flow in *folder* can name; *named* are those it names by path."""
        folder = absolute(folder or self.folder)
        scan = self.scan(folder)
        notebooks = {each.path: each for each in scan.notebooks}
        paths: dict[str, str] = {}
        for name in named:
            path = absolute(folder / name)
            if path.is_file():
                paths[name] = path.as_posix()
                notebooks[path.as_posix()] = self._reader.read(path)
        return Shelf(
            folder=folder.as_posix(),
            notebooks=notebooks,
            shipped={kind: self.read(path) for kind, path in self._shipped.items()},
            named=paths,
            untagged=tuple(path for path in scan.untagged if path not in notebooks),
            root=self.folder.as_posix(),
        )

    def tag(
        self,
        path: Path,
        *,
        name: str | None = None,
        options: Mapping[str, str] | None = None,
        description: str | None = None,
    ) -> str:
        """Tag the notebook at *path*, under a name that no other notebook of the project has.

        Raises what `jupyter_flow.project.tagging.tag` does.
        """
        path = absolute(path)
        others = (each for each in self.scan().notebooks if each.path != path.as_posix())
        taken = {each.task: self.shown(Path(each.path)) for each in others if each.task}
        return tagging.tag(
            path,
            name=name,
            options=options,
            description=description,
            taken=taken,
            shown=self.shown(path),
        )

    def untag(self, path: Path) -> str | None:
        """Take the tag of the notebook at *path* away; returns the name it had, if it had one."""
        return tagging.untag(absolute(path), shown=self.shown(path))

    def _readings(self, folder: Path) -> Iterator[tuple[Path, Reading]]:
        for path in notebook_files(folder, leave_out=self._leave_out):
            try:
                reading = self._reader.glance(path)
            except OSError:
                # Gone since it was listed, or not ours to open: then no flow can name it either.
                continue
            if reading.is_notebook:
                yield path, reading


#: The codes of files that could not be read at all.
_FATAL = frozenset({"JF200", "JF205"})

"""What travels: an attempt to the worker that makes it, and what came of it back.

A worker that sees the project's folders is sent none of their files. To any other, all goes along
that the attempt needs: the snapshot, the modules that it imports, the files that it declares, the
artifacts that it is given. Reads and writes files; sends nothing.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from glob import escape, iglob
from importlib.metadata import version
from pathlib import Path, PurePosixPath

from jupyter_flow.core.artifacts import Arrival, artifacts_in
from jupyter_flow.core.errors import FlowError
from jupyter_flow.core.events import AttemptEnded
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.execution.handed import all_in, files_of_runs, with_paths
from jupyter_flow.ports.artifacts import ArtifactStore
from jupyter_flow.ports.executor import Assignment
from jupyter_flow.whole import write_whole

#: So many bytes of files may travel with an attempt, and back: they pass through the scheduler.
MOST = 64 * 2**20
#: What has to be the same here and there, by the names of its distributions.
_OURS = ("jupyterlab-flow", "distributed", "cloudpickle")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """An attempt on its way to a worker.

    ``mark`` is a file that only those see who share the project's disk. ``files`` are to lie in
    the folder in which the notebook runs, by their paths there; ``handed`` are files of earlier
    attempts that parameters name, by their paths at the sender's; ``artifacts`` go by their
    names, and are None where workers reach their store themselves.
    ``sender`` is what is installed where it comes from.
    """

    assignment: Assignment
    mark: Path | None = None
    notebook: bytes = b""
    files: Mapping[str, bytes] = field(default_factory=dict)
    handed: Mapping[str, bytes] = field(default_factory=dict)
    artifacts: Mapping[str, bytes] | None = None
    sender: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_seen_here(self) -> bool:
        """Whether this process sees the files of the sender where they are."""
        return self.mark is not None and self.mark.exists()


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What came of an attempt. ``files`` are what it wrote, unless the receiver sees them anyway:
    by their paths below the folder of its artifacts, the executed notebook and the log apart."""

    ended: AttemptEnded
    executed: bytes | None = None
    log: bytes | None = None
    files: Mapping[str, bytes] = field(default_factory=dict)


@cache
def installed() -> Mapping[str, str]:
    """What sender and worker have to have in common."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    return {"Python": python} | {name: version(name) for name in _OURS}


def packed(assignment: Assignment, home: Path, artifacts: ArtifactStore | None) -> Parcel:
    """*assignment* with all that it needs, for a worker that sees no file of this machine.

    *home* is where earlier attempts wrote. *artifacts* is the store whose files have to go along,
    None where workers reach it themselves. Raises FlowError (JF613) when that would be too much.
    """
    kept: dict[str, Path] = {}
    if artifacts is not None:
        given = [each for each in all_in(assignment.parameters) if isinstance(each, Arrival)]
        kept = {each.ref.file: artifacts.fetch(each.ref.file) for each in given}
    named = files_of_runs(assignment.parameters, home)
    handed = {each: Path(each) for each in named if Path(each).is_file()}
    files = dict(_files_for(assignment))
    sizes = {name: path.stat().st_size for name, path in {**files, **handed, **kept}.items()}
    _check_size(f"task '{assignment.key}'", sizes)
    return Parcel(
        assignment=assignment,
        notebook=assignment.notebook.read_bytes(),
        files=_contents(files),
        handed=_contents(handed),
        artifacts=None if artifacts is None else _contents(kept),
        sender=installed(),
    )


def unpacked(parcel: Parcel, room: Path, artifacts: ArtifactStore) -> Assignment:
    """The attempt of *parcel* with all that it needs in *room*, a folder of its own."""
    given, folder = parcel.assignment, _folder_in(room, parcel.files)
    notebook = room / "snapshot.ipynb"
    write_whole(notebook, parcel.notebook)
    folder.mkdir(parents=True)
    for name, content in parcel.files.items():
        write_whole(folder / name, content)
    moved = _places_of_handed(parcel, room)
    for path, content in parcel.handed.items():
        write_whole(Path(moved[path]), content)
    for name, content in (parcel.artifacts or {}).items():
        write_whole(room / "given" / name, content)
        artifacts.put(room / "given" / name, name)
    return replace(
        given,
        notebook=notebook,
        folder=folder,
        parameters=with_paths(given.parameters, moved),
        executed=room / "executed.ipynb",
        log=room / "attempt.log",
        artifacts=room / "artifacts",
        env={name: each for name, each in given.env.items() if name != "JUPYTER_FLOW_HOME"},
    )


def _folder_in(room: Path, files: Iterable[str]) -> Path:
    """Where the notebook runs: so deep that *files* beside it, or above, lie in *room* as well."""
    up = max((PurePosixPath(each).parts.count("..") for each in files), default=0)
    return room.joinpath("project", *["above"] * up, "folder")


def _contents(files: Mapping[str, Path]) -> dict[str, bytes]:
    return {name: path.read_bytes() for name, path in files.items()}


def _places_of_handed(parcel: Parcel, room: Path) -> dict[str, str]:
    """Where in *room* each of the files lies that earlier attempts wrote, by its path there."""
    return {
        path: str(room / "handed" / str(number) / Path(path).name)
        for number, path in enumerate(parcel.handed)
    }


def delivered(ended: AttemptEnded, made: Assignment, parcel: Parcel, room: Path) -> Delivery:
    """What the attempt that was *made* in *room* came to, with all that it wrote there.

    Paths of files among its values become those where the files are, or are wanted, at the
    sender's. Raises FlowError (JF613) when there is too much.
    """
    wanted = parcel.assignment
    root = made.artifacts
    paths = [path for path in sorted(root.rglob("*")) if path.is_file()]
    names = {path: path.relative_to(root).as_posix() for path in paths}
    _check_size(
        f"what task '{made.key}' wrote", {names[path]: path.stat().st_size for path in paths}
    )
    moved = {here: there for there, here in _places_of_handed(parcel, room).items()}
    moved |= {str(path): str(wanted.artifacts / names[path]) for path in paths}
    return Delivery(
        ended=replace(ended, values=with_paths(ended.values, moved)),
        executed=_read(made.executed),
        log=_read(made.log),
        files={names[path]: path.read_bytes() for path in paths},
    )


def put_down(delivery: Delivery, assignment: Assignment, artifacts: ArtifactStore | None) -> None:
    """Write what was delivered where *assignment* wants it.

    *artifacts* is the store for what was handed on, None where the worker has stored that.
    """
    for path, content in ((assignment.executed, delivery.executed), (assignment.log, delivery.log)):
        if content is not None:
            write_whole(path, content)
    for name, content in delivery.files.items():
        write_whole(assignment.artifacts / name, content)
    if artifacts is not None:
        for ref in artifacts_in(delivery.ended.values):
            artifacts.put(assignment.artifacts / ref.name, ref.file)


def difference(sender: Mapping[str, str]) -> str:
    """What is installed here otherwise than at the *sender*; "" if nothing is."""
    here = installed()
    names = [name for name in here if sender.get(name) != here[name]]
    return ", ".join(f"{name} {here[name]} and not {sender.get(name)}" for name in names)


def _files_for(assignment: Assignment) -> Iterator[tuple[str, Path]]:
    """The modules of the project that the notebook imports, and the files that the task declares.

    By their paths from its folder; what has an absolute path has to be on the workers.
    """
    from jupyter_flow.execution.forked.libraries import module_files_of
    from jupyter_flow.execution.parts import read

    folder = assignment.folder
    notebook = read(assignment.notebook.read_text(encoding="utf-8-sig"))
    sources = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    function = assignment.parameters.get("function")
    if isinstance(function, str) and ":" in function:
        sources.append(f"import {function.partition(':')[0]}")
    found = {Path(each) for each in module_files_of(sources, [folder])}
    for pattern in assignment.inputs:
        # a pattern may be absolute or lead out of the folder, and then means files there
        whole = os.path.join(escape(str(folder)), pattern)  # noqa: PTH118
        for each in map(Path, iglob(whole, recursive=True)):  # noqa: PTH207
            found |= (
                {path for path in each.rglob("*") if path.is_file()} if each.is_dir() else {each}
            )
    for path in sorted(found):
        if path.is_relative_to(folder):
            yield Path(os.path.normpath(path.relative_to(folder))).as_posix(), path


def _check_size(what: str, sizes: Mapping[str, int]) -> None:
    if sum(sizes.values()) > MOST:
        largest = max(sizes, key=lambda name: sizes[name])
        raise FlowError(
            f"{what} comes with {sum(sizes.values()):,} bytes of files; {MOST:,} may travel",
            hint=f"The largest is {largest}. Set artifact_store to an address that the workers "
            "reach as well, such as s3://…, and hand on files as artifacts; or share a disk.",
            code="JF613",
        )


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def name_of(assignment: Assignment) -> str:
    """The name of an attempt in the cluster, the same for everybody who looks for it."""
    return name_of_attempt(assignment.run, assignment.key, assignment.number)


def name_of_attempt(run: RunId, key: TaskKey, number: int) -> str:
    """The same, of one that is known by that."""
    return f"jupyter_flow/{run}/{key}/{number}"

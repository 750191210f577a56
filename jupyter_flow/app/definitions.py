"""Flows as they are written: found, read, resolved against the notebooks, checked.

Nothing here runs anything or opens the store. What was read of a file is remembered until the
file changes, so that asking again is cheap.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_flow.artifacts.shared_home import LoneHome
from jupyter_flow.core.errors import (
    ConflictError,
    DefinitionError,
    FlowError,
    NotFoundError,
    Problem,
    UsageError,
    Where,
    raise_if_any,
    suggestion,
)
from jupyter_flow.core.flow import Flow, Plan
from jupyter_flow.core.language import read
from jupyter_flow.core.resolve import (
    bind_params,
    connections_named,
    flows_run,
    paths_named,
    produced_by,
    resolve,
    secrets_named,
    unknown_datasets,
)
from jupyter_flow.ports.shared_home import SharedHome
from jupyter_flow.project import FlowCell, Project, Snapshots

from .settings import Settings

if TYPE_CHECKING:
    from jupyter_flow.core.language.completing import Completion
    from jupyter_flow.core.notebooks.notebook import Notebook

_NOTEBOOKS = (".ipynb", ".py", ".md")


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedFlow:
    """A flow as it was read, with all that is wrong with it.

    ``flow`` is None when its text cannot be read at all; ``plan`` is None when an error stands in
    the way of running it. ``origin`` is where it was found, as ``path.ipynb::NAME``.
    """

    name: str
    origin: str
    flow: Flow | None
    plan: Plan | None
    problems: tuple[Problem, ...]

    def runnable(self) -> Plan:
        """Its plan. Raises DefinitionError with all that is wrong with it, if it has errors."""
        raise_if_any(self.problems)
        if self.plan is None:
            raise ConflictError(f"flow '{self.name}' has no plan")
        return self.plan


class Definitions:
    """The flows and notebooks of one project folder."""

    def __init__(self, settings: Settings, shared: Callable[[], SharedHome] = LoneHome) -> None:
        from jupyter_flow.execution.kinds import notebooks_of_kinds

        self._settings = settings
        self._project = Project(settings.folder, kept=settings.kept, shipped=notebooks_of_kinds())
        self._snapshots = Snapshots(settings.home)
        self._shared = shared

    @property
    def _kernels(self) -> tuple[str, ...]:
        from jupyter_flow.execution.kernelspecs import kernelspec_folders

        return tuple(kernelspec_folders())

    def find(self) -> list[CheckedFlow]:
        """All flows below the folder, by name."""
        scan = self._project.scan()
        known = self._awaitable(scan.flows)
        found = [self._of_cell(cell, known) for cell in scan.flows]
        plans = [each.plan for each in found if each.plan is not None]
        produced = frozenset().union(*map(produced_by, plans))
        found = [_with_unknown_datasets(each, produced) for each in found]
        names = Counter(each.origin for each in found)
        found = [_ambiguous(each) if names[each.origin] > 1 else each for each in found]
        unreadable = [
            CheckedFlow(name="", origin="", flow=None, plan=None, problems=(problem,))
            for problem in scan.problems
        ]
        return sorted(found, key=lambda each: (each.name, each.origin)) + unreadable

    def flow(self, address: str, *, within: tuple[str, ...] = ()) -> CheckedFlow:
        """The flow at ``NAME``, ``path.ipynb`` or ``path.ipynb::NAME``.

        *within* are the names of the flows that run it, the outermost first.
        """
        path, _, name = address.rpartition("::")
        if not path and name.endswith(_NOTEBOOKS):
            path, name = name, ""
        cells = self._cells_in(path) if path else self._project.scan().flows
        read_flows = [(cell, self._name(cell)) for cell in cells]
        chosen = [cell for cell, each in read_flows if not name or each == name]
        known = [each for _, each in read_flows]
        if not chosen:
            raise _no_flow(name, path or str(self._settings.folder), known)
        if len({cell.path for cell in chosen}) < len(chosen) and name:
            raise DefinitionError(_ambiguous(self._of_cell(chosen[0])).problems)
        if len(chosen) > 1:
            places = ", ".join(
                f"{self._project.shown(Path(cell.path))}::{self._name(cell)}" for cell in chosen
            )
            raise UsageError(
                f"'{address}' could be several flows", hint=f"Name one: {places}.", code="JF403"
            )
        return self._of_cell(chosen[0], None if path else frozenset(known), within)

    def read(
        self,
        text: str,
        *,
        line: str,
        path: str | None,
        cell: int | None,
        first_line: int = 2,
        flows: frozenset[str] | None = None,
        within: tuple[str, ...] = (),
    ) -> CheckedFlow:
        """The flow in the body *text* of a cell of the notebook at *path*.

        *flows* are the names of all flows, where they are known: to look for all takes its time.
        *within* are those that run it.
        """
        shown = self._project.shown(Path(path)) if path else None
        reading = read(text, line=line, path=shown, cell=cell, first_line=first_line)
        if reading.flow is None:
            return CheckedFlow(
                name=reading.name,
                origin=_origin(path, reading.name),
                flow=None,
                plan=None,
                problems=reading.problems,
            )
        folder = Path(path).parent if path else None
        return self._resolved(
            reading.flow,
            folder=folder,
            origin=_origin(path, reading.flow.name),
            spans=reading.spans,
            problems=reading.problems,
            flows=flows,
            within=within,
        )

    def check(self, flow: Flow) -> CheckedFlow:
        """A flow made with the Python API."""
        return self._resolved(flow, folder=None, origin=_origin(None, flow.name))

    def check_again(self, plan: Plan) -> CheckedFlow:
        """The flow of a run that was made before, with the notebooks as they are now."""
        path = plan.origin.rpartition("::")[0]
        folder = Path(path).parent if path else None
        return self._resolved(plan.flow, folder=folder, origin=plan.origin)

    def completions(self, cell: str, cursor: int, *, path: str | None) -> list[Completion]:
        """What could come next at *cursor* of the ``%%flow`` cell of the notebook at *path*."""
        from jupyter_flow.core.language.completing import complete

        folder = Path(path).parent if path else None
        return complete(cell, cursor, self._project.shelf(folder, named=()))

    def shown(self, origin: str) -> str:
        """Where a flow was found, for people: below the folder if it is there."""
        path, separator, name = origin.rpartition("::")
        return f"{self._project.shown(Path(path))}{separator}{name}"

    def bind(
        self, flow: Flow, params: Mapping[str, Any], texts: Mapping[str, str]
    ) -> dict[str, Any]:
        """The parameters of a run; *texts* are read as the declared types say.

        Raises DefinitionError for what the flow does not declare, or declares otherwise.
        """
        bound, problems = bind_params(flow, params, texts)
        raise_if_any(problems)
        return bound

    def keep(self, plan: Plan, *, may_owe: bool = False) -> None:
        """Take a snapshot of each notebook that *plan* runs, those of its children included.

        Other machines find them too, if there are others. With *may_owe* that may come later: until
        then only this machine can run them. Without, FlowError (JF607) says that it cannot be now.
        """
        plans = list(plan.with_all_children())
        targets = [t for each in plans for t in each.targets.values() if t.has_notebook]
        for path, digest in {(each.path, each.digest) for each in targets}:
            self._snapshots.take(path, digest)
            snapshot, shared = self._snapshots.path(digest), self._shared()
            try:
                if not shared.has(snapshot):
                    shared.put(snapshot)
            except FlowError:
                if not may_owe:
                    raise
                shared.owe(f"notebook-{digest}", [snapshot])

    def notebook(self, path: Path) -> Notebook:
        """The notebook at *path*. Raises NotFoundError and, if it is none, DefinitionError."""
        try:
            self._project.flow_cells(path)
            return self._project.read(path)
        except OSError as error:
            raise NotFoundError(
                f"there is no notebook '{self._project.shown(path)}'", code="JF402"
            ) from error

    def tag(
        self,
        path: Path,
        *,
        name: str | None,
        options: Mapping[str, str],
        description: str | None,
        remove: bool,
    ) -> str:
        """Tag or untag the notebook at *path*; the name of the task it is, or was."""
        if remove:
            return self._project.untag(path) or ""
        return self._project.tag(path, name=name, options=options, description=description)

    def _of_cell(
        self,
        cell: FlowCell,
        flows: frozenset[str] | None = None,
        within: tuple[str, ...] = (),
    ) -> CheckedFlow:
        return self.read(
            cell.body,
            line=cell.line,
            path=cell.path,
            cell=cell.cell,
            first_line=cell.first_line,
            flows=flows,
            within=within,
        )

    def _connections(self, named: frozenset[str]) -> frozenset[str]:
        """Those of *named* that there are."""
        from .connecting import of_project

        here = of_project(self._settings.home)
        return frozenset(filter(here.has, named))

    def _secrets(self, named: frozenset[str]) -> frozenset[str]:
        """Those of *named* that there are, as far as that can be told."""
        from jupyter_flow.secrets import may_have

        return frozenset(filter(may_have, named))

    def _child(self, name: str, within: tuple[str, ...]) -> Plan | Problem:
        """The plan of the flow *name*, which a task of the last of *within* runs."""
        if name in within:
            loop = " runs ".join(f"'{each}'" for each in (*within[within.index(name) :], name))
            hint = "Let one of them wait for the other, or put what both need into a third."
            return Problem(code="JF208", what=f"a flow would run itself: {loop}", hint=hint)
        try:
            found = self.flow(name, within=within)
        except (NotFoundError, UsageError, DefinitionError) as error:
            return Problem(code="JF207", what=error.what, hint=error.hint)
        errors = [problem for problem in found.problems if problem.is_error]
        if found.plan is None or errors:
            loop_of = next((each for each in errors if each.code == "JF208"), None)
            what = f"the flow {name!r} cannot be run: {errors[0].what if errors else 'no plan'}"
            hint = f"See all that is wrong with it: jupyter flow check {name}"
            return loop_of or Problem(code="JF209", what=what, hint=hint)
        return found.plan

    def _awaitable(self, cells: tuple[FlowCell, ...]) -> frozenset[str] | None:
        """The names of all these flows, if any of them could wait for another."""
        if not any("wait_for" in cell.body for cell in cells):
            return None
        return frozenset(self._name(cell) for cell in cells)

    def _name(self, cell: FlowCell) -> str:
        return read(cell.body, line=cell.line, path=cell.path).name

    def _cells_in(self, path: str) -> tuple[FlowCell, ...]:
        try:
            return self._project.flow_cells(self._settings.folder / path)
        except FileNotFoundError as error:
            raise NotFoundError(
                f"there is no notebook '{path}'",
                hint=f"Paths are read from {self._settings.folder}.",
                code="JF402",
            ) from error

    def _resolved(
        self,
        flow: Flow,
        *,
        folder: Path | None,
        origin: str,
        spans: Mapping[tuple[str, ...], Where] | None = None,
        problems: tuple[Problem, ...] = (),
        flows: frozenset[str] | None = None,
        within: tuple[str, ...] = (),
    ) -> CheckedFlow:
        shelf = self._project.shelf(folder, named=paths_named(flow))
        named, secrets = connections_named(flow), secrets_named(flow)
        plan, more = resolve(
            flow,
            shelf=shelf,
            kernels=self._kernels,
            pools=self._settings.pools,
            spans=spans,
            origin=origin,
            flows=flows,
            connections=self._connections(named) if named else None,
            secrets=self._secrets(secrets) if secrets else None,
            children={name: self._child(name, (*within, flow.name)) for name in flows_run(flow)},
        )
        return CheckedFlow(
            name=flow.name,
            origin=origin,
            flow=flow,
            plan=None if any(problem.is_error for problem in problems) else plan,
            problems=(*problems, *more),
        )


def _origin(path: str | None, name: str) -> str:
    return f"{path}::{name}" if path else ""


def _with_unknown_datasets(checked: CheckedFlow, produced: frozenset[str]) -> CheckedFlow:
    if checked.plan is None:
        return checked
    more = tuple(unknown_datasets(checked.plan, produced))
    return replace(checked, problems=(*checked.problems, *more))


def _ambiguous(checked: CheckedFlow) -> CheckedFlow:
    """The flow with the problem that another one in its notebook has the same name."""
    path, _, name = checked.origin.rpartition("::")
    problem = Problem(
        code="JF206",
        what=f"two flows in one notebook are called {name!r}",
        hint="Give one of them another name: %%flow NAME.",
        where=Where(path=path.rpartition("/")[2]),
    )
    return replace(checked, plan=None, problems=(*checked.problems, problem))


def _no_flow(name: str, place: str, known: list[str]) -> NotFoundError:
    if name:
        hint = suggestion(name, known, noun="flow")
        return NotFoundError(f"no flow is called '{name}' in {place}", hint=hint, code="JF402")
    return NotFoundError(
        f"there is no flow in {place}",
        hint="A flow is a cell that begins with %%flow NAME.",
        code="JF402",
    )

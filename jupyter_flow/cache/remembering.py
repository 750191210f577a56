"""Results that are found again: taking fingerprints, and asking the store about them."""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from jupyter_flow.core.artifacts import ArtifactRef, artifacts_in
from jupyter_flow.core.errors import FlowError
from jupyter_flow.core.fingerprints import Fingerprint, changes, digest_of, text_of
from jupyter_flow.core.ids import AttemptId
from jupyter_flow.core.notebooks.code import code_digest
from jupyter_flow.core.options import ANEW
from jupyter_flow.ports.cache import Answer, Question, Result, ResultStore
from jupyter_flow.ports.clock import Clock

from .environments import Kernelspec, editable_folders, installed
from .files import Digests

log = logging.getLogger(__name__)

#: Reading many files at once makes no disk faster.
_THREADS = 2
#: For so many seconds what is installed is taken to stay as it is.
_MOMENT = 1.0
#: So many changes are told in one line.
_MOST = 3


@dataclass(frozen=True, slots=True)
class _Surroundings:
    """What is installed for a kernel: the digest of the list, and folders it imports from."""

    until: float
    digest: str
    folders: tuple[Path, ...]


class ResultCache:
    """Remembers results. A `jupyter_flow.ports.cache.Cache`.

    *kernels* finds the kernelspec of a name, *modules* the files that cells import from folders;
    *has_artifact* says whether what an artifact is stored under is still there.
    *home* is where the project keeps its files, the lists of what is installed among them.
    """

    def __init__(
        self,
        results: ResultStore,
        *,
        clock: Clock,
        home: Path,
        kernels: Callable[[str | None], Kernelspec],
        modules: Callable[[Iterable[str], Sequence[Path]], Iterable[Path]],
        has_artifact: Callable[[str], bool] = lambda _: True,
    ) -> None:
        self._results = results
        self._clock = clock
        self._home = home
        self._kernels = kernels
        self._modules = modules
        self._has = has_artifact
        self._digests = Digests()
        self._seen: dict[tuple[str, ...], _Surroundings] = {}

    @cached_property
    def _threads(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(_THREADS, thread_name_prefix="cache")

    def ask(self, question: Question, tell: Callable[[Answer], None]) -> None:
        """Begin to look for a result and return at once."""
        self._threads.submit(lambda: tell(self._answered(question)))

    def close(self) -> None:
        """Look for nothing any more."""
        if "_threads" in vars(self):
            self._threads.shutdown(cancel_futures=True)

    def answer(self, question: Question) -> Answer:
        """Look for a result. Raises FlowError when that cannot be done."""
        fingerprint = self._fingerprint(question)
        if question.rule == "always":
            found, why = self._results.newest(fingerprint.gist), "made with these parameters in"
        else:
            found, why = self._results.find(fingerprint.key), "unchanged since"
        if found is None:
            return self._nothing(fingerprint, question)
        refusal = self._refusal(found, question)
        if refusal:
            return Answer(fingerprint=fingerprint, why=refusal)
        why = f"{why} run {found.origin.run}"
        return Answer(result=found, fingerprint=fingerprint, why=why)

    def remember(self, origin: AttemptId, fingerprint: Fingerprint, question: Question) -> None:
        """*origin* has succeeded, and read what its fingerprint was taken from."""
        files = self._files(question)
        if (files["inputs"], files["modules"]) != (fingerprint.inputs, fingerprint.modules):
            log.info(
                "result not kept: a file that it depends on changed meanwhile",
                extra={"action": "result_not_kept", "run": origin.run, "task": str(origin.key)},
            )
            return
        self._results.keep(origin, fingerprint, now=self._clock.now())

    # -- within --------------------------------------------------------------------------------

    def _answered(self, question: Question) -> Answer:
        try:
            return self.answer(question)
        except FlowError as error:
            return Answer(why=f"it cannot be told: {error.what}")
        except Exception as error:  # whoever asked waits for a word
            log.exception("the cache failed", extra={"action": "cache_failed"})
            return Answer(why=f"it cannot be told: {error}")

    def _refusal(self, found: Result, question: Question) -> str:
        """Why *found* cannot be restored; empty if it can."""
        if question.rule == ANEW:
            return "it is to be done anew"
        if isinstance(question.rule, timedelta):
            age = self._clock.now() - found.ended_at
            if age >= question.rule:
                return f"the result of run {found.origin.run} is too old"
        gone = [str(path) for path in _paths(found.values, self._home) if not path.exists()]
        gone += [each.name for each in artifacts_in(found.values) if not self._has(each.file)]
        return f"the file {gone[0]} of run {found.origin.run} is gone" if gone else ""

    def _nothing(self, fingerprint: Fingerprint, question: Question) -> Answer:
        """There is no result; what differs from the one that comes nearest."""
        nearest = self._results.newest(fingerprint.gist)
        nearest = nearest or self._results.latest(fingerprint.notebook)
        if nearest is None or question.rule == "always":
            return Answer(fingerprint=fingerprint, why="no result of it is kept")
        said = [str(each) for each in changes(nearest.fingerprint, fingerprint)]
        more = [f"and {len(said) - _MOST} more"] if len(said) > _MOST else []
        why = f"since run {nearest.origin.run} {', '.join([*said[:_MOST], *more])}"
        return Answer(fingerprint=fingerprint, nearest=nearest.fingerprint, why=why)

    def _fingerprint(self, question: Question) -> Fingerprint:
        spec = self._kernels(question.kernel)
        files = self._files(question)
        return Fingerprint(
            notebook=question.notebook,
            snapshot=question.digest,
            code=_code(question.snapshot, spec.language),
            folder=str(question.folder),
            kernel=text_of([spec.name or "this Python", *spec.argv]),
            environment=self._surroundings(spec).digest,
            parameters=self._texts(question.parameters),
            variables=self._texts(question.variables),
            upstream=self._texts(question.upstream),
            **files,
        )

    def _files(self, question: Question) -> dict[str, Mapping[str, str]]:
        spec = self._kernels(question.kernel)
        modules: dict[str, str] = {}
        if spec.language == "python":
            sources, folder = _sources(question.snapshot), question.folder
            path = question.variables.get("PYTHONPATH", os.environ.get("PYTHONPATH", ""))
            named = [Path(each) for each in path.split(os.pathsep) if each]
            folders = [folder, *named, *self._surroundings(spec).folders]
            for file in sorted(self._modules(sources, folders)):
                shown = file.relative_to(folder) if file.is_relative_to(folder) else file
                modules[shown.as_posix()] = self._digests.of_file(file)
        inputs = self._digests.of_inputs(question.inputs or (), question.folder)
        return {"inputs": inputs, "modules": modules}

    def _surroundings(self, spec: Kernelspec) -> _Surroundings:
        """What is installed for *spec*, as it is or was a moment ago."""
        now = time.monotonic()
        known = self._seen.get(spec.argv)
        if known is None or now >= known.until:
            lines = installed(spec)
            known = _Surroundings(now + _MOMENT, digest_of(lines), editable_folders(spec))
            self._seen[spec.argv] = known
            self._write_down(known.digest, lines)
        return known

    def _write_down(self, digest: str, lines: Iterable[str]) -> None:
        """Keep the list of what is installed, for people who want to compare."""
        path = self._home / "environments" / f"{digest}.txt"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("\n".join([*lines, ""]), encoding="utf-8")

    def _texts(self, values: Mapping[str, Any]) -> dict[str, str]:
        return {name: text_of(self._told(value)) for name, value in values.items()}

    def _told(self, value: Any) -> Any:
        """*value* with the digests of the project's own files in the place of their paths, which
        differ from run to run."""
        ref = ArtifactRef.read(value)
        if ref is not None:
            return {"artifact": ref.digest}
        match value:
            case str():
                path = _own_path(value, self._home)
                return value if path is None else {"file": self._digests.of_file(path)}
            case Mapping():
                return {str(name): self._told(item) for name, item in value.items()}
            case list() | tuple():
                return [self._told(item) for item in value]
            case _:
                return value


def _own_path(text: str, home: Path) -> Path | None:
    """The file among what runs have kept that *text* names."""
    runs = f"{home / 'runs'}{os.sep}"
    return Path(text) if text.startswith(runs) and os.path.isfile(text) else None  # noqa: PTH113


def _paths(value: Any, home: Path) -> Iterable[Path]:
    """The paths in *value* of what runs have kept, whether it is there or not."""
    match value:
        case str():
            if value.startswith(f"{home / 'runs'}{os.sep}"):
                yield Path(value)
        case Mapping():
            for item in value.values():
                yield from _paths(item, home)
        case list() | tuple():
            for item in value:
                yield from _paths(item, home)


@lru_cache(1024)
def _code(snapshot: Path, language: str) -> str:
    return code_digest(_sources(snapshot), language)


@lru_cache(256)
def _sources(snapshot: Path) -> tuple[str, ...]:
    """The code cells of a snapshot, which never changes."""
    notebook = json.loads(snapshot.read_text(encoding="utf-8-sig"))
    sheets = notebook.get("worksheets", [notebook])  # where cells were before version 4
    cells = [cell for sheet in sheets for cell in sheet.get("cells", ())]
    code = (cell for cell in cells if cell["cell_type"] == "code")
    return tuple("".join(cell.get("source", cell.get("input", ""))) for cell in code)

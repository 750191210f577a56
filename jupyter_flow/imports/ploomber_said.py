"""What the entries of a Ploomber pipeline and their sources say: upstream, products, notebooks.

Reads files, once each, and collects what is wrong with them. Runs none of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from jupyter_flow.core.errors import Problem

from . import ploomber_functions as functions
from . import ploomber_sources as sources
from . import ploomber_sql as sql
from . import problems
from .ploomber_entries import Entry
from .ploomber_env import Env
from .ploomber_functions import Serializers
from .ploomber_products import below


@dataclass(slots=True, kw_only=True)
class Said:
    """Reads for a pipeline, which is *document*; ``meta`` is what it says of all its tasks."""

    path: Path
    meta: Mapping[str, Any]
    env: Env
    document: Mapping[str, Any]
    problems: list[Problem] = field(default_factory=list)
    _notebooks: dict[str, dict[str, Any]] = field(default_factory=dict)

    def given(self, entry: Entry, entries: Mapping[str, Entry]) -> dict[str, list[str]]:
        """By each word that is said of upstream, the entries that it means."""
        given: dict[str, list[str]] = {}
        for word in self._words(entry):
            if "*" in word:
                given[word] = [n for n in entries if fnmatchcase(n, word) and n != entry.name]
            else:
                given[word] = [word] if word in entries else []
            if not given[word]:
                known = [name for name in entries if name != entry.name]
                found = problems.unknown_upstream(str(self.path), entry.name, word, known)
                if found not in self.problems:
                    self.problems.append(found)
        return given

    def _words(self, entry: Entry) -> list[str]:
        said = entry.said.get("upstream")
        if said is None and self.meta.get("extract_upstream", True):
            said = self._extracted(entry)
        return [said] if isinstance(said, str) else [str(each) for each in said or ()]

    def _extracted(self, entry: Entry) -> Any:
        if entry.is_upload:
            return None
        if not entry.suffix:
            return functions.upstream_in_function(*self._module(entry))
        if not self.file(entry).is_file():
            return None
        if entry.suffix in (".sql", ".sh"):
            return sql.upstream_in(self.file(entry).read_text("utf-8-sig"))
        notebook = self.notebook(entry)
        return sources.said_in_cell(notebook, "upstream") if notebook else None

    def _module(self, entry: Entry) -> tuple[str, str]:
        """The text of the module that a function is in, if it is there, and the function's name."""
        module, _, name = entry.source.rpartition(".")
        place = self.path.parent.joinpath(*module.split("."))
        for file in (place.with_suffix(".py"), place / "__init__.py"):
            if file.is_file():
                return file.read_text("utf-8-sig"), name
        return "", name

    def notebook(self, entry: Entry) -> dict[str, Any] | None:
        """The notebook of *entry*, read once; None, with a problem noted, when it has none."""
        if entry.task in self._notebooks:
            return self._notebooks[entry.task]
        try:
            if entry.suffix:
                notebook = sources.notebook_in(self.file(entry))
            elif not functions.is_dotted(entry.source):
                raise ValueError("its source is no file that can be run, nor module.function")
            else:
                notebook = self._calling(entry)
        except (OSError, ValueError) as error:
            hint = "Make it an .ipynb, .py, .R, .sql or .sh file, or module.function."
            found = problems.unreadable_task(str(self.path), entry.name, str(error), hint)
            if found not in self.problems:
                self.problems.append(found)
            return None
        self._notebooks[entry.task] = notebook
        return notebook

    def _calling(self, entry: Entry) -> dict[str, Any]:
        used = Serializers(
            write=self._serializer(entry, "serializer"),
            read=self._serializer(entry, "unserializer"),
        )
        names = [*entry.params, *([] if used.write else ["product"])]
        names += ["upstream"] if self._words(entry) else []
        taken = functions.parameters_in_function(*self._module(entry))
        kept = [name for name in names if taken is None or name in taken]
        return functions.notebook_calling(entry.source, kept, used)

    def _serializer(self, entry: Entry, key: str) -> str:
        said = entry.said.get(key, self.document.get(key))
        if not said:
            return ""
        if not functions.is_dotted(said):
            self.env.notes.add(f"{key} ({said}) is left out", entry.task)
            return ""
        what = f"{key} ({said}) is called in the task's notebook, which needs ploomber for it"
        self.env.notes.add(what, entry.task)
        return str(said)

    def product(self, entry: Entry) -> Any:
        """Its product, with paths from the pipeline's folder."""
        product = entry.said.get("product")
        if product is None and self.meta.get("extract_product") and entry.suffix:
            notebook = self.notebook(entry)
            product = sources.said_in_cell(notebook, "product") if notebook else None
        if self.meta.get("product_relative_to_source") and entry.suffix:
            return below(Path(entry.source).parent, product)
        return product

    def file(self, entry: Entry) -> Path:
        """The file that *entry* runs."""
        return self.path.parent / entry.source

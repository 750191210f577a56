"""The tasks of a Ploomber pipeline as tasks of a flow, one entry at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from itertools import count, islice, pairwise
from pathlib import Path
from typing import Any

from jupyter_flow.core.errors import Problem
from jupyter_flow.core.expressions import Constant, Expression
from jupyter_flow.core.flow import Kind, Task
from jupyter_flow.core.options import TaskOptions
from jupyter_flow.core.task_names import suggested_by

from . import ploomber_sources as sources
from . import problems
from .imported import Copy
from .ploomber_env import Env

_FILES = frozenset({".py", ".r", ".ipynb", ".sql", ".sh", ".md", ".rmd"})
#: What an entry says that is read here; everything else is noted.
_READ = frozenset({"name", "source", "product", "params", "upstream", "class", "client"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One task of the pipeline: its ``name`` there, its name as a ``task`` here, what is said."""

    name: str
    task: str
    said: Mapping[str, Any]

    @property
    def source(self) -> str:
        return str(self.said["source"])

    @property
    def suffix(self) -> str:
        """The suffix of its file; empty when it is a function."""
        suffix = Path(self.source).suffix.lower()
        return suffix if suffix in _FILES else ""


@dataclass(slots=True, kw_only=True)
class Maker:
    """Makes tasks, and collects the notebooks to be written and what is wrong."""

    path: Path
    flow: str
    meta: Mapping[str, Any]
    env: Env
    clients: Any
    problems: list[Problem] = field(default_factory=list)
    copies: list[Copy] = field(default_factory=list)
    used: list[Path] = field(default_factory=list)
    edges: set[tuple[str, str]] = field(default_factory=set)
    _firsts: dict[str, str] = field(default_factory=dict)
    _notebooks: dict[str, dict[str, Any]] = field(default_factory=dict)

    def first(self, entry: Entry) -> str:
        """The task that begins *entry*."""
        return self._firsts.get(entry.task, entry.task)

    def tasks(self, entry: Entry, entries: Mapping[str, Entry]) -> Iterator[Task]:
        """The tasks of *entry*: one, or one for each statement of a script of SQL."""
        self._note(entry)
        if entry.suffix:
            file = self._file(entry)
            self.used.append(file)
            if not file.is_file():
                found = problems.missing_file(str(self.path), entry.name, entry.source)
                self.problems.append(found)
                return
        if entry.suffix == ".sql":
            yield from self._sql(entry, entries)
        elif entry.suffix == ".sh":
            text = "\n".join([*self._folders(entry), self._rendered(entry, entries)])
            yield Task(name=entry.task, kind=Kind.SHELL, parameters={"command": Constant(text)})
        else:
            yield from self._notebook(entry, entries)

    def upstream(self, entry: Entry, entries: Mapping[str, Entry]) -> list[str]:
        """The entries that *entry* comes after, as it says or as its source does."""
        return [name for names in self._given(entry, entries).values() for name in names]

    def _given(self, entry: Entry, entries: Mapping[str, Entry]) -> dict[str, list[str]]:
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
        if not entry.suffix:
            module, _, name = entry.source.rpartition(".")
            place = self.path.parent.joinpath(*module.split("."))
            for file in (place.with_suffix(".py"), place / "__init__.py"):
                if file.is_file():
                    return sources.upstream_in_function(file.read_text("utf-8-sig"), name)
            return None
        if not self._file(entry).is_file():
            return None
        if entry.suffix in (".sql", ".sh"):
            return sources.upstream_in_sql(self._file(entry).read_text("utf-8-sig"))
        notebook = self._read(entry)
        return sources.said_in_cell(notebook, "upstream") if notebook else None

    def _notebook(self, entry: Entry, entries: Mapping[str, Entry]) -> Iterator[Task]:
        notebook = self._read(entry)
        if notebook is None:
            return
        parameters = self._parameters(entry, entries)
        place = f"{self.flow}_tasks/{entry.task}.ipynb"
        self.copies.append(Copy(path=place, notebook=sources.prepared(notebook, parameters)))
        product = self._product(entry)
        if isinstance(product, dict) and any(str(p).endswith(".ipynb") for p in product.values()):
            what = "the executed notebook is in the folder of the run, not at its product's path"
            self.env.notes.add(what, entry.task)
        kernel = entry.said.get("kernelspec_name")
        options = TaskOptions(kernel=str(kernel)) if kernel else TaskOptions()
        yield Task(name=entry.task, notebook=place, parameters=parameters, options=options)

    def _folders(self, entry: Entry) -> list[str]:
        """The commands that make the folders of its products, as Ploomber did."""
        product = self._product(entry)
        files = product.values() if isinstance(product, dict) else [product]
        parents = {Path(each).parent.as_posix(): None for each in files if isinstance(each, str)}
        return [f'mkdir -p "{self.env.template(each)}"' for each in parents if each != "."]

    def _read(self, entry: Entry) -> dict[str, Any] | None:
        """The notebook of *entry*, read once; None, with a problem noted, when it has none."""
        if entry.task in self._notebooks:
            return self._notebooks[entry.task]
        try:
            if entry.suffix:
                notebook = sources.notebook_in(self._file(entry))
            elif "." not in entry.source:
                raise ValueError("its source is neither a file nor module.function")
            else:
                names = [*(entry.said.get("params") or {}), "product"]
                names += ["upstream"] if self._words(entry) else []
                notebook = sources.notebook_calling(entry.source, names)
        except (OSError, ValueError) as error:
            hint = "Make it an .ipynb, .py, .R, .sql or .sh file, or module.function."
            found = problems.unreadable_task(str(self.path), entry.name, str(error), hint)
            if found not in self.problems:
                self.problems.append(found)
            return None
        self._notebooks[entry.task] = notebook
        return notebook

    def _parameters(self, entry: Entry, entries: Mapping[str, Entry]) -> dict[str, Expression]:
        parameters = {
            str(key): self.env.expression(value)
            for key, value in (entry.said.get("params") or {}).items()
        }
        if given := self._given(entry, entries):
            upstream = {
                word: {name: self._product(entries[name]) for name in names}
                if "*" in word
                else self._product(entries[names[0]])
                for word, names in given.items()
                if names
            }
            parameters["upstream"] = self.env.expression(upstream)
        return {**parameters, "product": self.env.expression(self._product(entry))}

    def _product(self, entry: Entry) -> Any:
        product = entry.said.get("product")
        if product is None and self.meta.get("extract_product") and entry.suffix:
            notebook = self._read(entry)
            product = sources.said_in_cell(notebook, "product") if notebook else None
        if self.meta.get("product_relative_to_source") and entry.suffix:
            return _below(Path(entry.source).parent, product)
        return product

    def _sql(self, entry: Entry, entries: Mapping[str, Entry]) -> Iterator[Task]:
        client = entry.said.get("client") or self._client(entry)
        client = client.get("dotted_path") if isinstance(client, dict) else client
        connection = suggested_by(str(client or "database").partition(".")[0])
        what = f"its client {client or 'is not given'}: set the connection {connection!r}"
        self.env.notes.add(f"{what}; see: jupyter flow connections", entry.task)
        product = self._product(entry)
        given: dict[str, Expression] = {"connection": Constant(connection)}
        if isinstance(product, str):
            what = f"its rows are kept as a file of the attempt, not at {product}"
            self.env.notes.add(f"{what}; tasks after it take {entry.task}.table", entry.task)
        statements = _statements(self._rendered(entry, entries))
        taken = {each.task for each in entries.values()}
        numbered = (f"{entry.task}_{at}" for at in count(1))
        free = (name for name in numbered if name not in taken)
        names = [*islice(free, len(statements) - 1), entry.task]
        self._firsts[entry.task] = names[0]
        self.edges |= set(pairwise(names))
        for name, statement in zip(names, statements, strict=True):
            saved = (
                {"save": Constant(Path(product).with_suffix(".parquet").name)}
                if isinstance(product, str)
                else {}
            )
            query = {"query": Constant(statement)}
            yield Task(
                name=name,
                kind=Kind.SQL,
                parameters={**query, **given, **(saved if name == entry.task else {})},
            )

    def _client(self, entry: Entry) -> Any:
        kinds = [str(entry.said.get("class") or ""), "SQLScript", "SQLDump"]
        clients = self.clients if isinstance(self.clients, dict) else {}
        return next((clients[kind] for kind in kinds if kind in clients), None)

    def _rendered(self, entry: Entry, entries: Mapping[str, Entry]) -> str:
        """The text of its file, with what Ploomber fills in filled in."""
        from jinja2 import StrictUndefined, TemplateError
        from jinja2.sandbox import SandboxedEnvironment

        products = {name: _named(self._product(each), self.env) for name, each in entries.items()}
        params = {k: self._shown(v) for k, v in (entry.said.get("params") or {}).items()}
        text = self._file(entry).read_text("utf-8-sig")
        try:
            made = SandboxedEnvironment(undefined=StrictUndefined).from_string(text)
            return made.render(upstream=products, product=products[entry.name], **params).strip()
        except TemplateError as error:
            hint = "Write the text without what only Ploomber knows: macros, imports."
            found = problems.unreadable_task(str(self.path), entry.name, str(error), hint)
            self.problems.append(found)
            return text

    def _shown(self, value: Any) -> Any:
        return self.env.template(value) if isinstance(value, str) else value

    def _file(self, entry: Entry) -> Path:
        return self.path.parent / entry.source

    def _note(self, entry: Entry) -> None:
        for key, value in entry.said.items():
            if key not in _READ and key != "kernelspec_name":
                self.env.notes.add(f"{key} ({value}) is left out", entry.task)
        if "resources_" in (entry.said.get("params") or {}):
            what = "resources_ is a parameter as others are; inputs=… is what a cache looks at"
            self.env.notes.add(what, entry.task)
        if "class" in entry.said:
            self.env.notes.add(f"class {entry.said['class']}: taken by its source", entry.task)


def _below(folder: Path, product: Any) -> Any:
    if isinstance(product, dict):
        return {key: _below(folder, each) for key, each in product.items()}
    return (folder / product).as_posix() if isinstance(product, str) else product


def _named(product: Any, env: Env) -> Any:
    """A product as a template of SQL or of a shell shows it: a table by its name, a file's path."""
    if isinstance(product, dict):
        return {key: _named(each, env) for key, each in product.items()}
    if isinstance(product, list):
        parts = product if len(product) < 3 else product[:2]
        names = parts[:1] if len(product) < 3 else [each for each in parts if each]
        return env.template(".".join(map(str, names)))
    return env.template(product) if isinstance(product, str) else product


def _statements(text: str) -> list[str]:
    """The statements of a script of SQL; quotes and comments do not part them."""
    found: list[str] = []
    part = ""
    for piece in text.split(";"):
        part += piece + ";"
        if sqlite3.complete_statement(part):
            found.append(part.strip().rstrip(";").strip())
            part = ""
    rest = part.strip().rstrip(";").strip()
    return [each for each in [*found, rest] if each] or [""]

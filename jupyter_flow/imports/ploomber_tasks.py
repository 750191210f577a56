"""The tasks of a Ploomber pipeline as tasks of a flow, one entry at a time."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count, islice, pairwise
from pathlib import Path
from typing import Any

from jupyter_flow.core.expressions import Constant, Expression
from jupyter_flow.core.flow import Kind, Task
from jupyter_flow.core.options import TaskOptions

from . import ploomber_sources as sources
from . import ploomber_sql as sql
from . import problems
from .imported import Copy
from .ploomber_entries import Entry
from .ploomber_env import Env
from .ploomber_products import each_path, named, report_in, table_of
from .ploomber_said import Said

#: What an entry says that is read here; everything else is noted.
_READ = frozenset(
    {
        "chunksize",
        "class",
        "client",
        "kernelspec_name",
        "local_execution",
        "name",
        "nb_product_key",
        "params",
        "product",
        "serializer",
        "source",
        "to_sql_kwargs",
        "unserializer",
        "upstream",
    }
)
#: What calls a function beside the tasks, of one task or of all of them.
HOOKS = {
    "on_failure": "is a hook, and left out; .options(notify=…) tells somebody",
    "on_finish": "is a hook, and left out; write it as a task that comes after",
    "on_render": "is a hook, and left out",
}
_NOTEBOOKS = frozenset({".py", ".r", ".ipynb"})


@dataclass(slots=True, kw_only=True)
class Maker:
    """Makes tasks, and collects the notebooks to be written and what is wrong."""

    flow: str
    place: Path
    said: Said
    clients: Mapping[str, Any]
    used: list[Path] = field(default_factory=list)
    edges: set[tuple[str, str]] = field(default_factory=set)
    _firsts: dict[str, str] = field(default_factory=dict)
    _parts: dict[str, _Part] = field(default_factory=dict)

    @property
    def env(self) -> Env:
        """What placeholders stand for."""
        return self.said.env

    def copies(self) -> Iterator[Copy]:
        """The notebooks to be written; those that many tasks share have the parameters of all."""
        for file, part in self._parts.items():
            made = sources.prepared(part.notebook, part.names, part.computed, part.up)
            yield Copy(path=self._path(file), notebook=made)

    def first(self, entry: Entry) -> str:
        """The task that begins *entry*."""
        return self._firsts.get(entry.task, entry.task)

    def tasks(self, entry: Entry, entries: Mapping[str, Entry]) -> Iterator[Task]:
        """The tasks of *entry*: one, or one for each statement of a script of SQL."""
        self._note(entry)
        if entry.is_upload:
            yield self._upload(entry, entries)
            return
        if entry.suffix:
            file = self.said.file(entry)
            self.used.append(file)
            if not file.is_file():
                shown = str(self.said.path)
                self.said.problems.append(problems.missing_file(shown, entry.name, entry.source))
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
        return [name for names in self.said.given(entry, entries).values() for name in names]

    def _notebook(self, entry: Entry, entries: Mapping[str, Entry]) -> Iterator[Task]:
        notebook = self.said.notebook(entry)
        if notebook is None:
            return
        report = report_in(self.said.product(entry), entry.said.get("nb_product_key"))
        if report and entry.suffix and entry.said.get("class") != "ScriptRunner":
            what = "the executed notebook is in the folder of the run, not at its product's path"
            self.env.notes.add(what, entry.task)
        kernel = entry.said.get("kernelspec_name")
        options = TaskOptions(kernel=str(kernel) if kernel else None, cwd=self._cwd(entry))
        yield self._task(entry, notebook, self._parameters(entry, entries), options)

    def _task(
        self,
        entry: Entry,
        notebook: dict[str, Any],
        parameters: Mapping[str, Expression],
        options: TaskOptions = TaskOptions(),
    ) -> Task:
        part = self._parts.setdefault(entry.file, _Part(notebook=notebook))
        part.names |= dict.fromkeys(parameters)
        part.computed |= entry.computed
        part.up = self._up(entry)
        path = self._path(entry.file)
        return Task(name=entry.task, notebook=path, parameters=parameters, options=options)

    def _path(self, file: str) -> str:
        return f"{self.flow}_tasks/{file}.ipynb"

    def _cwd(self, entry: Entry) -> str | None:
        """Its source's folder, if it is to run there; all others run in the pipeline's folder."""
        if not entry.suffix or not entry.said.get("local_execution"):
            return None
        return (self.place / Path(entry.source).parent).as_posix()

    def _up(self, entry: Entry) -> str:
        """The way from where it runs to the pipeline's folder; empty when that is the same."""
        return os.path.relpath(".", Path(entry.source).parent) if self._cwd(entry) else ""

    def _folders(self, entry: Entry) -> list[str]:
        """The commands that make the folders of its products, as Ploomber did."""
        product = self.said.product(entry)
        files = product.values() if isinstance(product, dict) else [product]
        parents = {Path(each).parent.as_posix(): None for each in files if isinstance(each, str)}
        return [f'mkdir -p "{self.env.template(each)}"' for each in parents if each != "."]

    def _parameters(self, entry: Entry, entries: Mapping[str, Entry]) -> dict[str, Expression]:
        up = self._up(entry)
        parameters = {
            key: self.env.expression(
                {k: v for k, v in value.items() if k != "dotted_path"}
                if key in entry.computed
                else value
            )
            for key, value in entry.params.items()
        }
        if given := self.said.given(entry, entries):
            upstream = {
                word: {name: self.said.product(entries[name]) for name in names}
                if "*" in word
                else self.said.product(entries[names[0]])
                for word, names in given.items()
                if names
            }
            parameters["upstream"] = self.env.expression(self._moved(upstream, up))
        product = self._moved(self.said.product(entry), up)
        return {**parameters, "product": self.env.expression(product)}

    def _moved(self, product: Any, up: str) -> Any:
        """*product* as it is called from another folder, from which *up* leads to this one."""

        def moved(path: str) -> str:
            is_fixed = Path(self.env.literal(path)).is_absolute()
            return path if is_fixed else f"{up}/{path}"

        return each_path(product, moved) if up else product

    def _connection(self, entry: Entry) -> str:
        client = entry.said.get("client") or self._client(entry)
        client = client.get("dotted_path") if isinstance(client, dict) else client
        connection = sql.connection_for(client)
        what = f"its client {client or 'is not given'}: set the connection {connection!r}"
        self.env.notes.add(f"{what}; see: jupyter flow connections", entry.task)
        return connection

    def _upload(self, entry: Entry, entries: Mapping[str, Entry]) -> Task:
        """A file that is read into a table."""
        self.said.given(entry, entries)
        schema, table = table_of(self.said.product(entry))
        parameters = {
            "source": self.env.expression(entry.source),
            "connection": Constant(self._connection(entry)),
            "table": self.env.expression(table),
        }
        if schema:
            parameters["schema"] = self.env.expression(schema)
        if options := entry.said.get("to_sql_kwargs"):
            parameters["options"] = self.env.expression(options)
        return self._task(entry, sql.upload(entry.source), parameters)

    def _sql(self, entry: Entry, entries: Mapping[str, Entry]) -> Iterator[Task]:
        connection = Constant(self._connection(entry))
        product = self.said.product(entry)
        statements = sql.statements(self._rendered(entry, entries))
        taken = {each.task for each in entries.values()}
        numbered = (f"{entry.task}_{at}" for at in count(1))
        free = (name for name in numbered if name not in taken)
        names = [*islice(free, len(statements) - 1), entry.task]
        self._firsts[entry.task] = names[0]
        self.edges |= set(pairwise(names))
        for name, statement in zip(names, statements, strict=True):
            given: dict[str, Expression] = {"query": Constant(statement), "connection": connection}
            if name == entry.task and isinstance(product, str):
                given["product"] = self.env.expression(product)
                if entry.said.get("chunksize", True):
                    self.env.notes.add("all rows go to one file, and not to many", name)
                yield self._task(entry, sql.dump(product), given)
            else:
                yield Task(name=name, kind=Kind.SQL, parameters=given)

    def _client(self, entry: Entry) -> Any:
        is_dump = isinstance(self.said.product(entry), str)
        likely = "SQLDump" if is_dump else "SQLScript"
        kinds = [str(entry.said.get("class") or likely), "SQLScript", "SQLDump", "SQLUpload"]
        return next((self.clients[kind] for kind in kinds if kind in self.clients), None)

    def _rendered(self, entry: Entry, entries: Mapping[str, Entry]) -> str:
        """The text of its file, with what Ploomber fills in filled in."""
        from jinja2 import FileSystemLoader, StrictUndefined
        from jinja2.sandbox import SandboxedEnvironment

        products = {n: named(self.said.product(e), self.env.template) for n, e in entries.items()}
        params = {k: self._shown(v) for k, v in entry.params.items()}
        text = self.said.file(entry).read_text("utf-8-sig")
        own = self.said.file(entry).parent
        outer = [each for each in own.parents if each.is_relative_to(self.said.path.parent)]
        loader = FileSystemLoader([own, *outer])
        try:
            made = SandboxedEnvironment(undefined=StrictUndefined, loader=loader).from_string(text)
            return made.render(upstream=products, product=products[entry.name], **params).strip()
        except Exception as error:  # noqa: BLE001 - a template may compute anything
            hint = "Write the text without what only Ploomber knows."
            why = f"its template: {error}"
            shown = str(self.said.path)
            found = problems.unreadable_task(shown, entry.name, why, hint)
            self.said.problems.append(found)
            return text

    def _shown(self, value: Any) -> Any:
        return self.env.template(value) if isinstance(value, str) else value

    def _note(self, entry: Entry) -> None:
        for key, value in entry.said.items():
            if key not in _READ and value is not None:
                self.env.notes.add(f"{key} ({value}) {HOOKS.get(key, 'is left out')}", entry.task)
        if "resources_" in entry.params:
            what = "resources_ is a parameter as others are; inputs=… is what a cache looks at"
            self.env.notes.add(what, entry.task)
        if "class" in entry.said and not entry.is_upload:
            self.env.notes.add(f"class {entry.said['class']}: taken by its source", entry.task)


@dataclass(slots=True, kw_only=True)
class _Part:
    """A notebook that is written, and the parameters that tasks give it."""

    notebook: dict[str, Any]
    names: dict[str, None] = field(default_factory=dict)
    computed: dict[str, str] = field(default_factory=dict)
    up: str = ""

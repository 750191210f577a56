"""SQL of Ploomber's pipelines: statements, connections, and notebooks for files of tables.

Ploomber's clients are functions, which an import does not call; their connections get names.
Knows neither tasks nor flows, and asks no database.
"""

from __future__ import annotations

import re
import sqlite3
from pathlib import PurePosixPath
from typing import Any

from jupyter_flow.core.task_names import suggested_by

from .scripts import KERNELS, code, markdown, notebook_of

_HEAD = """import pandas
from sqlalchemy import create_engine

from jupyter_flow.connections import connection as find
"""
#: Names of functions that say nothing but that they connect.
_NAMELESS = frozenset({"", "client", "connection", "connect", "engine", "init"})


def connection_for(client: object) -> str:
    """The name of a connection for *client*: ``db.get_client`` and ``clients.db`` are ``db``."""
    *before, last = re.split(r"[.:]+", str(client or "database"))
    name = re.sub(r"^(get|make|create|connect)_?", "", last)
    return suggested_by((before or [last])[-1] if name in _NAMELESS else name)


def statements(text: str) -> list[str]:
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


def upstream_in(text: str) -> list[str]:
    """The keys that a template of SQL takes of ``upstream``."""
    pattern = r"""upstream(?:\[\s*["']([^"']+)["']\s*\]|\.(\w+))"""
    return list(dict.fromkeys(one or two for one, two in re.findall(pattern, text)))


def dump(product: str) -> dict[str, Any]:
    """A notebook that writes the rows of a query to a file of the kind of *product*."""
    write = _is_parquet(product) and "frame.to_parquet(product)"
    body = f"""{_HEAD}
engine = create_engine(find(connection).url)
with engine.connect() as opened:
    frame = pandas.read_sql(query, opened)
engine.dispose()
{write or "frame.to_csv(product, index=False)"}
frame.head()"""
    return _notebook("Writes the rows of a query to a file.", ("query", "connection"), body)


def upload(source: str) -> dict[str, Any]:
    """A notebook that reads a file of the kind of *source* into a table."""
    read = "read_parquet" if _is_parquet(source) else "read_csv"
    body = f"""{_HEAD}
frame = pandas.{read}(source)
engine = create_engine(find(connection).url)
with engine.begin() as opened:
    frame.to_sql(table, opened, schema=schema, index=False, **(options or {{}}))
engine.dispose()
frame.head()"""
    names = ("source", "connection", "table", "schema", "options")
    return _notebook("Reads a file into a table.", names, body)


def _notebook(title: str, names: tuple[str, ...], body: str) -> dict[str, Any]:
    cells = [
        markdown(title),
        code("\n".join(f"{name} = None" for name in names), "parameters"),
        code(body),
    ]
    return notebook_of(
        cells, {"kernelspec": KERNELS["python"], "language_info": {"name": "python"}}
    )


def _is_parquet(path: str) -> bool:
    return PurePosixPath(path).suffix.lower() in (".parquet", ".pq")

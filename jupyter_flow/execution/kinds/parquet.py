"""Rows into a Parquet file, a batch at a time: what the notebook of a query keeps its rows with.

A column's type is known when all of its rows are: it may begin with NULLs, or with whole numbers.
So each batch becomes a file of its own first, and these are joined with the types that hold all.
Nothing is turned into text to make it fit, but for UUIDs.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from uuid import UUID

from jupyter_flow.core.errors import FlowError


class NotKeptError(FlowError):
    """Rows cannot be kept in Parquet; the text says which column, or what is missing."""

    code = "JF327"


class Parquet:
    """A Parquet file that is being made; it is there when ``with`` ends well, and whole.

    Raises:
        NotKeptError: pyarrow is not installed, or (`add`, or at the end) no type holds a column.
    """

    def __init__(self, path: Path) -> None:
        try:
            import pyarrow.parquet  # noqa: F401 - asked for before any query is
        except ImportError:
            hint = "pip install 'jupyterlab-flow[artifacts]'"
            raise NotKeptError("keeping rows in Parquet needs pyarrow", hint=hint) from None
        self._path = path
        self._parts: list[Path] = []
        self._folder = Path()

    def __enter__(self) -> Parquet:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._folder = Path(mkdtemp(dir=self._path.parent, prefix=".parts-"))
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._join()
        finally:
            shutil.rmtree(self._folder)

    def add(self, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Add *rows*, each with a value for each of *columns*."""
        import pyarrow as pa
        from pyarrow import parquet

        doubled = {each for each in columns if list(columns).count(each) > 1}
        if doubled:
            what = f"two columns are called {min(doubled)!r}"
            raise NotKeptError(what, hint="Name them in the query: select a.id as a_id.")
        values = zip(*rows, strict=True) if rows else ((),) * len(columns)
        arrays = [_array(name, each) for name, each in zip(columns, values, strict=True)]
        part = self._folder / f"{len(self._parts)}.parquet"
        parquet.write_table(pa.Table.from_arrays(arrays, names=list(columns)), part)
        self._parts.append(part)

    def _join(self) -> None:
        import pyarrow as pa
        from pyarrow import parquet

        if not self._parts:
            return
        whole = self._folder / "whole.parquet"
        try:
            schemas = [parquet.read_schema(part) for part in self._parts]
            schema = pa.unify_schemas(schemas, promote_options="permissive")
            with parquet.ParquetWriter(whole, schema) as writer:
                for table in self._tables():
                    writer.write_table(table.cast(schema))
        except pa.ArrowException as error:
            raise _mixed(str(error)) from None
        whole.replace(self._path)

    def _tables(self) -> Iterator[Any]:
        from pyarrow import parquet

        return (parquet.read_table(part) for part in self._parts)


def _array(name: str, values: Sequence[Any]) -> Any:
    import pyarrow as pa

    plain = [str(value) if isinstance(value, UUID) else value for value in values]
    try:
        return pa.array(plain)
    except (pa.ArrowException, OverflowError) as error:
        raise _mixed(f"{name}: {error}") from None


def _mixed(why: str) -> NotKeptError:
    first = why.strip().splitlines()[0] if why.strip() else "its values are of different types"
    hint = "Cast the column in the query: cast(x as text)."
    return NotKeptError(f"a column cannot be kept in Parquet: {first}", hint=hint)

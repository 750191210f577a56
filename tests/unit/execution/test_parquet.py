"""Rows in a Parquet file: types that hold all batches, or a refusal; never half a file."""

from __future__ import annotations

import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pyarrow import parquet

from jupyter_flow.execution.kinds.parquet import NotKeptError, Parquet


@pytest.mark.parametrize(
    "batches",
    [
        [[1, 2], [3]],
        [[None], [1], [2.5]],
        [[None, None]],
        [[]],
        [[Decimal("1.5")], [Decimal("1000.25")]],
        [[date(2026, 1, 1)], [None]],
        [[b"\x00"], ["ü".encode()]],
    ],
)
def test_what_is_kept_is_what_was_given(tmp_path: Path, batches: list[list[Any]]) -> None:
    with Parquet(tmp_path / "sub" / "rows.parquet") as file:
        for batch in batches:
            file.add(["x"], [(value,) for value in batch])

    table = parquet.read_table(tmp_path / "sub" / "rows.parquet")
    assert table.column_names == ["x"]
    assert table.column("x").to_pylist() == [value for batch in batches for value in batch]
    assert [each.name for each in (tmp_path / "sub").iterdir()] == ["rows.parquet"]


def test_a_uuid_is_kept_as_text(tmp_path: Path) -> None:
    name = UUID(int=7)
    with Parquet(tmp_path / "rows.parquet") as file:
        file.add(["x"], [(name,), (None,)])
    assert parquet.read_table(tmp_path / "rows.parquet").to_pylist() == [
        {"x": str(name)},
        {"x": None},
    ]


@pytest.mark.parametrize("batches", [[[1, "a"]], [[1], ["a"]], [[2**53 + 1], [0.5]]])
def test_a_column_that_no_type_holds_is_refused(tmp_path: Path, batches: list[list[Any]]) -> None:
    def keep() -> None:
        with Parquet(tmp_path / "rows.parquet") as file:
            for batch in batches:
                file.add(["x"], [(value,) for value in batch])

    with pytest.raises(NotKeptError, match="a column cannot be kept in Parquet"):
        keep()
    assert list(tmp_path.iterdir()) == []


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    with (
        pytest.raises(NotKeptError, match="two columns are called 'n'"),
        Parquet(tmp_path / "rows.parquet") as file,
    ):
        file.add(["n", "n"], [(1, 2)])


def test_pyarrow_is_asked_for_before_the_query(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(NotKeptError, match=r"jupyterlab-flow\[artifacts\]"):
        Parquet(tmp_path / "rows.parquet")

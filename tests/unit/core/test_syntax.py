"""Code is read whole, whoever else reads some."""

from __future__ import annotations

import ast

import pytest

from jupyter_flow.core.syntax import parse_expression, parse_module


def test_who_is_tripped_by_another_thread_asks_again(monkeypatch: pytest.MonkeyPatch) -> None:
    tripped = iter([SystemError("AST constructor recursion depth mismatch")])
    parse = ast.parse

    def trips_once(source: str, mode: str = "exec") -> ast.AST:
        error = next(tripped, None)
        if error is not None:
            raise error
        return parse(source, mode=mode)

    monkeypatch.setattr(ast, "parse", trips_once)
    assert len(parse_module("a = 1\nb = 2").body) == 2


def test_what_is_no_python_is_told_as_ever() -> None:
    with pytest.raises(SyntaxError):
        parse_module("x = = 1")
    with pytest.raises(SyntaxError):
        parse_expression("x = 1")

"""A notebook is given code that reads its secrets, in its own language."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from jupyter_flow.core.errors import DefinitionError
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.core.secrets import SecretText
from jupyter_flow.execution.kernelspecs import THIS_PYTHON, Kernelspec
from jupyter_flow.execution.parameters import inject
from jupyter_flow.execution.secret_code import code_for, environment_with, secrets_of
from jupyter_flow.ports.executor import Assignment
from jupyter_flow.secrets import SecretError

TOKEN = SecretText("", "TOKEN", "")
BEARER = SecretText('it\'s "$x" ', "TOKEN", "!")
VALUE = "pa$$ 'wört\"\n"


def spec_of(language: str) -> Kernelspec:
    return Kernelspec(name=language, display_name=language, language=language, argv=("x",))


def cell(value: Any, spec: Kernelspec, source: str = "token = ''") -> str:
    tagged = new_code_cell(source, metadata={"tags": ["parameters"]})  # type: ignore[no-untyped-call]
    notebook = new_notebook(cells=[tagged])  # type: ignore[no-untyped-call]
    inject(
        notebook,
        {"token": value},
        language=spec.language,
        kernel=spec.name,
        path="x.ipynb",
        bring=lambda each: code_for(spec)(each),  # type: ignore[arg-type]
    )
    return str(notebook.cells[1].source)


def assignment(**fields: Any) -> Assignment:
    somewhere = Path("x")
    return Assignment(
        run=RunId("run"),
        flow="f",
        key=TaskKey("t"),
        number=1,
        notebook=somewhere,
        source="t.ipynb",
        folder=somewhere,
        executed=somewhere,
        log=somewhere,
        artifacts=somewhere,
        **fields,
    )


@pytest.mark.parametrize("text", [TOKEN, BEARER])
def test_python_reads_what_was_meant(text: SecretText, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_FLOW_SECRET_TOKEN", VALUE)
    for spec in (THIS_PYTHON, spec_of("python")):
        scope: dict[str, Any] = {}
        source = cell({"a": [text, 1]}, spec, "token = None")
        exec(source, scope)
        assert scope["token"] == {"a": [text.filled(lambda _: VALUE), 1]}
        assert VALUE not in source


@pytest.mark.parametrize("text", [TOKEN, BEARER])
def test_bash_reads_what_was_meant(text: SecretText) -> None:
    source = cell(text, spec_of("bash"))
    done = subprocess.run(
        ["bash", "-c", f'{source}\nprintf "%s" "$token"'],
        env={**os.environ, "JUPYTER_FLOW_SECRET_TOKEN": VALUE},
        capture_output=True,
        check=True,
        text=True,
    )
    assert done.stdout == text.filled(lambda _: VALUE)


def test_r_and_julia_are_given_their_own_words() -> None:
    assert cell(TOKEN, spec_of("R")) == (
        '# Parameters\ntoken = Sys.getenv("JUPYTER_FLOW_SECRET_TOKEN")'
    )
    assert cell([BEARER, "CODE0OF"], spec_of("R")).endswith(
        r'token = list(paste0("it'
        r"'s \"$x\" "
        '", Sys.getenv("JUPYTER_FLOW_SECRET_TOKEN"), "!"), "CODE0OF")'
    )
    assert cell(BEARER, spec_of("julia")).endswith(
        r'string("it' + r"'s \"\$x\" " + '", ENV["JUPYTER_FLOW_SECRET_TOKEN"], "!")'
    )


@pytest.mark.parametrize(
    ("text", "language", "why"),
    [
        (TOKEN, "scala", "a notebook in scala cannot be given a secret"),
        (SecretText("", "A-B", ""), "bash", "bash knows no variable"),
    ],
)
def test_what_a_language_cannot_read_is_refused(text: SecretText, language: str, why: str) -> None:
    with pytest.raises(DefinitionError, match=why):
        cell(text, spec_of(language))


@pytest.mark.parametrize("annotation", ["int", "Path", "list[str]", 'Literal["a"]', "date"])
def test_a_secret_is_a_text_and_nothing_else(annotation: str) -> None:
    with pytest.raises(DefinitionError, match="token"):
        cell(TOKEN, THIS_PYTHON, f"token: {annotation} = None")


def test_secrets_are_looked_up_when_the_attempt_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_FLOW_SECRET_TOKEN", VALUE)
    given = assignment(
        parameters={"headers": {"a": [BEARER]}},
        env={"API": SecretText("k=", "API", ""), "JUPYTER_FLOW_SECRET_API": "of the flow"},
    )

    secrets = secrets_of(given)

    assert secrets == {"TOKEN": VALUE, "API": "of the flow"}
    assert environment_with(given.env, secrets) == {
        "API": "k=of the flow",
        "JUPYTER_FLOW_SECRET_API": "of the flow",
        "JUPYTER_FLOW_SECRET_TOKEN": VALUE,
    }
    assert secrets_of(assignment(parameters={"n": 1}, env={"A": "b"})) == {}


@pytest.mark.parametrize(("value", "why"), [("", "no secret called"), ("abc", "3 characters")])
def test_what_cannot_be_had_or_hidden_is_said(
    value: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_FLOW_SECRET_TOKEN", value)
    with pytest.raises(SecretError, match=why):
        secrets_of(assignment(parameters={"token": TOKEN}))
